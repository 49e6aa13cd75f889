//! Entity tags of directory objects.

use doorward_wire::hex;
use serde::Serialize;

use super::error::{DirectoryError, Result};
use crate::one_time::sha256;

/// The entity tag of an object: it is another one whenever the object is. Made from the content, so nothing has to be counted; the
/// password of a user is not part of it, but the time from which sessions are valid changes with the password.
#[must_use]
pub fn entity_tag(object: &impl Serialize) -> String {
    let content = serde_json::to_string(object).unwrap_or_default();
    hex(&sha256(&content)).chars().take(32).collect()
}

/// Refuses a change of an object that is not as the caller last saw it.
pub(crate) fn check_tag(object: &impl Serialize, expected: Option<&str>) -> Result<()> {
    match expected {
        Some(tag) if tag != entity_tag(object) => Err(DirectoryError::Changed),
        _ => Ok(()),
    }
}
