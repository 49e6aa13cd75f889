//! The question before an object of the directory is deleted.

use axum::response::Response;

use super::shell::Shell;
use super::stamp::Stamp;
use crate::area::question::Question;

/// Asks; `page` is the address of the object, `text` says what will happen, `problem` why it was not done when it was tried.
pub(super) fn question(shell: Shell, page: String, name: &str, text: &[&str], stamp: &Stamp, problem: Option<String>) -> Response {
    let question = Question {
        crumb: (page.clone(), name.to_owned()),
        title: format!("Delete {name}?"),
        text: text.iter().map(|paragraph| (*paragraph).to_owned()).collect(),
        problem,
        fields: stamp.fields(),
        action: format!("{page}/delete"),
        button: "Delete",
        back: page,
        shell,
    };
    question.page()
}
