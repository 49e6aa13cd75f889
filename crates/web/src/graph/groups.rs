//! `/groups`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::group::{Group, Member};
use doorward_model::{GroupId, UserId};
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_store::query::{Filter, GroupField, Page, Position, Query, UserField};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::Admin;
use super::entity::{Entity, Named, ObjectBody};
use super::error::GraphError;
use super::list::{self, List, Noun};
use super::page::{if_match, with_etag};
use super::users;

pub(super) const GROUPS: Noun<GroupField> = Noun {
    context: "groups",
    properties: &[("id", GroupField::Id), ("displayName", GroupField::DisplayName), ("createdDateTime", GroupField::Created)],
    shown: &["id", "displayName", "description", "createdDateTime", "securityEnabled", "mailEnabled", "groupTypes"],
};

/// Body of a new group, and of a change. Groups are security groups, so what Graph's clients say about mail must say so too.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GroupBody {
    display_name: Option<String>,
    description: Option<String>,
    #[serde(default)]
    mail_enabled: bool,
    #[serde(default = "yes")]
    security_enabled: bool,
    /// Taken from clients that must send it; groups have no mail.
    #[serde(rename = "mailNickname")]
    _mail_nickname: Option<String>,
    #[serde(default)]
    group_types: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Named for GroupBody {
    const NAME: &'static str = "group";
}

impl GroupBody {
    fn check(&self) -> Result<(), GraphError> {
        if self.mail_enabled || !self.security_enabled || !self.group_types.is_empty() {
            return Err(GraphError::BadRequest(
                "groups here are security groups: mailEnabled must be false, securityEnabled true, groupTypes empty".into(),
            ));
        }
        Ok(())
    }
}

/// Reference to a member or an owner.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    #[serde(rename = "@odata.id")]
    id: String,
}

