//! What the fuzz targets share: the vectors of `doorward-wire`, and compact messages made of raw parts.

use std::collections::HashSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

static GENERATED: LazyLock<Value> = LazyLock::new(|| json(include_str!("../../crates/wire/tests/vectors/vectors.json")));
static RECORDED: LazyLock<Value> = LazyLock::new(|| json(include_str!("../../crates/wire/tests/vectors/client-messages.json")));

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// A member of the vectors made with independent libraries.
#[must_use]
pub fn generated(pointer: &str) -> &'static Value {
    GENERATED.pointer(pointer).expect("a member")
}

/// A member of the messages recorded from a published client.
#[must_use]
pub fn recorded(pointer: &str) -> &'static Value {
    RECORDED.pointer(pointer).expect("a member")
}

/// A text among the vectors.
#[must_use]
pub fn text(value: &'static Value) -> &'static str {
    value.as_str().expect("a text")
}

/// A member of base64 among the vectors.
#[must_use]
pub fn binary(value: &'static Value) -> Vec<u8> {
    STANDARD.decode(text(value)).expect("base64")
}

/// The session key of the vectors.
#[must_use]
pub fn session_key() -> Vec<u8> {
    binary(generated("/session_key"))
}

/// What was signed in each message of the vectors, assertions within messages too: header and payload as they stand in the message.
/// Nobody here has the keys to sign anything else.
#[must_use]
pub fn signed_inputs() -> HashSet<String> {
    let mut texts = Vec::new();
    collect(&GENERATED, &mut texts);
    collect(&RECORDED, &mut texts);
    texts.into_iter().filter_map(|text| text.rsplit_once('.').map(|(input, _)| input.to_owned())).collect()
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let payload = text.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
            if let Some(claims) = payload.and_then(|payload| serde_json::from_slice::<Value>(&payload).ok()) {
                collect(&claims, texts);
            }
            texts.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|member| collect(member, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A compact message. Behind a zero byte stand its parts as they are, with the byte 255 between them, so that a changed byte does not
/// have to be base64url; anything else is the text itself.
#[must_use]
pub fn compact(bytes: &[u8]) -> Option<String> {
    match bytes.split_first() {
        Some((0, parts)) => {
            let parts: Vec<String> = parts.split(|byte| *byte == 0xff).map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
            Some(parts.join("."))
        }
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    }
}
