//! The pages that a person sees, one file each: a struct holds everything that its template shows.
//!
//! Handlers fill a struct and hand it to [`page`]. Templates escape every value; pages hold neither inline script nor inline
//! style, so that the policy of [`security_headers`] can forbid both. Every page works without script, but for the two about passkeys, which say so.

pub mod advice;
pub mod assets;
pub mod change_password;
pub mod choose_second_factor;
pub mod consent;
pub mod device_code;
pub mod failure;
pub mod form_post;
mod form_state;
mod frame;
pub mod identifier;
pub mod link;
pub mod other_way;
pub mod passkey;
pub mod password;
pub mod qr_code;
pub mod recovery_codes;
pub mod redirect_answer;
pub mod refusal;
pub mod register_app;
pub mod register_passkey;
mod request_facts;
pub mod scopes;
pub mod second_factor;
pub mod security_headers;
pub mod signed_out;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

pub use form_state::FormState;
pub use frame::Frame;
pub use link::Link;
pub use request_facts::RequestFacts;
pub use security_headers::FormTarget;

/// Renders a page into a response with the security headers. `target` says where the page's form may lead in the end.
pub fn page(status: StatusCode, template: &impl Template, target: &FormTarget) -> Response {
    let mut response = match template.render() {
        Ok(html) => (status, html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "This page could not be shown. Please try again.").into_response()
        }
    };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    security_headers::apply(response.headers_mut(), target);
    response
}
