//! `/console/groups`: groups and who is in them.

mod edit;
mod list;
mod members;
mod one;

use axum::Router;
use axum::routing::{get, post};
use doorward_model::GroupId;
use doorward_model::group::Group;
use doorward_service::directory::Task;

use super::admin::{Admin, Purpose};
use super::notice::{Trouble, store};
use crate::State;

/// Path of the list.
const PATH: &str = "/console/groups";

/// Changing groups and members.
pub(super) struct ManagesGroups;

impl Purpose for ManagesGroups {
    const TASK: Task = Task::ManageGroups;
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(PATH, get(list::get))
        .route("/console/groups/new", get(edit::new).post(edit::create))
        .route("/console/groups/{id}", get(one::get))
        .route("/console/groups/{id}/edit", get(edit::form).post(edit::save))
        .route("/console/groups/{id}/delete", get(edit::ask_to_delete).post(edit::delete))
        .route("/console/groups/{id}/members", get(members::find).post(members::add))
        .route("/console/groups/{id}/members/remove", post(members::remove))
}

fn page_of(group: GroupId) -> String {
    format!("{PATH}/{group}")
}

async fn find<P>(admin: &Admin<P>, id: &str) -> Result<Group, Trouble> {
    let id: GroupId = id.parse().map_err(|_| Trouble::missing())?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    unit.groups().get(id).await.map_err(store)?.ok_or_else(Trouble::missing)
}
