//! A second factor that the person has: one page for each kind.

use askama::Template;

use super::other_way::OtherWay;
use super::passkey::PasskeyProof;
use super::{FormState, Frame};

/// Asks for a code of the authenticator app; posts `otc`.
#[derive(Debug, Clone, Template)]
#[template(path = "second_factor_app.html")]
pub struct AppCodePage {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// Other ways; the form posts `instead`.
    pub others: Vec<OtherWay>,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}

/// Asks for a recovery code; posts `recovery`.
#[derive(Debug, Clone, Template)]
#[template(path = "second_factor_recovery.html")]
pub struct RecoveryCodePage {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// Other ways; the form posts `instead`.
    pub others: Vec<OtherWay>,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}

/// Asks for a passkey; the script posts its answer.
#[derive(Debug, Clone, Template)]
#[template(path = "second_factor_passkey.html")]
pub struct PasskeyPage {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// What the passkey must answer.
    pub passkey: PasskeyProof,
    /// Other ways; the form posts `instead`.
    pub others: Vec<OtherWay>,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}
