//! Recovery codes, shown once.

use askama::Template;

use super::{FormState, Frame};

/// Shows the codes; posts `saved`.
#[derive(Clone, Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodes {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// The codes.
    pub codes: Vec<String>,
}
