//! Errors in Graph's form, mapped once.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_service::Error;
use doorward_service::directory::DirectoryError;
use doorward_service::token::verify::TokenError;
use serde_json::json;

/// Why a request to the admin API failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum GraphError {
    /// No or no good token.
    #[error("{0}")]
    Token(TokenError),
    /// The token lacks a permission.
    #[error("the access token must carry the scope {0}")]
    Scope(&'static str),
    /// The directory refuses.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The request is malformed.
    #[error("{0}")]
    BadRequest(String),
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

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::Token(_) => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::Scope(_) | Self::Directory(DirectoryError::Forbidden(_)) => (StatusCode::FORBIDDEN, "Authorization_RequestDenied"),
            Self::BadRequest(_) | Self::Directory(DirectoryError::Invalid { .. }) => (StatusCode::BAD_REQUEST, "Request_BadRequest"),
            Self::Directory(DirectoryError::NotFound(_)) => (StatusCode::NOT_FOUND, "Request_ResourceNotFound"),
            Self::Directory(DirectoryError::AlreadyExists(_)) => (StatusCode::CONFLICT, "nameAlreadyExists"),
            Self::Directory(DirectoryError::Conflict(_)) => (StatusCode::CONFLICT, "conflict"),
            Self::Directory(DirectoryError::Changed) => (StatusCode::PRECONDITION_FAILED, "resourceModified"),
            Self::Directory(DirectoryError::Failure(error)) => {
                tracing::error!(%error, "admin API");
                (StatusCode::SERVICE_UNAVAILABLE, "serviceNotAvailable")
            }
        };
        let message = match &self {
            // What is wrong inside is for the log.
            Self::Directory(DirectoryError::Failure(_)) => "the service has a fault at the moment: try again later".to_owned(),
            other => other.to_string(),
        };
        let mut response = (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        response
    }
}
