//! Using a primary refresh token: at the token endpoint (signed request), and at the authorization endpoint (two headers).

use doorward_model::Rng;
use serde::{Deserialize, Serialize};

use super::device_signed;
use super::kdf::KdfVersion;
use super::session_signed::{self, CarriesPrt, SessionSigned};
use crate::certificate::DeviceCertificate;
use crate::jwt::JwtError;
use crate::key::{KeyError, SigningKey};

/// Scope value that asks for a primary refresh token.
const PRT_SCOPE: &str = "aza";

/// Claims of a request at the token endpoint. `aud` is a constant of the clients, not this server, and says nothing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionClaims {
    /// The primary refresh token.
    pub refresh_token: String,
    /// Server nonce.
    pub request_nonce: String,
    /// Client: the app, or the broker for a renewal.
    pub client_id: String,
    /// Scope.
    #[serde(default)]
    pub scope: String,
    /// Resource (v1.0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The app's redirect URI: the broker's word for which app asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The `claims` parameter of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// The app that asked for the client, which runs in its pages (nested app authentication).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brk_client_id: Option<String>,
    /// Its redirect URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brk_redirect_uri: Option<String>,
    /// `refresh_token`.
    #[serde(default)]
    pub grant_type: String,
    /// `aad:brokerplugin`.
    #[serde(default)]
    pub iss: String,
}

impl RedemptionClaims {
    /// The broker renews the token rather than asking for an app.
    #[must_use]
    pub fn asks_for_prt(&self) -> bool {
        self.scope.split_ascii_whitespace().any(|scope| scope == PRT_SCOPE)
    }
}

impl CarriesPrt for RedemptionClaims {
    fn refresh_token(&self) -> &str {
        &self.refresh_token
    }
}

/// Claims of `x-ms-RefreshTokenCredential`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CookieClaims {
    /// The primary refresh token.
    pub refresh_token: String,
    /// Server nonce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_nonce: Option<String>,
}

impl CarriesPrt for CookieClaims {
    fn refresh_token(&self) -> &str {
        &self.refresh_token
    }
}

/// Claims of `x-ms-DeviceCredential`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCredentialClaims {
    /// `device_auth`.
    pub grant_type: String,
    /// `aad:brokerplugin`.
    pub iss: String,
    /// The same nonce as in the other header.
    pub request_nonce: String,
}

/// A device credential whose signature fits its certificate.
#[derive(Debug, Clone)]
pub struct DeviceCredential {
    /// Claims.
    pub claims: DeviceCredentialClaims,
    /// Certificate.
    pub certificate: DeviceCertificate,
}

/// Parses a request at the token endpoint.
///
/// # Errors
/// [`JwtError`].
pub fn parse_redemption(message: &str) -> Result<SessionSigned<RedemptionClaims>, JwtError> {
    session_signed::parse(message)
}

/// Parses `x-ms-RefreshTokenCredential`.
///
/// # Errors
/// [`JwtError`].
pub fn parse_cookie(message: &str) -> Result<SessionSigned<CookieClaims>, JwtError> {
    session_signed::parse(message)
}

/// Parses `x-ms-DeviceCredential` and checks its signature.
///
/// # Errors
/// [`JwtError`].
pub fn parse_device_credential(message: &str) -> Result<DeviceCredential, JwtError> {
    let (claims, certificate) = device_signed::parse::<DeviceCredentialClaims>(message, "JWT")?;
    if claims.grant_type != "device_auth" {
        return Err(JwtError::Claims);
    }
    Ok(DeviceCredential { claims, certificate })
}

/// Builds a request at the token endpoint; none when the claims cannot be serialised.
#[must_use]
pub fn build_redemption(rng: &dyn Rng, session_key: &[u8], version: KdfVersion, claims: &RedemptionClaims) -> Option<String> {
    session_signed::build(rng, session_key, version, claims)
}

/// Builds `x-ms-RefreshTokenCredential`.
#[must_use]
pub fn build_cookie(rng: &dyn Rng, session_key: &[u8], version: KdfVersion, claims: &CookieClaims) -> Option<String> {
    session_signed::build(rng, session_key, version, claims)
}

/// Builds `x-ms-DeviceCredential`.
///
/// # Errors
/// [`KeyError`].
pub fn build_device_credential(key: &SigningKey, certificate: &[u8], nonce: &str) -> Result<String, KeyError> {
    let claims =
        DeviceCredentialClaims { grant_type: "device_auth".into(), iss: "aad:brokerplugin".into(), request_nonce: nonce.to_owned() };
    device_signed::build(key, certificate, "JWT", &claims)
}
