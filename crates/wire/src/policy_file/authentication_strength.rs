//! Authentication strengths.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use serde_json::Value;

use super::json::{Json, Node, ReadError};

/// Reads an authentication strength from a document of the store or the admin API.
///
/// # Errors
/// What is wrong and where.
pub fn read(document: &Value) -> Result<AuthenticationStrengthPolicy, ReadError> {
    read_node(&Json::from(document).root())
}

/// Reads an authentication strength.
///
/// # Errors
/// What is wrong and where.
pub fn read_node(node: &Node<'_>) -> Result<AuthenticationStrengthPolicy, ReadError> {
    let strength = node.object()?;
    Ok(AuthenticationStrengthPolicy {
        id: strength.require("id")?.text()?.to_owned(),
        allowed_combinations: strength.strings("allowedCombinations")?,
        has_combination_configurations: strength.get("combinationConfigurations").is_some_and(|node| !node.is_empty()),
    })
}
