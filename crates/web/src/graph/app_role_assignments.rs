//! `/servicePrincipals/{id}/appRoleAssignments` and `…/appRoleAssignedTo`: app roles that applications hold, from either side.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::{AppId, PermissionId};
use doorward_service::directory::{self, DirectoryError, HeldAppRole, Task};
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::Admin;
use super::entity::{Entity, Named};
use super::error::GraphError;
use super::list::List;

const KNOWN: [&str; 7] = ["id", "appRoleId", "principalId", "principalDisplayName", "principalType", "resourceId", "resourceDisplayName"];

/// Body of an assignment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewAssignment {
    principal_id: AppId,
    resource_id: AppId,
    app_role_id: PermissionId,
}

impl Named for NewAssignment {
    const NAME: &'static str = "appRoleAssignment";
}

pub(super) async fn held(admin: Admin, list: List, Path(principal): Path<AppId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let held = directory::app_roles_of(&admin.ctx, admin.tenant.id, principal).await?;
    list.in_memory("appRoleAssignments", held.iter().map(shown).collect(), &KNOWN)
}

pub(super) async fn holders(admin: Admin, list: List, Path(resource): Path<AppId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let held = directory::app_role_holders(&admin.ctx, admin.tenant.id, resource).await?;
    list.in_memory("appRoleAssignments", held.iter().map(shown).collect(), &KNOWN)
}

pub(super) async fn assign(admin: Admin, Path(principal): Path<AppId>, Entity(new): Entity<NewAssignment>) -> Result<Response, GraphError> {
    admin.may(Task::GrantPermissions)?;
    if new.principal_id != principal {
        return Err(GraphError::BadRequest("principalId: must be the service principal in the address".into()));
    }
    make(&admin, &new).await
}

pub(super) async fn assign_to(
    admin: Admin,
    Path(resource): Path<AppId>,
    Entity(new): Entity<NewAssignment>,
) -> Result<Response, GraphError> {
    admin.may(Task::GrantPermissions)?;
    if new.resource_id != resource {
        return Err(GraphError::BadRequest("resourceId: must be the service principal in the address".into()));
    }
    make(&admin, &new).await
}

async fn make(admin: &Admin, new: &NewAssignment) -> Result<Response, GraphError> {
    let (principal, resource, role) = (new.principal_id, new.resource_id, new.app_role_id);
    let held = directory::assign_app_role(&admin.ctx, admin.tenant.id, &admin.actor(), principal, resource, role).await?;
    Ok((StatusCode::CREATED, Json(shown(&held))).into_response())
}

pub(super) async fn remove(admin: Admin, Path((principal, id)): Path<(AppId, String)>) -> Result<StatusCode, GraphError> {
    take(&admin, &id, |parts| parts.0 == principal).await
}

pub(super) async fn remove_from(admin: Admin, Path((resource, id)): Path<(AppId, String)>) -> Result<StatusCode, GraphError> {
    take(&admin, &id, |parts| parts.1 == resource).await
}

async fn take(admin: &Admin, id: &str, belongs: impl Fn(&(AppId, AppId, PermissionId)) -> bool) -> Result<StatusCode, GraphError> {
    admin.may(Task::GrantPermissions)?;
    let parts = parts(id).filter(belongs).ok_or_else(|| DirectoryError::NotFound(format!("app role assignment {id}")))?;
    directory::remove_app_role(&admin.ctx, admin.tenant.id, &admin.actor(), parts.0, parts.1, parts.2).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(held: &HeldAppRole) -> Value {
    let HeldAppRole { principal, resource, role } = held;
    json!({
        "id": format!("{}.{}.{}", principal.app_id, resource.app_id, role.id),
        "appRoleId": role.id,
        "principalId": principal.app_id,
        "principalDisplayName": principal.display_name,
        "principalType": "ServicePrincipal",
        "resourceId": resource.app_id,
        "resourceDisplayName": resource.display_name,
    })
}

/// Holder, resource and role of an assignment: its id is made of them.
fn parts(id: &str) -> Option<(AppId, AppId, PermissionId)> {
    let mut parts = id.split('.');
    let found = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().is_none().then_some(found)
}
