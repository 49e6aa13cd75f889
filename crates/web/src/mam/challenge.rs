//! Nonces for proofs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use doorward_service::protection::challenge;
use doorward_service::{Context, tenants};
use serde_json::{Value, json};

use super::error::MamError;
use super::request::Trace;
use crate::caller::TheCaller;

/// `GET /{tenant}/mam/v1.0/challenge`. Needs no token: a nonce gives no right.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    trace: Trace,
    Path(segment): Path<String>,
) -> Result<Json<Value>, MamError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await.map_err(|error| trace.fail(error))?;
    let nonce = challenge(&ctx, &tenant, caller.ip).map_err(|error| trace.fail(error))?;
    Ok(Json(json!({ "nonce": nonce, "expiresInSeconds": 300 })))
}
