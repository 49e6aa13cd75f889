//! Errors of the OAuth endpoints: the one place where a refusal becomes JSON (RFC 6749 §5.2).

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_model::{CorrelationId, ErrorCode, SignInId};
use doorward_service::caller::Caller;
use doorward_service::{Context, Error, Refusal};
use doorward_wire::oauth::error_body::ErrorBody;
use jiff::Timestamp;

/// A failed request at an OAuth endpoint.
pub(crate) struct OAuthError {
    refusal: Refusal,
    status: StatusCode,
    correlation_id: CorrelationId,
    time: Timestamp,
}

impl OAuthError {
    /// Maps a service error. What only the operator may know goes to the log, not into the answer.
    pub(crate) fn new(ctx: &Context, caller: &Caller, error: Error) -> Self {
        let mut refusal = match error {
            Error::Refused(refusal) => {
                tracing::info!(code = refusal.code.0, internal = refusal.internal.as_deref(), correlation_id = %caller.correlation_id, "refused");
                *refusal
            }
            failure => {
                tracing::error!(%failure, correlation_id = %caller.correlation_id, "request failed");
                Refusal::new(ErrorCode::TEMPORARILY_UNAVAILABLE, "The service has a fault at the moment. Try again later.")
            }
        };
        refusal.trace_id.get_or_insert_with(|| SignInId::random(ctx.rng.as_ref()));
        Self { status: status(refusal.code), refusal, correlation_id: caller.correlation_id, time: ctx.now() }
    }
}

fn status(code: ErrorCode) -> StatusCode {
    match code.oauth_error() {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        "temporarily_unavailable" if code == ErrorCode::THROTTLED => StatusCode::TOO_MANY_REQUESTS,
        "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let Self { refusal, status, correlation_id, time } = self;
        let body = ErrorBody {
            error: refusal.oauth_error().to_owned(),
            suberror: refusal.suberror().map(str::to_owned),
            // A client that acts on it must know for whom.
            adi: refusal.account.filter(|_| refusal.client_info.is_some()),
            client_info: refusal.client_info,
            ..ErrorBody::new(
                refusal.code,
                &refusal.message,
                refusal.trace_id.unwrap_or(SignInId(correlation_id.0)),
                correlation_id,
                time,
                refusal.claims,
            )
        };
        // Libraries of one kind of phone look for a challenge in answers of this status alone.
        let status = if refusal.device_challenge.is_some() { StatusCode::UNAUTHORIZED } else { status };
        let mut response = (status, Json(body)).into_response();
        no_store(response.headers_mut());
        if let Some(challenge) = refusal.device_challenge.and_then(|challenge| HeaderValue::try_from(challenge.header()).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        response
    }
}

/// Tokens and errors about them are never cached (RFC 6749 §5.1).
pub(crate) fn no_store(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}
