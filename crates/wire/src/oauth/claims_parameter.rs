//! The `claims` parameter (OpenID Connect Core §5.5) as client libraries use it. Read leniently: unknown parts are passed over.

use serde_json::Value;

/// Capabilities that a client announces: `{"access_token":{"xms_cc":{"values":["CP1"]}}}`. At most 16 of at most 64 characters.
#[must_use]
pub fn capabilities(text: &str) -> Vec<String> {
    if text.len() > 16 * 1024 {
        return Vec::new();
    }
    let claims: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let announced = claims.get("access_token").and_then(|token| token.get("xms_cc"));
    let values = announced.and_then(|xms_cc| xms_cc.get("values")).and_then(Value::as_array);
    let mut found: Vec<String> =
        values.into_iter().flatten().filter_map(Value::as_str).filter(|value| value.len() <= 64).take(16).map(str::to_owned).collect();
    found.sort_unstable();
    found.dedup();
    found
}
