//! Join (MS-DVRJ §3.1.5.1): a token, a certificate request and a transport key make a device.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use doorward_service::device::join;
use doorward_service::{Context, resource, tenants};
use doorward_wire::drs::{JoinRequest, JoinResponse};

use super::error::RegistrationError;
use crate::bearer;
use crate::caller::TheCaller;

/// `POST /{tenant}/EnrollmentServer/device/`.
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<JoinResponse>, RegistrationError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await?;
    let bearer = bearer::verified(&ctx, &tenant, &headers, resource::DEVICE_REGISTRATION).await??;
    let request: JoinRequest = serde_json::from_slice(&body).map_err(|error| RegistrationError::Malformed(error.to_string()))?;
    let joined = join::join(&ctx, &tenant, &caller, &bearer, &request).await?;
    let user = bearer.user.map(|user| user.user_principal_name.clone()).unwrap_or_default();
    Ok(Json(JoinResponse::new(&joined.certificate, &joined.device.certificate_thumbprint, &user)))
}
