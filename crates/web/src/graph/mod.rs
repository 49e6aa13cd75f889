//! The admin API in the shape of Microsoft Graph. The token says who asks; what they may do is read from the directory.

mod admin;
mod applications;
mod authentication_methods;
mod devices;
mod documents;
mod error;
mod evaluate;
mod groups;
mod logs;
mod organization;
mod page;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use doorward_model::document::DocumentKind;
use doorward_service::Context;
use doorward_service::directory::Task;

/// Every route of the API. The table in `tests/it/graph.rs` names them again, with what each refuses and audits.
pub(crate) fn routes() -> Router<Arc<Context>> {
    let access = |kind| documents::routes(kind, Task::ManageAccess);
    let protection = |kind| documents::routes(kind, Task::ManageProtection);
    Router::new()
        .route("/v1.0/me", get(users::me))
        .route("/v1.0/users", get(users::list).post(users::create))
        .route("/v1.0/users/{id}", get(users::get).patch(users::update).delete(users::delete))
        .route("/v1.0/users/{id}/authentication/methods", get(authentication_methods::list))
        .route("/v1.0/users/{id}/authentication/methods/{method}", delete(authentication_methods::delete))
        .route("/v1.0/users/{id}/authentication/fido2methods/{method}", delete(authentication_methods::delete))
        .route("/v1.0/users/{id}/authentication/softwareoathmethods/{method}", delete(authentication_methods::delete))
        .route("/v1.0/groups", get(groups::list).post(groups::create))
        .route("/v1.0/groups/{id}", get(groups::get).patch(groups::update).delete(groups::delete))
        .route("/v1.0/groups/{id}/members", get(groups::members))
        .route("/v1.0/groups/{id}/members/$ref", post(groups::add_member))
        .route("/v1.0/groups/{id}/members/{member}/$ref", delete(groups::remove_member))
        .route("/v1.0/applications", get(applications::list).post(applications::create))
        .route("/v1.0/applications/{id}", get(applications::get).patch(applications::update).delete(applications::delete))
        .route("/v1.0/applications/{id}/addpassword", post(applications::add_password))
        .route("/v1.0/devices", get(devices::list).post(devices::create))
        .route("/v1.0/devices/{id}", get(devices::get).patch(devices::update).delete(devices::delete))
        .route("/v1.0/organization", get(organization::get).patch(organization::update))
        .route("/v1.0/auditlogs/signins", get(logs::sign_ins))
        .route("/v1.0/auditlogs/directoryaudits", get(logs::directory_audits))
        .route("/v1.0/identity/conditionalaccess/evaluate", post(evaluate::evaluate))
        .nest("/v1.0/identity/conditionalaccess/policies", access(DocumentKind::ConditionalAccessPolicy))
        .nest("/v1.0/identity/conditionalaccess/namedlocations", access(DocumentKind::NamedLocation))
        .nest("/v1.0/policies/authenticationstrengthpolicies", access(DocumentKind::AuthenticationStrengthPolicy))
        .nest("/v1.0/doorward/servicepolicies", access(DocumentKind::ServicePolicy))
        .nest("/v1.0/deviceappmanagement/managedapppolicies", protection(DocumentKind::AppProtectionPolicy))
}
