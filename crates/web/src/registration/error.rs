//! Errors of the registration service, mapped once.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_service::Error;
use doorward_service::authentication_method::windows_hello::KeyError;
use doorward_service::device::join::JoinError;
use doorward_service::token::verify::TokenError;
use serde_json::json;

use crate::negotiate;

/// Why a registration request failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum RegistrationError {
    /// No bearer token.
    #[error("a bearer token is required")]
    NoToken,
    /// No Kerberos ticket.
    #[error("a Kerberos ticket of the computer is required")]
    NoTicket,
    /// The token is not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The body or address is malformed.
    #[error("{0}")]
    Malformed(String),
    /// The registration was refused.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// The key was refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Refused or failed elsewhere.
    #[error(transparent)]
    Service(#[from] Error),
}

impl IntoResponse for RegistrationError {
    fn into_response(self) -> Response {
        let (status, code, message) = match &self {
            Self::NoToken | Self::Token(_) => (StatusCode::UNAUTHORIZED, "AuthenticationRequired", self.to_string()),
            Self::NoTicket => (StatusCode::UNAUTHORIZED, "AuthenticationRequired", self.to_string()),
            Self::Join(JoinError::NoComputer | JoinError::OtherComputer { .. }) => {
                (StatusCode::FORBIDDEN, "AuthorizationFailed", self.to_string())
            }
            Self::Malformed(_) | Self::Join(JoinError::Malformed(_)) | Self::Key(KeyError::Malformed(_)) => {
                (StatusCode::BAD_REQUEST, "InvalidRequest", self.to_string())
            }
            Self::Join(JoinError::TooManyDevices { .. }) => (StatusCode::FORBIDDEN, "DeviceCapReached", self.to_string()),
            Self::Join(JoinError::OtherOwner) => (StatusCode::CONFLICT, "DeviceOwnedByOther", self.to_string()),
            Self::Key(KeyError::NoDevice | KeyError::NoSecondFactor) => (StatusCode::FORBIDDEN, "AuthorizationFailed", self.to_string()),
            Self::Key(KeyError::Known) => (StatusCode::CONFLICT, "KeyAlreadyRegistered", self.to_string()),
            Self::Service(Error::Refused(refusal))
            | Self::Join(JoinError::Other(Error::Refused(refusal)))
            | Self::Key(KeyError::Other(Error::Refused(refusal))) => {
                (StatusCode::BAD_REQUEST, refusal.code.oauth_error(), format!("{}: {}", refusal.code, refusal.message))
            }
            Self::Service(failure) | Self::Join(JoinError::Other(failure)) | Self::Key(KeyError::Other(failure)) => {
                tracing::error!(%failure, "device registration failed");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "TemporarilyUnavailable",
                    "The service has a fault at the moment. Try again later.".into(),
                )
            }
        };
        let asks_for_ticket = matches!(self, Self::NoTicket);
        let mut response = (status, Json(json!({ "code": code, "message": message }))).into_response();
        if asks_for_ticket {
            return negotiate::ask(response);
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
