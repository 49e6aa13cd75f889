//! First page: who is signing in.

use askama::Template;

use super::passkey::PasskeyProof;
use super::{FormState, Frame};

/// Asks for the account name; posts `login`, or the fields of a passkey.
#[derive(Debug, Clone, Template)]
#[template(path = "identifier.html")]
pub struct Identifier {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// Display name of the client, once the request has been checked.
    pub app: Option<String>,
    /// Name to start from: `login_hint`, or what was typed before.
    pub login: String,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
    /// What a passkey may answer in place of a name.
    pub passkey: PasskeyProof,
    /// The ticket of a domain may answer it as well.
    pub tickets: bool,
}
