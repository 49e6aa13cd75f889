//! The request for a primary refresh token (MS-OAPXBC §3.2.5.1.2): signed by the device key.

use serde::{Deserialize, Serialize};

use super::device_signed;
use crate::certificate::DeviceCertificate;
use crate::jwt::{self, JwtError};
use crate::key::{KeyError, SigningKey};

/// How the person proves who they are.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "grant_type", rename_all = "snake_case")]
pub enum PrtGrant {
    /// With name and password.
    Password {
        /// Sign-in name.
        username: String,
        /// Password.
        password: String,
    },
    /// With a refresh token from an earlier sign-in.
    RefreshToken {
        /// The token.
        refresh_token: String,
    },
    /// With a key of theirs on this device.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    Hello {
        /// Sign-in name.
        username: String,
        /// Message signed by the key: see [`super::parse_hello_assertion`].
        assertion: String,
    },
}

impl std::fmt::Debug for PrtGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password { .. } => "Password(…)",
            Self::RefreshToken { .. } => "RefreshToken(…)",
            Self::Hello { .. } => "Hello(…)",
        })
    }
}

/// Claims of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrtRequestClaims {
    /// Client id of the broker.
    pub client_id: String,
    /// Server nonce.
    pub request_nonce: String,
    /// `openid aza ugs`.
    #[serde(default)]
    pub scope: String,
    /// Proof of the person.
    #[serde(flatten)]
    pub grant: PrtGrant,
}

/// A request whose signature fits the certificate that came with it.
#[derive(Debug, Clone)]
pub struct PrtRequest {
    /// Claims.
    pub claims: PrtRequestClaims,
    /// Certificate: the device it belongs to must still be looked up.
    pub certificate: DeviceCertificate,
}

/// Builds the request.
///
/// # Errors
/// [`KeyError`].
pub fn build_request(key: &SigningKey, certificate: &[u8], claims: &PrtRequestClaims) -> Result<String, KeyError> {
    device_signed::build(key, certificate, "JWT", claims)
}

/// Parses a request and checks its signature.
///
/// # Errors
/// [`JwtError`].
pub fn parse_request(message: &str) -> Result<PrtRequest, JwtError> {
    let (claims, certificate) = device_signed::parse(message, "JWT")?;
    Ok(PrtRequest { claims, certificate })
}

/// Whether a message by a device key asks for a certificate rather than a primary refresh token.
#[must_use]
pub fn asks_for_certificate(message: &str) -> bool {
    jwt::unverified_claim(message, "cert_token_use").is_some()
}

/// Whether a message carries a certificate, so is signed by a device key rather than a session key.
#[must_use]
pub fn is_device_signed(message: &str) -> bool {
    jwt::parse(message).is_ok_and(|message| message.header().get("x5c").is_some())
}
