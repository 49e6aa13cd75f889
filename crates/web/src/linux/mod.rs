//! Device management of Linux computers, by their own clients: enrolment, check-in, and how a device stands.

mod check_in;
mod enrol;
mod error;
mod state;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use doorward_model::AppId;
use doorward_model::tenant::Tenant;
use doorward_service::compliance::linux::Computer;
use doorward_service::{Context, tenants};

use self::error::ManagementError;
use crate::bearer;

/// Where the three services are below a tenant's authority, with the names by which clients look for them.
pub(crate) const SERVICES: [(&str, &str); 3] =
    [("LinuxEnrollmentService", "linux/enrolment"), ("LinuxDeviceCheckinService", "linux/check-in"), ("IWService", "linux/state")];

/// Routes of the services.
pub(crate) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/{tenant}/linux/enrolment/enroll", post(enrol::post))
        .route("/{tenant}/linux/check-in/details", post(check_in::details))
        .route("/{tenant}/linux/check-in/policies/{device}", get(check_in::policies))
        .route("/{tenant}/linux/check-in/status", post(check_in::status))
        .route("/{tenant}/linux/state/{device}", get(state::get))
}

/// The computer that speaks, by its access token for one of the services.
async fn computer(ctx: &Context, segment: &str, headers: &HeaderMap, service: AppId) -> Result<(Arc<Tenant>, Computer), ManagementError> {
    let tenant = tenants::resolve(ctx, segment, None).await?;
    let bearer = bearer::verified(ctx, &tenant, headers, service).await??;
    let computer = Computer::of(ctx, &tenant, bearer).await?;
    Ok((tenant, computer))
}
