//! The mail API: only tokens that this tenant's authority made for the mail service.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_service::tenants;
use doorward_service::token::verify::{self, Authenticated, TokenError};
use serde_json::json;

use crate::Gate;

/// Delegated scope that reading mail needs.
const SCOPE: &str = "Mail.Read";

enum Refusal {
    NoToken,
    Token(TokenError),
    Scope,
    Failure,
}

/// `GET /mail/v1.0/messages`.
pub(crate) async fn messages(State(gate): State<Gate>, headers: HeaderMap) -> Response {
    match authenticate(&gate, &headers).await {
        Ok(_) => Json(json!({ "value": gate.mailbox.messages })).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn authenticate(gate: &Gate, headers: &HeaderMap) -> Result<Authenticated, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or(Refusal::NoToken)?;
    let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let token = token.ok_or(Refusal::NoToken)?;
    let failure = |error: doorward_service::Error| {
        tracing::error!(%error, "mail gate");
        Refusal::Failure
    };
    let tenant = tenants::by_id(&gate.context, gate.tenant).await.map_err(failure)?;
    let mut unit = gate.context.store.tenant(tenant.id).read().await.map_err(|error| failure(error.into()))?;
    // Signature, issuer, audience and times; and that session, user and device behind the token are still good.
    let checked = verify::access_token(&gate.context, unit.as_mut(), &tenant, token, gate.service).await.map_err(failure)?;
    let authenticated = checked.map_err(Refusal::Token)?;
    if authenticated.scopes.iter().any(|scope| scope == SCOPE) { Ok(authenticated) } else { Err(Refusal::Scope) }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // RFC 6750 §3.1.
        let (status, challenge) = match self {
            Self::NoToken => (StatusCode::UNAUTHORIZED, "Bearer".to_owned()),
            Self::Token(error) => (StatusCode::UNAUTHORIZED, format!("Bearer error=\"invalid_token\", error_description=\"{error}\"")),
            Self::Scope => (StatusCode::FORBIDDEN, format!("Bearer error=\"insufficient_scope\", scope=\"{SCOPE}\"")),
            Self::Failure => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        };
        let mut response = status.into_response();
        if let Ok(value) = HeaderValue::try_from(challenge) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}
