//! Errors in Graph's form, mapped once. The body is written by [`super::envelope`], which knows the request.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_service::Error;
use doorward_service::directory::DirectoryError;
use doorward_service::token::verify::TokenError;
use doorward_wire::odata::ODataError;

/// Why a request to the admin API failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum GraphError {
    /// No or no good token.
    #[error("{0}")]
    Token(TokenError),
    /// The directory refuses.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The request is malformed.
    #[error("{0}")]
    BadRequest(String),
    /// A query option is malformed or not supported.
    #[error(transparent)]
    Query(#[from] ODataError),
    /// Too many requests of one caller.
    #[error("too many requests: wait {0} seconds")]
    TooMany(u64),
    /// A request of a batch that waits for one that failed.
    #[error("a request that this one depends on failed")]
    Dependency,
}

impl From<Error> for GraphError {
    fn from(error: Error) -> Self {
        Self::Directory(error.into())
    }
}

impl From<doorward_store::StoreError> for GraphError {
    fn from(error: doorward_store::StoreError) -> Self {
        Self::Directory(error.into())
    }
}

/// What the error body says.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl GraphError {
    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Token(_) => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::Directory(DirectoryError::Forbidden(_) | DirectoryError::Permission(_)) => {
                (StatusCode::FORBIDDEN, "Authorization_RequestDenied")
            }
            Self::BadRequest(_) | Self::Query(_) | Self::Directory(DirectoryError::Invalid { .. }) => {
                (StatusCode::BAD_REQUEST, "Request_BadRequest")
            }
            Self::Directory(DirectoryError::NotFound(_)) => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            Self::Directory(DirectoryError::AlreadyExists(_)) => (StatusCode::CONFLICT, "nameAlreadyExists"),
            Self::Directory(DirectoryError::Conflict(_)) => (StatusCode::CONFLICT, "conflict"),
            Self::Directory(DirectoryError::Changed) => (StatusCode::PRECONDITION_FAILED, "resourceModified"),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "activityLimitReached"),
            Self::Dependency => (StatusCode::FAILED_DEPENDENCY, "failedDependency"),
            Self::Directory(DirectoryError::Failure(_)) => (StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable"),
        }
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let (status, code) = self.status();
        let message = match &self {
            // What is wrong inside is for the log.
            Self::Directory(DirectoryError::Failure(error)) => {
                tracing::error!(%error, "admin API");
                "the service has a fault at the moment: try again later".to_owned()
            }
            other => other.to_string(),
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Problem { code, message });
        match self {
            Self::Token(_) => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
            }
            Self::TooMany(seconds) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            _ => {}
        }
        response
    }
}
