//! Parsers meet whatever the network brings without a panic.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::rng::SeededRng;
use doorward_wire::drs::{JoinRequest, blob_to_spki, check_csr, parse_delete, spki_to_blob, transport_key_spki};
use doorward_wire::key::VerifyingKey;
use doorward_wire::oauth::{claims_parameter, client_assertion, redirect, scope};
use doorward_wire::prt::{
    CookieClaims, KdfVersion, ResponseEncryption, build_cookie, decrypt_response, encrypt_response, parse_cookie, parse_device_credential,
    parse_redemption, parse_request, unwrap_session_key,
};
use doorward_wire::seal::Sealer;
use doorward_wire::{certificate, jwt, pkeyauth, policy_file};
use proptest::prelude::*;

use crate::vectors::{bytes, generated, recorded};

/// Everything that reads a message, on one text.
fn read_all(message: &str) {
    let _ = jwt::parse(message);
    let _ = parse_request(message);
    let _ = parse_redemption(message);
    let _ = parse_cookie(message).map(|cookie| cookie.verify(&[0; 32]));
    let _ = parse_device_credential(message);
    let _ = parse_delete(message);
    let _ = pkeyauth::Answer::read(message);
    let _ = pkeyauth::Proof::read(message);
    for encryption in [ResponseEncryption::Cbc, ResponseEncryption::Gcm] {
        let _ = decrypt_response(&[0; 32], message, encryption);
    }
    let _ = client_assertion::verify(message, message);
    let _ = scope::parse(message);
    let _ = claims_parameter::capabilities(message);
    let _ = redirect::matches(message, message);
    let _ = redirect::matches("http://localhost/", message);
    let _ = Sealer::new(&[0; 32]).unwrap().open_text(b"", message);
}

fn read_binary(der: &[u8]) {
    let _ = certificate::parse(der);
    let _ = certificate::device_name(der);
    let _ = blob_to_spki(der);
    let _ = spki_to_blob(der);
    let _ = policy_file::parse(der.to_vec());
    let mut join: JoinRequest = serde_json::from_value(recorded("join")).unwrap();
    join.certificate_request.data = STANDARD.encode(der);
    join.transport_key = STANDARD.encode(der);
    let _ = check_csr(&join);
    let _ = transport_key_spki(&join);
    let _ = VerifyingKey::from_spki(der).verify(doorward_wire::key::Scheme::Es256, b"", &[0; 64]);
}

/// One byte of a real message replaced.
fn damaged(mut message: Vec<u8>, at: usize, with: u8) -> Vec<u8> {
    let at = at % message.len();
    message[at] = with;
    message
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text(text in any::<String>()) {
        read_all(&text);
    }

    #[test]
    fn any_text_in_the_shape_of_a_message(header in any::<String>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>()) {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        read_all(&format!("{}.{}.{}", encode(header.as_bytes()), encode(&payload), encode(&signature)));
        read_all(&format!("{}..{}.{}.{}", encode(header.as_bytes()), encode(&payload), encode(&signature), encode(&signature)));
    }

    #[test]
    fn any_bytes(bytes in any::<Vec<u8>>()) {
        read_binary(&bytes);
    }

    #[test]
    fn a_damaged_message(at in any::<usize>(), with in any::<u8>()) {
        for name in ["prt_by_password", "cookie", "device_credential", "renewal"] {
            let message = recorded(name).as_str().unwrap().to_owned();
            if let Ok(text) = String::from_utf8(damaged(message.into_bytes(), at, with)) {
                read_all(&text);
            }
        }
    }

    #[test]
    fn damaged_der(at in any::<usize>(), with in any::<u8>()) {
        let delivery = generated("session_key_delivery");
        read_binary(&damaged(bytes(&generated("device_messages")[0], "certificate"), at, with));
        read_binary(&damaged(bytes(&recorded("join")["CertificateRequest"], "Data"), at, with));
        read_binary(&damaged(bytes(&delivery, "spki"), at, with));
        read_binary(&damaged(bytes(&delivery, "blob"), at, with));
        let jwe = damaged(delivery["jwe"].as_str().unwrap().as_bytes().to_vec(), at, with);
        if let Ok(jwe) = String::from_utf8(jwe) {
            let _ = unwrap_session_key(&bytes(&delivery, "transport_key"), &jwe);
        }
    }

    #[test]
    fn every_answer_and_every_cookie_comes_back(seed in any::<u64>(), key in any::<[u8; 32]>(), content in any::<Vec<u8>>(), token in any::<String>()) {
        let rng = SeededRng::new(seed);
        for encryption in [ResponseEncryption::Cbc, ResponseEncryption::Gcm] {
            let jwe = encrypt_response(&rng, &key, &content, encryption).unwrap();
            prop_assert_eq!(&decrypt_response(&key, &jwe, encryption).unwrap(), &content);
        }
        let claims = CookieClaims { refresh_token: token, request_nonce: None };
        for version in [KdfVersion::V1, KdfVersion::V2] {
            let cookie = parse_cookie(&build_cookie(&rng, &key, version, &claims).unwrap()).unwrap();
            prop_assert!(cookie.verify(&key));
            prop_assert!(cookie.unverified_claims() == &claims);
        }
        let sealer = Sealer::new(&key).unwrap();
        let sealed = sealer.seal_text(&rng, b"purpose", &content).unwrap();
        prop_assert_eq!(sealer.open_text(b"purpose", &sealed), Some(content));
    }
}
