//! Collections, and the entity tags of single objects.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::GraphError;

/// Query options of a collection (OData 4.01 §5.1).
#[derive(Debug, Default, Deserialize)]
pub(super) struct Options {
    #[serde(rename = "$top")]
    top: Option<u32>,
    #[serde(rename = "$filter")]
    filter: Option<String>,
}

impl Options {
    /// How many objects at most.
    pub(super) fn top(&self) -> u32 {
        self.top.unwrap_or(100).clamp(1, 999)
    }

    /// Refuses a filter where none is understood: an ignored one would show more than was asked for.
    pub(super) fn no_filter(&self) -> Result<(), GraphError> {
        match self.filter {
            Some(_) => Err(GraphError::BadRequest("$filter is not understood here: leave it out".into())),
            None => Ok(()),
        }
    }

    /// The value of a filter `member eq 'value'`; other filters are refused rather than ignored.
    pub(super) fn equals(&self, member: &str) -> Result<Option<String>, GraphError> {
        let Some(filter) = self.filter.as_deref() else { return Ok(None) };
        let refuse = || GraphError::BadRequest(format!("$filter: only \"{member} eq 'value'\" is understood here"));
        let (name, rest) = filter.trim().split_once(" eq ").ok_or_else(refuse)?;
        let value = rest.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).ok_or_else(refuse)?;
        if name.trim() == member { Ok(Some(value.replace("''", "'"))) } else { Err(refuse()) }
    }
}

/// A collection.
pub(super) fn collection(values: Vec<Value>) -> Response {
    Json(json!({ "value": values })).into_response()
}

/// An object with its version as entity tag.
pub(super) fn with_etag(body: Value, version: i64) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(value) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The version that `If-Match` asks for.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, GraphError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.trim_start_matches("W/").trim_matches('"').parse();
    version.map(Some).map_err(|_| GraphError::BadRequest("If-Match must be an entity tag that this API gave out".into()))
}
