//! The answer to a client by `response_mode=form_post` (OAuth 2.0 Form Post Response Mode).

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use url::Url;

use super::{FormTarget, Frame, page};

/// A form that the browser sends on by script, or the person by a button.
#[derive(Clone, Template)]
#[template(path = "form_post.html")]
struct FormPost<'a> {
    frame: Frame,
    app: &'a str,
    action: &'a Url,
    fields: &'a [(&'a str, String)],
}

/// Sends `fields` (name, value) to `action`, a checked redirect URI of the client called `app`.
pub fn form_post(frame: Frame, app: &str, action: &Url, fields: &[(&str, String)]) -> Response {
    page(StatusCode::OK, &FormPost { frame, app, action, fields }, &FormTarget::Client(action.clone()))
}
