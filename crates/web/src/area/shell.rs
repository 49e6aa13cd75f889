//! The frame of the pages.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;

use super::Area;
use super::flash::Flash;
use super::icon::Icon;

/// Sections that belong together; the first has no title.
pub(crate) struct SectionGroup {
    pub(crate) title: &'static str,
    pub(crate) links: Vec<SectionLink>,
}

/// One entry of the navigation.
pub(crate) struct SectionLink {
    pub(crate) title: &'static str,
    pub(crate) href: &'static str,
    pub(crate) icon: Icon,
    pub(crate) current: bool,
}

/// What every page shows around its content.
pub(crate) struct Shell {
    pub(crate) area: &'static Area,
    pub(crate) tenant: String,
    pub(crate) person: String,
    pub(crate) login: String,
    pub(crate) initial: String,
    pub(crate) roles: String,
    /// The other area, where the person has something to do there: address and words.
    pub(crate) elsewhere: Option<(&'static str, &'static str)>,
    pub(crate) groups: Vec<SectionGroup>,
    pub(crate) flash: Option<&'static str>,
    /// Token of the page's forms.
    pub(crate) token: String,
}

impl Shell {
    /// The frame for this person, with the token of the page's forms.
    pub(crate) fn new(
        area: &'static Area,
        tenant: &Tenant,
        user: &User,
        groups: Vec<SectionGroup>,
        flash: Option<Flash>,
        token: String,
    ) -> Self {
        let roles: Vec<&str> = user.roles.iter().map(|role| role.display_name()).collect();
        Self {
            area,
            tenant: tenant.display_name.clone(),
            person: user.display_name.clone(),
            login: user.user_principal_name.clone(),
            initial: user.display_name.chars().next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default(),
            roles: roles.join(", "),
            elsewhere: None,
            groups,
            flash: flash.map(Flash::text),
            token,
        }
    }
}
