//! Signing a person out everywhere.

use doorward_model::{TenantId, UserId};

use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use crate::context::Context;

/// Ends every session of a user: what was issued in them is void from now on.
///
/// # Errors
/// [`DirectoryError`].
pub async fn revoke_sessions(ctx: &Context, tenant: TenantId, actor: &Actor, id: UserId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = unit.users().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("user {id}")))?;
    let mut user = (*before).clone();
    // Strictly later than any session that exists.
    user.sign_in_sessions_valid_from = ctx.now().saturating_add(jiff::SignedDuration::from_millis(1)).unwrap_or(ctx.now());
    unit.users().update(&user).await?;
    let change =
        Change { activity: "Revoke sessions of", kind: "user", id: id.to_string(), before: shown(&*before), after: shown(&user), actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
