//! A person's own second factors.

use doorward_model::authentication_method::AuthenticationMethod;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{ErrorCode, MethodId, TenantId};
use serde_json::{Value, json};

use crate::authentication_method::{MethodError, recovery_code};
use crate::context::Context;
use crate::directory::audit::{self, Change};
use crate::directory::{self, Actor, DirectoryError};
use crate::error::Error;
use crate::sign_in::is_recent;

type Result<T> = std::result::Result<T, DirectoryError>;

/// The second factors of a person, oldest first.
///
/// # Errors
/// Storage failure.
pub async fn second_factors(ctx: &Context, tenant: TenantId, user: &User) -> Result<Vec<AuthenticationMethod>> {
    directory::authentication_methods(ctx, tenant, user.id).await
}

/// Takes one of them away. The session must have a second factor that was given recently.
///
/// # Errors
/// [`ErrorCode::MFA_REQUIRED`], [`DirectoryError::NotFound`] for anybody else's, or storage failure.
pub async fn remove_method(ctx: &Context, tenant: TenantId, user: &User, session: &Session, id: MethodId) -> Result<()> {
    require_recent(ctx, user, session)?;
    directory::delete_authentication_method(ctx, tenant, &Actor::user(user), user.id, id).await
}

/// Makes new recovery codes in place of the old ones and returns them, to be shown once. The session must have a second factor that
/// was given recently.
///
/// # Errors
/// [`ErrorCode::MFA_REQUIRED`], or storage failure.
pub async fn renew_recovery_codes(ctx: &Context, tenant: &Tenant, user: &User, session: &Session) -> Result<Vec<String>> {
    require_recent(ctx, user, session)?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
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

fn require_recent(ctx: &Context, user: &User, session: &Session) -> Result<()> {
    if session.user_id == user.id && is_recent(session, ctx.now()) {
        return Ok(());
    }
    Err(Error::refused(ErrorCode::MFA_REQUIRED, "Give one of your second factors first.").into())
}
