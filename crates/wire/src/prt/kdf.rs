//! Keys derived from a session key (NIST SP 800-108, counter mode, HMAC-SHA256, one block).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};

const LABEL: &[u8] = b"AzureAD-SecureConversation";

/// Which context goes into the derivation (`kdf_ver`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KdfVersion {
    /// The `ctx` of the header.
    V1,
    /// SHA-256 over `ctx` and the payload, which binds the key to the message.
    V2,
}

/// The derived key of 32 bytes for a context and, in version 2, the payload of the signed message.
#[must_use]
pub fn derive(session_key: &[u8], version: KdfVersion, context: &[u8], payload: &[u8]) -> Vec<u8> {
    let bound = match version {
        KdfVersion::V1 => context.to_vec(),
        KdfVersion::V2 => digest(&SHA256, &[context, payload].concat()).as_ref().to_vec(),
    };
    // Counter 1, label, separator, context, length of 256 bits.
    let input = [&[0, 0, 0, 1][..], LABEL, &[0], &bound, &[0, 0, 1, 0]].concat();
    sign(&Key::new(HMAC_SHA256, session_key), &input).as_ref().to_vec()
}
