//! Messages signed with a key derived from the session key (HS256 with `ctx` in the header).

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::{Rng, rng};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::kdf::{KdfVersion, derive};
use crate::jwt::{self, JwtError, Unverified};

/// Claims that name the primary refresh token whose session key signed them.
pub trait CarriesPrt {
    /// The token.
    fn refresh_token(&self) -> &str;
}

/// A parsed message, whose key can only be found with its claims: they are to be used for that alone until [`Self::verify`] says yes.
#[derive(Debug, Clone)]
pub struct SessionSigned<C> {
    message: Unverified,
    claims: C,
    context: Vec<u8>,
    version: KdfVersion,
}

impl<C> SessionSigned<C> {
    /// The claims.
    #[must_use]
    pub fn unverified_claims(&self) -> &C {
        &self.claims
    }

    /// Key derivation that the client uses.
    #[must_use]
    pub fn kdf_version(&self) -> KdfVersion {
        self.version
    }

    /// Whether the message is signed by the session key. A signature by the key itself, without derivation, is not accepted.
    #[must_use]
    pub fn verify(&self, session_key: &[u8]) -> bool {
        let key = derive(session_key, self.version, &self.context, self.message.unverified_payload());
        verify(&Key::new(HMAC_SHA256, &key), self.message.input().as_bytes(), self.message.signature()).is_ok()
    }
}

/// Parses a message.
pub(super) fn parse<C: DeserializeOwned>(message: &str) -> Result<SessionSigned<C>, JwtError> {
    let message = jwt::parse(message)?;
    if message.header_text("alg") != Some("HS256") {
        return Err(JwtError::Algorithm);
    }
    let context = message.header_text("ctx").and_then(|ctx| STANDARD.decode(ctx).ok());
    let context = context.filter(|ctx| ctx.len() == 24 || ctx.len() == 32).ok_or(JwtError::Malformed)?;
    let version = match message.header().get("kdf_ver") {
        None => KdfVersion::V1,
        Some(version) if version == 1 => KdfVersion::V1,
        Some(version) if version == 2 => KdfVersion::V2,
        Some(_) => return Err(JwtError::Malformed),
    };
    Ok(SessionSigned { claims: message.unverified_claims()?, message, context, version })
}

/// Signs claims with a session key.
pub(super) fn build(rng: &dyn Rng, session_key: &[u8], version: KdfVersion, claims: &impl Serialize) -> Option<String> {
    let context = rng::bytes::<32>(rng);
    let mut header = json!({ "alg": "HS256", "typ": "JWT", "ctx": STANDARD.encode(context) });
    if let (KdfVersion::V2, Value::Object(members)) = (version, &mut header) {
        members.insert("kdf_ver".into(), 2.into());
    }
    let input = jwt::signing_input(&header, claims)?;
    let payload = URL_SAFE_NO_PAD.decode(input.split_once('.')?.1).ok()?;
    let key = derive(session_key, version, &context, &payload);
    let signature = sign(&Key::new(HMAC_SHA256, &key), input.as_bytes());
    Some(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
