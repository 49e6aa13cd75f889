//! The sign-in log: one record for each token and each refusal.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AppId, CorrelationId, DeviceId, JsonText, SignInId, UserId};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInOutcome {
    /// A token was issued.
    Granted,
    /// The person can do something about it and was told what.
    Interrupted,
    /// Refused.
    Refused,
}

/// One sign-in, with all that is needed to decide it again.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInRecord {
    /// Id; equals the trace id shown to the client.
    pub id: SignInId,
    /// When.
    pub created_date_time: Timestamp,
    /// Correlation id of the client.
    pub correlation_id: CorrelationId,
    /// Everything else. Most sign-ins repeat one before in that, and share it.
    #[serde(flatten)]
    pub circumstances: Arc<Circumstances>,
}

/// What a record says beside its time and ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Circumstances {
    /// Who, when known.
    pub user_id: Option<UserId>,
    /// Sign-in name as known in the directory; empty when the account does not exist.
    pub user_principal_name: String,
    /// Client.
    pub app_id: Option<AppId>,
    /// Client's name.
    pub app_display_name: String,
    /// Resource.
    pub resource_id: Option<AppId>,
    /// Resource's name.
    pub resource_display_name: String,
    /// Flow, for example `authorization_code`, `refresh_token`, `prt`, `activeSync`.
    pub grant: String,
    /// Address of the caller.
    pub ip_address: String,
    /// User agent, shortened to 256 characters.
    pub user_agent: String,
    /// Device, when proved.
    pub device_id: Option<DeviceId>,
    /// Outcome.
    pub outcome: SignInOutcome,
    /// Error code, 0 when granted.
    pub error_code: u32,
    /// Why, in words.
    pub failure_reason: String,
    /// Facts the engine was given, in the shape of `doorward policy eval`'s sign-ins without their `id`; null when no decision was asked
    /// for.
    pub facts: JsonText,
    /// Result of each policy, in the shape of `doorward policy eval`'s decisions.
    pub applied_policies: JsonText,
    /// Hash of the policy set that decided.
    pub policy_set: String,
}
