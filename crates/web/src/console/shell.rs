//! The frame of the console's pages.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;

use super::flash::Flash;
use super::icon::Icon;

/// The sections of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// First page.
    Overview,
    /// Sign-in log.
    SignIns,
    /// Service access.
    Services,
    /// What If.
    WhatIf,
    /// Audit log.
    Audit,
}

impl Section {
    const ALL: [Self; 5] = [Self::Overview, Self::SignIns, Self::Services, Self::WhatIf, Self::Audit];

    fn link(self, here: Self) -> SectionLink {
        let (title, href, icon) = match self {
            Self::Overview => ("Overview", "/console", Icon::Overview),
            Self::SignIns => ("Sign-ins", "/console/sign-ins", Icon::SignIns),
            Self::Services => ("Service access", "/console/services", Icon::Services),
            Self::WhatIf => ("What if", "/console/what-if", Icon::WhatIf),
            Self::Audit => ("Audit log", "/console/audit", Icon::Audit),
        };
        SectionLink { title, href, icon, current: self == here }
    }
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
    pub(super) sections: Vec<SectionLink>,
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
            sections: Section::ALL.into_iter().map(|section| section.link(here)).collect(),
            flash: flash.map(Flash::text),
            token,
        }
    }
}
