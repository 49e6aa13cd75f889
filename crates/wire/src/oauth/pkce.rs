//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

/// The challenge of a verifier (§4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether a text can be an S256 challenge: 43 characters of base64url.
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok()
}

/// Whether a verifier is well-formed (43 to 128 unreserved characters, §4.1) and belongs to the challenge.
#[must_use]
pub fn verify(verifier: &str, expected: &str) -> bool {
    let well_formed =
        (43..=128).contains(&verifier.len()) && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    well_formed && bool::from(challenge(verifier).as_bytes().ct_eq(expected.as_bytes()))
}
