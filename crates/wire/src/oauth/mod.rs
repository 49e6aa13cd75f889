//! OAuth 2.0 messages in the dialect of the platform.

pub mod claims_parameter;
pub mod client_assertion;
pub mod client_info;
pub mod confirmation;
pub mod error_body;
pub mod pkce;
pub mod redirect;
pub mod scope;
pub mod token_claims;
pub mod token_response;
