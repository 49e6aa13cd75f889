//! The person's agreement that an app acts for them.

use askama::Template;

use super::scopes::Right;
use super::{FormState, Frame, Link};

/// An app as a person judges it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppOrigin {
    /// The name that the app gives itself.
    pub display_name: String,
    /// Who makes it.
    pub publisher: Option<String>,
    /// Its homepage.
    pub homepage: Option<Link>,
}

/// Asks for consent; posts `consent` = `accept` or `decline`.
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub struct Consent {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// Who asks.
    pub app: AppOrigin,
    /// What for: see [`super::scopes::right`].
    pub rights: Vec<Right>,
}
