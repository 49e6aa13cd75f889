//! The answer of the protection service, as far as the runtime acts on it. Members it does not know are ignored.

use doorward_model::RegistrationId;
use doorward_model::protection::{EffectivePolicy, Interval, OperationKind, ProtectionState};
use jiff::Timestamp;
use serde::Deserialize;

/// Whether the account is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum User {
    Enabled,
    Disabled,
    Deleted,
}

#[derive(Debug, Deserialize)]
pub(crate) struct UserAnswer {
    pub(crate) state: User,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeviceAnswer {
    #[serde(default)]
    pub(crate) is_managed: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) kind: OperationKind,
}

/// The same after enrolment and check-in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    pub(crate) registration_id: RegistrationId,
    pub(crate) server_time: Timestamp,
    pub(crate) next_check_in: Interval,
    pub(crate) nonce: String,
    pub(crate) protection: ProtectionState,
    #[serde(default)]
    pub(crate) policy: Option<EffectivePolicy>,
    #[serde(default)]
    pub(crate) policy_unchanged: bool,
    #[serde(default)]
    pub(crate) operations: Vec<Operation>,
    pub(crate) user: UserAnswer,
    #[serde(default)]
    pub(crate) device: DeviceAnswer,
}

/// The answer to an enrolment has the answer of a check-in inside.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolled {
    pub(crate) check_in: Answer,
}

/// The answer to a request for a nonce.
#[derive(Debug, Deserialize)]
pub(crate) struct Challenge {
    pub(crate) nonce: String,
}

/// An error body.
#[derive(Debug, Deserialize)]
pub(crate) struct Refused {
    pub(crate) error: RefusedError,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RefusedError {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) details: Option<RefusedDetails>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RefusedDetails {
    #[serde(default)]
    pub(crate) nonce: Option<String>,
}
