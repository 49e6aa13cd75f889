//! Errors of the management services, mapped once. Clients retry on 404 and 500, so neither is used for what will not change.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_service::Error;
use doorward_service::compliance::linux::ComputerError;
use doorward_service::directory::DirectoryError;
use doorward_service::token::verify::TokenError;
use serde_json::json;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ManagementError {
    /// The token is not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The body is malformed.
    #[error("{0}")]
    Malformed(String),
    /// The computer is not heard.
    #[error(transparent)]
    Computer(#[from] ComputerError),
    /// It failed before that.
    #[error(transparent)]
    Service(#[from] Error),
}

impl IntoResponse for ManagementError {
    fn into_response(self) -> Response {
        let (status, code) = match &self {
            Self::Token(_) => (StatusCode::UNAUTHORIZED, "AuthenticationRequired"),
            Self::Computer(ComputerError::NoComputer) => (StatusCode::FORBIDDEN, "DeviceRequired"),
            Self::Malformed(_) | Self::Computer(ComputerError::Malformed(_) | ComputerError::NotManaged) => {
                (StatusCode::BAD_REQUEST, "BadRequest")
            }
            Self::Service(Error::Refused(_)) => (StatusCode::BAD_REQUEST, "BadRequest"),
            Self::Computer(ComputerError::Other(error)) if !matches!(error, DirectoryError::Failure(_)) => {
                (StatusCode::CONFLICT, "Conflict")
            }
            Self::Service(_) | Self::Computer(ComputerError::Other(_)) => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
        };
        let message = if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(error = %self, "device management");
            "The service has a fault at the moment. Try again later.".to_owned()
        } else {
            self.to_string()
        };
        let mut response = (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
