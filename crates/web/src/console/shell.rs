//! The frame of the console's pages.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::directory::Task;

use super::flash::Flash;
use super::icon::Icon;

/// The sections of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// First page.
    Overview,
    /// Service access.
    Services,
    /// What If.
    WhatIf,
    /// Device compliance.
    Compliance,
    /// Sign-in log.
    SignIns,
    /// Audit log.
    Audit,
}

/// The navigation: groups of sections, with what they have in common.
const GROUPS: [(&str, &[Section]); 4] = [
    ("", &[Section::Overview]),
    ("Access", &[Section::Services, Section::WhatIf]),
    ("Devices", &[Section::Compliance]),
    ("Logs", &[Section::SignIns, Section::Audit]),
];

impl Section {
    fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Services => "Service access",
            Self::WhatIf => "What if",
            Self::Compliance => "Compliance",
            Self::SignIns => "Sign-ins",
            Self::Audit => "Audit log",
        }
    }

    fn href(self) -> &'static str {
        match self {
            Self::Overview => "/console",
            Self::Services => "/console/services",
            Self::WhatIf => "/console/what-if",
            Self::Compliance => "/console/compliance",
            Self::SignIns => "/console/sign-ins",
            Self::Audit => "/console/audit",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Overview,
            Self::Services => Icon::Services,
            Self::WhatIf => Icon::WhatIf,
            Self::Compliance => Icon::Compliance,
            Self::SignIns => Icon::SignIns,
            Self::Audit => Icon::Audit,
        }
    }

    /// What a person must be allowed to be shown the section.
    fn task(self) -> Task {
        match self {
            Self::Overview | Self::SignIns | Self::Audit => Task::ReadLogs,
            Self::Services | Self::WhatIf => Task::ReadAccess,
            Self::Compliance => Task::ReadCompliance,
        }
    }
}

/// Sections that belong together; the first has no title.
pub(super) struct SectionGroup {
    pub(super) title: &'static str,
    pub(super) links: Vec<SectionLink>,
}

/// One entry of the navigation.
pub(super) struct SectionLink {
    pub(super) title: &'static str,
    pub(super) href: &'static str,
    pub(super) icon: Icon,
    pub(super) current: bool,
}

/// What every page shows around its content.
pub(super) struct Shell {
    pub(super) tenant: String,
    pub(super) person: String,
    pub(super) login: String,
    pub(super) initial: String,
    pub(super) roles: String,
    pub(super) groups: Vec<SectionGroup>,
    pub(super) flash: Option<&'static str>,
    /// Token of the page's forms.
    pub(super) token: String,
}

impl Shell {
    pub(super) fn new(tenant: &Tenant, user: &User, here: Section, flash: Option<Flash>, token: String) -> Self {
        let roles: Vec<&str> = user.roles.iter().map(|role| role.display_name()).collect();
        Self {
            tenant: tenant.display_name.clone(),
            person: user.display_name.clone(),
            login: user.user_principal_name.clone(),
            initial: user.display_name.chars().next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default(),
            roles: roles.join(", "),
            groups: groups(user, here),
            flash: flash.map(Flash::text),
            token,
        }
    }
}

fn groups(user: &User, here: Section) -> Vec<SectionGroup> {
    let link =
        |section: &Section| SectionLink { title: section.title(), href: section.href(), icon: section.icon(), current: *section == here };
    let links = |sections: &[Section]| sections.iter().filter(|section| section.task().needs_role(user).is_ok()).map(link).collect();
    let groups = GROUPS.iter().map(|(title, sections)| SectionGroup { title, links: links(sections) });
    groups.filter(|group| !group.links.is_empty()).collect()
}
