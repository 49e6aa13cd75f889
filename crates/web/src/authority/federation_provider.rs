//! Which tenant a domain is in, and where its authority and directory are: asked by clients that know a mail address only.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use doorward_service::{Context, tenants};
use serde::Deserialize;
use serde_json::json;

use super::OAuthError;
use crate::caller::TheCaller;

/// Query.
#[derive(Deserialize)]
pub(super) struct Parameters {
    domain: String,
}

/// `GET /odc/v2.1/federationProvider?domain=…`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Query(parameters): Query<Parameters>,
) -> Result<Response, OAuthError> {
    let tenant = tenants::resolve(&ctx, &parameters.domain, None).await.map_err(|error| OAuthError::new(&ctx, &caller, error))?;
    let base = ctx.base_url.as_str().trim_end_matches('/');
    // The host with its port: clients put `https://` in front.
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    Ok(Json(json!({ "tenantId": tenant.id, "authority_host": host, "graph": base })).into_response())
}
