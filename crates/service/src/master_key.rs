//! The master key: wraps private keys at rest and seals what travels through browsers.

use doorward_model::Rng;
use doorward_wire::seal::Sealer;

use crate::error::{Error, Result};

/// AES-256-GCM under a key that only this server's operator holds. Each use names its purpose, which is authenticated: what
/// was sealed for one purpose does not open for another.
pub struct MasterKey(Sealer);

impl MasterKey {
    /// The key from its 32 bytes.
    ///
    /// # Errors
    /// When the cryptographic library refuses the key.
    pub fn new(key: &[u8; 32]) -> Result<Self> {
        Sealer::new(key).map(Self).map_err(|error| Error::internal("master key", &error))
    }

    /// Wraps bytes for storage.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn wrap(&self, rng: &dyn Rng, purpose: &str, secret: &[u8]) -> Result<Vec<u8>> {
        self.0.seal(rng, purpose.as_bytes(), secret).map_err(|error| Error::internal("master key", &error))
    }

    /// Unwraps stored bytes.
    ///
    /// # Errors
    /// When the master key is not the one that wrapped them, or they were altered.
    pub fn unwrap(&self, purpose: &str, wrapped: &[u8]) -> Result<Vec<u8>> {
        self.0.open(purpose.as_bytes(), wrapped).ok_or_else(|| {
            Error::internal("master key", &format!("{purpose} cannot be unwrapped: is this the master key that belongs to the database?"))
        })
    }

    /// Seals bytes as text for a cookie, a form field or a nonce.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal_text(&self, rng: &dyn Rng, purpose: &str, content: &[u8]) -> Result<String> {
        self.0.seal_text(rng, purpose.as_bytes(), content).map_err(|error| Error::internal("master key", &error))
    }

    /// Opens text made by [`Self::seal_text`] for the same purpose; none when it is anything else.
    #[must_use]
    pub fn open_text(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        self.0.open_text(purpose.as_bytes(), text)
    }
}
