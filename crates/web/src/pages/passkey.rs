//! What a page hands to the script that asks the browser for a passkey. Bytes travel as base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_service::authentication_method::fido2::{CreationOptions, ProofOptions};
use doorward_wire::webauthn::SUPPORTED_ALGORITHMS;

/// Options of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyProof {
    /// Id of this site.
    pub rp_id: String,
    /// Challenge.
    pub challenge: String,
    /// Ids of the credentials that will do, separated by spaces; empty: any of this site.
    pub allowed: String,
}

/// Options of a new passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyCreation {
    /// Id of this site.
    pub rp_id: String,
    /// Its name.
    pub rp_name: String,
    /// Challenge.
    pub challenge: String,
    /// The person, opaque.
    pub user_handle: String,
    /// Sign-in name.
    pub user_name: String,
    /// Name for people.
    pub display_name: String,
    /// Numbers of the algorithms, best first, separated by spaces.
    pub algorithms: String,
    /// Ids of the credentials that the person has, separated by spaces.
    pub excluded: String,
}

impl From<ProofOptions> for PasskeyProof {
    fn from(options: ProofOptions) -> Self {
        Self { rp_id: options.rp_id, challenge: options.challenge, allowed: list(&options.allowed) }
    }
}

impl From<CreationOptions> for PasskeyCreation {
    fn from(options: CreationOptions) -> Self {
        Self {
            rp_id: options.rp_id,
            rp_name: options.rp_name,
            challenge: options.challenge,
            user_handle: URL_SAFE_NO_PAD.encode(options.user_handle),
            user_name: options.user_name,
            display_name: options.display_name,
            algorithms: SUPPORTED_ALGORITHMS.map(|number| number.to_string()).join(" "),
            excluded: list(&options.excluded),
        }
    }
}

fn list(ids: &[Vec<u8>]) -> String {
    ids.iter().map(|id| URL_SAFE_NO_PAD.encode(id)).collect::<Vec<_>>().join(" ")
}
