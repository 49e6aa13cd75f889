//! The navigation of the console.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::directory::Task;

use super::CONSOLE;
use super::flash::Flash;
use super::icon::Icon;
pub(super) use crate::area::shell::Shell;
use crate::area::shell::{SectionGroup, SectionLink};

/// The sections of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// First page.
    Overview,
    /// Service access.
    Services,
    /// Conditional access policies.
    ConditionalAccess,
    /// What If.
    WhatIf,
    /// Gaps.
    Gaps,
    /// App protection policies.
    AppProtection,
    /// Who has which app protection.
    EffectivePolicy,
    /// The apps that check in.
    ManagedApps,
    /// Device compliance.
    Compliance,
    /// Users.
    Users,
    /// Groups.
    Groups,
    /// Devices.
    Devices,
    /// Application registrations.
    Apps,
    /// Settings of the organisation.
    Settings,
    /// Sign-in log.
    SignIns,
    /// Audit log.
    Audit,
}

/// The navigation: groups of sections, with what they have in common.
const GROUPS: [(&str, &[Section]); 5] = [
    ("", &[Section::Overview]),
    ("Access", &[Section::Services, Section::ConditionalAccess, Section::WhatIf, Section::Gaps]),
    ("Protection", &[Section::AppProtection, Section::EffectivePolicy, Section::ManagedApps, Section::Compliance]),
    ("Directory", &[Section::Users, Section::Groups, Section::Devices, Section::Apps, Section::Settings]),
    ("Logs", &[Section::SignIns, Section::Audit]),
];

impl Section {
    fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Services => "Service access",
            Self::ConditionalAccess => "Conditional access",
            Self::WhatIf => "What if",
            Self::Gaps => "Gaps",
            Self::AppProtection => "App protection",
            Self::EffectivePolicy => "Effective policy",
            Self::ManagedApps => "Managed apps",
            Self::Compliance => "Compliance",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Devices => "Devices",
            Self::Apps => "Apps",
            Self::Settings => "Settings",
            Self::SignIns => "Sign-ins",
            Self::Audit => "Audit log",
        }
    }

    fn href(self) -> &'static str {
        match self {
            Self::Overview => "/console",
            Self::Services => "/console/services",
            Self::ConditionalAccess => "/console/conditional-access",
            Self::WhatIf => "/console/what-if",
            Self::Gaps => "/console/gaps",
            Self::AppProtection => "/console/app-protection",
            Self::EffectivePolicy => "/console/app-protection/effective",
            Self::ManagedApps => "/console/app-protection/registrations",
            Self::Compliance => "/console/compliance",
            Self::Users => "/console/users",
            Self::Groups => "/console/groups",
            Self::Devices => "/console/devices",
            Self::Apps => "/console/apps",
            Self::Settings => "/console/settings",
            Self::SignIns => "/console/sign-ins",
            Self::Audit => "/console/audit",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Overview,
            Self::Services => Icon::Services,
            Self::ConditionalAccess => Icon::ConditionalAccess,
            Self::WhatIf => Icon::WhatIf,
            Self::Gaps => Icon::Gaps,
            Self::AppProtection => Icon::AppProtection,
            Self::EffectivePolicy => Icon::EffectivePolicy,
            Self::ManagedApps => Icon::ManagedApps,
            Self::Compliance => Icon::Compliance,
            Self::Users => Icon::Users,
            Self::Groups => Icon::Groups,
            Self::Devices => Icon::Devices,
            Self::Apps => Icon::Apps,
            Self::Settings => Icon::Settings,
            Self::SignIns => Icon::SignIns,
            Self::Audit => Icon::Audit,
        }
    }

    /// What a person must be allowed to be shown the section.
    fn task(self) -> Task {
        match self {
            Self::Overview | Self::SignIns | Self::Audit => Task::ReadLogs,
            Self::Services | Self::ConditionalAccess | Self::WhatIf | Self::Gaps => Task::ReadAccess,
            Self::AppProtection | Self::EffectivePolicy | Self::ManagedApps => Task::ReadProtection,
            Self::Users => Task::ReadUsers,
            Self::Groups => Task::ReadGroups,
            Self::Devices => Task::ReadDevices,
            Self::Apps => Task::ReadApplications,
            Self::Settings => Task::ReadOrganization,
            Self::Compliance => Task::ReadCompliance,
        }
    }
}

/// The frame of a page of the console.
pub(super) fn around(tenant: &Tenant, user: &User, here: Section, flash: Option<Flash>, token: String) -> Shell {
    let elsewhere = Some((crate::account::ACCOUNT.root, crate::account::ACCOUNT.short_name));
    Shell { elsewhere, ..Shell::new(&CONSOLE, tenant, user, groups(user, here), flash, token) }
}

fn groups(user: &User, here: Section) -> Vec<SectionGroup> {
    let link =
        |section: &Section| SectionLink { title: section.title(), href: section.href(), icon: section.icon(), current: *section == here };
    let links = |sections: &[Section]| sections.iter().filter(|section| section.task().needs_role(user).is_ok()).map(link).collect();
    let groups = GROUPS.iter().map(|(title, sections)| SectionGroup { title, links: links(sections) });
    groups.filter(|group| !group.links.is_empty()).collect()
}
