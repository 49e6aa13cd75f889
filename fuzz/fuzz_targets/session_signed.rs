//! Messages signed under a session key, and the derivation of their keys: the derivation is that of the standard for whatever goes into
//! it, what a holder of the session key signs verifies, and nothing else does.
#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key, sign};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_fuzz::{compact, session_key, signed_inputs};
use doorward_model::rng::SeededRng;
use doorward_wire::prt::{CookieClaims, KdfVersion, build_cookie, derive, parse_cookie, parse_redemption};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

static KEY: LazyLock<Vec<u8>> = LazyLock::new(session_key);
static SIGNED: LazyLock<HashSet<String>> = LazyLock::new(signed_inputs);

fuzz_target!(|bytes: &[u8]| {
    match bytes {
        // One byte that says the version and what is altered, then the context with its length, then the payload.
        [1, choice, length, rest @ ..] => {
            let (context, payload) = rest.split_at(usize::from(*length).min(rest.len()));
            derived_and_signed(*choice, context, payload);
        }
        _ => read(bytes),
    }
});

/// A message of whatever bytes: nobody has signed another than those of the vectors.
fn read(bytes: &[u8]) {
    let Some(message) = compact(bytes) else { return };
    let is_known = message.rsplit_once('.').is_some_and(|(input, _)| SIGNED.contains(input));
    assert!(is_known || !parse_redemption(&message).is_ok_and(|parsed| parsed.verify(&KEY)));
    if let Ok(parsed) = parse_cookie(&message) {
        assert!(is_known || !parsed.verify(&KEY));
        let claims = parsed.unverified_claims();
        let again = build_cookie(&SeededRng::new(1), &KEY, parsed.kdf_version(), claims).expect("claims that were read can be written");
        let again = parse_cookie(&again).expect("what was written can be read");
        assert!(again.verify(&KEY) && again.unverified_claims() == claims);
    }
}

fn derived_and_signed(choice: u8, context: &[u8], payload: &[u8]) {
    let version = if choice & 1 == 0 { KdfVersion::V1 } else { KdfVersion::V2 };
    let key = derive(&KEY, version, context, payload);
    assert_eq!(key, reference(version, context, payload));

    let header = match version {
        KdfVersion::V1 => json!({ "alg": "HS256", "ctx": STANDARD.encode(context) }),
        KdfVersion::V2 => json!({ "alg": "HS256", "ctx": STANDARD.encode(context), "kdf_ver": 2 }),
    };
    let message = |header: &serde_json::Value, payload: &[u8], signature: &[u8]| {
        [header.to_string().as_bytes(), payload, signature].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
    };
    let unsigned = message(&header, payload, &[]);
    let signature = sign(&Key::new(HMAC_SHA256, &key), unsigned.trim_end_matches('.').as_bytes()).as_ref().to_vec();
    let Ok(parsed) = parse_cookie(&message(&header, payload, &signature)) else {
        let is_cookie = serde_json::from_slice::<CookieClaims>(payload).is_ok();
        assert!(!(is_cookie && [24, 32].contains(&context.len())), "a cookie must be read");
        return;
    };
    assert!(parsed.verify(&KEY), "the holder of the key signed it");

    let never = |message: String| assert!(!parse_cookie(&message).is_ok_and(|parsed| parsed.verify(&KEY)), "{message}");
    let at = usize::from(choice >> 1);
    let flipped = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let length = bytes.len();
        if let Some(byte) = bytes.get_mut(at % length.max(1)) {
            *byte ^= 1 << (at % 8);
        }
        bytes
    };
    never(message(&header, payload, &flipped(&signature)));
    never(message(&header, payload, &signature[..at % signature.len()]));
    never(message(&header, &flipped(payload), &signature));
    for (name, value) in [("kdf_ver", json!(2 - usize::from(version == KdfVersion::V2))), ("ctx", json!(STANDARD.encode(flipped(context))))]
    {
        let mut other = header.clone();
        other[name] = value;
        never(message(&other, payload, &signature));
    }
}

/// NIST SP 800-108 §4.1 once more, fed piece by piece.
fn reference(version: KdfVersion, context: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut hmac = Context::with_key(&Key::new(HMAC_SHA256, &KEY));
    hmac.update(&1_u32.to_be_bytes());
    hmac.update(b"AzureAD-SecureConversation\0");
    match version {
        KdfVersion::V1 => hmac.update(context),
        KdfVersion::V2 => hmac.update(digest(&SHA256, &[context, payload].concat()).as_ref()),
    }
    hmac.update(&256_u32.to_be_bytes());
    hmac.sign().as_ref().to_vec()
}
