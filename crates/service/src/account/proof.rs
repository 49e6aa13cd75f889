//! Proving once more who one is, before changing how one signs in: a browser that was left open is not enough.

use std::sync::Arc;

use doorward_model::authentication_method::SecondFactor;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{ErrorCode, SessionId};

use crate::access;
use crate::attempts::Origin;
use crate::authentication_method::in_session::{self, Given, is_recent, is_recently};
use crate::authentication_method::registered::Held;
use crate::authentication_method::{MethodError, Rejection};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Refusal, Result};
use crate::sign_in::credentials;

/// What must be proved first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// The password: there is nothing else.
    Password,
    /// One of these second factors, best first.
    SecondFactor(Vec<SecondFactor>),
}

/// What must be proved before a change in this session; none when it was proved in the last ten minutes. Whoever has a second factor
/// gives one, whatever policies ask for at sign-in; everybody else gives the password.
///
/// # Errors
/// Storage failure.
pub async fn wanted_proof(ctx: &Context, tenant: &Tenant, user: &User, session: &Session) -> Result<Option<Wanted>> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let held = Held::of(unit.as_mut(), user).await?;
    if !held.any() {
        // A second factor that was given, and then removed as the last one, was proof enough.
        let proved = is_recently(session.authenticated, ctx.now()) || is_recent(session, ctx.now());
        return Ok((!proved).then_some(Wanted::Password));
    }
    let factors = SecondFactor::ALL.into_iter().filter(|factor| held.has(*factor)).collect();
    Ok((!is_recent(session, ctx.now())).then_some(Wanted::SecondFactor(factors)))
}

/// Refuses a change before the proof for it was given.
///
/// # Errors
/// [`ErrorCode::MFA_REQUIRED`], or storage failure.
pub(super) async fn require_proof(ctx: &Context, tenant: &Tenant, user: &User, session: &Session) -> Result<()> {
    if session.user_id == user.id && wanted_proof(ctx, tenant, user, session).await?.is_none() {
        return Ok(());
    }
    Err(Error::refused(ErrorCode::MFA_REQUIRED, "Prove first that it is you."))
}

/// Takes a second factor as the proof. One that was wrong stands in the sign-in log.
///
/// # Errors
/// A [`Rejection`], whose text the person may read, or failure.
pub async fn prove(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    user: &User,
    session: SessionId,
    given: Given<'_>,
) -> std::result::Result<(), MethodError> {
    match in_session::give(ctx, tenant, caller.ip, user, session, given).await {
        Ok(_) => Ok(()),
        Err(MethodError::Rejected(rejection)) => {
            let code = if rejection == Rejection::TooManyAttempts { ErrorCode::ACCOUNT_LOCKED } else { ErrorCode::MFA_FAILED };
            let refusal = Refusal::new(code, rejection.for_person()).because(rejection.to_string());
            log_failure(ctx, tenant, caller, user, refusal.into()).await?;
            Err(rejection.into())
        }
        Err(error) => Err(error),
    }
}

/// Takes the password as the proof, from somebody who has no second factor.
///
/// # Errors
/// The refusal, whose text the person may read, or failure.
pub async fn prove_by_password(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    user: &User,
    session: SessionId,
    password: &str,
) -> Result<()> {
    let name = &user.user_principal_name;
    if let Err(error) = credentials::check_password(ctx, tenant, name, password, Origin::Address(caller.ip)).await {
        return Err(log_failure(ctx, tenant, caller, user, error).await?);
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let session = in_session::own_session(ctx, unit.as_mut(), user, session).await.map_err(|error| match error {
        MethodError::Failed(error) => error,
        MethodError::Rejected(rejection) => Error::internal("session", &rejection),
    })?;
    unit.sessions().update(&Session { authenticated: ctx.now(), ..Arc::unwrap_or_clone(session) }).await?;
    Ok(unit.commit().await?)
}

/// Records a proof that was wrong, and hands the error back with the record's id.
pub(super) async fn log_failure(ctx: &Context, tenant: &Tenant, caller: &Caller, user: &User, error: Error) -> Result<Error> {
    let application = super::application(ctx, tenant.id).await?;
    Ok(access::failed_factor(ctx, tenant, caller, "account", &application, &user.user_principal_name, error).await)
}
