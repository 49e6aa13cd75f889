//! App roles that applications hold: what they may do when they act for themselves.

use std::sync::Arc;

use doorward_model::application::{AppRole, AppRoleAssignment, Application, MemberType};
use doorward_model::{AppId, PermissionId, TenantId};
use doorward_store::Unit;

use super::applications::{KIND, get, without_hashes};
use super::audit::{Actor, Change, record};
use super::error::{DirectoryError, Result};
use crate::context::Context;

/// One app role in an application's hands.
#[derive(Debug, Clone)]
pub struct HeldAppRole {
    /// Who holds it.
    pub principal: Application,
    /// Whose role it is.
    pub resource: Application,
    /// The role.
    pub role: AppRole,
}

/// The app roles that an application holds. What its resource no longer offers is none.
///
/// # Errors
/// [`DirectoryError`].
pub async fn app_roles_of(ctx: &Context, tenant: TenantId, principal: AppId) -> Result<Vec<HeldAppRole>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let principal = get(unit.as_mut(), principal).await?;
    let mut held = Vec::new();
    for assignment in &principal.app_role_assignments {
        if let Some(resource) = unit.applications().get(assignment.resource).await?
            && let Some(role) = resource.app_roles.iter().find(|role| role.value == assignment.value).cloned()
        {
            held.push(HeldAppRole { principal: principal.clone(), resource: Arc::unwrap_or_clone(resource), role });
        }
    }
    Ok(held)
}

/// Who holds app roles of a resource.
///
/// # Errors
/// [`DirectoryError`].
pub async fn app_role_holders(ctx: &Context, tenant: TenantId, resource: AppId) -> Result<Vec<HeldAppRole>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let resource = get(unit.as_mut(), resource).await?;
    let mut held = Vec::new();
    for principal in unit.applications().list().await? {
        let of_resource = principal.app_role_assignments.iter().filter(|assignment| assignment.resource == resource.app_id);
        let roles = of_resource.filter_map(|assignment| resource.app_roles.iter().find(|role| role.value == assignment.value).cloned());
        held.extend(roles.map(|role| HeldAppRole { principal: principal.clone(), resource: resource.clone(), role }));
    }
    Ok(held)
}

/// Gives an application an app role of a resource.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::AlreadyExists`] when it holds it.
pub async fn assign_app_role(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    principal: AppId,
    resource: AppId,
    role: PermissionId,
) -> Result<HeldAppRole> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), principal).await?;
    let resource = get(unit.as_mut(), resource).await?;
    let Some(role) = resource.app_roles.iter().find(|offered| offered.id == role).cloned() else {
        return Err(DirectoryError::invalid("appRoleId", format!("{role} is no app role of {}", resource.display_name)));
    };
    if !role.is_enabled || !role.is_for(MemberType::Application) {
        let problem = format!("{} is switched off, or not for applications (allowedMemberTypes)", role.value);
        return Err(DirectoryError::invalid("appRoleId", problem));
    }
    let assignment = AppRoleAssignment { resource: resource.app_id, value: role.value.clone() };
    if before.app_role_assignments.contains(&assignment) {
        return Err(DirectoryError::AlreadyExists("app role assignment"));
    }
    let mut after = before.clone();
    after.app_role_assignments.push(assignment);
    put(ctx, unit, "Add app role assignment to", &before, &after, actor).await?;
    Ok(HeldAppRole { principal: after, resource, role })
}

/// Takes an app role from an application: it counts no longer, whatever its tokens say.
///
/// # Errors
/// [`DirectoryError`].
pub async fn remove_app_role(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    principal: AppId,
    resource: AppId,
    role: PermissionId,
) -> Result<()> {
    let missing = || DirectoryError::NotFound("app role assignment".into());
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), principal).await?;
    let offered = unit.applications().get(resource).await?.ok_or_else(missing)?;
    let role = offered.app_roles.iter().find(|offered| offered.id == role).ok_or_else(missing)?;
    let mut after = before.clone();
    after.app_role_assignments.retain(|held| held.resource != resource || held.value != role.value);
    if after == before {
        return Err(missing());
    }
    put(ctx, unit, "Remove app role assignment from", &before, &after, actor).await
}

async fn put(
    ctx: &Context,
    mut unit: Box<dyn Unit>,
    activity: &'static str,
    before: &Application,
    after: &Application,
    actor: &Actor,
) -> Result<()> {
    unit.applications().update(after).await?;
    let (id, before, after) = (after.app_id.to_string(), without_hashes(before), without_hashes(after));
    record(ctx, unit.as_mut(), Change { activity, kind: KIND, id, before, after, actor }).await?;
    Ok(unit.commit().await?)
}
