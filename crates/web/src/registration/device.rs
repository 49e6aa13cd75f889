//! A registered device by its id.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use doorward_model::DeviceId;
use doorward_service::device::unregister;
use doorward_service::{Context, tenants};

use super::error::RegistrationError;
use crate::bearer;

/// `DELETE /{tenant}/EnrollmentServer/device/{id}`: the device unregisters itself. The bearer token is a message signed by the
/// device key over this method and address; a TLS client certificate would end at the first proxy.
pub(super) async fn delete(
    State(ctx): State<Arc<Context>>,
    Path((segment, device)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<StatusCode, RegistrationError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await?;
    let id: DeviceId = device.parse().map_err(|_| RegistrationError::Malformed("the device id must be a GUID".into()))?;
    let message = bearer::token(&headers).ok_or(RegistrationError::NoToken)?;
    let url = format!("{}{}", ctx.base_url.as_str().trim_end_matches('/'), uri.path());
    unregister::unregister(&ctx, &tenant, id, Method::DELETE.as_str(), &url, &message).await?;
    Ok(StatusCode::OK)
}
