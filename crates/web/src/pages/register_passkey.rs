//! Registering a passkey.

use askama::Template;

use super::other_way::OtherWay;
use super::passkey::PasskeyCreation;
use super::{FormState, Frame};

/// Has the browser make a passkey; the script posts its answer.
#[derive(Debug, Clone, Template)]
#[template(path = "register_passkey.html")]
pub struct RegisterPasskey {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// What to make.
    pub creation: PasskeyCreation,
    /// Other ways; the form posts `instead`.
    pub others: Vec<OtherWay>,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}
