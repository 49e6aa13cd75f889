//! Authentication strengths.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;

use super::json::{Node, ReadError};

/// Reads an authentication strength.
///
/// # Errors
/// What is wrong and where.
pub fn authentication_strength(node: &Node<'_>) -> Result<AuthenticationStrengthPolicy, ReadError> {
    let strength = node.object()?;
    Ok(AuthenticationStrengthPolicy {
        id: strength.require("id")?.text()?.to_owned(),
        allowed_combinations: strength.strings("allowedCombinations")?,
        has_combination_configurations: strength.get("combinationConfigurations").is_some_and(|node| !node.is_empty()),
    })
}
