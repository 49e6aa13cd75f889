//! `Authorization: Bearer` (RFC 6750).

use axum::http::HeaderMap;
use doorward_wire::jwt;

use crate::caller::header;

/// The token of the request.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    let value = header(headers, "authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The `sub` claim of a token that was verified before.
pub(crate) fn subject(headers: &HeaderMap) -> Option<String> {
    jwt::unverified_claim(&token(headers)?, "sub")
}
