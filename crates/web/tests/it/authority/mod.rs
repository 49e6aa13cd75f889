//! The authority's endpoints, through the router.

mod authorization_code;
mod client_credentials;
mod device_code;
mod discovery;
mod refresh_token;
pub(crate) mod sign_in_pages;
