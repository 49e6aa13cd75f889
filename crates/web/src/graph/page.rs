//! Entity tags.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::error::GraphError;

/// An answer with an entity tag.
pub(super) fn with_etag(answer: impl IntoResponse, tag: &str) -> Response {
    let mut response = answer.into_response();
    if let Ok(value) = HeaderValue::try_from(format!("\"{tag}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The entity tag that `If-Match` asks for; none when it is missing or `*`.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<String>, GraphError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let quoted = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match quoted.filter(|tag| !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        Some(tag) => Ok(Some(tag.to_owned())),
        None => Err(GraphError::BadRequest("If-Match must be one entity tag that this API gave out".into())),
    }
}

/// The version of a document that `If-Match` asks for.
pub(super) fn if_match_version(headers: &HeaderMap) -> Result<Option<i64>, GraphError> {
    let version =
        |tag: String| tag.parse().map_err(|_| GraphError::BadRequest("If-Match must be an entity tag that this API gave out".into()));
    if_match(headers)?.map(version).transpose()
}
