//! Second page: the password.

use askama::Template;

use super::{FormState, Frame};

/// Asks for the password; posts `login` (unchanged) and `passwd`.
#[derive(Debug, Clone, Template)]
#[template(path = "password.html")]
pub struct Password {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// Display name of the client.
    pub app: Option<String>,
    /// The account that signs in.
    pub login: String,
    /// Path of the identifier page for this sign-in.
    pub other_account: String,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}
