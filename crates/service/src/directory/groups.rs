//! Groups and memberships.

use doorward_model::group::{Group, Member};
use doorward_model::{GroupId, TenantId};
use doorward_store::Unit;
use serde_json::{Value, json};

use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::tag::check_tag;
use crate::access::{Advice, Watch};
use crate::context::Context;

const KIND: &str = "group";

/// Makes a group under an id that the caller has drawn: sent twice, it is made once.
///
/// # Errors
/// [`DirectoryError`].
pub async fn create_group(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: GroupId,
    display_name: &str,
    description: Option<&str>,
) -> Result<Group> {
    check(display_name)?;
    let group = Group { id, display_name: display_name.to_owned(), description: description.map(str::to_owned), created: ctx.now() };
    let mut unit = ctx.store.tenant(tenant).write().await?;
    unit.groups().create(&group).await?;
    let change = Change { activity: "Create", kind: KIND, id: group.id.to_string(), before: Value::Null, after: shown(&group), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(group)
}

/// Changes name and description, with `expected` only while the group has that entity tag; none leaves a member as it is.
///
/// # Errors
/// [`DirectoryError`].
pub async fn update_group(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: GroupId,
    display_name: Option<&str>,
    description: Option<&str>,
    expected: Option<&str>,
) -> Result<Group> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    let mut group = before.clone();
    if let Some(name) = display_name {
        check(name)?;
        name.clone_into(&mut group.display_name);
    }
    if let Some(description) = description {
        group.description = Some(description.to_owned());
    }
    unit.groups().update(&group).await?;
    let change = Change { activity: "Update", kind: KIND, id: id.to_string(), before: shown(&before), after: shown(&group), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(group)
}

/// Deletes a group. Policies that name it keep the name and match nobody by it.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] when policies that name it would lock everybody out of the console then.
pub async fn delete_group(ctx: &Context, tenant: TenantId, actor: &Actor, id: GroupId, expected: Option<&str>) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    let watch = Watch::begin(ctx, unit.as_mut(), tenant).await?;
    unit.groups().delete(id).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    let change = Change { activity: "Delete", kind: KIND, id: id.to_string(), before: shown(&before), after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

/// Adds a member.
///
/// # Errors
/// As [`delete_group`].
pub async fn add_member(ctx: &Context, tenant: TenantId, actor: &Actor, id: GroupId, member: Member) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let watch = watch(ctx, unit.as_mut(), tenant, member).await?;
    unit.groups().add_member(id, member).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    membership(ctx, unit.as_mut(), actor, "Add member to", id, Value::Null, json!({ "member": member.id() })).await?;
    Ok(unit.commit().await?)
}

/// Removes a member.
///
/// # Errors
/// As [`delete_group`].
pub async fn remove_member(ctx: &Context, tenant: TenantId, actor: &Actor, id: GroupId, member: Member) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let watch = watch(ctx, unit.as_mut(), tenant, member).await?;
    unit.groups().remove_member(id, member).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    membership(ctx, unit.as_mut(), actor, "Remove member from", id, json!({ "member": member.id() }), Value::Null).await?;
    Ok(unit.commit().await?)
}

/// A watch over what policies say of a member that comes or goes.
async fn watch(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, member: Member) -> Result<Watch> {
    let unknown = || DirectoryError::NotFound(format!("directory object {}", member.id()));
    match member {
        Member::User(id) => {
            let user = unit.users().get(id).await?.ok_or_else(unknown)?;
            Ok(Watch::over(ctx, unit, tenant, &user).await?)
        }
        Member::Group(id) => {
            unit.groups().get(id).await?.ok_or_else(unknown)?;
            Ok(Watch::begin(ctx, unit, tenant).await?)
        }
    }
}

async fn membership(
    ctx: &Context,
    unit: &mut dyn Unit,
    actor: &Actor,
    activity: &'static str,
    id: GroupId,
    before: Value,
    after: Value,
) -> Result<()> {
    Ok(record(ctx, unit, Change { activity, kind: KIND, id: id.to_string(), before, after, actor }).await?)
}

async fn get(unit: &mut dyn Unit, id: GroupId) -> Result<Group> {
    unit.groups().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("group {id}")))
}

fn check(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > 256 {
        return Err(DirectoryError::invalid("displayName", "must have 1 to 256 characters"));
    }
    Ok(())
}
