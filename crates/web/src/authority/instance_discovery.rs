//! Instance discovery: which hosts belong together, asked by client libraries before anything else.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use doorward_service::Context;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

/// Query of the request.
#[derive(Deserialize)]
pub(super) struct Parameters {
    authorization_endpoint: Option<String>,
}

/// `GET /common/discovery/instance`: this server is the only instance, under its own host name.
pub(super) async fn get(State(ctx): State<Arc<Context>>, Query(parameters): Query<Parameters>) -> Json<Value> {
    let base = ctx.base_url.as_str().trim_end_matches('/');
    let host = host_and_port(&ctx.base_url);
    // The tenant of the authority that is asked about; the answer never leads to another server.
    let tenant = parameters
        .authorization_endpoint
        .and_then(|endpoint| Url::parse(&endpoint).ok())
        .and_then(|endpoint| endpoint.path_segments().and_then(|mut segments| segments.next().map(str::to_owned)))
        .filter(|segment| segment.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter)) && !segment.is_empty())
        .unwrap_or_else(|| "common".into());
    Json(json!({
        "tenant_discovery_endpoint": format!("{base}/{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{ "preferred_network": host, "preferred_cache": host, "aliases": [host] }],
    }))
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
