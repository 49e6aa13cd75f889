//! `Doorward-Proof`: shows that a request comes from the instance that enrolled.

use doorward_wire::mam::{ProofClaims, body_hash, proof, proof_input};
use jiff::Timestamp;

use crate::exchange::Request;
use crate::key_store::{KeyStore, KeyStoreError};

/// What makes one proof different from every other.
pub(crate) struct Moment<'a> {
    pub(crate) issued_at: Timestamp,
    pub(crate) id: String,
    pub(crate) nonce: &'a str,
}

/// The header's value.
pub(crate) fn header(keys: &dyn KeyStore, request: &Request, moment: Moment<'_>) -> Result<String, KeyStoreError> {
    let claims = ProofClaims {
        htm: request.method.to_owned(),
        htu: request.url.clone(),
        iat: moment.issued_at.as_second(),
        jti: moment.id,
        bod: body_hash(&request.body),
        nonce: moment.nonce.to_owned(),
    };
    let input = proof_input(&claims).ok_or_else(|| KeyStoreError("the proof cannot be written".into()))?;
    Ok(proof(&input, &keys.sign(input.as_bytes())?))
}
