//! `Authorization: Negotiate` (RFC 4559).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::caller;

/// The token of the request; an empty one where it is not base64, which nothing accepts.
pub(crate) fn token(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = caller::header(headers, "authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("negotiate").then(|| STANDARD.decode(token.trim()).unwrap_or_default())
}

/// Asks the client for its ticket. What the response holds is for clients that have none.
pub(crate) fn ask(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Negotiate"));
    response
}
