//! The shapes in which files hold policies: one, a list, `{"value":[…]}`, `{"policies":[…]}`, a template.

use super::json::{Node, ReadError};

/// A document that holds no policies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}: neither a policy, a list of policies, a template nor a named location")]
pub struct ShapeError(String);

impl From<ReadError> for ShapeError {
    fn from(error: ReadError) -> Self {
        Self(error.path)
    }
}

/// The policies of a document. Named locations, which exports put beside policies, are passed over.
///
/// # Errors
/// Something in it is neither of the two.
pub fn policies_of_file<'a>(root: &Node<'a>) -> Result<Vec<Node<'a>>, ShapeError> {
    let listed = match root.object() {
        Ok(object) if !object.has_any(POLICY) => object.get("value").or_else(|| object.get("policies")),
        Ok(_) => None,
        Err(_) => Some(root.clone()),
    };
    let candidates = match listed {
        Some(list) => list.list()?,
        None => vec![root.clone()],
    };
    let mut policies = Vec::new();
    for node in candidates {
        let object = node.object()?;
        if object.has_any(POLICY) {
            policies.push(node);
        } else if !object.has_any(LOCATION) {
            return Err(ShapeError(node.path().to_owned()));
        }
    }
    Ok(policies)
}

const POLICY: &[&str] = &["conditions", "state", "details"];

const LOCATION: &[&str] = &["ipRanges", "countriesAndRegions", "compliantNetworkType"];
