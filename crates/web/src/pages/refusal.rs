//! A sign-in that is refused: which requirement failed, and what the person can do.

use askama::Template;
use doorward_model::ErrorCode;

use super::advice::Advice;
use super::{Frame, Link, RequestFacts};

/// Says no with a reason and a way on.
#[derive(Debug, Clone, Template)]
#[template(path = "refusal.html")]
pub struct Refusal {
    /// Surroundings.
    pub frame: Frame,
    /// Reason and way on: see [`super::advice::advise`].
    pub advice: Advice,
    /// The protocol's number for the reason.
    pub code: ErrorCode,
    /// The account that signed in, once it has proved itself.
    pub login: Option<String>,
    /// Display name of the client.
    pub app: Option<String>,
    /// The redirect URI with the error, for a client that wants to go on by itself.
    pub back: Option<Link>,
    /// What the help desk needs.
    pub request: RequestFacts,
}
