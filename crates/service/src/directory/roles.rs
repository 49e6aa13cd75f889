//! Giving and taking one role at a time.

use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_model::{TenantId, UserId};

use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::users::{KIND, get, keep_an_administrator};
use crate::access::{Advice, Watch};
use crate::context::Context;

/// Gives a user a role.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::AlreadyExists`] when the user holds it; [`DirectoryError::Conflict`] when a policy for the role
/// would lock everybody out of the console.
pub async fn assign_role(ctx: &Context, tenant: TenantId, actor: &Actor, user: UserId, role: Role) -> Result<()> {
    change_roles(ctx, tenant, actor, user, |user| {
        if user.roles.contains(&role) {
            return Err(DirectoryError::AlreadyExists("role assignment"));
        }
        user.roles.push(role);
        Ok(())
    })
    .await
}

/// Takes a role from a user.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] when it would leave the tenant without an enabled Global Administrator, or without
/// one who is let into the console.
pub async fn remove_role(ctx: &Context, tenant: TenantId, actor: &Actor, user: UserId, role: Role) -> Result<()> {
    change_roles(ctx, tenant, actor, user, |user| {
        if !user.roles.contains(&role) {
            return Err(DirectoryError::NotFound("role assignment".into()));
        }
        user.roles.retain(|held| *held != role);
        Ok(())
    })
    .await
}

async fn change_roles(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: UserId,
    change: impl FnOnce(&mut User) -> Result<()> + Send,
) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    let mut user = before.clone();
    change(&mut user)?;
    let watch = Watch::over(ctx, unit.as_mut(), tenant, &before).await?;
    unit.users().update(&user).await?;
    keep_an_administrator(unit.as_mut(), &before, ctx.now()).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    let change = Change { activity: "Update", kind: KIND, id: id.to_string(), before: shown(&before), after: shown(&user), actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
