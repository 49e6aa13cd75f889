//! How authentication strengths look: those built in beside those written here.

use doorward_model::authentication_strength;
use serde_json::{Value, json};

const NAMES: [(&str, &str, &str); 3] = [
    ("00000000-0000-0000-0000-000000000002", "Multifactor authentication", "Any combination of two factors."),
    ("00000000-0000-0000-0000-000000000003", "Passwordless MFA", "Two factors of which none is a password."),
    (
        "00000000-0000-0000-0000-000000000004",
        "Phishing-resistant MFA",
        "Factors that cannot be given away on a page that only looks right.",
    ),
];

/// Every strength that is built in.
pub(super) fn built_in() -> Vec<Value> {
    NAMES.iter().filter_map(|(id, ..)| built_in_with(id)).collect()
}

/// The built-in strength with that id.
pub(super) fn built_in_with(id: &str) -> Option<Value> {
    let (id, name, description) = NAMES.into_iter().find(|(known, ..)| *known == id)?;
    Some(json!({
        "id": id,
        "displayName": name,
        "description": description,
        "policyType": "builtIn",
        "requirementsSatisfied": "mfa",
        "allowedCombinations": authentication_strength::built_in(id)?,
        "createdDateTime": "2021-12-01T00:00:00Z",
        "modifiedDateTime": "2021-12-01T00:00:00Z",
    }))
}

/// A strength that was written here.
pub(super) fn custom(mut strength: Value) -> Value {
    if let Value::Object(members) = &mut strength {
        members.insert("policyType".into(), "custom".into());
    }
    strength
}
