//! `/console/users`: the people of the organisation.

mod action;
mod create;
mod edit;
mod list;
mod one;

pub(super) use edit::purpose;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use doorward_model::UserId;
use doorward_model::user::User;
use doorward_service::directory::Task;

use super::admin::{Admin, Purpose};
use super::notice::{Trouble, store};
use crate::State;

/// Path of the list.
const PATH: &str = "/console/users";

/// Changing people.
pub(super) struct ManagesUsers;

impl Purpose for ManagesUsers {
    const TASK: Task = Task::ManageUsers;
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(PATH, get(list::get))
        .route("/console/users/new", get(create::form).post(create::create))
        .route("/console/users/{id}", get(one::get))
        .route("/console/users/{id}/edit", get(edit::form).post(edit::save))
        .route("/console/users/{id}/methods/{method}", get(action::ask_about_method).post(action::remove_method))
        .route("/console/users/{id}/{action}", get(action::ask).post(action::perform))
}

fn page_of(user: UserId) -> String {
    format!("{PATH}/{user}")
}

/// The user with that id.
pub(super) async fn find<P>(admin: &Admin<P>, id: &str) -> Result<User, Trouble> {
    let id: UserId = id.parse().map_err(|_| Trouble::missing())?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    unit.users().get(id).await.map_err(store)?.map(Arc::unwrap_or_clone).ok_or_else(Trouble::missing)
}
