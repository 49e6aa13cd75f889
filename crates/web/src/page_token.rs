//! Where a list goes on, as clients hand it back. Nothing in it is secret, and a made-up one only begins the page elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_store::query::{Key, Position};
use serde_json::{Value, json};

/// The token of a place.
pub(crate) fn write(position: &Position) -> String {
    let key = match &position.key {
        None => Value::Null,
        Some(Key::Text(text)) => json!(text),
        Some(Key::Integer(number)) => json!(number),
    };
    URL_SAFE_NO_PAD.encode(json!([position.id, key]).to_string())
}

/// The place of a token; none for anything that [`write`] did not make.
pub(crate) fn read(token: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (id, key): (String, Value) = serde_json::from_slice(&bytes).ok()?;
    let key = match key {
        Value::Null => None,
        Value::String(text) => Some(Key::Text(text)),
        Value::Number(number) => Some(Key::Integer(number.as_i64()?)),
        _ => return None,
    };
    Some(Position { key, id })
}
