//! Primary refresh tokens (MS-OAPXBC).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::application::SigningAlgorithm;
use doorward_model::rng::SeededRng;
use doorward_wire::certificate;
use doorward_wire::jwt::{self, JwtError};
use doorward_wire::key::SigningKey;
use doorward_wire::prt::{
    CookieClaims, HelloClaims, KdfVersion, PrtGrant, PrtRequestClaims, PrtResponse, RedemptionClaims, ResponseEncryption,
    asks_for_certificate, build_cookie, build_device_credential, build_hello_assertion, build_redemption, build_request, decrypt_response,
    derive, encrypt_response, is_device_signed, parse_cookie, parse_device_credential, parse_hello_assertion,
    parse_peer_certificate_request, parse_redemption, parse_request, unwrap_session_key, wrap_session_key,
};
use jiff::Timestamp;
use rcgen::PublicKeyData as _;
use rstest::rstest;
use serde_json::{Value, json};

use crate::vectors::{bytes, each, generated, recorded, text};

const SESSION_KEY: [u8; 32] = [7; 32];

fn device() -> (SigningKey, Vec<u8>) {
    let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let certificate = certificate::self_signed("device", &pkcs8, Timestamp::UNIX_EPOCH, &SeededRng::new(1)).unwrap();
    (key, certificate)
}

#[test]
fn keys_are_derived_as_nist_sp_800_108_says() {
    for vector in each("key_derivations") {
        let (key, context, payload) = (bytes(&vector, "session_key"), bytes(&vector, "context"), bytes(&vector, "payload"));
        assert_eq!(derive(&key, KdfVersion::V1, &context, &payload), bytes(&vector, "v1"));
        assert_eq!(derive(&key, KdfVersion::V2, &context, &payload), bytes(&vector, "v2"));
    }
}

#[test]
fn a_cookie_of_another_library_verifies_in_both_versions() {
    let key = STANDARD.decode(generated("session_key").as_str().unwrap()).unwrap();
    for vector in each("cookies") {
        let cookie = parse_cookie(text(&vector, "message")).unwrap();
        assert_eq!(cookie.kdf_version() == KdfVersion::V2, vector["version"] == 2);
        assert!(cookie.verify(&key));
        assert!(!cookie.verify(&SESSION_KEY));
        assert_eq!(cookie.unverified_claims().refresh_token, "a-prt");
        assert_eq!(cookie.unverified_claims().request_nonce.as_deref(), Some("a-nonce"));
    }
}

#[test]
fn a_session_key_arrives_whole() {
    let vector = generated("session_key_delivery");
    let key = STANDARD.decode(generated("session_key").as_str().unwrap()).unwrap();
    let transport_key = bytes(&vector, "transport_key");
    assert_eq!(unwrap_session_key(&transport_key, text(&vector, "jwe")).unwrap(), key);
    let wrapped = wrap_session_key(text(&vector, "spki"), &key).unwrap();
    assert_eq!(wrapped.split('.').count(), 5, "RFC 7516 §3.1");
    assert_eq!(unwrap_session_key(&transport_key, &wrapped).unwrap(), key);
}

#[test]
fn a_session_key_is_for_one_transport_key() {
    let (_, other) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    assert!(unwrap_session_key(&other, text(&generated("session_key_delivery"), "jwe")).is_err());
    assert!(wrap_session_key("AAAA", &SESSION_KEY).is_err());
}

#[rstest]
#[case::authenticated("gcm", ResponseEncryption::Gcm, ResponseEncryption::Cbc)]
#[case::older("cbc", ResponseEncryption::Cbc, ResponseEncryption::Gcm)]
fn an_answer_of_another_library_is_read_in_the_form_that_was_asked_for_alone(
    #[case] form: &str,
    #[case] encryption: ResponseEncryption,
    #[case] other: ResponseEncryption,
) {
    let (vector, key) = (generated("answers"), STANDARD.decode(generated("session_key").as_str().unwrap()).unwrap());
    assert_eq!(decrypt_response(&key, text(&vector, form), encryption).unwrap(), text(&vector, "plain").as_bytes());
    assert!(decrypt_response(&key, text(&vector, form), other).is_err());
}

