//! Check-in: details, policies, report.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use doorward_service::compliance::linux;
use doorward_service::{Context, resource};
use doorward_wire::linux_management::{Details, Policies, Status};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::computer;
use super::error::ManagementError;

/// `POST /{tenant}/linux/check-in/details`.
pub(super) async fn details(
    State(ctx): State<Arc<Context>>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ManagementError> {
    let (tenant, computer) = computer(&ctx, &segment, &headers, resource::MANAGEMENT).await?;
    let details: Details = read(&body)?;
    linux::details(&ctx, &tenant, &computer, &details).await?;
    Ok(Json(json!({ "deviceId": details.device_id })))
}

/// `GET /{tenant}/linux/check-in/policies/{device}`.
pub(super) async fn policies(
    State(ctx): State<Arc<Context>>,
    Path((segment, device)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Policies>, ManagementError> {
    let (tenant, computer) = computer(&ctx, &segment, &headers, resource::MANAGEMENT).await?;
    Ok(Json(linux::policies(&ctx, &tenant, &computer, &device).await?))
}

/// `POST /{tenant}/linux/check-in/status`: judged at once, and counted in the next request.
pub(super) async fn status(
    State(ctx): State<Arc<Context>>,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Status>, ManagementError> {
    let (tenant, computer) = computer(&ctx, &segment, &headers, resource::MANAGEMENT).await?;
    let status: Status = read(&body)?;
    linux::status(&ctx, &tenant, &computer, &status).await?;
    Ok(Json(status))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ManagementError> {
    serde_json::from_slice(body).map_err(|error| ManagementError::Malformed(error.to_string()))
}
