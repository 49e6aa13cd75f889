//! The answers: the token itself, and the encrypted form in which renewals come back.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::{Rng, rng};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::kdf::{KdfVersion, derive};

/// Answer to a PRT request. Which numbers are text is fixed by existing clients.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrtResponse {
    /// `Bearer`.
    pub token_type: String,
    /// Seconds, as text.
    pub expires_in: String,
    /// Seconds, as text.
    pub ext_expires_in: String,
    /// Unix time, as text.
    pub expires_on: String,
    /// The primary refresh token.
    pub refresh_token: String,
    /// Seconds, as a number.
    pub refresh_token_expires_in: i64,
    /// Session key for the transport key; left out when the old one stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key_jwe: Option<String>,
    /// Who signed in.
    pub id_token: String,
    /// See [`crate::oauth::client_info`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
    /// Tenant of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_tenant_id: Option<String>,
}

/// How an answer is encrypted under the session key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseEncryption {
    /// AES-256-CBC with PKCS#7 padding inside a header that says A256GCM: the only form that older clients read. It is not
    /// authenticated, so it is used toward them alone.
    Cbc,
    /// AES-256-GCM with the protected header as additional data.
    Gcm,
}

impl ResponseEncryption {
    /// Clients that bind their key to the message (version 2) read the authenticated form.
    #[must_use]
    pub fn for_request(version: KdfVersion) -> Self {
        match version {
            KdfVersion::V1 => Self::Cbc,
            KdfVersion::V2 => Self::Gcm,
        }
    }
}

/// The answer could not be encrypted or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted answer cannot be made or read with this session key")]
pub struct ResponseError;

/// Encrypts an answer: a compact JWE with `alg` `dir`, an empty key part, and `ctx` for the key derivation.
///
/// # Errors
/// [`ResponseError`].
pub fn encrypt_response(rng: &dyn Rng, session_key: &[u8], answer: &[u8], encryption: ResponseEncryption) -> Result<String, ResponseError> {
    let context = rng::bytes::<24>(rng);
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "dir", "enc": "A256GCM", "ctx": STANDARD.encode(context) }).to_string());
    let key = derive(session_key, KdfVersion::V1, &context, &[]);
    let mut body = answer.to_vec();
    let (iv, tag) = match encryption {
        ResponseEncryption::Cbc => {
            let iv = rng::bytes::<16>(rng);
            let cipher = UnboundCipherKey::new(&AES_256, &key).and_then(PaddedBlockEncryptingKey::cbc_pkcs7).map_err(|_| ResponseError)?;
            cipher.less_safe_encrypt(&mut body, EncryptionContext::Iv128(FixedLength::from(iv))).map_err(|_| ResponseError)?;
            (iv.to_vec(), Vec::new())
        }
        ResponseEncryption::Gcm => {
            let iv = rng::bytes::<12>(rng);
            let cipher = UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new).map_err(|_| ResponseError)?;
            let tag = cipher
                .seal_in_place_separate_tag(Nonce::assume_unique_for_key(iv), Aad::from(header.as_bytes()), &mut body)
                .map_err(|_| ResponseError)?;
            (iv.to_vec(), tag.as_ref().to_vec())
        }
    };
    Ok(format!("{header}..{}.{}.{}", URL_SAFE_NO_PAD.encode(iv), URL_SAFE_NO_PAD.encode(body), URL_SAFE_NO_PAD.encode(tag)))
}

/// Reads an answer in the form that the request asked for ([`ResponseEncryption::for_request`]): the other one, which may not be
/// authenticated, is not read, whatever the message says.
///
/// # Errors
/// [`ResponseError`].
pub fn decrypt_response(session_key: &[u8], jwe: &str, encryption: ResponseEncryption) -> Result<Vec<u8>, ResponseError> {
    let parts: Vec<&str> = jwe.split('.').collect();
    let [header_text, "", iv, body, tag] = parts.as_slice() else { return Err(ResponseError) };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| ResponseError);
    let header: Value = serde_json::from_slice(&decode(header_text)?).map_err(|_| ResponseError)?;
    let member = |name: &str| header.get(name).and_then(Value::as_str);
    if member("alg") != Some("dir") || member("enc") != Some("A256GCM") || header.get("crit").is_some() {
        return Err(ResponseError);
    }
    let context = member("ctx").and_then(|ctx| STANDARD.decode(ctx).ok()).ok_or(ResponseError)?;
    let key = derive(session_key, KdfVersion::V1, &context, &[]);
    let (iv, mut body) = (decode(iv)?, decode(body)?);
    let plain = match encryption {
        ResponseEncryption::Cbc => {
            let iv = <[u8; 16]>::try_from(iv.as_slice()).map_err(|_| ResponseError)?;
            let cipher = UnboundCipherKey::new(&AES_256, &key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7).map_err(|_| ResponseError)?;
            cipher.decrypt(&mut body, DecryptionContext::Iv128(FixedLength::from(iv))).map_err(|_| ResponseError)?
        }
        ResponseEncryption::Gcm => {
            let iv = <[u8; 12]>::try_from(iv.as_slice()).map_err(|_| ResponseError)?;
            body.extend(decode(tag)?);
            let cipher = UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new).map_err(|_| ResponseError)?;
            let aad = Aad::from(header_text.as_bytes());
            cipher.open_in_place(Nonce::assume_unique_for_key(iv), aad, &mut body).map_err(|_| ResponseError)?
        }
    };
    Ok(plain.to_vec())
}
