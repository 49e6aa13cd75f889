//! `/groups`.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::group::Member;
use doorward_model::{GroupId, UserId};
use doorward_service::directory::{self, DirectoryError, Task};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::Admin;
use super::error::GraphError;
use super::page::{Options, collection};

/// Body of a new group, and of a change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GroupBody {
    display_name: Option<String>,
    description: Option<String>,
}

/// Reference to a member.
#[derive(Deserialize)]
pub(super) struct Reference {
    #[serde(rename = "@odata.id")]
    id: String,
}

pub(super) async fn list(admin: Admin, Query(options): Query<Options>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    let wanted = options.equals("displayName")?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let groups = unit.groups().list().await?;
    Ok(collection(
        groups
            .into_iter()
            .filter(|group| wanted.as_ref().is_none_or(|name| *name == group.display_name))
            .map(|group| json!(group))
            .collect(),
    ))
}

pub(super) async fn get(admin: Admin, Path(id): Path<GroupId>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::Read)?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let group = unit.groups().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("group {id}")))?;
    Ok(Json(json!(group)))
}

pub(super) async fn create(admin: Admin, Json(body): Json<GroupBody>) -> Result<(StatusCode, Json<Value>), GraphError> {
    admin.may(Task::ManageDirectory)?;
    let name = body.display_name.unwrap_or_default();
    let group = directory::create_group(&admin.ctx, admin.tenant.id, &admin.actor(), &name, body.description.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(json!(group))))
}

pub(super) async fn update(admin: Admin, Path(id): Path<GroupId>, Json(body): Json<GroupBody>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let (name, description) = (body.display_name.as_deref(), body.description.as_deref());
    directory::update_group(&admin.ctx, admin.tenant.id, &admin.actor(), id, name, description).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    directory::delete_group(&admin.ctx, admin.tenant.id, &admin.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn members(admin: Admin, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let members = unit.groups().members(id).await?;
    let shown = |member: &Member| {
        let kind = match member {
            Member::User(_) => "#microsoft.graph.user",
            Member::Group(_) => "#microsoft.graph.group",
        };
        json!({ "@odata.type": kind, "id": member.id() })
    };
    Ok(collection(members.iter().map(shown).collect()))
}

pub(super) async fn add_member(admin: Admin, Path(id): Path<GroupId>, Json(reference): Json<Reference>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let last = reference.id.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let object: Uuid = last.parse().map_err(|_| GraphError::BadRequest("@odata.id must end with the id of a directory object".into()))?;
    let member = resolve(&admin, object).await?;
    directory::add_member(&admin.ctx, admin.tenant.id, &admin.actor(), id, member).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn remove_member(admin: Admin, Path((id, object)): Path<(GroupId, Uuid)>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let member = resolve(&admin, object).await?;
    directory::remove_member(&admin.ctx, admin.tenant.id, &admin.actor(), id, member).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whether an object id is a group's or a user's.
async fn resolve(admin: &Admin, object: Uuid) -> Result<Member, GraphError> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let is_group = unit.groups().get(GroupId(object)).await?.is_some();
    Ok(if is_group { Member::Group(GroupId(object)) } else { Member::User(UserId(object)) })
}
