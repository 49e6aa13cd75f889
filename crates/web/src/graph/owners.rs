//! `/groups/{id}/owners`.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use doorward_model::{GroupId, UserId};
use doorward_service::directory::{self, Task};
use doorward_store::query::{Filter, UserField};

use super::admin::Admin;
use super::entity::ObjectBody;
use super::error::GraphError;
use super::groups::{self, Reference, typed};
use super::list::List;
use super::users;

pub(super) async fn list(admin: Admin, list: List, Path(id): Path<GroupId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadGroups)?;
    groups::find(&admin, id).await?;
    let mut unit = admin.read().await?;
    let owners = unit.groups().owners(id).await?.into_iter().map(|owner| owner.0.into()).collect();
    let query = list.query_among(&users::USERS, Filter::OneOf(UserField::Id, owners))?;
    let page = unit.users().page(&query).await?;
    let count = if list.options.count { Some(unit.users().count(&query).await?) } else { None };
    Ok(list.answer("directoryObjects", page, count, |user| typed(users::shown(user), "#microsoft.graph.user")))
}

pub(super) async fn add(
    admin: Admin,
    Path(id): Path<GroupId>,
    ObjectBody(reference): ObjectBody<Reference>,
) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageGroups)?;
    directory::add_owner(&admin.ctx, admin.tenant.id, &admin.actor(), id, UserId(reference.object()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove(admin: Admin, Path((id, owner)): Path<(GroupId, UserId)>) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageGroups)?;
    directory::remove_owner(&admin.ctx, admin.tenant.id, &admin.actor(), id, owner).await?;
    Ok(StatusCode::NO_CONTENT)
}
