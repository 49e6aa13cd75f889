//! Owners of groups: who answers for a group. Owning it gives no right here; changing a group needs a role.

use doorward_model::{GroupId, TenantId, UserId};
use serde_json::{Value, json};

use super::audit::{Actor, Change, record};
use super::error::{DirectoryError, Result};
use crate::context::Context;

/// Adds an owner.
///
/// # Errors
/// [`DirectoryError`].
pub async fn add_owner(ctx: &Context, tenant: TenantId, actor: &Actor, id: GroupId, owner: UserId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    if unit.users().get(owner).await?.is_none() {
        return Err(DirectoryError::NotFound(format!("user {owner}")));
    }
    unit.groups().add_owner(id, owner).await?;
    let after = json!({ "owner": owner });
    let change = Change { activity: "Add owner to", kind: "group", id: id.to_string(), before: Value::Null, after, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

/// Removes an owner.
///
/// # Errors
/// [`DirectoryError`].
pub async fn remove_owner(ctx: &Context, tenant: TenantId, actor: &Actor, id: GroupId, owner: UserId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    unit.groups().remove_owner(id, owner).await?;
    let before = json!({ "owner": owner });
    let change = Change { activity: "Remove owner from", kind: "group", id: id.to_string(), before, after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
