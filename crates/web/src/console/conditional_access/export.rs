//! Policies as files.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use doorward_service::directory_search::display_name;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{KIND, stored};
use crate::console::admin::{Admin, Reads};
use crate::console::notice::{Trouble, store};
use crate::graph::shown_document;

/// `GET /console/conditional-access/{id}/export`: one policy.
pub(in crate::console) async fn one(admin: Admin<Reads>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let document = stored(&admin, &key).await?.ok_or_else(Trouble::missing)?;
    Ok(file(&display_name(&document), &shown_document(document)))
}

/// `GET /console/conditional-access/export`: all of them, as the admin API lists them.
pub(in crate::console) async fn all(admin: Admin<Reads>) -> Result<Response, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let documents = unit.documents().list(KIND).await.map_err(store)?;
    let policies: Vec<Value> = documents.into_iter().map(shown_document).collect();
    Ok(file("conditional-access-policies", &json!({ "value": policies })))
}

fn file(name: &str, content: &Value) -> Response {
    // Quotes and everything that is more than a letter would have to be written otherwise in the header.
    let plain: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).take(80).collect();
    let plain = plain.trim_matches('-');
    let plain = if plain.is_empty() { "policy" } else { plain };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let mut response = (StatusCode::OK, headers, format!("{content:#}\n")).into_response();
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{plain}.json\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
