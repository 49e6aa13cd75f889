//! `/directoryObjects`: an object by id alone, whatever kind it is.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::group::Group;
use doorward_model::user::User;
use doorward_model::{AppId, DeviceId, GroupId, UserId};
use doorward_service::directory::{DirectoryError, Task};
use doorward_store::Unit;
use doorward_store::query::{ApplicationField, DeviceField, Filter, GroupField, Query, UserField};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::Admin;
use super::entity::ObjectBody;
use super::error::GraphError;
use super::groups::typed;
use super::list::List;
use super::{devices, groups, service_principals, users};

/// Ids of one request at most.
const IDS: usize = 1000;

/// An object of the directory.
pub(super) enum Object {
    User(Arc<User>),
    Group(Group),
    Device(Arc<Device>),
    ServicePrincipal(Arc<Application>),
}

/// Body of `getByIds`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ByIds {
    ids: Vec<Uuid>,
    /// Kinds to look at; none means all.
    types: Option<Vec<String>>,
}

/// An id does not say what it is of, so who asks must be allowed to see every kind.
pub(super) fn may_read(admin: &Admin) -> Result<(), GraphError> {
    [Task::ReadUsers, Task::ReadGroups, Task::ReadDevices, Task::ReadApplications].into_iter().try_for_each(|task| admin.may(task))
}

pub(super) async fn find(unit: &mut dyn Unit, id: Uuid) -> Result<Option<Object>, GraphError> {
    if let Some(user) = unit.users().get(UserId(id)).await? {
        return Ok(Some(Object::User(user)));
    }
    if let Some(group) = unit.groups().get(GroupId(id)).await? {
        return Ok(Some(Object::Group(group)));
    }
    if let Some(device) = unit.devices().get(DeviceId(id)).await? {
        return Ok(Some(Object::Device(device)));
    }
    let application = unit.applications().get(AppId(id)).await?;
    Ok(application.map(Object::ServicePrincipal))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<Uuid>) -> Result<Json<Value>, GraphError> {
    may_read(&admin)?;
    let found = find(admin.read().await?.as_mut(), id).await?;
    let found = found.ok_or_else(|| DirectoryError::NotFound(format!("directory object {id}")))?;
    list.one("directoryObjects", shown(&admin, &found))
}

/// The objects that are there; ids of nothing are left out.
pub(super) async fn by_ids(admin: Admin, list: List, ObjectBody(body): ObjectBody<ByIds>) -> Result<Response, GraphError> {
    may_read(&admin)?;
    if body.ids.is_empty() || body.ids.len() > IDS {
        return Err(GraphError::BadRequest(format!("ids: ask for 1 to {IDS} objects")));
    }
    let kinds = ["user", "group", "device", "servicePrincipal", "application", "directoryObject"];
    let types = body.types.unwrap_or_else(|| vec!["directoryObject".into()]);
    if let Some(unknown) = types.iter().find(|kind| !kinds.iter().any(|known| known.eq_ignore_ascii_case(kind))) {
        return Err(GraphError::BadRequest(format!("types: {unknown} is not known; there are {}", kinds.join(", "))));
    }
    let wants = |kind: &str| types.iter().any(|wanted| wanted.eq_ignore_ascii_case(kind) || wanted.eq_ignore_ascii_case("directoryObject"));
    let limit = u32::try_from(body.ids.len()).unwrap_or(u32::MAX);
    let ids = || body.ids.iter().map(|id| (*id).into()).collect();
    let mut unit = admin.read().await?;
    let mut found = Vec::new();
    if wants("user") {
        let query = Query { limit, ..Query::of(Filter::OneOf(UserField::Id, ids())) };
        found.extend(unit.users().page(&query).await?.items.into_iter().map(Arc::new).map(Object::User));
    }
    if wants("group") {
        let query = Query { limit, ..Query::of(Filter::OneOf(GroupField::Id, ids())) };
        found.extend(unit.groups().page(&query).await?.items.into_iter().map(Object::Group));
    }
    if wants("device") {
        let query = Query { limit, ..Query::of(Filter::OneOf(DeviceField::Id, ids())) };
        found.extend(unit.devices().page(&query).await?.items.into_iter().map(Arc::new).map(Object::Device));
    }
    if wants("servicePrincipal") || wants("application") {
        let query = Query { limit, ..Query::of(Filter::OneOf(ApplicationField::Id, ids())) };
        found.extend(unit.applications().page(&query).await?.items.into_iter().map(Arc::new).map(Object::ServicePrincipal));
    }
    let values: Vec<Value> = found.iter().map(|object| shown(&admin, object)).collect();
    Ok(Json(json!({ "@odata.context": list.context_url("directoryObjects"), "value": values })).into_response())
}

fn shown(admin: &Admin, object: &Object) -> Value {
    match object {
        Object::User(user) => typed(users::shown(user), "#microsoft.graph.user"),
        Object::Group(group) => typed(groups::shown(group), "#microsoft.graph.group"),
        Object::Device(device) => typed(devices::shown(device), "#microsoft.graph.device"),
        Object::ServicePrincipal(application) => typed(service_principals::shown(admin, application), "#microsoft.graph.servicePrincipal"),
    }
}
