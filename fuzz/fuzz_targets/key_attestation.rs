//! Android key attestation: whatever the bytes are, nothing panics, only what the vectors' root signed is believed, and what is understood
//! of a description can be written and read again.
#![no_main]

use std::sync::LazyLock;

use doorward_wire::attestation::{Revocations, Roots, read_key_description, verify_key_attestation, write_key_description};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

struct Vectors {
    roots: Roots,
    now: Timestamp,
    challenge: Vec<u8>,
}

static VECTORS: LazyLock<Vectors> = LazyLock::new(|| {
    let all: Value = serde_json::from_str(include_str!("../../crates/wire/tests/vectors/attestations.json")).expect("JSON");
    let text = |pointer: &str| all.pointer(pointer).and_then(Value::as_str).expect("a text").to_owned();
    Vectors {
        roots: Roots::from_pem(text("/android/root").as_bytes()).expect("a root"),
        now: text("/now").parse().expect("a time"),
        challenge: text("/android/challenge").into_bytes(),
    }
});

fuzz_target!(|bytes: &[u8]| {
    if let Some(read) = read_key_description(bytes) {
        assert_eq!(read_key_description(&write_key_description(&read)), Some(read));
    }
    if let Ok(said) = verify_key_attestation(bytes, &VECTORS.roots, &Revocations::default(), VECTORS.now) {
        // The seeds hold one chain that verifies, and nobody here has the keys to make another.
        assert_eq!(said.description.challenge, VECTORS.challenge);
    }
    if let Ok(list) = Revocations::parse(bytes) {
        assert!(!list.name_any(&[]));
    }
});
