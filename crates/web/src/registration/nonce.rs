//! Nonces of the registration service.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use doorward_service::{Context, one_time, tenants};
use serde_json::{Value, json};

use super::error::RegistrationError;

/// `GET /{tenant}/EnrollmentServer/nonce/`: for one signed message. Needs no token: a nonce gives no right.
pub(super) async fn get(State(ctx): State<Arc<Context>>, Path(segment): Path<String>) -> Result<Json<Value>, RegistrationError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await?;
    Ok(Json(json!({ "Value": one_time::nonce(&ctx, tenant.id)? })))
}
