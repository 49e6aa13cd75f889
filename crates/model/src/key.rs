//! Signing keys of a tenant and its device certificate authority. Private parts are wrapped by the master key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::application::SigningAlgorithm;

/// Place of a key in the rotation. All three are published, only `Current` signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KeySlot {
    /// Published ahead of use so that resource servers already know it.
    Next,
    /// Signs.
    Current,
    /// Still verifies what it signed.
    Previous,
}

/// One signing key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Key id in the token header and the key set.
    pub kid: String,
    /// Algorithm.
    pub algorithm: SigningAlgorithm,
    /// Place in the rotation.
    pub slot: KeySlot,
    /// Private key, PKCS#8, wrapped.
    pub wrapped_private_key: Vec<u8>,
    /// Public key as a JSON Web Key (RFC 7517), JSON text.
    pub public_jwk: String,
    /// When it was made.
    pub created: Timestamp,
}

/// The certificate authority that signs device certificates.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceCa {
    /// GUID in the issuer's `OU`, which clients match against the challenge.
    pub id: Uuid,
    /// Certificate, DER.
    pub certificate: Vec<u8>,
    /// Private key, PKCS#8, wrapped.
    pub wrapped_private_key: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
}
