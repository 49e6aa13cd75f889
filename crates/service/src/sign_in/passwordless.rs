//! Signing in with a passkey alone: it says who, and proves it with two factors at once.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::session::{Session, SessionKind};
use doorward_model::user::User;

use super::flow::Progress;
use super::session;
use super::step::{Journey, Outcome};
use super::steps::{self, SignedIn};
use crate::authentication_method::fido2::{self, Proof};
use crate::authentication_method::{MethodError, Rejection, in_session};
use crate::context::Context;
use crate::error::{Refusal, Result};

/// Takes a passkey in place of name and password.
///
/// # Errors
/// Storage failure; refusals are steps.
pub(super) async fn sign_in(ctx: &Context, journey: Journey<'_>, progress: Progress, proof: &Proof) -> Result<Outcome> {
    let Some(challenge) = progress.challenge else {
        return Ok(steps::identifier(ctx, String::new(), Some("That took too long. Please sign in again.")));
    };
    match begin(ctx, journey, &challenge, proof).await {
        Ok((session, user)) => {
            let cookie = session::cookie(ctx, journey.tenant.id, session.id)?;
            let mut outcome = steps::proceed(ctx, journey, SignedIn::new(Arc::new(session), user)).await?;
            outcome.session_cookie = Some(cookie);
            Ok(outcome)
        }
        Err(MethodError::Rejected(rejection)) => {
            let refusal = Refusal::new(ErrorCode::INVALID_CREDENTIALS, rejection.for_person()).because(rejection.to_string());
            steps::log_failure(ctx, journey, "", refusal).await;
            Ok(steps::identifier(ctx, String::new(), Some(rejection.for_person())))
        }
        Err(MethodError::Failed(error)) => Err(error),
    }
}

async fn begin(
    ctx: &Context,
    journey: Journey<'_>,
    challenge: &str,
    proof: &Proof,
) -> std::result::Result<(Session, Arc<User>), MethodError> {
    let mut unit = ctx.store.tenant(journey.tenant.id).write().await?;
    let owner = fido2::verify(ctx, unit.as_mut(), challenge, proof, None).await?;
    let user = unit.users().get(owner).await?.filter(|user| user.is_active_at(ctx.now())).ok_or(Rejection::UnknownCredential)?;
    let mut session = session::begin(ctx, &user, SessionKind::Browser, None, Vec::new());
    in_session::note(&mut session, SecondFactor::Fido2, ctx.now());
    unit.sessions().create(&session).await?;
    unit.commit().await?;
    Ok((session, user))
}
