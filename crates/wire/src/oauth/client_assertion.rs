//! Client assertions (RFC 7523 §2.2): a client proves itself with its certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;

use crate::certificate;
use crate::jwt::{self, JwtError};
use crate::key::Scheme;

/// Claims of a verified assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAssertion {
    /// `iss`.
    pub issuer: String,
    /// `sub`.
    pub subject: String,
    /// `aud`: one address or several.
    pub audience: Vec<String>,
    /// `exp`.
    pub expires: Timestamp,
    /// `nbf`.
    pub not_before: Option<Timestamp>,
    /// `jti`.
    pub id: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(deserialize_with = "jwt::numeric_date")]
    exp: i64,
    #[serde(default)]
    nbf: Option<serde_json::Number>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Verifies an assertion with a registered certificate (DER as standard base64). PS256 and RS256 are accepted, because client
/// libraries send one or the other by the kind of thumbprint they were configured with; both are safe with the same RSA key.
///
/// # Errors
/// [`JwtError`].
pub fn verify(assertion: &str, certificate: &str) -> Result<ClientAssertion, JwtError> {
    let message = jwt::parse(assertion)?;
    let der = STANDARD.decode(certificate).map_err(|_| JwtError::Signature)?;
    let key = certificate::parse(&der).map_err(|_| JwtError::Signature)?.key();
    let payload = message.verify(Scheme::Ps256, &key).or_else(|_| message.verify(Scheme::Rs256, &key))?;
    let claims: Claims = serde_json::from_slice(payload).map_err(|_| JwtError::Claims)?;
    let time = |seconds: i64| Timestamp::from_second(seconds).map_err(|_| JwtError::Claims);
    let not_before = match claims.nbf.as_ref().and_then(|nbf| nbf.as_i64().or_else(|| nbf.as_f64().and_then(jwt::whole))) {
        Some(seconds) => Some(time(seconds)?),
        None => None,
    };
    Ok(ClientAssertion {
        issuer: claims.iss,
        subject: claims.sub,
        audience: match claims.aud {
            Audience::One(audience) => vec![audience],
            Audience::Several(audiences) => audiences,
        },
        expires: time(claims.exp)?,
        not_before,
        id: claims.jti.filter(|id| id.len() <= 256),
    })
}
