//! Sign-in frequency: a granted request whose sign-in is older than policies want.

use doorward_model::ErrorCode;
use doorward_policy::conditional_access::{Decision, Outcome, Renewal, renewal};
use doorward_store::Unit;

use super::facts;
use super::request::{Request, Subject};
use crate::context::Context;
use crate::error::Result;
use crate::policies;

/// Whether policies would grant the request to somebody who signs in anew, but not to this sign-in. Leaves no record.
///
/// # Errors
/// Storage failure.
pub async fn asks_to_sign_in_again(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>) -> Result<bool> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, request).await?;
    Ok(due(ctx, request, &set.decisions.decide(&gathered.facts).decision) == Some(Renewal::SignIn))
}

/// The code that tells the client so: what it holds is too old, or the person must give a second factor again.
pub(super) fn too_old(ctx: &Context, request: &Request<'_>, decision: &Decision) -> Option<ErrorCode> {
    Some(match (due(ctx, request, decision)?, request.grant) {
        (Renewal::SecondFactor, _) => ErrorCode::MFA_REQUIRED,
        (Renewal::SignIn, "refresh_token" | "prt") => ErrorCode::TOKEN_TOO_OLD,
        (Renewal::SignIn, _) => ErrorCode::SESSION_TOO_OLD,
    })
}

/// What must be given anew although nothing else is missing.
pub(super) fn due(ctx: &Context, request: &Request<'_>, decision: &Decision) -> Option<Renewal> {
    // Applications that act for themselves do not sign in.
    let Subject::User(_) = request.subject else { return None };
    let frequency = decision.sign_in_frequency.filter(|_| decision.outcome == Outcome::Grant)?;
    match request.session {
        Some(session) => renewal(frequency, session.authenticated, session.second_factor, ctx.now()),
        None => Some(Renewal::SignIn),
    }
}
