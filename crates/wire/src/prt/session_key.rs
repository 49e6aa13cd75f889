//! Delivery of the session key: a JWE whose encrypted key part *is* the session key (RSA-OAEP with SHA-1, to the transport key).

use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const HEADER: &str = r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#;

/// The session key could not be wrapped or unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionKeyError {
    /// The transport key is not an RSA key.
    #[error("the transport key cannot be used")]
    TransportKey,
    /// Not a session key JWE for this key.
    #[error("the session key cannot be unwrapped")]
    Unwrap,
}

/// Wraps a session key for a transport key (SubjectPublicKeyInfo, DER as standard base64).
///
/// # Errors
/// [`SessionKeyError::TransportKey`].
pub fn wrap_session_key(transport_key: &str, session_key: &[u8]) -> Result<String, SessionKeyError> {
    let rejected = SessionKeyError::TransportKey;
    let spki = STANDARD.decode(transport_key).map_err(|_| rejected)?;
    let key =
        PublicEncryptingKey::from_der(&spki).and_then(|key| OaepPublicEncryptingKey::new(key).map_err(Into::into)).map_err(|_| rejected)?;
    let mut wrapped = vec![0; key.ciphertext_size()];
    let length = key.encrypt(&OAEP_SHA1_MGF1SHA1, session_key, &mut wrapped, None).map_err(|_| rejected)?.len();
    wrapped.truncate(length);
    // Vector, ciphertext and tag are not used by any client: there is no content beside the key itself.
    Ok(format!("{}.{}...", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(wrapped)))
}

/// Unwraps a session key with the private transport key (PKCS#8).
///
/// # Errors
/// [`SessionKeyError::Unwrap`].
pub fn unwrap_session_key(transport_key: &[u8], jwe: &str) -> Result<Vec<u8>, SessionKeyError> {
    let rejected = SessionKeyError::Unwrap;
    let parts: Vec<&str> = jwe.split('.').collect();
    let [header, wrapped, _vector, _content, _tag] = parts.as_slice() else { return Err(rejected) };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| rejected);
    let header: serde_json::Value = serde_json::from_slice(&decode(header)?).map_err(|_| rejected)?;
    let member = |name: &str| header.get(name).and_then(|member| member.as_str());
    if member("alg") != Some("RSA-OAEP") || member("enc") != Some("A256GCM") || header.get("crit").is_some() {
        return Err(rejected);
    }
    let wrapped = decode(wrapped)?;
    let key = PrivateDecryptingKey::from_pkcs8(transport_key).map_err(|_| rejected)?;
    let key = OaepPrivateDecryptingKey::new(key).map_err(|_| rejected)?;
    let mut session_key = vec![0; key.min_output_size()];
    let length = key.decrypt(&OAEP_SHA1_MGF1SHA1, &wrapped, &mut session_key, None).map_err(|_| rejected)?.len();
    session_key.truncate(length);
    if length == 32 { Ok(session_key) } else { Err(rejected) }
}
