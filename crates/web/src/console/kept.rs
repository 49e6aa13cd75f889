//! A form that was sent when the session had ended: nothing of it is lost.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::notice::plain;
use crate::pages::Frame;

#[derive(Template)]
#[template(path = "console/kept.html")]
struct Kept<'a> {
    frame: Frame,
    action: &'a str,
    fields: &'a [(String, String)],
    sign_in: String,
}

/// A page that keeps every field, and sends them again once the person has signed in elsewhere.
pub(super) fn page(target: &str, fields: &[(String, String)]) -> Response {
    let query = serde_urlencoded::to_string([("return", super::SIGNED_IN)]).unwrap_or_default();
    let sign_in = format!("{}?{query}", super::SIGN_IN);
    plain(StatusCode::UNAUTHORIZED, &Kept { frame: super::notice::frame(), action: target, fields, sign_in })
}
