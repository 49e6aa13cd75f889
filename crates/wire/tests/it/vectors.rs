//! What others make of the same formats: `vectors.json` from independent libraries (`generate.py` beside it), `client-messages.json`
//! recorded from a published client of the protocol, libhimmelblau 0.8.45.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Vectors of independent libraries.
pub(crate) fn generated(section: &str) -> Value {
    read(include_str!("../vectors/vectors.json"), section)
}

/// A message of a published client.
pub(crate) fn recorded(name: &str) -> Value {
    read(include_str!("../vectors/client-messages.json"), name)
}

/// Certificate requests with keys that are not taken, by the kind of key (`requests.py` beside them): base64 of DER.
pub(crate) fn weak_requests() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("../vectors/requests.json")).unwrap()
}

fn read(file: &str, section: &str) -> Value {
    let value: Value = serde_json::from_str(file).unwrap();
    value[section].clone()
}

/// A text member.
pub(crate) fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap()
}

/// A member of base64.
pub(crate) fn bytes(vector: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(text(vector, name)).unwrap()
}

/// The entries of a list.
pub(crate) fn each(section: &str) -> Vec<Value> {
    let list = generated(section).as_array().unwrap().clone();
    assert!(!list.is_empty());
    list
}
