//! The effective policy as it travels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One of the policies that an effective policy was made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntendedPolicy {
    /// Id of the policy document.
    pub id: String,
    /// Its version.
    pub version: i64,
}

/// What an app instance has to enforce: the merged settings of every policy that targets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EffectivePolicy {
    /// Names the settings: base64url of the first 16 bytes of SHA-256 over their canonical JSON.
    pub tag: String,
    /// Effective values under their Graph names. `doorward-policy` reads them.
    pub settings: Map<String, Value>,
    /// For every member the ids of the policies that gave its value.
    #[serde(default)]
    pub sources: BTreeMap<String, Vec<String>>,
    /// The policies that took part, in order of id.
    #[serde(default)]
    pub intended: Vec<IntendedPolicy>,
}
