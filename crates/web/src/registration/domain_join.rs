//! A computer of a domain registers itself.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use doorward_model::DeviceId;
use doorward_service::device::domain_join;
use doorward_service::{Context, tenants};
use doorward_wire::drs::{JoinRequest, JoinResponse};

use super::error::RegistrationError;
use crate::negotiate;

/// `PUT /{tenant}/EnrollmentServer/device/{id}`: the id is the computer's `objectGUID`, its ticket the proof.
pub(super) async fn put(
    State(ctx): State<Arc<Context>>,
    Path((segment, device)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<JoinResponse>, RegistrationError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await?;
    let id: DeviceId = device.parse().map_err(|_| RegistrationError::Malformed("the device id must be a GUID".into()))?;
    let token = negotiate::token(&headers).ok_or(RegistrationError::NoTicket)?;
    let request: JoinRequest = serde_json::from_slice(&body).map_err(|error| RegistrationError::Malformed(error.to_string()))?;
    let joined = domain_join::join(&ctx, &tenant, id, &token, &request).await?;
    Ok(Json(JoinResponse::new(&joined.certificate, &joined.device.certificate_thumbprint, "")))
}
