//! Successful answer of the token endpoint (RFC 6749 §5.1).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Tokens. Lifetimes are in seconds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// `Bearer`.
    pub token_type: Cow<'static, str>,
    /// Granted scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Life of the access token.
    pub expires_in: u64,
    /// Life during an outage; the same.
    pub ext_expires_in: u64,
    /// Access token.
    pub access_token: String,
    /// Refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// ID token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Family of clients that share the refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foci: Option<Cow<'static, str>>,
    /// See [`super::client_info`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse").field("scope", &self.scope).field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}
