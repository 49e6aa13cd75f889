//! `POST /$batch` (JSON batching): up to twenty requests in one, each through the same routes with the caller's token.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use super::VERSIONS;
use super::admin::Admin;
use super::entity::ObjectBody;
use super::error::GraphError;
use crate::path;

/// Requests of a batch at most.
const REQUESTS: usize = 20;
/// Bytes of an answer within a batch at most.
const ANSWER: usize = 8 * 1024 * 1024;

/// The body of a batch.
#[derive(Deserialize)]
pub(super) struct Batch {
    requests: Vec<Part>,
}

/// One request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    /// The second spelling is what Microsoft's SDK for Python sends.
    #[serde(default, alias = "depends_on")]
    depends_on: Vec<String>,
}

/// Answers a batch below `version`, for example `/v1.0`, through `api`.
pub(super) async fn batch(
    api: Router,
    version: &'static str,
    admin: Admin,
    address: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    ObjectBody(mut batch): ObjectBody<Batch>,
) -> Result<Response, GraphError> {
    for part in &mut batch.requests {
        part.url = relative(&part.url, admin.ctx.base_url.as_str()).to_owned();
    }
    check(&batch.requests)?;
    let mut done: BTreeMap<String, StatusCode> = BTreeMap::new();
    let mut answers = Vec::with_capacity(batch.requests.len());
    let mut waiting = batch.requests;
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|part| part.depends_on.iter().all(|id| done.contains_key(id)));
        let Some(ready) = ready else {
            return Err(GraphError::BadRequest("dependsOn: these requests wait for each other".into()));
        };
        let part = waiting.remove(ready);
        let id = part.id.clone();
        let failed = part.depends_on.iter().any(|id| done.get(id).is_none_or(|status| !status.is_success()));
        let request = request(part, version, &headers, address.as_ref().map(|address| address.0))?;
        let response = if failed { GraphError::Dependency.into_response() } else { answer(&api, request).await };
        done.insert(id.clone(), response.status());
        answers.push(shown(id, response).await);
    }
    Ok(Json(json!({ "responses": answers })).into_response())
}

/// An address below the version. Microsoft's SDKs write the version too, or whole addresses, which must be of this server.
fn relative<'a>(url: &'a str, base: &str) -> &'a str {
    let path = url.strip_prefix(base.trim_end_matches('/')).unwrap_or(url);
    let below = VERSIONS.iter().find_map(|version| path.strip_prefix(version));
    below.filter(|below| below.starts_with('/')).unwrap_or(url)
}

async fn answer(api: &Router, request: Request) -> Response {
    match api.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn check(parts: &[Part]) -> Result<(), GraphError> {
    let refuse = |text: String| Err(GraphError::BadRequest(text));
    if parts.is_empty() || parts.len() > REQUESTS {
        return refuse(format!("requests: a batch has 1 to {REQUESTS} requests"));
    }
    let mut ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    if ids.len() < count || ids.iter().any(|id| id.is_empty()) {
        return refuse("requests: each needs an id of its own".into());
    }
    for part in parts {
        if let Some(unknown) = part.depends_on.iter().find(|id| ids.binary_search(&id.as_str()).is_err()) {
            return refuse(format!("dependsOn: there is no request {unknown}"));
        }
        if !part.url.trim_start_matches('/').starts_with(|letter: char| letter.is_ascii_alphanumeric()) || part.url.contains("://") {
            return refuse(format!("request {}: url must be relative, such as /users?$top=5, and no batch", part.id));
        }
    }
    Ok(())
}

fn request(part: Part, version: &str, outer: &HeaderMap, address: Option<ConnectInfo<SocketAddr>>) -> Result<Request, GraphError> {
    let Part { id, method, url, headers, body, .. } = part;
    let wrong = |what: &str| GraphError::BadRequest(format!("request {id}: {what} is not understood"));
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).map_err(|_| wrong("method"))?;
    let mut builder = Request::builder().method(method).uri(format!("{version}/{}", url.trim_start_matches('/')));
    for (name, value) in headers {
        let name: HeaderName = name.parse().map_err(|_| wrong("a header"))?;
        let value: HeaderValue = value.parse().map_err(|_| wrong("a header"))?;
        // Who asks is settled by the batch itself.
        if name != header::AUTHORIZATION {
            builder = builder.header(name, value);
        }
    }
    for name in ["authorization", "client-request-id"] {
        if let Some(value) = outer.get(name) {
            builder = builder.header(name, value);
        }
    }
    let body = match body {
        Some(body) => {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let mut request = builder.body(body).map_err(|_| wrong("url"))?;
    if let Some(address) = address {
        request.extensions_mut().insert(address);
    }
    Ok(path::normalise(request))
}

async fn shown(id: String, response: Response) -> Value {
    let (parts, body) = response.into_parts();
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).unwrap_or_default();
    let headers: Map<String, Value> = parts
        .headers
        .iter()
        .filter(|(name, _)| **name != header::CONTENT_LENGTH)
        .map(|(name, value)| (name.to_string(), text(value).into()))
        .collect();
    let bytes = to_bytes(body, ANSWER).await.unwrap_or_default();
    let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into());
    let mut answer = Map::new();
    answer.insert("id".into(), id.into());
    answer.insert("status".into(), parts.status.as_u16().into());
    answer.insert("headers".into(), headers.into());
    if !bytes.is_empty() {
        answer.insert("body".into(), body);
    }
    answer.into()
}
