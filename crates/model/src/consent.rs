//! Consent of a person to a client.

use serde::{Deserialize, Serialize};

use crate::{AppId, UserId};

/// Scopes a person allowed a client to use at a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Who agreed.
    pub user_id: UserId,
    /// To which client.
    pub app_id: AppId,
    /// At which resource.
    pub resource: AppId,
    /// For which scopes, sorted.
    pub scopes: Vec<String>,
}
