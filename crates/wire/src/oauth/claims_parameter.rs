//! The `claims` parameter (OpenID Connect Core §5.5) as client libraries use it. Read leniently: unknown parts are passed over.

use serde_json::{Map, Value, json};

/// Longest parameter that is looked at.
const LIMIT: usize = 16 * 1024;

/// Capabilities that a client announces: `{"access_token":{"xms_cc":{"values":["CP1"]}}}`. At most 16 of at most 64 characters.
#[must_use]
pub fn capabilities(text: &str) -> Vec<String> {
    let claims = read(text);
    let announced = claims.get("access_token").and_then(|token| token.get("xms_cc"));
    let values = announced.and_then(|xms_cc| xms_cc.get("values")).and_then(Value::as_array);
    let mut found: Vec<String> =
        values.into_iter().flatten().filter_map(Value::as_str).filter(|value| value.len() <= 64).take(16).map(str::to_owned).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The authentication context that is asked for: `{"id_token":{"acrs":{"essential":true,"value":"c1"}}}`, or `values` with one, in
/// the part of either token. Contexts are `c1` to `c99`.
#[must_use]
pub fn authentication_context(text: &str) -> Option<String> {
    let claims = read(text);
    let asked = ["access_token", "id_token"].into_iter().filter_map(|token| claims.get(token)?.get("acrs"));
    let mut values = asked.filter_map(|acrs| acrs.get("value").or_else(|| acrs.get("values")?.get(0))?.as_str());
    values.find(|value| is_context(value)).map(str::to_owned)
}

fn is_context(value: &str) -> bool {
    let number = value.strip_prefix('c').filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0'));
    number.and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| (1..=99).contains(&number))
}

fn read(text: &str) -> Value {
    Some(text).filter(|text| text.len() <= LIMIT).and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null)
}

/// The parameter that asks for these again; none when there is nothing to ask for.
#[must_use]
pub fn write(capabilities: &[String], authentication_context: Option<&str>) -> Option<String> {
    let mut token = Map::new();
    if !capabilities.is_empty() {
        token.insert("xms_cc".into(), json!({ "values": capabilities }));
    }
    if let Some(context) = authentication_context {
        token.insert("acrs".into(), json!({ "essential": true, "value": context }));
    }
    (!token.is_empty()).then(|| json!({ "access_token": token }).to_string())
}
