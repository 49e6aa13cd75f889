//! A password that must be changed before the sign-in goes on.

use askama::Template;

use super::{FormState, Frame};

/// Why the password must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// An administrator set it, for one use.
    FirstUse,
    /// It is too old.
    Expired,
    /// Policy asks for a new one, because the account may be in danger.
    Risk,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::FirstUse => "Your password was set by somebody else. Choose one that only you know.",
            Self::Expired => "Your password has expired.",
            Self::Risk => "Your company asks for a new password, because somebody else may know the present one.",
        }
    }
}

/// Asks for old and new password; posts `login`, `passwd`, `newpasswd` and `confirmnewpasswd`.
#[derive(Debug, Clone, Template)]
#[template(path = "change_password.html")]
pub struct ChangePassword {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// Why.
    pub reason: Reason,
    /// Least length of the new password, in characters.
    pub minimum_length: usize,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}
