//! What every page shows.

/// The surroundings of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Display name of the tenant; where no tenant is known, the name of the installation.
    pub tenant: String,
}
