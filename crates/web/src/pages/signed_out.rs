//! The end of a session.

use askama::Template;

use super::{Frame, Link};

/// Confirms the sign-out.
#[derive(Debug, Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    /// Surroundings.
    pub frame: Frame,
    /// A registered `post_logout_redirect_uri`.
    pub back: Option<Link>,
}
