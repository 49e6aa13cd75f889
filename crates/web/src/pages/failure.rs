//! Anything that goes wrong where no redirect to a client is safe: unknown pages, malformed requests, faults of the server.

use askama::Template;
use doorward_model::ErrorCode;
use http::StatusCode;

use super::{Frame, RequestFacts};

/// Says what went wrong.
#[derive(Debug, Clone, Template)]
#[template(path = "failure.html")]
pub struct Failure {
    /// Surroundings.
    pub frame: Frame,
    /// In a few words.
    pub title: String,
    /// In a sentence or two.
    pub explanation: String,
    /// The protocol's number, if it has one for this.
    pub code: Option<ErrorCode>,
    /// What the help desk needs.
    pub request: RequestFacts,
}

impl Failure {
    /// The page for a bare status, in plain words.
    #[must_use]
    pub fn of_status(status: StatusCode, frame: Frame, request: RequestFacts) -> Self {
        let (title, explanation) = match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                ("There is no such page", "The address may be mistyped or out of date. To sign in, start again from your app.")
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                ("Too much to do at the moment", "The sign-in service is very busy. Wait a minute and try again.")
            }
            status if status.is_server_error() => (
                "Something went wrong here",
                "The fault is ours, not yours. Try again in a minute; if it happens again, send the details below to your help desk.",
            ),
            _ => ("This sign-in cannot go on", "The request was incomplete or has expired. Go back to your app and sign in again."),
        };
        Self { frame, title: title.to_owned(), explanation: explanation.to_owned(), code: None, request }
    }
}
