//! App Attest: whatever the bytes are, nothing panics, and no object but that of the vectors and no assertion but theirs is believed.
#![no_main]

use std::sync::LazyLock;

use doorward_model::protection::ProofKey;
use doorward_wire::attestation::{Assertion, Roots, client_data, verify_app_attestation};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

struct Vectors {
    roots: Roots,
    now: Timestamp,
    client_data: String,
    key: ProofKey,
}

static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    let all: Value = serde_json::from_str(include_str!("../../crates/wire/tests/vectors/attestations.json")).expect("JSON");
    let text = |pointer: &str| all.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned();
    let key = |pointer: &str| serde_json::from_value(all.pointer(pointer).expect("a key").clone()).expect("a key");
    Vectors {
        roots: Roots::from_pem(text("/appAttest/root").as_bytes()).expect("a root"),
        now: text("/now").parse().expect("a time"),
        client_data: client_data(&text("/appAttest/nonce"), &key("/appAttest/proofKey")),
        key: key("/appAttest/key"),
    }
});

fuzz_target!(|bytes: &[u8]| {
    if let Ok(said) = verify_app_attestation(bytes, &VECTORS.client_data, &VECTORS.roots, VECTORS.now) {
        assert_eq!(said.key, VECTORS.key);
    }
    if let Some(assertion) = Assertion::parse(bytes)
        && assertion.is_signed(&VECTORS.key, &VECTORS.client_data)
    {
        assert!((1..=2).contains(&assertion.counter));
    }
});
