//! Messages signed by a device key, with the device's certificate in the header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::certificate::{self, DeviceCertificate};
use crate::jwt::{self, JwtError};
use crate::key::{KeyError, SigningKey};

/// Signs claims. `kid` is the SHA-256 of the public key, as clients of this protocol send it.
pub(crate) fn build(key: &SigningKey, certificate: &[u8], typ: &str, claims: &impl Serialize) -> Result<String, KeyError> {
    let parsed = certificate::parse(certificate).map_err(|_| KeyError::Rejected("device"))?;
    let header = json!({ "typ": typ, "kid": parsed.public_key.sha256, "x5c": [STANDARD.encode(certificate)] });
    jwt::sign_with_header(key, header, claims)
}

/// Parses a message and checks that its signature fits the certificate it carries. Whose certificate that is, the caller looks up.
pub(crate) fn parse<C: DeserializeOwned>(message: &str, typ: &str) -> Result<(C, DeviceCertificate), JwtError> {
    let message = jwt::parse(message)?;
    // A message without a type is a plain one (RFC 7519 §5.1), so it cannot pass for another kind that is signed by the same key.
    if !message.header_text("typ").unwrap_or("JWT").eq_ignore_ascii_case(typ) {
        return Err(JwtError::Malformed);
    }
    let der = message.certificate().ok_or(JwtError::Malformed)?;
    let certificate = certificate::parse(&der).map_err(|_| JwtError::Malformed)?;
    // The kind of key fixes the algorithm; the header only has to agree.
    let payload = message.verify(certificate.public_key.scheme(), &certificate.key())?;
    let claims = serde_json::from_slice(payload).map_err(|_| JwtError::Claims)?;
    Ok((claims, certificate))
}
