//! `/console/apps`: application registrations.

mod draft;
mod edit;
mod list;
mod one;
mod secrets;

pub(super) use one::algorithm;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_service::directory::{self, Task};

use super::admin::{Admin, Purpose};
use super::notice::Trouble;
use super::stamp::Stamp;
use crate::State;

/// Path of the list.
const PATH: &str = "/console/apps";

/// Changing registrations.
pub(super) struct ManagesApps;

impl Purpose for ManagesApps {
    const TASK: Task = Task::ManageApplications;
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(PATH, get(list::get))
        .route("/console/apps/new", get(edit::new).post(edit::create))
        .route("/console/apps/{id}", get(one::get))
        .route("/console/apps/{id}/edit", get(edit::form).post(edit::save))
        .route("/console/apps/{id}/delete", get(edit::ask_to_delete).post(edit::delete))
        .route("/console/apps/{id}/secrets", post(secrets::add))
        .route("/console/apps/{id}/secrets/{key}/remove", get(secrets::ask_to_remove).post(secrets::remove))
}

fn page_of(app: AppId) -> String {
    format!("{PATH}/{app}")
}

async fn find<P>(admin: &Admin<P>, id: &str) -> Result<Application, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    directory::application(&admin.ctx, admin.tenant.id, id).await?.map(Arc::unwrap_or_clone).ok_or_else(Trouble::missing)
}

fn stamp(application: &Application) -> Stamp {
    Stamp::shown_as(application, &directory::without_hashes(application))
}
