//! Errors of the protection service, mapped once: `{"error":{"code","message","innerError"}}`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_model::ErrorCode;
use doorward_service::Error;
use doorward_service::protection::ProtectionError;
use doorward_service::token::verify::TokenError;
use serde_json::json;

use super::request::Trace;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// No bearer token.
    #[error("a bearer token is required")]
    NoToken,
    /// The token is not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The body is not JSON of the expected form.
    #[error("{0}")]
    Malformed(String),
    /// The body is not JSON at all.
    #[error("Content-Type must be application/json")]
    MediaType,
    /// The body is too large.
    #[error("the request is larger than 64 KiB")]
    TooLarge,
    /// More events or evidence than one request may hold.
    #[error("at most {most} {what} in one request")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many are allowed.
        most: usize,
    },
    /// The service refused.
    #[error(transparent)]
    Protection(#[from] ProtectionError),
    /// Refused or failed elsewhere.
    #[error(transparent)]
    Service(#[from] Error),
}

/// A failure with what the help desk asks for.
#[derive(Debug)]
pub(super) struct MamError {
    pub(super) failure: Box<Failure>,
    pub(super) trace: Trace,
}

impl Failure {
    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NoToken | Self::Token(_) => (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken"),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "badRequest"),
            Self::TooMany { what: "events", .. } => (StatusCode::BAD_REQUEST, "tooManyEvents"),
            Self::TooMany { .. } => (StatusCode::BAD_REQUEST, "badRequest"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupportedMediaType"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "payloadTooLarge"),
            Self::Protection(error) => protection(error),
            Self::Service(error) => service(error),
        }
    }
}

fn protection(error: &ProtectionError) -> (StatusCode, &'static str) {
    match error {
        ProtectionError::AppMismatch(_) => (StatusCode::FORBIDDEN, "appMismatch"),
        ProtectionError::AppNotProtectable(_) => (StatusCode::FORBIDDEN, "appNotProtectable"),
        ProtectionError::AnotherUserEnrolled => (StatusCode::CONFLICT, "anotherUserEnrolled"),
        ProtectionError::NotFound => (StatusCode::NOT_FOUND, "registrationNotFound"),
        ProtectionError::Ended => (StatusCode::GONE, "registrationEnded"),
        ProtectionError::Replaced => (StatusCode::PRECONDITION_FAILED, "registrationReplaced"),
        ProtectionError::Proof(_) => (StatusCode::UNAUTHORIZED, "proofInvalid"),
        ProtectionError::StaleNonce { .. } => (StatusCode::BAD_REQUEST, "staleNonce"),
        ProtectionError::InvalidState(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalidState"),
        ProtectionError::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests"),
        ProtectionError::Other(error) => service(error),
    }
}

fn service(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::Refused(refusal) if refusal.code == ErrorCode::TENANT_NOT_FOUND => (StatusCode::NOT_FOUND, "tenantNotFound"),
        Error::Refused(_) => (StatusCode::BAD_REQUEST, "badRequest"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "serviceUnavailable"),
    }
}

impl IntoResponse for MamError {
    fn into_response(self) -> Response {
        let (status, code) = self.failure.status_and_code();
        let message = if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::error!(failure = %self.failure, request = %self.trace.request_id, "app protection failed");
            "The service has a fault at the moment. Try again later.".to_owned()
        } else {
            self.failure.to_string()
        };
        let mut error = json!({ "code": code, "message": message, "innerError": self.trace.inner_error() });
        if let Failure::Protection(ProtectionError::StaleNonce { nonce }) = self.failure.as_ref()
            && let Some(error) = error.as_object_mut()
        {
            error.insert("details".into(), json!({ "nonce": nonce }));
        }
        let mut response = (status, Json(json!({ "error": error }))).into_response();
        let headers = response.headers_mut();
        self.trace.echo(headers);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
        }
        let wait = match self.failure.as_ref() {
            Failure::Protection(ProtectionError::TooManyRequests { retry_after_seconds }) => Some(*retry_after_seconds),
            _ if status == StatusCode::SERVICE_UNAVAILABLE => Some(60),
            _ => None,
        };
        if let Some(seconds) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
