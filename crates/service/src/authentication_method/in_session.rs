//! Second factors in a session: giving one, registering one, and how long either counts for changing how somebody signs in.

use std::net::IpAddr;
use std::sync::Arc;

use doorward_model::authentication_method::SecondFactor;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{ErrorCode, SessionId};
use doorward_store::Unit;
use jiff::{SignedDuration, Timestamp};

use super::fido2::{self, Creation, Proof};
use super::registered::Held;
use super::software_oath::{self, NewSecret};
use super::{MethodError, Result, recovery_code, succeeded, take_attempt};
use crate::access::{self, Attempt};
use crate::context::Context;
use crate::error::Error;
use crate::token;

/// Whoever has a second factor must have given one this recently to change how they sign in: a session that was left open is not
/// enough.
const RECENTLY: SignedDuration = SignedDuration::from_mins(10);

/// A second factor as it is given.
pub enum Given<'a> {
    /// A passkey's answer to a challenge.
    Passkey(&'a str, &'a Proof),
    /// A code of an authenticator app.
    AppCode(&'a str),
    /// A recovery code.
    RecoveryCode(&'a str),
}

impl Given<'_> {
    /// Which one it is.
    #[must_use]
    pub fn factor(&self) -> SecondFactor {
        match self {
            Self::Passkey(..) => SecondFactor::Fido2,
            Self::AppCode(_) => SecondFactor::SoftwareOath,
            Self::RecoveryCode(_) => SecondFactor::RecoveryCode,
        }
    }
}

/// A second factor that is registered.
pub enum New<'a> {
    /// An authenticator app, with the first code that it shows.
    App(&'a NewSecret, &'a str),
    /// A passkey made for a challenge.
    Passkey(&'a str, &'a Creation),
}

impl New<'_> {
    /// Which one it is.
    #[must_use]
    pub fn factor(&self) -> SecondFactor {
        match self {
            Self::App(..) => SecondFactor::SoftwareOath,
            Self::Passkey(..) => SecondFactor::Fido2,
        }
    }
}

/// Verifies a second factor and notes it in the session, in one unit of work.
///
/// # Errors
/// A [`Rejection`](super::Rejection); [`ErrorCode::SESSION_REVOKED`] when the session has ended meanwhile; storage failure.
pub async fn give(ctx: &Context, tenant: &Tenant, address: IpAddr, user: &User, session: SessionId, given: Given<'_>) -> Result<Session> {
    // Codes can be guessed; a signature cannot.
    if !matches!(given, Given::Passkey(..)) {
        take_attempt(ctx, tenant, user, address)?;
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let mut session = Arc::unwrap_or_clone(own_session(ctx, unit.as_mut(), user, session).await?);
    let factor = given.factor();
    match given {
        Given::Passkey(challenge, proof) => {
            fido2::verify(ctx, unit.as_mut(), challenge, proof, Some(user.id)).await?;
        }
        Given::AppCode(code) => software_oath::verify(ctx, unit.as_mut(), tenant, user, code).await?,
        Given::RecoveryCode(code) => recovery_code::verify(unit.as_mut(), tenant, user, code).await?,
    }
    note(&mut session, factor, ctx.now());
    unit.sessions().update(&session).await?;
    unit.commit().await?;
    succeeded(ctx, tenant, user, address);
    Ok(session)
}

/// Registers a second factor, as far as the policies about `request` let one be registered. That proves possession as well: the session
/// has the factor from now on. The codes are shown once; the attempt is yet to be recorded as granted.
///
/// # Errors
/// A [`Rejection`](super::Rejection); [`ErrorCode::MFA_REQUIRED`] when the person has a second factor and gave none recently;
/// [`ErrorCode::PROOF_UP_BLOCKED`]; [`ErrorCode::SESSION_REVOKED`]; storage failure.
pub async fn register(
    ctx: &Context,
    request: &access::Request<'_>,
    user: &User,
    session: SessionId,
    new: New<'_>,
) -> Result<(Session, Vec<String>, Attempt)> {
    let tenant = request.tenant;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let mut session = Arc::unwrap_or_clone(own_session(ctx, unit.as_mut(), user, session).await?);
    if Held::of(unit.as_mut(), user).await?.any() && !is_recent(&session, ctx.now()) {
        return Err(Error::refused(ErrorCode::MFA_REQUIRED, "Give one of your second factors first.").into());
    }
    let factor = new.factor();
    let attempt = access::require_registration(ctx, unit.as_mut(), request, factor).await?;
    let codes = match new {
        New::App(secret, code) => software_oath::register(ctx, unit.as_mut(), tenant, user, secret, code).await?,
        New::Passkey(challenge, creation) => fido2::register(ctx, unit.as_mut(), tenant, user, challenge, creation).await?,
    };
    note(&mut session, factor, ctx.now());
    unit.sessions().update(&session).await?;
    unit.commit().await?;
    Ok((session, codes, attempt))
}

/// The session as it is now, so that writing it back does not revive one that was ended meanwhile.
pub(crate) async fn own_session(ctx: &Context, unit: &mut dyn Unit, user: &User, id: SessionId) -> Result<Arc<Session>> {
    let (session, owner) = token::live_session(ctx, unit, id).await?;
    if owner.id == user.id { Ok(session) } else { Err(MethodError::Failed(Error::internal("session", &"it is somebody else's"))) }
}

/// Whether something was proved recently enough to change how somebody signs in.
pub(crate) fn is_recently(given: Timestamp, now: Timestamp) -> bool {
    now.duration_since(given) < RECENTLY
}

/// Whether a second factor was given recently enough for that.
pub(crate) fn is_recent(session: &Session, now: Timestamp) -> bool {
    session.second_factor.is_some_and(|given| is_recently(given, now))
}

/// Whether a second factor was given in a session at any time.
pub(crate) fn has_any(session: &Session) -> bool {
    session.amr.iter().any(|method| method == "mfa")
}

/// Notes a second factor in a session.
pub(crate) fn note(session: &mut Session, factor: SecondFactor, now: Timestamp) {
    for word in [factor.amr(), "mfa"] {
        if !session.amr.iter().any(|known| known == word) {
            session.amr.push(word.to_owned());
        }
    }
    session.second_factor = Some(now);
}
