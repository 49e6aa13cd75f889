//! First factor: name and password.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;

use super::account_state::require_active;
use crate::attempts::Origin;
use crate::context::Context;
use crate::error::{Error, Result};

/// Checks a sign-in name and password.
///
/// Whether an account exists, is disabled or has no password cannot be told from the answer or its timing until the right
/// password was given.
///
/// # Errors
/// [`ErrorCode::ACCOUNT_LOCKED`] when the attempts are used up, [`ErrorCode::INVALID_CREDENTIALS`], [`ErrorCode::USER_DISABLED`]
/// (only after the right password), or storage failure.
pub async fn check_password(ctx: &Context, tenant: &Tenant, name: &str, password: &str, origin: Origin) -> Result<Arc<User>> {
    if !ctx.attempts.allow(tenant.id, name, origin) {
        return Err(Error::refused(
            ErrorCode::ACCOUNT_LOCKED,
            "Too many sign-in attempts from here. Wait a few minutes, or use a device or place where you have signed in before.",
        ));
    }
    // The unit of work ends before the password is hashed: nothing waits for a slow computation.
    let user = ctx.store.tenant(tenant.id).read().await?.users().find(name).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let too_long = password.len() > crate::password::MAXIMUM_BYTES;
    let fits = ctx.passwords.verify(if too_long { "" } else { password }, hash).await? && !too_long;
    let Some(user) = user.filter(|_| fits) else {
        return Err(Error::refused(
            ErrorCode::INVALID_CREDENTIALS,
            "The account or password is not right. Try again, or ask your help desk.",
        ));
    };
    require_active(&user, ctx.now())?;
    ctx.attempts.succeeded(tenant.id, name, origin);
    Ok(user)
}

/// Whether a refusal of [`check_password`] is one that another attempt may mend.
#[must_use]
pub fn is_about_password(code: ErrorCode) -> bool {
    code == ErrorCode::ACCOUNT_LOCKED || code == ErrorCode::INVALID_CREDENTIALS
}

/// Refuses a password that somebody else handed out where it cannot be changed: only the sign-in pages can ask for a new one.
///
/// # Errors
/// [`ErrorCode::PASSWORD_EXPIRED`].
pub fn require_own_password(user: &User) -> Result<()> {
    if user.force_change_password {
        return Err(Error::refused(ErrorCode::PASSWORD_EXPIRED, "The password must be changed: sign in with a browser first."));
    }
    Ok(())
}
