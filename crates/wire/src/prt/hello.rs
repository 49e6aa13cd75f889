//! The proof of a person by a key of theirs on a device (MS-OAPXBC §3.1.5.1.2): a message inside the request for a primary refresh token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::jwt::{self, JwtError, Unverified};
use crate::key::{KeyError, Scheme, SigningKey, VerifyingKey};

/// What the header says the key is for.
const USE: &str = "ngc";

/// Claims of the message. `aud` is a constant of the clients and says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloClaims {
    /// Sign-in name.
    pub iss: String,
    /// Server nonce, another than that of the request around it.
    pub request_nonce: String,
    /// When it was made, by the device's clock.
    #[serde(deserialize_with = "jwt::numeric_date")]
    pub iat: i64,
    /// When it ends.
    #[serde(deserialize_with = "jwt::numeric_date")]
    pub exp: i64,
}

/// A parsed message, whose key is found by its id.
#[derive(Debug, Clone)]
pub struct HelloAssertion {
    message: Unverified,
    key_id: Vec<u8>,
}

impl HelloAssertion {
    /// SHA-256 of the key as the device registered it.
    #[must_use]
    pub fn key_id(&self) -> &[u8] {
        &self.key_id
    }

    /// Checks the signature with the registered key (SubjectPublicKeyInfo, DER) and returns the claims.
    ///
    /// # Errors
    /// [`JwtError`].
    pub fn verify(&self, spki: &[u8]) -> Result<HelloClaims, JwtError> {
        let payload = self.message.verify(Scheme::Rs256, &VerifyingKey::from_spki(spki))?;
        serde_json::from_slice(payload).map_err(|_| JwtError::Claims)
    }
}

/// Parses a message.
///
/// # Errors
/// [`JwtError`].
pub fn parse_hello_assertion(message: &str) -> Result<HelloAssertion, JwtError> {
    let message = jwt::parse(message)?;
    if message.header_text("use") != Some(USE) {
        return Err(JwtError::Malformed);
    }
    let key_id = message.kid().and_then(|kid| STANDARD.decode(kid).ok()).filter(|id| id.len() == 32).ok_or(JwtError::Malformed)?;
    Ok(HelloAssertion { message, key_id })
}

/// Builds a message.
///
/// # Errors
/// [`KeyError::Signing`].
pub fn build_hello_assertion(key: &SigningKey, key_id: &[u8], claims: &HelloClaims) -> Result<String, KeyError> {
    jwt::sign_with_header(key, json!({ "typ": "JWT", "use": USE, "kid": STANDARD.encode(key_id) }), claims)
}
