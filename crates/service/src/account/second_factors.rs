//! A person's own second factors.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::session::Session;
use doorward_model::sign_in::ClientAppType;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{MethodId, TenantId};
use serde_json::{Value, json};

use super::proof::require_proof;
use crate::access::{self, Subject};
use crate::authentication_method::in_session::{self, New};
use crate::authentication_method::registered::Held;
use crate::authentication_method::{MethodError, recovery_code};
use crate::caller::Caller;
use crate::context::Context;
use crate::directory::audit::{self, Change};
use crate::directory::{self, Actor, DirectoryError};
use crate::token;

type Result<T> = std::result::Result<T, DirectoryError>;

/// The second factors of a person, oldest first, and how many recovery codes are left.
///
/// # Errors
/// Storage failure.
pub async fn second_factors(ctx: &Context, tenant: TenantId, user: &User) -> Result<Held> {
    Ok(Held::of(ctx.store.tenant(tenant).read().await?.as_mut(), user).await?)
}

/// The second factors that policies let the person register here.
///
/// # Errors
/// Storage failure.
pub async fn registrable(ctx: &Context, tenant: &Tenant, caller: &Caller, user: &User, session: &Session) -> Result<Vec<SecondFactor>> {
    let (account, session) = as_it_is(ctx, tenant, session).await?;
    let request = request(tenant, caller, user, &session, &account);
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    Ok(access::may_register(ctx, unit.as_mut(), &request, &[SecondFactor::Fido2, SecondFactor::SoftwareOath]).await?)
}

/// Registers one, as far as policies allow it, after a proof. With the first come recovery codes, to be shown once.
///
/// # Errors
/// A [`Rejection`](crate::authentication_method::Rejection); a refusal; failure.
pub async fn add_method(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    user: &User,
    session: &Session,
    new: New<'_>,
) -> std::result::Result<Vec<String>, MethodError> {
    require_proof(ctx, tenant, user, session).await?;
    let (account, session) = as_it_is(ctx, tenant, session).await?;
    let request = request(tenant, caller, user, &session, &account);
    let (_, codes, attempt) = in_session::register(ctx, &request, user, session.id, new).await?;
    attempt.granted(ctx).await;
    Ok(codes)
}

/// My account, and the session with what was proved in it since its tokens were made.
async fn as_it_is(ctx: &Context, tenant: &Tenant, session: &Session) -> crate::Result<(Arc<Application>, Arc<Session>)> {
    let account = super::application(ctx, tenant.id).await?;
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let (session, _) = token::live_session(ctx, unit.as_mut(), session.id).await?;
    Ok((account, session))
}

fn request<'a>(
    tenant: &'a Tenant,
    caller: &'a Caller,
    user: &'a User,
    session: &'a Session,
    account: &'a Application,
) -> access::Request<'a> {
    access::Request {
        client_type: Some(ClientAppType::Browser),
        session: Some(session),
        ..access::Request::new("account", tenant, caller, Subject::User(user), account, account)
    }
}

/// Takes one of them away, after a proof.
///
/// # Errors
/// [`MFA_REQUIRED`](doorward_model::ErrorCode::MFA_REQUIRED), [`DirectoryError::NotFound`] for anybody else's, or storage failure.
pub async fn remove_method(ctx: &Context, tenant: &Tenant, user: &User, session: &Session, id: MethodId) -> Result<()> {
    require_proof(ctx, tenant, user, session).await?;
    directory::delete_authentication_method(ctx, tenant.id, &Actor::user(user), user.id, id).await
}

/// Makes new recovery codes in place of the old ones and returns them, to be shown once; after a proof.
///
/// # Errors
/// [`MFA_REQUIRED`](doorward_model::ErrorCode::MFA_REQUIRED); [`DirectoryError::Conflict`] for somebody without a second factor that the
/// codes could stand in for; storage failure.
pub async fn renew_recovery_codes(ctx: &Context, tenant: &Tenant, user: &User, session: &Session) -> Result<Vec<String>> {
    require_proof(ctx, tenant, user, session).await?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    if unit.authentication_methods().of_user(user.id).await?.is_empty() {
        return Err(DirectoryError::Conflict("recovery codes stand in for a second factor: set one up first".into()));
    }
    let left = unit.authentication_methods().recovery_codes_left(user.id).await?;
    let codes = recovery_code::issue(ctx, unit.as_mut(), tenant, user).await.map_err(|error| match error {
        MethodError::Failed(error) => error.into(),
        MethodError::Rejected(rejection) => DirectoryError::Conflict(rejection.to_string()),
    })?;
    let actor = Actor::user(user);
    let (before, after): (Value, Value) = (json!({ "left": left }), json!({ "left": codes.len() }));
    let change = Change { activity: "Renew", kind: "recovery codes", id: user.id.to_string(), before, after, actor: &actor };
    audit::record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(codes)
}
