//! A form that was sent when the session had ended: nothing of it is lost.

use askama::Template;
use axum::response::Response;
use doorward_wire::policy_file;
use http::StatusCode;

use super::Area;
use super::notice::{self, plain};
use crate::pages::Frame;

#[derive(Template)]
#[template(path = "area/kept.html")]
struct Kept<'a> {
    frame: Frame,
    action: &'a str,
    fields: &'a [(String, String)],
    /// Files as text; what is no text is lost, and has to be chosen again.
    files: Vec<(&'a str, String)>,
    sign_in: String,
}

/// A page that keeps every field, and sends them again once the person has signed in elsewhere.
pub(crate) fn page(area: &Area, target: &str, fields: &[(String, String)], files: &[(String, Vec<u8>)]) -> Response {
    let files = files.iter().filter_map(|(name, content)| Some((name.as_str(), policy_file::decode(content.clone()).ok()?))).collect();
    let query = serde_urlencoded::to_string([("return", area.signed_in())]).unwrap_or_default();
    let sign_in = format!("{}?{query}", area.sign_in());
    plain(StatusCode::UNAUTHORIZED, &Kept { frame: notice::frame(area), action: target, fields, files, sign_in })
}
