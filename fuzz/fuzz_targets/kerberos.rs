//! Kerberos: whatever the bytes are, nothing panics, and nobody is let in but who is in the recorded ticket.
#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_wire::kerberos::{Keytab, accept};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

static RECORDED: LazyLock<(Keytab, Timestamp)> = LazyLock::new(|| {
    let all: Value = serde_json::from_str(include_str!("../../crates/wire/tests/vectors/kerberos.json")).expect("JSON");
    let text = |name: &str| all.get(name).and_then(Value::as_str).expect("a text");
    let keytab = STANDARD.decode(text("keytab")).expect("base64");
    (Keytab::parse(&keytab).expect("a keytab"), text("recorded").parse().expect("a time"))
});

fuzz_target!(|bytes: &[u8]| {
    let (keytab, then) = &*RECORDED;
    if let Ok(ticket) = accept(bytes, keytab, *then) {
        assert!(ticket.security_identifier.ends_with("-1103") || ticket.security_identifier.ends_with("-1104"));
    }
    if let Ok(other) = Keytab::parse(bytes) {
        assert!(!other.realm().is_empty());
    }
});
