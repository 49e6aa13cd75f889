//! `Doorward-Proof`.

use doorward_model::application::SigningAlgorithm;
use doorward_model::protection::ProofKey;
use doorward_wire::jwt::{self, JwtError};
use doorward_wire::key::SigningKey;
use doorward_wire::mam::{ProofClaims, body_hash, proof, proof_input, verify_proof};
use rstest::rstest;
use serde_json::json;

fn claims() -> ProofClaims {
    ProofClaims {
        htm: "POST".into(),
        htu: "https://login.example/t/mam/v1.0/registrations/1/checkIn".into(),
        iat: 1_700_000_000,
        jti: "1".into(),
        bod: body_hash(b"{}"),
        nonce: "n".into(),
    }
}

fn key() -> (SigningKey, ProofKey) {
    let (key, _) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let public = serde_json::from_value(key.public_jwk().clone()).unwrap();
    (key, public)
}

#[test]
fn what_was_signed_is_read_back() {
    let (key, public) = key();
    let input = proof_input(&claims()).unwrap();
    let proof = proof(&input, &key.sign(input.as_bytes()).unwrap());
    assert_eq!(verify_proof(&proof, &public), Ok(claims()));
    assert_eq!(jwt::parse(&proof).unwrap().header(), &json!({ "alg": "ES256", "typ": "mam+jwt" }));
}

#[test]
fn a_body_is_named_by_its_hash() {
    // SHA-256 of the empty message (FIPS 180-4 example values), base64url.
    assert_eq!(body_hash(b""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    assert_ne!(body_hash(b"{}"), body_hash(b"{} "));
}

#[rstest]
#[case::other_type(json!({ "typ": "JWT" }), JwtError::Malformed)]
#[case::no_type(json!({}), JwtError::Malformed)]
#[case::critical(json!({ "typ": "mam+jwt", "crit": ["b64"] }), JwtError::Critical)]
fn a_message_of_another_kind_is_no_proof(#[case] header: serde_json::Value, #[case] expected: JwtError) {
    let (key, public) = key();
    let message = jwt::sign_with_header(&key, header, &claims()).unwrap();
    assert_eq!(verify_proof(&message, &public), Err(expected));
}

#[test]
fn other_claims_are_no_proof() {
    let (key, public) = key();
    let message = jwt::sign_with_header(&key, json!({ "typ": "mam+jwt" }), &json!({ "htm": "POST" })).unwrap();
    assert_eq!(verify_proof(&message, &public), Err(JwtError::Claims));
}

#[test]
fn only_the_registered_key_proves() {
    let ((key, _), (_, other)) = (key(), key());
    let input = proof_input(&claims()).unwrap();
    let message = proof(&input, &key.sign(input.as_bytes()).unwrap());
    assert_eq!(verify_proof(&message, &other), Err(JwtError::Signature));
    let (payload, _) = message.rsplit_once('.').unwrap();
    assert_eq!(verify_proof(&format!("{payload}."), &other), Err(JwtError::Signature), "no signature");
}

#[rstest]
#[case::rsa(json!({ "kty": "RSA", "crv": "P-256", "x": "AA", "y": "AA" }))]
#[case::short(json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }))]
#[case::not_on_the_curve(json!({ "kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43) }))]
fn a_key_that_is_none_proves_nothing(#[case] jwk: serde_json::Value) {
    let (key, _) = key();
    let input = proof_input(&claims()).unwrap();
    let message = proof(&input, &key.sign(input.as_bytes()).unwrap());
    assert_eq!(verify_proof(&message, &serde_json::from_value(jwk).unwrap()), Err(JwtError::Signature));
}
