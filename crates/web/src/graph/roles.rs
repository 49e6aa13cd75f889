//! `/roleManagement/directory`: the roles there are, who holds them, and giving and taking them.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::UserId;
use doorward_model::role::Role;
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_store::query::{Filter, Query, UserField};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::Admin;
use super::entity::{Entity, Named};
use super::error::GraphError;
use super::list::List;

const DEFINITIONS: &str = "roleManagement/directory/roleDefinitions";
const ASSIGNMENTS: &str = "roleManagement/directory/roleAssignments";

/// Body of an assignment. Roles count in the whole tenant.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewAssignment {
    principal_id: UserId,
    role_definition_id: Uuid,
    #[serde(default = "everywhere")]
    directory_scope_id: String,
}

impl Named for NewAssignment {
    const NAME: &'static str = "unifiedRoleAssignment";
}

fn everywhere() -> String {
    "/".into()
}

pub(super) async fn definitions(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadRoles)?;
    let known = ["id", "templateId", "displayName", "isBuiltIn", "isEnabled"];
    list.in_memory(DEFINITIONS, Role::ALL.map(definition_of).into(), &known)
}

pub(super) async fn definition(admin: Admin, list: List, Path(id): Path<Uuid>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ReadRoles)?;
    let role = Role::from_template_id(id).ok_or_else(|| DirectoryError::NotFound(format!("role {id}")))?;
    list.one(DEFINITIONS, definition_of(role))
}

pub(super) async fn assignments(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadRoles)?;
    let holds = |role: &Role| Filter::equal(UserField::Roles, format!("{role:?}"));
    let mut query = Query { limit: 999, ..Query::of(Filter::Any(Role::ALL.iter().map(holds).collect())) };
    let mut assignments: Vec<Value> = Vec::new();
    let mut unit = admin.read().await?;
    loop {
        let page = unit.users().page(&query).await?;
        for user in &page.items {
            assignments.extend(user.roles.iter().map(|role| assignment_of(*role, user.id)));
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    list.in_memory(ASSIGNMENTS, assignments, &["id", "principalId", "roleDefinitionId", "directoryScopeId"])
}

pub(super) async fn assignment(admin: Admin, list: List, Path(id): Path<String>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ReadRoles)?;
    let (role, user) = parts(&id)?;
    let holder = admin.read().await?.users().get(user).await?.filter(|user| user.roles.contains(&role));
    let holder = holder.ok_or_else(|| unknown(&id))?;
    list.one(ASSIGNMENTS, assignment_of(role, holder.id))
}

pub(super) async fn assign(admin: Admin, Entity(body): Entity<NewAssignment>) -> Result<Response, GraphError> {
    admin.may(Task::ManageRoles)?;
    let id = body.role_definition_id;
    let role = Role::from_template_id(id).ok_or_else(|| GraphError::BadRequest(format!("roleDefinitionId: there is no role {id}")))?;
    if body.directory_scope_id != "/" {
        return Err(GraphError::BadRequest("directoryScopeId: roles count in the whole tenant, which is \"/\"".into()));
    }
    directory::assign_role(&admin.ctx, admin.tenant.id, &admin.actor(), body.principal_id, role).await?;
    Ok((StatusCode::CREATED, Json(assignment_of(role, body.principal_id))).into_response())
}

pub(super) async fn remove(admin: Admin, Path(id): Path<String>) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageRoles)?;
    let (role, user) = parts(&id)?;
    directory::remove_role(&admin.ctx, admin.tenant.id, &admin.actor(), user, role).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn definition_of(role: Role) -> Value {
    json!({
        "id": role.template_id(),
        "templateId": role.template_id(),
        "displayName": role.display_name(),
        "isBuiltIn": true,
        "isEnabled": true,
    })
}

fn assignment_of(role: Role, user: UserId) -> Value {
    json!({
        "id": format!("{}-{user}", role.template_id()),
        "principalId": user,
        "roleDefinitionId": role.template_id(),
        "directoryScopeId": "/",
    })
}

/// Role and holder of an assignment: its id is made of both.
fn parts(id: &str) -> Result<(Role, UserId), GraphError> {
    let both = id.get(..36).zip(id.get(37..)).filter(|_| id.get(36..37) == Some("-"));
    let parsed = both.and_then(|(role, user)| Some((Role::from_template_id(role.parse().ok()?)?, user.parse().ok()?)));
    Ok(parsed.ok_or_else(|| unknown(id))?)
}

fn unknown(id: &str) -> DirectoryError {
    DirectoryError::NotFound(format!("role assignment {id}"))
}
