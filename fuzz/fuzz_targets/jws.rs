//! Messages signed by a key: whatever the bytes are, nothing panics, a message has one text, and only what the vectors hold verifies,
//! under the scheme that its key fixes.
#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_fuzz::{binary, compact, generated, signed_inputs, text};
use doorward_wire::drs::parse_delete;
use doorward_wire::jwt;
use doorward_wire::key::{Scheme, VerifyingKey};
use doorward_wire::oauth::client_assertion;
use doorward_wire::pkeyauth::Proof;
use doorward_wire::prt::{parse_device_credential, parse_hello_assertion, parse_peer_certificate_request, parse_request};
use libfuzzer_sys::fuzz_target;

static SIGNED: LazyLock<HashSet<String>> = LazyLock::new(signed_inputs);
static KEYS: LazyLock<Vec<(&str, Vec<u8>, VerifyingKey)>> = LazyLock::new(|| {
    let vectors = generated("/signatures").as_array().expect("a list");
    let key = |vector: &'static serde_json::Value| {
        (text(&vector["alg"]), binary(&vector["spki"]), VerifyingKey::from_jwk(&vector["jwk"]).expect("a key"))
    };
    vectors.iter().map(key).collect()
});

fuzz_target!(|bytes: &[u8]| {
    let Some(message) = compact(bytes) else { return };
    let is_known = message.rsplit_once('.').is_some_and(|(input, _)| SIGNED.contains(input));
    if let Ok(parsed) = jwt::parse(&message) {
        assert!(message.len() <= jwt::LIMIT);
        let payload = URL_SAFE_NO_PAD.encode(parsed.unverified_payload());
        assert_eq!(message.split('.').nth(1), Some(payload.as_str()), "one payload, one text");
        for (alg, _, key) in KEYS.iter() {
            for scheme in [Scheme::Rs256, Scheme::Ps256, Scheme::Es256] {
                if parsed.verify(scheme, key).is_ok() {
                    assert!(is_known && parsed.header_text("alg") == Some(scheme.name()));
                    assert_eq!(*alg == "ES256", scheme == Scheme::Es256, "the kind of the key fixes the scheme");
                }
            }
        }
    }
    if let Ok(hello) = parse_hello_assertion(&message) {
        assert_eq!(hello.key_id().len(), 32);
        assert!(KEYS.iter().all(|(_, spki, _)| hello.verify(spki).is_err()), "no vector is by such a key");
    }
    let accepted = [
        parse_request(&message).is_ok(),
        parse_device_credential(&message).is_ok(),
        parse_peer_certificate_request(&message).is_ok(),
        parse_delete(&message).is_ok(),
        Proof::read(&message).is_ok(),
        client_assertion::verify(&message, text(generated("/client_assertions/0/certificate"))).is_ok(),
    ];
    assert!(is_known || !accepted.contains(&true), "{accepted:?}");
    assert!(accepted.iter().filter(|accepted| **accepted).count() < 2, "a message is for one purpose: {accepted:?}");
});
