//! Passkeys: the formats of Web Authentication Level 2. Which answer is good enough is the business of the service.
//!
//! Everything here comes from a browser, so it is read strictly: canonical CBOR of definite length, nothing left over.

mod attestation;
mod authenticator_data;
mod client_data;
mod cose;

use aws_lc_rs::digest::{SHA256, digest};

pub use attestation::attested;
pub use authenticator_data::{AttestedCredential, AuthenticatorData};
pub use client_data::{Ceremony, ClientData};
pub use cose::{PublicKey, SUPPORTED_ALGORITHMS};

/// Longest credential id (WebAuthn Level 2 §4, "credential ID").
pub const MAXIMUM_CREDENTIAL_ID_BYTES: usize = 1023;

/// What an authenticator signs: its data and the hash of the client data (§7.2 step 20).
#[must_use]
pub fn signed_message(authenticator_data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
    [authenticator_data, digest(&SHA256, client_data_json).as_ref()].concat()
}

/// Why an answer of an authenticator cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// The client data is not the JSON it should be.
    #[error("the client data cannot be read")]
    ClientData,
    /// The authenticator data is cut short, too long or contradicts its flags.
    #[error("the authenticator data is malformed")]
    AuthenticatorData,
    /// The attestation object is not the CBOR it should be.
    #[error("the attestation object is malformed")]
    AttestationObject,
    /// A statement about the authenticator came although none was asked for.
    #[error("the attestation format must be 'none'")]
    AttestationFormat,
    /// The credential's key is malformed, or of an algorithm that was not offered.
    #[error("the public key is malformed or of another algorithm than ES256, RS256 and EdDSA")]
    PublicKey,
}
