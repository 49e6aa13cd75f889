//! Directory audit: who changed what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::AuditId;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Initiator {
    /// Object id of the user or client id of the app; none for the command line on the server itself.
    pub id: Option<Uuid>,
    /// An app acted for itself, not a person.
    #[serde(default)]
    pub is_app: bool,
    /// Name shown to people.
    pub display_name: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryAudit {
    /// Id.
    pub id: AuditId,
    /// When.
    pub activity_date_time: Timestamp,
    /// What was done, for example `Update conditional access policy`.
    pub activity_display_name: String,
    /// Who did it.
    pub initiated_by: Initiator,
    /// Kind of object changed, for example `User`.
    pub target_type: String,
    /// Id of the object changed.
    pub target_id: String,
    /// The object before, without secrets; null when it was made.
    pub before: serde_json::Value,
    /// The object after, without secrets; null when it was deleted.
    pub after: serde_json::Value,
}