/// A compact message with one member of its header changed; null takes it away.
fn with_header(message: &str, member: &str, value: &Value) -> String {
    let (header, rest) = message.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header[member] = value.clone();
    header.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[rstest]
#[case::nothing("x", Value::Null, true)]
#[case::no_algorithm("alg", Value::Null, false)]
#[case::other_algorithm("alg", json!("RSA1_5"), false)]
#[case::other_content("enc", json!("A256CBC-HS512"), false)]
#[case::no_content("enc", Value::Null, false)]
#[case::critical("crit", json!(["alg"]), false)]
fn the_header_of_an_encrypted_message_has_to_agree(#[case] member: &str, #[case] value: Value, #[case] is_read: bool) {
    let key = STANDARD.decode(generated("session_key").as_str().unwrap()).unwrap();
    // The older form has no tag over its header.
    let answer = with_header(text(&generated("answers"), "cbc"), member, &value);
    assert_eq!(decrypt_response(&key, &answer, ResponseEncryption::Cbc).is_ok(), is_read);
    let delivery = generated("session_key_delivery");
    let delivered = with_header(text(&delivery, "jwe"), member, &value);
    assert_eq!(unwrap_session_key(&bytes(&delivery, "transport_key"), &delivered).is_ok(), is_read);
    assert!(unwrap_session_key(&bytes(&delivery, "transport_key"), &format!("{delivered}.")).is_err(), "a part too many");
}

#[rstest]
fn an_answer_comes_back(#[values(ResponseEncryption::Cbc, ResponseEncryption::Gcm)] encryption: ResponseEncryption) {
    let jwe = encrypt_response(&SeededRng::new(1), &SESSION_KEY, b"an answer", encryption).unwrap();
    let parts: Vec<&str> = jwe.split('.').collect();
    assert_eq!((parts.len(), parts[1]), (5, ""));
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
    assert_eq!((&header["alg"], &header["enc"]), (&json!("dir"), &json!("A256GCM")));
    assert_eq!(decrypt_response(&SESSION_KEY, &jwe, encryption).unwrap(), b"an answer");
}

#[test]
fn an_authenticated_answer_cannot_be_altered() {
    let jwe = encrypt_response(&SeededRng::new(1), &SESSION_KEY, b"an answer", ResponseEncryption::Gcm).unwrap();
    for part in [0, 2, 3, 4] {
        let mut parts: Vec<String> = jwe.split('.').map(str::to_owned).collect();
        let mut raw = URL_SAFE_NO_PAD.decode(&parts[part]).unwrap();
        let last = raw.len() - 4;
        raw[last] ^= 1;
        parts[part] = URL_SAFE_NO_PAD.encode(raw);
        assert!(decrypt_response(&SESSION_KEY, &parts.join("."), ResponseEncryption::Gcm).is_err(), "part {part}");
    }
}

#[test]
fn only_clients_that_bind_their_key_read_the_authenticated_form() {
    assert_eq!(ResponseEncryption::for_request(KdfVersion::V1), ResponseEncryption::Cbc);
    assert_eq!(ResponseEncryption::for_request(KdfVersion::V2), ResponseEncryption::Gcm);
}

#[test]
fn a_request_of_another_library_verifies_with_either_kind_of_key_and_certificate_header() {
    for vector in each("device_messages") {
        let request = parse_request(text(&vector, "message")).unwrap();
        assert_eq!(request.certificate.der, bytes(&vector, "certificate"));
        assert_eq!(request.certificate.public_key.sha256, text(&vector, "spki_sha256"));
        assert_eq!(certificate::thumbprint(&request.certificate.der), text(&vector, "sha1"));
        assert_eq!(request.claims.grant, PrtGrant::Password { username: "alice@contoso.example".into(), password: "a password".into() });
    }
}

#[test]
fn a_published_client_is_understood() {
    let message = |name: &str| recorded(name).as_str().unwrap().to_owned();
    let by_password = parse_request(&message("prt_by_password")).unwrap();
    assert_eq!(by_password.claims.grant, PrtGrant::Password { username: "alice@example.test".into(), password: "pw".into() });
    assert_eq!(by_password.claims.scope, "openid aza ugs");
    assert!(matches!(parse_request(&message("prt_by_refresh_token")).unwrap().claims.grant, PrtGrant::RefreshToken { .. }));

    let cookie = parse_cookie(&message("cookie")).unwrap();
    let credential = parse_device_credential(&message("device_credential")).unwrap();
    assert_eq!(cookie.unverified_claims().request_nonce.as_deref(), Some(credential.claims.request_nonce.as_str()));
    assert_eq!(credential.certificate, by_password.certificate);

    let redemption = parse_redemption(&message("redemption")).unwrap();
    assert_eq!(redemption.unverified_claims().redirect_uri.as_deref(), Some("companyportal://com.microsoft.CompanyPortal"));
    assert!(!redemption.unverified_claims().asks_for_prt());
    assert!(parse_redemption(&message("renewal")).unwrap().unverified_claims().asks_for_prt());
}

#[test]
fn other_messages_by_the_same_device_key_are_no_device_credential() {
    for name in ["p2p_device_request", "prt_by_password", "hello_request"] {
        assert_eq!(parse_device_credential(recorded(name).as_str().unwrap()).unwrap_err(), JwtError::Claims, "{name}");
    }
}

/// A key as a computer makes them, with its public half (SubjectPublicKeyInfo).
fn rsa_key() -> (SigningKey, Vec<u8>) {
    let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    (key, rcgen::KeyPair::try_from(pkcs8.as_slice()).unwrap().subject_public_key_info())
}

#[test]
fn a_recorded_request_with_a_hello_key_names_the_person_and_the_key() {
    let request = parse_request(recorded("hello_request").as_str().unwrap()).unwrap();
    let PrtGrant::Hello { username, assertion } = &request.claims.grant else { panic!("{:?}", request.claims.grant) };
    let inner = parse_hello_assertion(assertion).unwrap();
    assert_eq!((username.contains('@'), inner.key_id().len()), (true, 32));
    let (stranger, spki) = rsa_key();
    assert_eq!(inner.verify(&spki).unwrap_err(), JwtError::Signature, "another key");
    assert!(!format!("{:?}", request.claims).contains(assertion.as_str()), "proofs stay out of debug output");
    // A plain message by the same key is no assertion.
    let plain = jwt::sign_with_header(&stranger, json!({ "typ": "JWT", "kid": STANDARD.encode([0; 32]) }), &json!({})).unwrap();
    assert_eq!(parse_hello_assertion(&plain).unwrap_err(), JwtError::Malformed);
}

#[test]
fn what_a_computer_builds_with_a_hello_key_is_what_the_server_reads() {
    let (key, spki) = rsa_key();
    let claims = HelloClaims { iss: "anna@contoso.example".into(), request_nonce: "n".into(), iat: 1, exp: 2 };
    let message = build_hello_assertion(&key, &[7; 32], &claims).unwrap();
    let parsed = parse_hello_assertion(&message).unwrap();
    assert_eq!((parsed.key_id(), parsed.verify(&spki).unwrap()), ([7; 32].as_slice(), claims));
}

#[test]
fn a_recorded_request_for_a_peer_certificate_carries_a_request_for_the_devices_own_key() {
    let message = recorded("p2p_device_request").as_str().unwrap().to_owned();
    assert!(is_device_signed(&message) && asks_for_certificate(&message));
    assert!(!asks_for_certificate(recorded("prt_by_password").as_str().unwrap()));
    let request = parse_peer_certificate_request(&message).unwrap();
    assert_eq!(request.csr().unwrap().public_key, request.certificate.public_key);
    for other in ["prt_by_password", "hello_request"] {
        assert_eq!(parse_peer_certificate_request(recorded(other).as_str().unwrap()).unwrap_err(), JwtError::Claims, "{other}");
    }
}

#[rstest]
fn what_a_phone_builds_is_what_the_server_reads(#[values(KdfVersion::V1, KdfVersion::V2)] version: KdfVersion) {
    let rng = SeededRng::new(1);
    let claims = CookieClaims { refresh_token: "a-prt".into(), request_nonce: Some("n".into()) };
    let cookie = parse_cookie(&build_cookie(&rng, &SESSION_KEY, version, &claims).unwrap()).unwrap();
    assert!(cookie.verify(&SESSION_KEY) && cookie.unverified_claims() == &claims && cookie.kdf_version() == version);
    let claims = RedemptionClaims {
        refresh_token: "a-prt".into(),
        request_nonce: "n".into(),
        client_id: "c".into(),
        scope: "openid aza".into(),
        resource: None,
        redirect_uri: Some("msauth.com.contoso.mail://auth".into()),
        grant_type: "refresh_token".into(),
        iss: "aad:brokerplugin".into(),
        ..RedemptionClaims::default()
    };
    let redemption = parse_redemption(&build_redemption(&rng, &SESSION_KEY, version, &claims).unwrap()).unwrap();
    assert!(redemption.verify(&SESSION_KEY) && redemption.unverified_claims() == &claims);

    let (key, certificate) = device();
    let credential = parse_device_credential(&build_device_credential(&key, &certificate, "n").unwrap()).unwrap();
    assert_eq!((credential.claims.request_nonce.as_str(), credential.certificate.der), ("n", certificate.clone()));
    for grant in [PrtGrant::Password { username: "u".into(), password: "p".into() }, PrtGrant::RefreshToken { refresh_token: "r".into() }] {
        let claims = PrtRequestClaims { client_id: "c".into(), request_nonce: "n".into(), scope: "openid aza".into(), grant };
        let message = build_request(&key, &certificate, &claims).unwrap();
        assert!(is_device_signed(&message));
        assert_eq!(parse_request(&message).unwrap().claims, claims);
    }
}

#[test]
fn a_certificate_alone_proves_nothing() {
    let ((_, certificate), (thief, own)) = (device(), device());
    let claims = json!({ "client_id": "c", "request_nonce": "n", "grant_type": "refresh_token", "refresh_token": "r" });
    let header = |certificate: &[u8]| json!({ "typ": "JWT", "x5c": [STANDARD.encode(certificate)] });
    let stolen = jwt::sign_with_header(&thief, header(&certificate), &claims).unwrap();
    assert_eq!(parse_request(&stolen).unwrap_err(), JwtError::Signature);
    assert!(parse_request(&jwt::sign_with_header(&thief, header(&own), &claims).unwrap()).is_ok());
}

#[rstest]
#[case::no_context(json!({ "alg": "HS256" }), JwtError::Malformed)]
#[case::short_context(json!({ "alg": "HS256", "ctx": STANDARD.encode([0; 16]) }), JwtError::Malformed)]
#[case::context_in_base64url(json!({ "alg": "HS256", "ctx": URL_SAFE_NO_PAD.encode([0xff; 32]) }), JwtError::Malformed)]
#[case::unknown_derivation(json!({ "alg": "HS256", "ctx": STANDARD.encode([0; 32]), "kdf_ver": 3 }), JwtError::Malformed)]
#[case::other_algorithm(json!({ "alg": "none", "ctx": STANDARD.encode([0; 32]) }), JwtError::Algorithm)]
fn a_message_under_a_session_key_needs_a_context(#[case] header: Value, #[case] expected: JwtError) {
    let message = format!("{}.{}.", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(r#"{"refresh_token":"r"}"#));
    assert_eq!(parse_cookie(&message).err(), Some(expected));
}

#[test]
fn the_derivation_version_is_covered_by_the_signature() {
    let message =
        build_cookie(&SeededRng::new(1), &SESSION_KEY, KdfVersion::V2, &CookieClaims { refresh_token: "r".into(), request_nonce: None })
            .unwrap();
    let (header, rest) = message.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    header.as_object_mut().unwrap().remove("kdf_ver");
    let downgraded = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()));
    assert!(!parse_cookie(&downgraded).unwrap().verify(&SESSION_KEY));
}

#[test]
fn which_numbers_are_text_is_fixed_by_existing_clients() {
    let response = PrtResponse {
        token_type: "Bearer".into(),
        expires_in: "3600".into(),
        ext_expires_in: "3600".into(),
        expires_on: "1795425441".into(),
        refresh_token: "a-prt".into(),
        refresh_token_expires_in: 1_209_600,
        session_key_jwe: None,
        id_token: "id".into(),
        client_info: None,
        device_tenant_id: None,
    };
    insta::assert_json_snapshot!(response, @r#"
    {
      "token_type": "Bearer",
      "expires_in": "3600",
      "ext_expires_in": "3600",
      "expires_on": "1795425441",
      "refresh_token": "a-prt",
      "refresh_token_expires_in": 1209600,
      "id_token": "id"
    }
    "#);
}

#[test]
fn passwords_stay_out_of_debug_output() {
    let request = parse_request(recorded("prt_by_password").as_str().unwrap()).unwrap();
    assert!(!format!("{:?}", request.claims).contains("pw"));
}
