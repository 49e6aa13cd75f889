//! The groups that a person or a group is in: `memberOf`, and the questions `getMemberGroups` and `checkMemberGroups`.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_model::{GroupId, UserId};
use doorward_service::directory::{DirectoryError, Task};
use doorward_store::Unit;
use doorward_store::query::{Filter, GroupField};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::admin::Admin;
use super::directory_objects::{self, Object};
use super::entity::ObjectBody;
use super::error::GraphError;
use super::list::List;
use super::{groups, users};

/// Groups asked about at once.
const ASKED: usize = 20;

/// Who is in groups.
#[derive(Clone, Copy)]
enum Member {
    User(UserId),
    Group(GroupId),
}

/// Body of `getMemberGroups`. Every group here is a security group.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Which {
    #[serde(rename = "securityEnabledOnly")]
    _security_enabled_only: Option<bool>,
}

/// Body of `checkMemberGroups`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    group_ids: Vec<Uuid>,
}

async fn me(admin: &Admin) -> Result<Member, GraphError> {
    admin.may(Task::ReadSelf)?;
    Ok(Member::User(users::myself(admin)?.id))
}

async fn user(admin: &Admin, id: &str) -> Result<Member, GraphError> {
    admin.may(Task::ReadUsers)?;
    admin.may(Task::ReadGroups)?;
    Ok(Member::User(users::find(admin, id).await?.id))
}

async fn group(admin: &Admin, id: GroupId) -> Result<Member, GraphError> {
    admin.may(Task::ReadGroups)?;
    Ok(Member::Group(groups::find(admin, id).await?.id))
}

async fn object(admin: &Admin, id: Uuid) -> Result<Member, GraphError> {
    directory_objects::may_read(admin)?;
    match directory_objects::find(admin.read().await?.as_mut(), id).await? {
        Some(Object::User(user)) => Ok(Member::User(user.id)),
        Some(Object::Group(group)) => Ok(Member::Group(group.id)),
        _ => Err(DirectoryError::NotFound(format!("user or group {id}")).into()),
    }
}

async fn groups_with(unit: &mut dyn Unit, member: Member, nested: bool) -> Result<Vec<GroupId>, GraphError> {
    Ok(match (member, nested) {
        (Member::User(id), false) => unit.groups().direct_of(id).await?,
        (Member::User(id), true) => unit.groups().transitive_of(id).await?.to_vec(),
        (Member::Group(id), nested) => unit.groups().groups_of(id, nested).await?,
    })
}

async fn listed(admin: &Admin, list: &List, member: Member, nested: bool) -> Result<Response, GraphError> {
    let mut unit = admin.read().await?;
    let ids = groups_with(unit.as_mut(), member, nested).await?;
    let among = Filter::OneOf(GroupField::Id, ids.into_iter().map(|id| id.0.into()).collect());
    let query = list.query_among(&groups::GROUPS, among)?;
    let page = unit.groups().page(&query).await?;
    let count = if list.options.count { Some(unit.groups().count(&query).await?) } else { None };
    Ok(list.answer("directoryObjects", page, count, |group| groups::typed(groups::shown(group), "#microsoft.graph.group")))
}

async fn all(admin: &Admin, list: &List, member: Member) -> Result<Response, GraphError> {
    Ok(texts(list, &groups_with(admin.read().await?.as_mut(), member, true).await?))
}

async fn among(admin: &Admin, list: &List, member: Member, asked: &Asked) -> Result<Response, GraphError> {
    if asked.group_ids.is_empty() || asked.group_ids.len() > ASKED {
        return Err(GraphError::BadRequest(format!("groupIds: ask about 1 to {ASKED} groups")));
    }
    let mut found = groups_with(admin.read().await?.as_mut(), member, true).await?;
    found.retain(|group| asked.group_ids.contains(&group.0));
    Ok(texts(list, &found))
}

fn texts(list: &List, ids: &[GroupId]) -> Response {
    Json(json!({ "@odata.context": list.context_url("Collection(Edm.String)"), "value": ids })).into_response()
}

pub(super) async fn of_me(admin: Admin, list: List) -> Result<Response, GraphError> {
    listed(&admin, &list, me(&admin).await?, false).await
}

pub(super) async fn transitive_of_me(admin: Admin, list: List) -> Result<Response, GraphError> {
    listed(&admin, &list, me(&admin).await?, true).await
}

pub(super) async fn of_user(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    listed(&admin, &list, user(&admin, &id).await?, false).await
}

pub(super) async fn transitive_of_user(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    listed(&admin, &list, user(&admin, &id).await?, true).await
}

pub(super) async fn of_group(admin: Admin, list: List, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    listed(&admin, &list, group(&admin, id).await?, false).await
}

pub(super) async fn transitive_of_group(admin: Admin, list: List, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    listed(&admin, &list, group(&admin, id).await?, true).await
}

pub(super) async fn all_of_me(admin: Admin, list: List, ObjectBody(_): ObjectBody<Which>) -> Result<Response, GraphError> {
    all(&admin, &list, me(&admin).await?).await
}

pub(super) async fn all_of_user(
    admin: Admin,
    list: List,
    Path(id): Path<String>,
    ObjectBody(_): ObjectBody<Which>,
) -> Result<Response, GraphError> {
    all(&admin, &list, user(&admin, &id).await?).await
}

pub(super) async fn all_of_group(
    admin: Admin,
    list: List,
    Path(id): Path<GroupId>,
    ObjectBody(_): ObjectBody<Which>,
) -> Result<Response, GraphError> {
    all(&admin, &list, group(&admin, id).await?).await
}

pub(super) async fn all_of_object(
    admin: Admin,
    list: List,
    Path(id): Path<Uuid>,
    ObjectBody(_): ObjectBody<Which>,
) -> Result<Response, GraphError> {
    all(&admin, &list, object(&admin, id).await?).await
}

pub(super) async fn check_me(admin: Admin, list: List, ObjectBody(asked): ObjectBody<Asked>) -> Result<Response, GraphError> {
    among(&admin, &list, me(&admin).await?, &asked).await
}

pub(super) async fn check_user(
    admin: Admin,
    list: List,
    Path(id): Path<String>,
    ObjectBody(asked): ObjectBody<Asked>,
) -> Result<Response, GraphError> {
    among(&admin, &list, user(&admin, &id).await?, &asked).await
}

pub(super) async fn check_group(
    admin: Admin,
    list: List,
    Path(id): Path<GroupId>,
    ObjectBody(asked): ObjectBody<Asked>,
) -> Result<Response, GraphError> {
    among(&admin, &list, group(&admin, id).await?, &asked).await
}

pub(super) async fn check_object(
    admin: Admin,
    list: List,
    Path(id): Path<Uuid>,
    ObjectBody(asked): ObjectBody<Asked>,
) -> Result<Response, GraphError> {
    among(&admin, &list, object(&admin, id).await?, &asked).await
}
