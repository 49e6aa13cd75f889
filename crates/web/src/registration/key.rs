//! Keys of users on their devices (MS-DVRE's key provisioning, as Linux clients speak it).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use doorward_service::authentication_method::windows_hello;
use doorward_service::{Context, resource, tenants};
use doorward_wire::drs::KeyRequest;

use super::error::RegistrationError;
use crate::bearer;
use crate::caller::TheCaller;

/// `POST /{tenant}/EnrollmentServer/key/`.
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, RegistrationError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await?;
    let bearer = bearer::verified(&ctx, &tenant, &headers, resource::DEVICE_REGISTRATION).await??;
    let request: KeyRequest = serde_json::from_slice(&body).map_err(|error| RegistrationError::Malformed(error.to_string()))?;
    windows_hello::register(&ctx, &tenant, &caller, &bearer, &request).await?;
    Ok(StatusCode::OK)
}
