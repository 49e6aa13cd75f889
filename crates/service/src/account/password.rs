//! A new password, chosen by its owner.

use std::net::IpAddr;
use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use serde_json::Value;

use super::proof::{Wanted, log_failure, wanted_proof};
use crate::attempts::Origin;
use crate::caller::Caller;
use crate::context::Context;
use crate::directory::Actor;
use crate::directory::audit::{self, Change};
use crate::error::{Error, Refusal};
use crate::password::{self, WeakPassword};
use crate::sign_in::credentials;

/// Why a password is not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordChangeError {
    /// The present password is not right, or not looked at any more.
    #[error("the present password is not right")]
    WrongPassword,
    /// The new one is not good enough.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The account is gone.
    #[error("the account is gone")]
    Gone,
    /// Something failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<doorward_store::StoreError> for PasswordChangeError {
    fn from(error: doorward_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Changes the password of somebody who is signed in. Whoever has a second factor must have given one recently: whoever found out the
/// password at a browser that was left open could lock its owner out otherwise. A wrong present password stands in the sign-in log.
///
/// # Errors
/// [`PasswordChangeError`].
pub async fn choose_password(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    user: &User,
    session: &Session,
    old: &str,
    new: &str,
) -> Result<(), PasswordChangeError> {
    if matches!(wanted_proof(ctx, tenant, user, session).await?, Some(Wanted::SecondFactor(_))) {
        return Err(Error::refused(ErrorCode::MFA_REQUIRED, "Prove first that it is you.").into());
    }
    match change_password(ctx, tenant, caller.ip, &user.user_principal_name, old, new).await {
        Err(PasswordChangeError::WrongPassword) => {
            let refusal = Refusal::new(ErrorCode::INVALID_CREDENTIALS, PasswordChangeError::WrongPassword.to_string());
            log_failure(ctx, tenant, caller, user, refusal.into()).await?;
            Err(PasswordChangeError::WrongPassword)
        }
        changed => changed.map(drop),
    }
}

/// Changes a person's password and ends every session: whoever knew the old password is signed out everywhere.
///
/// # Errors
/// [`PasswordChangeError`].
pub async fn change_password(
    ctx: &Context,
    tenant: &Tenant,
    address: IpAddr,
    login: &str,
    old: &str,
    new: &str,
) -> Result<Arc<User>, PasswordChangeError> {
    let user = match credentials::check_password(ctx, tenant, login, old, Origin::Address(address)).await {
        Ok(user) => user,
        Err(Error::Refused(_)) => return Err(PasswordChangeError::WrongPassword),
        Err(error) => return Err(error.into()),
    };
    if new == old {
        return Err(WeakPassword::Unchanged.into());
    }
    password::check_strength(new, &user.user_principal_name)?;
    let hash = ctx.passwords.hash(new, ctx.rng.as_ref()).await?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let mut user = Arc::unwrap_or_clone(unit.users().get(user.id).await?.ok_or(PasswordChangeError::Gone)?);
    user.password_hash = Some(hash);
    user.force_change_password = false;
    // The session that begins with the new password may begin in this very instant.
    user.sign_in_sessions_valid_from = ctx.now();
    unit.users().update(&user).await?;
    let actor = Actor::user(&user);
    let (before, after) = (Value::Null, Value::Null);
    let change = Change { activity: "Change own", kind: "password", id: user.id.to_string(), before, after, actor: &actor };
    audit::record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(Arc::new(user))
}
