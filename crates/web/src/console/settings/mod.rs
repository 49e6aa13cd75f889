//! `/console/settings`: the organisation itself, its signing keys, sign-in by certificate, what brokers are told, and who holds which role.

mod accounts;
mod certificates;
mod keys;
mod overview;
mod roles;

use axum::Router;
use axum::routing::get;
use doorward_service::directory::Task;

use super::admin::Purpose;
use crate::State;

/// Path of the first page.
const PATH: &str = "/console/settings";
/// Path of the roles.
const ROLES: &str = "/console/settings/roles";

/// Changing the organisation's settings.
pub(super) struct ManagesOrganization;
/// Giving and taking roles.
pub(super) struct ManagesRoles;

impl Purpose for ManagesOrganization {
    const TASK: Task = Task::ManageOrganization;
}

impl Purpose for ManagesRoles {
    const TASK: Task = Task::ManageRoles;
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(PATH, get(overview::get).post(overview::rename))
        .route("/console/settings/keys/rotate", get(keys::ask).post(keys::rotate))
        .route("/console/settings/accounts", get(accounts::ask).post(accounts::switch))
        .route("/console/settings/certificates", get(certificates::ask).post(certificates::switch))
        .route(ROLES, get(roles::list).post(roles::give))
        .route("/console/settings/roles/{role}/{user}/take", get(roles::ask_to_take).post(roles::take))
}
