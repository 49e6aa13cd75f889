//! Keys and compact signed messages (RFC 7515, RFC 7517, RFC 7518, RFC 7519).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::application::SigningAlgorithm;
use doorward_wire::jwt::{self, JwtError};
use doorward_wire::key::{Scheme, SigningKey, VerifyingKey};
use rstest::rstest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::vectors::{bytes, each, text};

#[test]
fn signatures_of_other_libraries_verify_under_their_scheme_alone() {
    for vector in each("signatures") {
        let message = jwt::parse(text(&vector, "message")).unwrap();
        for key in [VerifyingKey::from_jwk(&vector["jwk"]).unwrap(), VerifyingKey::from_spki(&bytes(&vector, "spki"))] {
            for other in [Scheme::Rs256, Scheme::Ps256, Scheme::Es256] {
                let expected = if other.name() == vector["alg"] { Ok(&br#"{"sub": "somebody"}"#[..]) } else { Err(JwtError::Algorithm) };
                assert_eq!(message.verify(other, &key), expected, "{} as {}", vector["alg"], other.name());
            }
        }
    }
}

/// RFC 7515 appendix A.3.
#[test]
fn the_example_of_the_standard_verifies() {
    let key = VerifyingKey::from_jwk(&json!({
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }))
    .unwrap();
    let message = "eyJhbGciOiJFUzI1NiJ9\
        .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
        .DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert!(jwt::parse(message).unwrap().verify(Scheme::Es256, &key).is_ok());
}

#[test]
fn a_key_is_named_by_its_rfc_7638_thumbprint() {
    for vector in each("signatures") {
        let Ok(algorithm) = serde_json::from_value::<SigningAlgorithm>(vector["alg"].clone()) else { continue };
        let key = SigningKey::from_pkcs8(algorithm, &bytes(&vector, "pkcs8")).unwrap();
        assert_eq!(key.kid(), text(&vector, "thumbprint"));
        for member in ["kty", "n", "e", "crv", "x", "y"] {
            assert_eq!(key.public_jwk().get(member), vector["jwk"].get(member), "{member}");
        }
        assert!(["d", "p", "q", "k"].iter().all(|private| key.public_jwk().get(private).is_none()));
    }
}

#[rstest]
fn a_stored_key_signs_what_its_public_form_verifies(
    #[values(SigningAlgorithm::RS256, SigningAlgorithm::ES256)] algorithm: SigningAlgorithm,
) {
    let (made, pkcs8) = SigningKey::generate(algorithm).unwrap();
    let key = SigningKey::from_pkcs8(algorithm, &pkcs8).unwrap();
    let message = jwt::sign(&key, key.kid(), "JWT", &json!({ "sub": "somebody" })).unwrap();
    let parsed = jwt::parse(&message).unwrap();
    assert_eq!(parsed.kid(), Some(made.kid()));
    assert!(parsed.verify(algorithm, &VerifyingKey::from_jwk(made.public_jwk()).unwrap()).is_ok());
    let (other, _) = SigningKey::generate(algorithm).unwrap();
    assert_eq!(parsed.verify(algorithm, &VerifyingKey::from_jwk(other.public_jwk()).unwrap()), Err(JwtError::Signature));
}

#[test]
fn a_key_of_one_kind_is_not_loaded_as_the_other() {
    let (_, rsa) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    assert!(SigningKey::from_pkcs8(SigningAlgorithm::ES256, &rsa).is_err());
    assert!(SigningKey::from_pkcs8(SigningAlgorithm::ES256, &[]).is_err());
}

#[test]
fn every_changed_part_breaks_the_signature() {
    let (key, _) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let public = VerifyingKey::from_jwk(key.public_jwk()).unwrap();
    let message = jwt::sign(&key, "1", "JWT", &json!({ "sub": "somebody" })).unwrap();
    let [header, payload, signature] = message.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let other = URL_SAFE_NO_PAD.encode(r#"{"sub":"somebody else"}"#);
    let header_other = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"2","typ":"JWT"}"#);
    let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
    for forged in [
        format!("{header}.{other}.{signature}"),
        format!("{header_other}.{payload}.{signature}"),
        format!("{header}.{payload}.{zeros}"),
        format!("{header}.{payload}."),
    ] {
        assert_eq!(jwt::parse(&forged).unwrap().verify(Scheme::Es256, &public), Err(JwtError::Signature), "{forged}");
    }
}

/// The attacks of RFC 8725 §2.1: the header must not choose how it is checked.
#[rstest]
#[case::none("none")]
#[case::none_in_capitals("NONE")]
#[case::public_key_as_secret("HS256")]
#[case::other_hash("RS512")]
fn the_header_does_not_choose_the_algorithm(#[case] alg: &str) {
    let (key, _) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg }).to_string());
    let message = jwt::parse(&format!("{header}.e30.")).unwrap();
    assert_eq!(message.verify(Scheme::Rs256, &VerifyingKey::from_jwk(key.public_jwk()).unwrap()), Err(JwtError::Algorithm));
}

