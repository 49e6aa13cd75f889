//! The key that a client wants its access token bound to: `req_cnf` (base64url of `{"kid":…}`), answered by the claim `cnf` (RFC 7800 §3.4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// Longest key id, in characters; a SHA-256 thumbprint has 43.
const LONGEST: usize = 128;

/// Id of a client's key. The resource compares it with the key that a proof is signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyId(String);

impl KeyId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The parameter is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("req_cnf must be base64url of a JSON object with the member 'kid', a text of at most {LONGEST} characters")]
pub struct ConfirmationError;

#[derive(Deserialize)]
struct Requested {
    kid: String,
}

/// Reads `req_cnf`. Members beside `kid` say where the client keeps its key, which is its own affair.
///
/// # Errors
/// [`ConfirmationError`].
pub fn parse(req_cnf: &str) -> Result<KeyId, ConfirmationError> {
    let json = URL_SAFE_NO_PAD.decode(req_cnf.trim_end_matches('=')).map_err(|_| ConfirmationError)?;
    let Requested { kid } = serde_json::from_slice(&json).map_err(|_| ConfirmationError)?;
    let fits = (1..=LONGEST).contains(&kid.len()) && kid.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(KeyId(kid)) } else { Err(ConfirmationError) }
}
