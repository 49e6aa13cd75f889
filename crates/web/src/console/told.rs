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
