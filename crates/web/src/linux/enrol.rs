//! Enrolment.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use doorward_service::compliance::linux;
use doorward_service::{Context, resource};
use doorward_wire::linux_management::{CertificateAnswer, EnrolmentRequest, EnrolmentResponse};

use super::computer;
use super::error::ManagementError;

/// `POST /{tenant}/linux/enrolment/enroll`.
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<EnrolmentResponse>, ManagementError> {
    let (tenant, computer) = computer(&ctx, &segment, &headers, resource::ENROLMENT).await?;
    let request: EnrolmentRequest = serde_json::from_slice(&body).map_err(|error| ManagementError::Malformed(error.to_string()))?;
    let enrolled = linux::enrol(&ctx, &tenant, &computer, &request).await?;
    Ok(Json(EnrolmentResponse {
        device_id: enrolled.device_id.to_string(),
        certificate: CertificateAnswer { cert_blob: enrolled.certificate, thumbprint: enrolled.thumbprint },
        renew_period: enrolled.renew_period,
    }))
}
