//! What the browser saw and signed along (WebAuthn Level 2 §5.8.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::WebauthnError;

/// More than any browser sends.
const LIMIT: usize = 8 * 1024;

/// What an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Ceremony {
    /// A new credential.
    #[serde(rename = "webauthn.create")]
    Create,
    /// Proof of a credential.
    #[serde(rename = "webauthn.get")]
    Get,
}

/// The client data of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientData {
    /// What for.
    pub ceremony: Ceremony,
    /// The challenge that was answered.
    pub challenge: Vec<u8>,
    /// Where the page came from, as the browser spells it.
    pub origin: String,
    /// The page was a frame within a page of another origin.
    pub cross_origin: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(rename = "type")]
    ceremony: Ceremony,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

impl ClientData {
    /// Reads `clientDataJSON`. Members that are not known are passed over, as the specification wants (§5.8.1.2).
    ///
    /// # Errors
    /// [`WebauthnError::ClientData`].
    pub fn parse(json: &[u8]) -> Result<Self, WebauthnError> {
        let raw: Raw = Some(json)
            .filter(|json| json.len() <= LIMIT)
            .and_then(|json| serde_json::from_slice(json).ok())
            .ok_or(WebauthnError::ClientData)?;
        let challenge = URL_SAFE_NO_PAD.decode(&raw.challenge).map_err(|_| WebauthnError::ClientData)?;
        Ok(Self { ceremony: raw.ceremony, challenge, origin: raw.origin, cross_origin: raw.cross_origin })
    }
}
