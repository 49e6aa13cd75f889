//! "Are you sure?": a page between a button and what cannot be undone. It works without script, and its address can be gone back from.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::notice::plain;
use super::shell::Shell;

/// Asks before something is done.
#[derive(Template)]
#[template(path = "area/question.html")]
pub(crate) struct Question {
    pub(crate) shell: Shell,
    /// Address and name of the page it belongs to.
    pub(crate) crumb: (String, String),
    pub(crate) title: String,
    /// What will happen, in paragraphs.
    pub(crate) text: Vec<String>,
    /// Why it was not done, when it was tried.
    pub(crate) problem: Option<String>,
    /// Fields that the form carries.
    pub(crate) fields: Vec<(&'static str, String)>,
    /// Where the form goes.
    pub(crate) action: String,
    /// Words of the button that does it.
    pub(crate) button: &'static str,
    /// Where cancelling leads.
    pub(crate) back: String,
}

impl Question {
    /// The page; a conflict, when it says why something was not done.
    pub(crate) fn page(&self) -> Response {
        plain(if self.problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK }, self)
    }
}
