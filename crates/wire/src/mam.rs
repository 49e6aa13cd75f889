//! `Doorward-Proof`: a signed message by which an app instance shows that a request is its own (in the manner of RFC 9449).
//!
//! A compact JWS with `alg` ES256 and `typ` `mam+jwt` over [`ProofClaims`].

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::protection::ProofKey;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::jwt::{self, JwtError};
use crate::key::{Scheme, VerifyingKey};

/// Media type of the message, in the header's `typ`.
const TYPE: &str = "mam+jwt";

/// What a proof says about the request it came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofClaims {
    /// Method.
    pub htm: String,
    /// Absolute address, without a query.
    pub htu: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// Different in every proof.
    pub jti: String,
    /// [`body_hash`] of the body.
    pub bod: String,
    /// A nonce of the service.
    pub nonce: String,
}

/// SHA-256 of a body, base64url; that of nothing when there is none.
#[must_use]
pub fn body_hash(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, body))
}

/// The text to be signed with ES256 (RFC 7518 §3.4); none when the claims cannot be serialised.
#[must_use]
pub fn proof_input(claims: &ProofClaims) -> Option<String> {
    jwt::signing_input(&json!({ "alg": Scheme::Es256.name(), "typ": TYPE }), claims)
}

/// The proof: the signed text with its signature.
#[must_use]
pub fn proof(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Checks the signature of a proof and returns what it says, which the caller compares with the request.
///
/// # Errors
/// [`JwtError`].
pub fn verify_proof(proof: &str, key: &ProofKey) -> Result<ProofClaims, JwtError> {
    let unverified = jwt::parse(proof)?;
    if unverified.header_text("typ") != Some(TYPE) {
        return Err(JwtError::Malformed);
    }
    let key = VerifyingKey::from_jwk(&json!(key)).map_err(|_| JwtError::Signature)?;
    let claims = unverified.verify(Scheme::Es256, &key)?;
    serde_json::from_slice(claims).map_err(|_| JwtError::Claims)
}