impl Reference {
    /// The id of the object, at the end of its address.
    pub(super) fn object(&self) -> Result<Uuid, GraphError> {
        let last = self.id.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        last.parse().map_err(|_| GraphError::BadRequest("@odata.id must end with the id of a directory object".into()))
    }
}

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadGroups)?;
    let query = list.query(&GROUPS)?;
    let mut unit = admin.read().await?;
    let page = unit.groups().page(&query).await?;
    let count = if list.options.count { Some(unit.groups().count(&query).await?) } else { None };
    Ok(list.answer(GROUPS.context, page, count, shown))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadGroups)?;
    Ok(list::count(admin.read().await?.groups().count(&list.query(&GROUPS)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadGroups)?;
    let group = find(&admin, id).await?;
    Ok(with_etag(list.object(&GROUPS, shown(&group))?, &directory::entity_tag(&group)))
}

pub(super) async fn create(admin: Admin, Entity(body): Entity<GroupBody>) -> Result<Response, GraphError> {
    admin.may(Task::ManageGroups)?;
    body.check()?;
    let name = body.display_name.unwrap_or_default();
    let id = GroupId::random(admin.ctx.rng.as_ref());
    let group = directory::create_group(&admin.ctx, admin.tenant.id, &admin.actor(), id, &name, body.description.as_deref()).await?;
    Ok(with_etag((StatusCode::CREATED, Json(shown(&group))), &directory::entity_tag(&group)))
}

pub(super) async fn update(
    admin: Admin,
    Path(id): Path<GroupId>,
    headers: HeaderMap,
    Entity(body): Entity<GroupBody>,
) -> Result<Response, GraphError> {
    admin.may(Task::ManageGroups)?;
    body.check()?;
    let expected = if_match(&headers)?;
    let (name, description) = (body.display_name.as_deref(), body.description.as_deref());
    directory::update_group(&admin.ctx, admin.tenant.id, &admin.actor(), id, name, description, expected.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<GroupId>, headers: HeaderMap) -> Result<Response, GraphError> {
    admin.may(Task::ManageGroups)?;
    let expected = if_match(&headers)?;
    directory::delete_group(&admin.ctx, admin.tenant.id, &admin.actor(), id, expected.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn members(admin: Admin, list: List, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    members_of(admin, list, id, false).await
}

pub(super) async fn transitive_members(admin: Admin, list: List, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    members_of(admin, list, id, true).await
}

async fn members_of(admin: Admin, list: List, id: GroupId, nested: bool) -> Result<Response, GraphError> {
    admin.may(Task::ReadGroups)?;
    list.only_pages()?;
    find(&admin, id).await?;
    let after = list.after::<Uuid>()?;
    let limit = list.options.page();
    let mut unit = admin.read().await?;
    // One more tells whether another page follows.
    let mut found = unit.groups().member_page(id, nested, after, limit.saturating_add(1)).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > wanted;
    found.truncate(wanted);
    let ids = |kind: fn(&Member) -> Option<Uuid>| found.iter().filter_map(kind).map(Into::into).collect();
    let users = ids(|member| if let Member::User(id) = member { Some(id.0) } else { None });
    let groups = ids(|member| if let Member::Group(id) = member { Some(id.0) } else { None });
    let users = unit.users().page(&Query { limit, ..Query::of(Filter::OneOf(UserField::Id, users)) }).await?.items;
    let groups = unit.groups().page(&Query { limit, ..Query::of(Filter::OneOf(GroupField::Id, groups)) }).await?.items;
    let next = found.last().filter(|_| more).map(|last| Position { key: None, id: last.id().to_string() });
    let users = users.iter().map(|user| (user.id.0, typed(users::shown(user), "#microsoft.graph.user")));
    let groups = groups.iter().map(|group| (group.id.0, typed(shown(group), "#microsoft.graph.group")));
    let mut objects: HashMap<Uuid, Value> = users.chain(groups).collect();
    let items: Vec<Value> = found.iter().filter_map(|member| objects.remove(&member.id())).collect();
    Ok(list.answer("directoryObjects", Page { items, next }, None, Value::clone))
}

pub(super) async fn add_member(
    admin: Admin,
    Path(id): Path<GroupId>,
    ObjectBody(reference): ObjectBody<Reference>,
) -> Result<Response, GraphError> {
    admin.may(Task::ManageGroups)?;
    let member = resolve(&admin, reference.object()?).await?;
    directory::add_member(&admin.ctx, admin.tenant.id, &admin.actor(), id, member).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn remove_member(admin: Admin, Path((id, object)): Path<(GroupId, Uuid)>) -> Result<Response, GraphError> {
    admin.may(Task::ManageGroups)?;
    let member = resolve(&admin, object).await?;
    directory::remove_member(&admin.ctx, admin.tenant.id, &admin.actor(), id, member).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn find(admin: &Admin, id: GroupId) -> Result<Group, GraphError> {
    let found = admin.read().await?.groups().get(id).await?;
    Ok(found.ok_or_else(|| DirectoryError::NotFound(format!("group {id}")))?)
}

/// Whether an object id is a group's or a user's.
async fn resolve(admin: &Admin, object: Uuid) -> Result<Member, GraphError> {
    let mut unit = admin.read().await?;
    let is_group = unit.groups().get(GroupId(object)).await?.is_some();
    Ok(if is_group { Member::Group(GroupId(object)) } else { Member::User(UserId(object)) })
}

/// An object in a list of several kinds.
pub(super) fn typed(mut object: Value, kind: &str) -> Value {
    if let Value::Object(members) = &mut object {
        members.insert("@odata.type".into(), kind.into());
    }
    object
}

pub(super) fn shown(group: &Group) -> Value {
    json!({
        "id": group.id,
        "displayName": group.display_name,
        "description": group.description,
        "createdDateTime": group.created,
        "securityEnabled": true,
        "mailEnabled": false,
        "groupTypes": [],
    })
}
