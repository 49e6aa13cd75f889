//! What every page shows.

use doorward_wire::sign_in_page::PageConfig;

/// The surroundings of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Display name of the tenant; where no tenant is known, the name of the installation.
    pub tenant: String,
    /// The state of a sign-in, for programs that read its pages.
    pub state: Option<PageConfig>,
}

impl Frame {
    /// Surroundings without a state.
    #[must_use]
    pub fn new(tenant: impl Into<String>) -> Self {
        Self { tenant: tenant.into(), state: None }
    }
}
