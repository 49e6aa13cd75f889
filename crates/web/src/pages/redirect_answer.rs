//! The answer that leads back to the client: a 302 whose body repeats the address.
//!
//! Broker libraries read the redirect URI from the first link of the body, not from the `Location` header, and take some common
//! phrases of such pages for a form that they must post again. The template therefore says little.

use askama::Template;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::{FormTarget, page};

/// The body.
#[derive(Debug, Clone, Template)]
#[template(path = "redirect_answer.html")]
struct RedirectAnswer<'a> {
    location: &'a Url,
}

/// Sends the browser to `location`, a checked redirect URI with the answer in its query or fragment.
pub fn redirect(location: &Url) -> Response {
    let mut response = page(StatusCode::FOUND, &RedirectAnswer { location }, &FormTarget::Own);
    match HeaderValue::try_from(location.as_str()) {
        Ok(value) => response.headers_mut().insert(header::LOCATION, value),
        // A parsed URL is ASCII without control characters, so this does not happen; the link in the body still leads on.
        Err(_) => None,
    };
    response
}
