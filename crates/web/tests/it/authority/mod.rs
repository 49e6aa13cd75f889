//! The authority's endpoints, through the router.

mod authorization_code;
mod bound_token;
pub(crate) mod client_assertion;
mod client_credentials;
mod device_code;
mod discovery;
mod family;
mod managed;
mod nested;
pub(crate) mod on_behalf_of;
mod passkey;
mod pkeyauth;
mod protection_required;
mod refresh_token;
pub mod second_factor;
mod sign_in_frequency;
pub(crate) mod sign_in_pages;
mod sign_in_program;
mod system_browser;
