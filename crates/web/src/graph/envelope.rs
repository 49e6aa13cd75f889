//! What every answer of the API has in common: the ids of the request, and errors in one shape, those of the router included.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_model::rng;
use doorward_service::Context;
use serde_json::{Map, Value, json};

use super::error::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
/// Characters of a client's request id at most.
const ID_LENGTH: usize = 128;
/// Bytes of a message of the router at most.
const MESSAGE: usize = 4096;

/// Wraps a request of the API.
pub(super) async fn wrap(State(ctx): State<Arc<Context>>, request: Request, next: Next) -> Response {
    let request_id = rng::uuid(ctx.rng.as_ref()).to_string();
    let client_id = request.headers().get(&CLIENT_REQUEST_ID).filter(|id| id.len() <= ID_LENGTH && id.to_str().is_ok()).cloned();
    let mut response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        response = in_shape(&ctx, response, &request_id, client_id.as_ref()).await;
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(&request_id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(id) = client_id {
        headers.insert(CLIENT_REQUEST_ID, id);
    }
    response
}

/// An answer for paths that do not exist.
pub(super) async fn unknown_path() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

async fn in_shape(ctx: &Context, response: Response, request_id: &str, client_id: Option<&HeaderValue>) -> Response {
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Problem>() {
        Some(problem) => problem,
        None => {
            let text = to_bytes(body, MESSAGE).await.unwrap_or_default();
            // The router tells a body of the wrong shape apart from one that is no JSON; Graph does not.
            if parts.status == StatusCode::UNPROCESSABLE_ENTITY {
                parts.status = StatusCode::BAD_REQUEST;
            }
            of_the_router(parts.status, &String::from_utf8_lossy(&text))
        }
    };
    let mut inner = Map::new();
    inner.insert("date".into(), ctx.now().strftime("%Y-%m-%dT%H:%M:%S").to_string().into());
    inner.insert("request-id".into(), request_id.into());
    if let Some(id) = client_id.and_then(|id| id.to_str().ok()) {
        inner.insert("client-request-id".into(), id.into());
    }
    let body = json!({ "error": { "code": problem.code, "message": problem.message, "innerError": Value::Object(inner) } });
    let mut shaped = (parts.status, Json(body)).into_response();
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            shaped.headers_mut().append(name, value.clone());
        }
    }
    shaped
}

/// A refusal that no handler has seen.
fn of_the_router(status: StatusCode, text: &str) -> Problem {
    let (code, message) = match status {
        StatusCode::NOT_FOUND => ("Request_ResourceNotFound", "there is no such resource: see the list in docs/admin-api.md"),
        StatusCode::METHOD_NOT_ALLOWED => ("Request_MethodNotAllowed", "this resource does not know this method: see the header Allow"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("Request_UnsupportedMediaType", "the body must be JSON, with Content-Type: application/json")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ("Request_TooLarge", "the body is too large"),
        _ => ("Request_BadRequest", if text.is_empty() { "the request is not understood" } else { text }),
    };
    Problem { code, message: message.to_owned() }
}
