//! Evidence about device and app, as apps send it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::MobilePlatform;
use doorward_service::protection::SentEvidence;
use serde::Deserialize;

use super::error::Failure;

/// Most pieces of evidence in one request.
const PIECES: usize = 4;

/// One piece. Kinds that are not known are passed over, so that newer apps can send more.
#[derive(Deserialize)]
pub(super) struct Piece {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    nonce: String,
    /// Standard base64.
    #[serde(default)]
    data: String,
}

/// The attestation among the evidence.
pub(super) fn attestation(pieces: Vec<Piece>) -> Result<Option<SentEvidence>, Failure> {
    if pieces.len() > PIECES {
        return Err(Failure::TooMany { what: "pieces of evidence", most: PIECES });
    }
    let mut found = None;
    for (index, piece) in pieces.into_iter().enumerate() {
        let platform = match piece.kind.as_str() {
            "androidKeyAttestation" => MobilePlatform::Android,
            "appAttest" => MobilePlatform::Ios,
            _ => continue,
        };
        let data =
            STANDARD.decode(&piece.data).map_err(|error| Failure::Malformed(format!("evidence[{index}].data: not base64: {error}")))?;
        if found.replace(SentEvidence { platform, nonce: piece.nonce, data }).is_some() {
            return Err(Failure::TooMany { what: "attestations", most: 1 });
        }
    }
    Ok(found)
}