#[rstest]
#[case::two_parts("e30.e30", JwtError::Malformed)]
#[case::four_parts("e30.e30.e30.e30", JwtError::Malformed)]
#[case::padding("e30=.e30.e30", JwtError::Malformed)]
#[case::not_an_object("W10.e30.", JwtError::Malformed)]
#[case::critical("eyJhbGciOiJSUzI1NiIsImNyaXQiOltdfQ.e30.", JwtError::Critical)]
#[case::empty("", JwtError::Malformed)]
fn what_is_no_plain_message_is_refused(#[case] message: &str, #[case] expected: JwtError) {
    assert_eq!(jwt::parse(message).unwrap_err(), expected);
}

#[test]
fn a_message_is_measured_before_it_is_read() {
    let long = format!("e30.{}.e30", "A".repeat(jwt::LIMIT));
    assert_eq!(jwt::parse(&long).unwrap_err(), JwtError::TooLong);
}

#[test]
fn a_certificate_comes_as_a_list_or_as_bare_text() {
    for x5c in [json!([STANDARD.encode("der")]), json!(STANDARD.encode("der"))] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "x5c": x5c }).to_string());
        assert_eq!(jwt::parse(&format!("{header}.e30.")).unwrap().certificate().unwrap(), b"der");
    }
}

#[rstest]
#[case::integer(json!(1_795_425_441), Some(1_795_425_441))]
#[case::fraction(json!(1_795_425_441.73), Some(1_795_425_441))]
#[case::text(json!("1795425441"), Some(1_795_425_441))]
#[case::fraction_as_text(json!("1795425441.73"), Some(1_795_425_441))]
#[case::before_1970(json!(-0.5), Some(-1))]
#[case::beyond_all_dates(json!(1e300), None)]
#[case::no_number(json!("NaN"), None)]
#[case::words(json!("tomorrow"), None)]
#[case::null(Value::Null, None)]
fn a_time_is_read_in_every_form_that_clients_send(#[case] given: Value, #[case] expected: Option<i64>) {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(deserialize_with = "jwt::numeric_date")]
        exp: i64,
    }
    assert_eq!(serde_json::from_value::<Claims>(json!({ "exp": given })).ok().map(|claims| claims.exp), expected);
}

#[rstest]
#[case::symmetric(json!({ "kty": "oct", "k": "AAAA" }))]
#[case::other_curve(json!({ "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA" }))]
#[case::short_coordinate(json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }))]
#[case::no_members(json!({ "kty": "RSA" }))]
#[case::no_object(json!("key"))]
fn a_key_of_another_kind_is_refused(#[case] jwk: Value) {
    assert!(VerifyingKey::from_jwk(&jwk).is_err());
}

#[test]
fn the_payload_stays_out_of_debug_output() {
    let secret = URL_SAFE_NO_PAD.encode(r#"{"password":"hunter2"}"#);
    let shown = format!("{:?}", jwt::parse(&format!("e30.{secret}.e30")).unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains(&secret) && !shown.contains("104, 117"), "{shown}");
}
