//! Second factors: registering them and verifying them.
//!
//! Each file knows one kind. What they share is here: the limit on attempts, and the words for what was wrong.

pub mod fido2;
pub mod in_session;
pub mod recovery_code;
pub mod registered;
pub mod software_oath;
pub mod windows_hello;

use std::net::IpAddr;

use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_wire::webauthn::WebauthnError;

use crate::attempts::Origin;
use crate::context::Context;
use crate::error::Error;

/// Why a second factor is not accepted. The text is for the log of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The attempts are used up.
    #[error("too many attempts")]
    TooManyAttempts,
    /// Not the code of this time, or not a code of this person.
    #[error("wrong code")]
    WrongCode,
    /// The code of a time step that was used before.
    #[error("the code was used before")]
    CodeUsed,
    /// The passkey's answer cannot be read.
    #[error(transparent)]
    Unreadable(#[from] WebauthnError),
    /// A registration where a proof was wanted, or the other way round.
    #[error("the answer is for another ceremony")]
    WrongCeremony,
    /// The answer is to another question, or to one that was answered before.
    #[error("the challenge is not the one of this page, or was answered before")]
    WrongChallenge,
    /// The answer was made at another site.
    #[error("the answer was made at another origin")]
    WrongOrigin,
    /// The credential is for another site.
    #[error("the credential belongs to another relying party")]
    WrongRelyingParty,
    /// Nobody touched the authenticator, or it did not make sure who did.
    #[error("the authenticator did not verify the person")]
    NotVerified,
    /// No such credential here, or it is somebody else's.
    #[error("the credential is not registered for this person")]
    UnknownCredential,
    /// The credential is registered already.
    #[error("the credential is registered already")]
    KnownCredential,
    /// The authenticator app is registered already.
    #[error("the app is registered already")]
    KnownApp,
    /// The signature was not made with the registered key.
    #[error("the signature is wrong")]
    WrongSignature,
    /// The signature counter went back: there may be a copy of the authenticator.
    #[error("the signature counter did not grow: the authenticator may have been copied")]
    Cloned,
    /// The person has as many methods as may be.
    #[error("the person has {} methods already", registered::LIMIT)]
    TooMany,
}

impl Rejection {
    /// What the person is told.
    #[must_use]
    pub fn for_person(self) -> &'static str {
        match self {
            Self::TooManyAttempts => "Too many attempts. Wait a few minutes and try again.",
            Self::WrongCode => "The code is not right. Codes change quickly: enter the one that is shown now.",
            Self::CodeUsed => "This code was used before. Wait for the next one.",
            Self::Cloned => "This passkey cannot be used any more, because there may be a copy of it. Ask your help desk.",
            Self::KnownCredential => "This passkey is registered already. Use another one.",
            Self::KnownApp => "This app is set up already. If you have not seen its recovery codes, make new ones in My account.",
            Self::UnknownCredential => "This passkey is not registered here. Use another one, or sign in with your password.",
            Self::NotVerified => "The passkey must be unlocked with a PIN, fingerprint or face. Try again.",
            Self::TooMany => "You have registered as many ways to sign in as you may. Remove one first.",
            Self::Unreadable(_)
            | Self::WrongCeremony
            | Self::WrongChallenge
            | Self::WrongOrigin
            | Self::WrongRelyingParty
            | Self::WrongSignature => "The passkey could not be checked. Try again.",
        }
    }
}

/// Why a second factor did not come about.
#[derive(Debug, thiserror::Error)]
pub enum MethodError {
    /// It is not accepted.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Something failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<doorward_store::StoreError> for MethodError {
    fn from(error: doorward_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

type Result<T> = std::result::Result<T, MethodError>;

/// The budget for second factors of one person. It is not that for passwords: six digits are guessed sooner, and whoever gets here
/// knows the password already.
fn budget(user: &User) -> String {
    format!("second factor of {}", user.id)
}

/// Takes one attempt from the person's budget for second factors.
///
/// # Errors
/// [`Rejection::TooManyAttempts`].
pub(crate) fn take_attempt(ctx: &Context, tenant: &Tenant, user: &User, address: IpAddr) -> std::result::Result<(), Rejection> {
    if ctx.attempts.allow(tenant.id, &budget(user), Origin::Address(address)) { Ok(()) } else { Err(Rejection::TooManyAttempts) }
}

/// Remembers the place where the right second factor was given.
pub(crate) fn succeeded(ctx: &Context, tenant: &Tenant, user: &User, address: IpAddr) {
    ctx.attempts.succeeded(tenant.id, &budget(user), Origin::Address(address));
}
