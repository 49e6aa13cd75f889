//! Opaque server text: authenticated encryption of what only this server reads again (cookies, nonces, page state, keys at rest).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::{Rng, rng};

/// Longest text that is looked at.
const LIMIT: usize = 64 * 1024;

/// The key does not have the length of the algorithm, or the engine failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealing key cannot be used")]
pub struct SealError;

/// AES-256-GCM with a random 96-bit nonce in front. One key may seal 2^32 messages (NIST SP 800-38D §8.3).
pub struct Sealer(LessSafeKey);

impl Sealer {
    /// A sealer under a 32-byte key.
    ///
    /// # Errors
    /// When the engine refuses the key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        UnboundKey::new(&AES_256_GCM, key).map(|key| Self(LessSafeKey::new(key))).map_err(|_| SealError)
    }

    /// Seals `content`; `purpose` must be given again to open it.
    ///
    /// # Errors
    /// When the engine fails (content of many gigabytes).
    pub fn seal(&self, rng: &dyn Rng, purpose: &[u8], content: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = rng::bytes::<NONCE_LEN>(rng);
        let mut body = content.to_vec();
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut body).map_err(|_| SealError)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what [`Self::seal`] made for the same purpose; none when anything differs.
    #[must_use]
    pub fn open(&self, purpose: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = body.to_vec();
        let content = self.0.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(purpose), &mut body).ok()?;
        Some(content.to_vec())
    }

    /// [`Self::seal`] as base64url text.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_text(&self, rng: &dyn Rng, purpose: &[u8], content: &[u8]) -> Result<String, SealError> {
        self.seal(rng, purpose, content).map(|sealed| URL_SAFE_NO_PAD.encode(sealed))
    }

    /// [`Self::open`] from base64url text.
    #[must_use]
    pub fn open_text(&self, purpose: &[u8], text: &str) -> Option<Vec<u8>> {
        if text.len() > LIMIT {
            return None;
        }
        self.open(purpose, &URL_SAFE_NO_PAD.decode(text).ok()?)
    }
}
