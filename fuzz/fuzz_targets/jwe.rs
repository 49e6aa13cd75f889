//! Encrypted messages: session keys under the transport key, answers under the session key in both forms. Nothing panics, what was
//! encrypted comes back, and nothing that was altered is read where the form has a tag.
#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_fuzz::{binary, compact, generated, session_key, text};
use doorward_model::rng::SeededRng;
use doorward_wire::prt::ResponseEncryption::{Cbc, Gcm};
use doorward_wire::prt::{decrypt_response, encrypt_response, unwrap_session_key, wrap_session_key};
use libfuzzer_sys::fuzz_target;

static KEY: LazyLock<Vec<u8>> = LazyLock::new(session_key);
static TRANSPORT_KEY: LazyLock<Vec<u8>> = LazyLock::new(|| binary(generated("/session_key_delivery/transport_key")));
static KNOWN: LazyLock<HashSet<&str>> =
    LazyLock::new(|| HashSet::from(["/answers/gcm", "/session_key_delivery/jwe"].map(|pointer| text(generated(pointer)))));

fuzz_target!(|bytes: &[u8]| {
    match bytes {
        // Where to alter, how, and what is encrypted.
        [1, high, low, change, plain @ ..] => altered(usize::from(u16::from_be_bytes([*high, *low])), *change, plain),
        _ => read(bytes),
    }
});

/// A message of whatever bytes.
fn read(bytes: &[u8]) {
    let Some(message) = compact(bytes) else { return };
    if decrypt_response(&KEY, &message, Gcm).is_ok() {
        assert!(KNOWN.contains(message.as_str()), "nobody can seal another");
    }
    if let Ok(plain) = decrypt_response(&KEY, &message, Cbc) {
        let body = message.split('.').nth(3).and_then(|body| URL_SAFE_NO_PAD.decode(body).ok()).expect("a body");
        assert!(plain.len() < body.len() && body.len().is_multiple_of(16), "padding is taken off");
        assert!(decrypt_response(&KEY, &message, Gcm).is_err(), "a message has one form");
    }
    if let Ok(key) = unwrap_session_key(&TRANSPORT_KEY, &message) {
        let wrapped = |message: &str| message.split('.').nth(1).map(str::to_owned);
        assert_eq!(wrapped(&message), wrapped(text(generated("/session_key_delivery/jwe"))), "nobody can wrap another");
        assert_eq!(key, *KEY);
    }
}

/// A message that is made here, whole and with one character exchanged.
fn altered(at: usize, change: u8, plain: &[u8]) {
    let rng = SeededRng::new(u64::from(change));
    for form in [Cbc, Gcm] {
        let message = encrypt_response(&rng, &KEY, plain, form).expect("a message");
        assert_eq!(decrypt_response(&KEY, &message, form).as_deref(), Ok(plain));
        let other = if form == Gcm { Cbc } else { Gcm };
        assert!(decrypt_response(&KEY, &message, other).is_err(), "one form is not read as the other");
        if let Some(changed) = exchange(&message, at, change) {
            assert!(form == Cbc || decrypt_response(&KEY, &changed, form).is_err(), "{changed}");
        }
    }
    let Some(key) = plain.first_chunk::<32>() else { return };
    let message = wrap_session_key(text(generated("/session_key_delivery/spki")), key).expect("a message");
    assert_eq!(unwrap_session_key(&TRANSPORT_KEY, &message).as_deref(), Ok(key.as_slice()));
    if let Some(changed) = exchange(&message, at, change) {
        assert!(unwrap_session_key(&TRANSPORT_KEY, &changed).is_err(), "{changed}");
    }
}

fn exchange(message: &str, at: usize, change: u8) -> Option<String> {
    let mut bytes = message.as_bytes().to_vec();
    let length = bytes.len();
    let byte = bytes.get_mut(at % length)?;
    *byte ^= change;
    String::from_utf8(bytes).ok().filter(|changed| changed != message)
}
