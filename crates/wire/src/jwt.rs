//! Compact signed messages (RFC 7515, RFC 7519). The caller fixes scheme and key; the header only has to agree.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::Serialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::key::{KeyError, Scheme, SigningKey, VerifyingKey};

/// Longest message that is looked at, in bytes.
pub const LIMIT: usize = 64 * 1024;

/// A message is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Longer than [`LIMIT`].
    #[error("the message is longer than {LIMIT} bytes")]
    TooLong,
    /// Not three base64url parts with a JSON object in front.
    #[error("the message is not a compact JWS")]
    Malformed,
    /// A header parameter that must be understood is not.
    #[error("the message has a critical header that is not known")]
    Critical,
    /// The header names another algorithm than the context demands.
    #[error("the message is signed with another algorithm")]
    Algorithm,
    /// The signature does not fit.
    #[error("the signature is not valid")]
    Signature,
    /// The claims are not those of the message.
    #[error("the claims are not of the expected form")]
    Claims,
}

/// Signs claims; `typ` is the header's media type (`JWT`, `mam+jwt`).
///
/// # Errors
/// [`KeyError::Signing`].
pub fn sign(key: &SigningKey, kid: &str, typ: &str, claims: &impl Serialize) -> Result<String, KeyError> {
    signed(key, &Header { alg: Scheme::from(key.algorithm()).name(), kid, typ }, claims)
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    kid: &'a str,
    typ: &'a str,
}

/// Signs claims under a header of the caller's; `alg` is added.
///
/// # Errors
/// [`KeyError::Signing`].
pub fn sign_with_header(key: &SigningKey, mut header: Value, claims: &impl Serialize) -> Result<String, KeyError> {
    if let Value::Object(members) = &mut header {
        members.insert("alg".into(), Scheme::from(key.algorithm()).name().into());
    }
    signed(key, &header, claims)
}

fn signed(key: &SigningKey, header: &impl Serialize, claims: &impl Serialize) -> Result<String, KeyError> {
    let mut message = signing_input(header, claims).ok_or(KeyError::Signing)?;
    let signature = key.sign(message.as_bytes())?;
    message.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut message);
    Ok(message)
}

/// The text that is signed; none when header or claims cannot be serialised.
pub(crate) fn signing_input(header: &impl Serialize, claims: &impl Serialize) -> Option<String> {
    // Room for what most tokens say, and for their signature behind it.
    let mut json = Vec::with_capacity(1024);
    let mut input = String::with_capacity(2048);
    serde_json::to_writer(&mut json, header).ok()?;
    URL_SAFE_NO_PAD.encode_string(&json, &mut input);
    json.clear();
    serde_json::to_writer(&mut json, claims).ok()?;
    input.push('.');
    URL_SAFE_NO_PAD.encode_string(&json, &mut input);
    Some(input)
}

/// A parsed message whose signature has not been checked.
#[derive(Clone)]
pub struct Unverified {
    header: Value,
    payload: Vec<u8>,
    signature: Vec<u8>,
    input: String,
}

impl std::fmt::Debug for Unverified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The payload may hold a password or a token.
        f.debug_struct("Unverified").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Parses a message.
///
/// # Errors
/// [`JwtError`].
pub fn parse(message: &str) -> Result<Unverified, JwtError> {
    if message.len() > LIMIT {
        return Err(JwtError::TooLong);
    }
    let (input, signature) = message.rsplit_once('.').ok_or(JwtError::Malformed)?;
    let (header, payload) = input.split_once('.').filter(|(_, payload)| !payload.contains('.')).ok_or(JwtError::Malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed);
    let header: Value = serde_json::from_slice(&decode(header)?).map_err(|_| JwtError::Malformed)?;
    if !header.is_object() {
        return Err(JwtError::Malformed);
    }
    if header.get("crit").is_some() {
        return Err(JwtError::Critical);
    }
    Ok(Unverified { header, payload: decode(payload)?, signature: decode(signature)?, input: input.to_owned() })
}

impl Unverified {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Value {
        &self.header
    }

    /// A text member of the header.
    #[must_use]
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// Key id.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.header_text("kid")
    }

    /// First certificate of `x5c`, DER; some clients send a bare text instead of a list.
    #[must_use]
    pub fn certificate(&self) -> Option<Vec<u8>> {
        let x5c = self.header.get("x5c")?;
        let text = x5c.as_str().or_else(|| x5c.get(0).and_then(Value::as_str))?;
        base64::engine::general_purpose::STANDARD.decode(text).ok()
    }

    /// The raw payload, not yet verified.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The claims, not yet verified: only to find the key.
    ///
    /// # Errors
    /// [`JwtError::Claims`].
    pub fn unverified_claims<T: DeserializeOwned>(&self) -> Result<T, JwtError> {
        serde_json::from_slice(&self.payload).map_err(|_| JwtError::Claims)
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    pub(crate) fn input(&self) -> &str {
        &self.input
    }

    /// Checks the signature and returns the payload.
    ///
    /// # Errors
    /// [`JwtError::Algorithm`], [`JwtError::Signature`].
    pub fn verify(&self, scheme: impl Into<Scheme>, key: &VerifyingKey) -> Result<&[u8], JwtError> {
        let scheme = scheme.into();
        if self.header_text("alg") != Some(scheme.name()) {
            return Err(JwtError::Algorithm);
        }
        if key.verify(scheme, self.input.as_bytes(), &self.signature) { Ok(&self.payload) } else { Err(JwtError::Signature) }
    }
}

/// The payload of a message whose signature does not matter here (a hint, or a token just received over TLS).
#[must_use]
pub fn unverified_payload(message: &str) -> Option<Value> {
    parse(message).ok()?.unverified_claims().ok()
}

/// A text claim of such a message.
#[must_use]
pub fn unverified_claim(message: &str, name: &str) -> Option<String> {
    unverified_payload(message)?.get(name)?.as_str().map(str::to_owned)
}

/// `NumericDate` (RFC 7519 §2) as clients send it: integer, decimal fraction, or text. Whole seconds, rounded down.
///
/// # Errors
/// When it is none of these.
pub fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(text) => text.parse().ok().or_else(|| text.parse().ok().and_then(whole)),
        _ => None,
    }
    .ok_or_else(|| serde::de::Error::custom("a time in seconds since 1970 is expected"))
}

pub(crate) fn whole(seconds: f64) -> Option<i64> {
    // Far beyond any date and well inside the range where the conversion is exact.
    (seconds.abs() < 1e12).then(|| {
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        let whole = seconds.floor() as i64;
        whole
    })
}
