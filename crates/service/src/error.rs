//! What a use case answers when it does not do what was asked.

use doorward_model::{ErrorCode, SignInId};
use doorward_store::StoreError;
use doorward_wire::pkeyauth::Challenge;

/// A refusal that the protocol has words for.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// Numbered code; carries the OAuth error and the suberror.
    pub code: ErrorCode,
    /// Text for the person or developer at the other end. Holds no secret and no internal detail.
    pub message: String,
    /// Context for the log of the server; never sent.
    pub internal: Option<String>,
    /// Claims challenge (JSON) that a client repeats in its next request.
    pub claims: Option<String>,
    /// Sign-in name to show beside the refusal, where the client needs it to act (`adi`).
    pub account: Option<String>,
    /// OAuth error and suberror in place of those of the code.
    pub oauth: Option<(&'static str, &'static str)>,
    /// Whom the refusal is about, for a client that acts on it (`client_info`).
    pub client_info: Option<String>,
    /// What the client's device is to prove: with the proof the client may ask again.
    pub device_challenge: Option<Box<Challenge>>,
    /// Id of the sign-in record: the trace id shown to the client.
    pub trace_id: Option<SignInId>,
}

impl Refusal {
    /// A refusal with a text for the other end.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            internal: None,
            claims: None,
            account: None,
            oauth: None,
            client_info: None,
            device_challenge: None,
            trace_id: None,
        }
    }

    /// OAuth error, on which clients act.
    #[must_use]
    pub fn oauth_error(&self) -> &'static str {
        self.oauth.map_or_else(|| self.code.oauth_error(), |(error, _)| error)
    }

    /// Suberror, on which clients act too.
    #[must_use]
    pub fn suberror(&self) -> Option<&'static str> {
        self.oauth.map_or_else(|| self.code.suberror(), |(_, suberror)| Some(suberror))
    }

    /// Adds context for the log.
    #[must_use]
    pub fn because(mut self, internal: impl Into<String>) -> Self {
        self.internal = Some(internal.into());
        self
    }
}

/// Failure of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request was understood and refused.
    #[error("{}: {}", .0.code, .0.message)]
    Refused(Box<Refusal>),
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that should not happen, such as a key that cannot be unwrapped.
    #[error("{context}: {reason}")]
    Internal {
        /// Where.
        context: &'static str,
        /// What.
        reason: String,
    },
}

impl Error {
    /// A refusal as an error.
    pub fn refused(code: ErrorCode, message: impl Into<String>) -> Self {
        Refusal::new(code, message).into()
    }

    /// The same refusal with context for the log.
    #[must_use]
    pub fn with_reason(self, reason: &dyn std::fmt::Display) -> Self {
        match self {
            Self::Refused(refusal) => refusal.because(reason.to_string()).into(),
            other => other,
        }
    }

    /// An internal failure with its cause.
    pub fn internal(context: &'static str, reason: &dyn std::fmt::Display) -> Self {
        Self::Internal { context, reason: reason.to_string() }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<doorward_wire::key::KeyError> for Error {
    fn from(error: doorward_wire::key::KeyError) -> Self {
        Self::internal("signing key", &error)
    }
}

/// Result of a use case.
pub type Result<T> = std::result::Result<T, Error>;
