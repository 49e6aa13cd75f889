//! How a confidential client proves itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::CredentialId;

/// A secret of a confidential client; only its hash is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientSecret {
    /// Its name in calls; not part of the secret.
    pub key_id: CredentialId,
    /// What administrators call it.
    #[serde(default)]
    pub display_name: Option<String>,
    /// SHA-256 of the secret, hexadecimal. Secrets are made by the server with 256 random bits, so a fast hash suffices.
    pub sha256: String,
    /// First three characters, so that an administrator can tell secrets apart.
    pub hint: String,
    /// Start of validity.
    pub start: Timestamp,
    /// End of validity.
    pub expires: Timestamp,
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClientSecret({}…)", self.hint)
    }
}

/// A certificate with which a confidential client signs its assertions (RFC 7523).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    /// Its name in calls.
    pub key_id: CredentialId,
    /// What administrators call it.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Bytes by which the client knows it, standard base64; usually the SHA-1 of the certificate.
    #[serde(default)]
    pub custom_key_identifier: Option<String>,
    /// The certificate, DER as standard base64.
    pub certificate: String,
    /// Start of validity; that of the certificate when it is not said.
    #[serde(default)]
    pub start: Option<Timestamp>,
    /// End of validity; that of the certificate when it is not said.
    #[serde(default)]
    pub end: Option<Timestamp>,
}
