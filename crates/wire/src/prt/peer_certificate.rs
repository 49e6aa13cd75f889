//! Certificates with which devices of a tenant know each other: asked for with the device key, answered with a short-lived certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::device_signed;
use crate::certificate::DeviceCertificate;
use crate::drs::{CheckedCsr, CsrError, check_any_csr};
use crate::jwt::JwtError;
use crate::key::{KeyError, SigningKey};

/// Claims of the request. `dns_names` is left out: a certificate names the device as it is registered, whatever it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerCertificateClaims {
    /// Client id of the broker.
    pub client_id: String,
    /// Server nonce.
    pub request_nonce: String,
    /// `device_auth`.
    pub grant_type: String,
    /// `device_cert`.
    pub cert_token_use: String,
    /// PKCS#10, DER as standard base64.
    pub csr: String,
}

/// A request whose signature fits the certificate that came with it.
#[derive(Debug, Clone)]
pub struct PeerCertificateRequest {
    /// Claims.
    pub claims: PeerCertificateClaims,
    /// Certificate: the device it belongs to must still be looked up.
    pub certificate: DeviceCertificate,
}

impl PeerCertificateRequest {
    /// The key of the certificate request, whose sender holds the private key.
    ///
    /// # Errors
    /// [`CsrError`].
    pub fn csr(&self) -> Result<CheckedCsr, CsrError> {
        if self.claims.csr.len() > 16 * 1024 {
            return Err(CsrError::Malformed);
        }
        check_any_csr(&STANDARD.decode(&self.claims.csr).map_err(|_| CsrError::Malformed)?)
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerCertificateResponse {
    /// The certificate, DER as standard base64.
    pub x5c: String,
    /// That of its issuer.
    pub x5c_ca: String,
}

impl PeerCertificateResponse {
    /// The answer for two certificates, DER.
    #[must_use]
    pub fn new(certificate: &[u8], issuer: &[u8]) -> Self {
        Self { x5c: STANDARD.encode(certificate), x5c_ca: STANDARD.encode(issuer) }
    }
}

/// Parses a request and checks its signature.
///
/// # Errors
/// [`JwtError`].
pub fn parse_peer_certificate_request(message: &str) -> Result<PeerCertificateRequest, JwtError> {
    let (claims, certificate) = device_signed::parse::<PeerCertificateClaims>(message, "JWT")?;
    if claims.grant_type != "device_auth" || claims.cert_token_use != "device_cert" {
        return Err(JwtError::Claims);
    }
    Ok(PeerCertificateRequest { claims, certificate })
}

/// Builds a request.
///
/// # Errors
/// [`KeyError`].
pub fn build_peer_certificate_request(key: &SigningKey, certificate: &[u8], claims: &PeerCertificateClaims) -> Result<String, KeyError> {
    device_signed::build(key, certificate, "JWT", claims)
}
