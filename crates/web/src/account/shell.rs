//! The navigation of My account.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;

use super::ACCOUNT;
use crate::area::flash::Flash;
use crate::area::icon::Icon;
use crate::area::shell::{SectionGroup, SectionLink, Shell};
use crate::console::CONSOLE;

/// The sections of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Second factors.
    Methods,
    /// Devices.
    Devices,
    /// Sessions and sign-ins.
    Sessions,
    /// Password.
    Password,
}

const SECTIONS: [(Section, &str, &str, Icon); 4] = [
    (Section::Methods, "Ways to sign in", "/account", Icon::Methods),
    (Section::Devices, "Devices", "/account/devices", Icon::Devices),
    (Section::Sessions, "Sessions", "/account/sessions", Icon::SignIns),
    (Section::Password, "Password", "/account/password", Icon::Password),
];

/// The frame of a page of My account.
pub(super) fn around(tenant: &Tenant, user: &User, here: Section, flash: Option<Flash>, token: String) -> Shell {
    let links = SECTIONS.iter().map(|(section, title, href, icon)| SectionLink { title, href, icon: *icon, current: *section == here });
    let groups = vec![SectionGroup { title: "", links: links.collect() }];
    let elsewhere = (!user.roles.is_empty()).then_some((CONSOLE.root, CONSOLE.short_name));
    Shell { elsewhere, ..Shell::new(&ACCOUNT, tenant, user, groups, flash, token) }
}
