//! Answers of the protection service.

use doorward_model::protection::{
    EffectivePolicy, Evidence, EvidenceProblem, Interval, ManagedAppOperation, ManagedAppRegistration, OperationKind, ProtectionState,
};
use doorward_model::{AppId, DeviceId, RegistrationId, UserId, protection::MobileAppIdentifier};
use doorward_service::protection::Answer;
use jiff::Timestamp;
use serde::Serialize;

/// What an instance is to do once.
#[derive(Debug, Serialize)]
struct Operation {
    id: String,
    kind: OperationKind,
    reason: String,
    issued: Timestamp,
}

impl From<&ManagedAppOperation> for Operation {
    fn from(operation: &ManagedAppOperation) -> Self {
        let ManagedAppOperation { id, kind, reason, issued, .. } = operation.clone();
        Self { id, kind, reason, issued }
    }
}

/// The account. Only one that is in order gets as far as a check-in.
#[derive(Debug, Serialize)]
struct User {
    state: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Device {
    state: &'static str,
    is_managed: bool,
    is_compliant: bool,
}

/// What came of the evidence that the app sent last.
#[derive(Debug, Serialize)]
struct Verdict {
    value: &'static str,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<EvidenceProblem>,
}

#[derive(Debug, Serialize)]
struct Verdicts {
    attestation: Option<Verdict>,
}

impl From<&ManagedAppRegistration> for Verdicts {
    fn from(registration: &ManagedAppRegistration) -> Self {
        let attestation = registration.evidence.as_ref().map(|evidence| match evidence {
            Evidence::Accepted(attestation) => Verdict { value: "attested", at: attestation.renewed, reason: None },
            Evidence::Rejected { problem, at } => Verdict { value: "rejected", at: *at, reason: Some(*problem) },
        });
        Self { attestation }
    }
}

#[derive(Debug, Serialize)]
struct Message {
    code: &'static str,
    text: &'static str,
}

/// The answer to a check-in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckInAnswer {
    registration_id: RegistrationId,
    server_time: Timestamp,
    next_check_in: Interval,
    nonce: String,
    protection: ProtectionState,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<EffectivePolicy>,
    policy_unchanged: bool,
    operations: Vec<Operation>,
    user: User,
    device: Device,
    verdicts: Verdicts,
    messages: Vec<Message>,
}

impl CheckInAnswer {
    /// `known`: the tag of the policy that the app has. `jitter`: the next check-in is this many seconds off, so that apps spread.
    pub(super) fn new(answer: Answer, known: Option<&str>, jitter: u32) -> Self {
        let operations = answer.operations().map(Operation::from).collect();
        let device = answer.device.as_ref();
        let messages = if answer.clock_differs {
            vec![Message { code: "clockDiffers", text: "The clock of this device is wrong by more than ten minutes." }]
        } else {
            vec![]
        };
        let unchanged = answer.current.as_ref().is_some_and(|current| Some(current.tag.as_str()) == known);
        Self {
            registration_id: answer.registration.id,
            server_time: answer.server_time,
            next_check_in: spread(answer.next_check_in, jitter),
            nonce: answer.nonce,
            protection: answer.registration.protection,
            operations,
            user: User { state: "enabled" },
            device: Device {
                state: match device {
                    None => "unknown",
                    Some(device) if device.account_enabled => "known",
                    Some(_) => "disabled",
                },
                is_managed: device.is_some_and(|device| device.is_managed),
                is_compliant: device.is_some_and(|device| device.is_compliant),
            },
            verdicts: Verdicts::from(&answer.registration),
            messages,
            policy_unchanged: unchanged,
            policy: answer.current.filter(|_| !unchanged).map(|current| current.effective.publish(current.tag)),
        }
    }
}

/// Ten percent up or down. `jitter` is any number.
fn spread(interval: Interval, jitter: u32) -> Interval {
    let tenth = interval.as_secs() / 10;
    let offset = jitter % tenth.saturating_mul(2).saturating_add(1);
    Interval::seconds((interval.as_secs() - tenth).saturating_add(offset))
}

/// A registration as its app sees it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegistrationAnswer {
    id: RegistrationId,
    user_id: UserId,
    app_id: AppId,
    app_identifier: MobileAppIdentifier,
    device_tag: String,
    #[serde(rename = "azureADDeviceId")]
    device_id: Option<DeviceId>,
    created_date_time: Timestamp,
    last_sync_date_time: Timestamp,
    protection: ProtectionState,
    intended_tag: Option<String>,
    applied_tag: Option<String>,
    flagged_reasons: Vec<&'static str>,
}

impl From<&ManagedAppRegistration> for RegistrationAnswer {
    fn from(registration: &ManagedAppRegistration) -> Self {
        Self {
            id: registration.id,
            user_id: registration.user_id,
            app_id: registration.app_id,
            app_identifier: registration.app_identifier.clone(),
            device_tag: registration.device_tag.clone(),
            device_id: registration.device_id,
            created_date_time: registration.created_date_time,
            last_sync_date_time: registration.last_sync_date_time,
            protection: registration.protection,
            intended_tag: registration.intended.as_ref().map(|intended| intended.tag.clone()),
            applied_tag: registration.applied_tag.clone(),
            flagged_reasons: if registration.state.rooted == Some(true) { vec!["rootedDevice"] } else { vec![] },
        }
    }
}
