//! `/roleManagement/directory`: the roles there are, and who holds them. Roles are given with `PATCH /users/{id}`.

use axum::response::Response;
use doorward_model::role::Role;
use doorward_service::directory::Task;
use doorward_store::query::{Filter, Query, UserField};
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::List;

pub(super) async fn definitions(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadRoles)?;
    let shown = |role: Role| {
        json!({
            "id": role.template_id(),
            "templateId": role.template_id(),
            "displayName": role.display_name(),
            "isBuiltIn": true,
            "isEnabled": true,
        })
    };
    let known = ["id", "templateId", "displayName", "isBuiltIn", "isEnabled"];
    list.in_memory("roleManagement/directory/roleDefinitions", Role::ALL.map(shown).into(), &known)
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
            assignments.extend(user.roles.iter().map(|role| {
                json!({
                    "id": format!("{}-{}", role.template_id(), user.id),
                    "principalId": user.id,
                    "roleDefinitionId": role.template_id(),
                    "directoryScopeId": "/",
                })
            }));
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    let known = ["id", "principalId", "roleDefinitionId", "directoryScopeId"];
    list.in_memory("roleManagement/directory/roleAssignments", assignments, &known)
}
