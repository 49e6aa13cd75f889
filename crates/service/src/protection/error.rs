//! Why an app instance gets no answer.

use doorward_store::StoreError;

use super::proof::ProofError;

/// A refusal of the protection service, or a failure. Texts may be shown; none names another person.
#[derive(Debug, thiserror::Error)]
pub enum ProtectionError {
    /// The client of the token has no such app on that platform.
    #[error("the access token was made for another app than {0:?}: register the bundle id or package with the application")]
    AppMismatch(String),
    /// The application is not marked as one that enforces policies.
    #[error("{0:?} is not registered as an app that enforces protection policies")]
    AppNotProtectable(String),
    /// Another person is enrolled in this app on this device.
    #[error("this app has a managed account on this device already: remove it first")]
    AnotherUserEnrolled,
    /// There is no such registration of this user.
    #[error("registration not found: enrol again")]
    NotFound,
    /// The registration has ended.
    #[error("the registration has ended: remove the organisation's data, then enrol again")]
    Ended,
    /// The app enrolled again with another key.
    #[error("the registration was replaced by a newer one: enrol again")]
    Replaced,
    /// The proof is missing or not good.
    #[error("Doorward-Proof: {0}")]
    Proof(#[from] ProofError),
    /// The nonce of the proof is unknown, expired or used.
    #[error("the nonce is not valid any more: use the one in details")]
    StaleNonce {
        /// A new one.
        nonce: String,
    },
    /// The reported state contradicts itself or is too long.
    #[error("state: {0}")]
    InvalidState(&'static str),
    /// Too many requests.
    #[error("too many requests: wait {retry_after_seconds} seconds")]
    TooManyRequests {
        /// How long to wait.
        retry_after_seconds: u64,
    },
    /// Another failure.
    #[error(transparent)]
    Other(#[from] crate::Error),
}

impl From<StoreError> for ProtectionError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// Result of a use case of app protection.
pub(super) type Result<T> = std::result::Result<T, ProtectionError>;
