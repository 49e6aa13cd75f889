//! Cookies; here the two of the sign-in pages. `__Host-` ties them to this host, its root path and TLS.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;

/// Names the session.
pub(super) const SESSION: &str = "__Host-doorward-session";
/// A message signed by a broker, which the system of the computer gives the browser.
pub(super) const PRT_CREDENTIAL: &str = "x-ms-RefreshTokenCredential";
/// Ties the pages of one sign-in to one browser.
pub(super) const BROWSER: &str = "__Host-doorward-browser";

/// The value of a cookie of the request.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// Sets a cookie for this browser session. `SameSite=Lax`: it comes with the navigation from an app, not with a forged post.
pub(crate) fn set(response: &mut Response, name: &str, value: &str) {
    append(response, &format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax"));
}

/// Removes a cookie.
pub(crate) fn clear(response: &mut Response, name: &str) {
    append(response, &format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
}

fn append(response: &mut Response, cookie: &str) {
    // Names are constants and values base64url, so this is always a valid header.
    if let Ok(value) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
