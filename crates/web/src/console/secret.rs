//! A page that shows a secret, this once.

use askama::Template;

use super::shell::Shell;

/// Shows a secret that was just made.
#[derive(Template)]
#[template(path = "console/secret.html")]
pub(super) struct Secret {
    pub(super) shell: Shell,
    /// Address and name of the page it belongs to.
    pub(super) crumb: (String, String),
    pub(super) title: &'static str,
    /// Whose it is, and what becomes of it.
    pub(super) text: String,
    /// What it is.
    pub(super) label: &'static str,
    pub(super) value: String,
}
