//! What a form says above its fields.

use http::StatusCode;

use super::difference::Difference;

/// Why a form is shown again.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What somebody else changed since the form was made.
    pub(super) changed: Option<Vec<Difference>>,
    /// Why it was not saved, where that is about no field.
    pub(super) problem: Option<String>,
}

impl Told {
    /// A form for a new object was sent again, with something else in it.
    pub(super) fn made_already(name: &str) -> Self {
        Self { changed: None, problem: Some(format!("This form has made “{name}” already. Send it again to make another one.")) }
    }

    /// The status of the page, which also depends on whether a field is wrong.
    pub(super) fn status(&self, field: bool) -> StatusCode {
        if self.changed.is_some() {
            StatusCode::CONFLICT
        } else if field || self.problem.is_some() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        }
    }
}
