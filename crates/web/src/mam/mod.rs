//! App protection service: enrolment and check-in of protected apps.

mod answer;
mod challenge;
mod enrollments;
mod error;
mod evidence;
mod registrations;
mod request;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use doorward_service::Context;

/// Largest request.
const BODY_LIMIT: usize = 64 * 1024;

/// Routes of the service.
pub(crate) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/{tenant}/mam/v1.0/challenge", get(challenge::get))
        .route("/{tenant}/mam/v1.0/enrollments", post(enrollments::post))
        .route("/{tenant}/mam/v1.0/registrations/{id}", get(registrations::get).delete(registrations::delete))
        .route("/{tenant}/mam/v1.0/registrations/{id}/checkin", post(registrations::check_in))
        .route("/{tenant}/mam/v1.0/registrations/{id}/operations/{operation}/acknowledge", post(registrations::acknowledge))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
