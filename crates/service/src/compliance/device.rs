//! The result of a judgement, written where it counts.

use doorward_model::compliance::{ActionOutcome, ActionType, ComplianceStatus, FactValue, Judgement, ManagedDevice, ManagementState};
use doorward_model::device::Device;
use doorward_policy::compliance::{Concluded, DueAction};
use doorward_store::Unit;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::directory::{Actor, Change, DirectoryError, record};

/// Kind of the audit's records.
pub(super) const KIND: &str = "managedDevice";

/// Takes a judgement to the managed device and does the actions that came up with it. Neither mail nor a way to the device is there:
/// what needs one is noted as not supported. Retiring waits for an administrator.
pub(super) fn take(managed: &mut ManagedDevice, concluded: Concluded) {
    let retires = concluded.due.iter().any(|due| due.kind == ActionType::Retire);
    if retires && managed.management_state == ManagementState::Managed {
        managed.management_state = ManagementState::RetirePending;
    }
    managed.judgement = Some(concluded.settled(outcome));
}

fn outcome(due: &DueAction) -> ActionOutcome {
    match due.kind {
        _ if due.stale => ActionOutcome::Skipped,
        ActionType::Retire => ActionOutcome::Done,
        _ => ActionOutcome::NotSupported,
    }
}

/// The registered device as the managed one makes it. One that is no longer managed proves nothing.
pub(super) fn applied(managed: &ManagedDevice, device: &Device) -> Device {
    let judgement: Option<&Judgement> = managed.judgement.as_ref().filter(|_| managed.is_managed());
    Device {
        is_managed: managed.is_managed(),
        is_compliant: judgement.is_some_and(|judgement| judgement.standing.is_compliant()),
        compliance_expiration: judgement.and_then(|judgement| judgement.compliant_until),
        ..device.clone()
    }
}

/// Writes a managed device and what of it counts in the registered one.
pub(super) async fn write(unit: &mut dyn Unit, managed: &ManagedDevice, device: &Device) -> Result<Device, DirectoryError> {
    let after = applied(managed, device);
    if after != *device {
        unit.devices().update(&after).await?;
    }
    unit.managed_devices().update(managed).await?;
    Ok(after)
}

/// Writes the audit's record of a change of a managed device.
pub(super) async fn audit(
    ctx: &Context,
    unit: &mut dyn Unit,
    actor: &Actor,
    activity: &'static str,
    before: Option<&ManagedDevice>,
    after: Option<(&ManagedDevice, &Device)>,
) -> Result<(), DirectoryError> {
    let id = before.or(after.map(|(managed, _)| managed)).map(|managed| managed.device_id.to_string()).unwrap_or_default();
    let after = match after {
        Some((managed, device)) => {
            let mut told = shown(managed);
            told.insert("displayName".into(), device.display_name.clone().into());
            told.insert("isManaged".into(), device.is_managed.into());
            told.insert("isCompliant".into(), device.is_compliant.into());
            told.insert("complianceExpirationDateTime".into(), json!(device.compliance_expiration));
            Value::Object(told)
        }
        None => Value::Null,
    };
    let before = before.map_or(Value::Null, |managed| Value::Object(shown(managed)));
    Ok(record(ctx, unit, Change { activity, kind: KIND, id, before, after, actor }).await?)
}

/// A managed device as the audit shows it: its facts, how it stands, and what it fails.
fn shown(managed: &ManagedDevice) -> Map<String, Value> {
    let facts = managed.facts.iter().map(|(name, fact)| {
        let value = match &fact.value {
            // Which apps somebody has is nobody's business in a log.
            FactValue::Known(Value::Array(list)) => format!("{} entries", list.len()).into(),
            FactValue::Known(value) => value.clone(),
            FactValue::NotApplicable => "not applicable".into(),
        };
        (name.to_owned(), value)
    });
    let judgement = managed.judgement.as_ref();
    let failing: Vec<String> = judgement
        .iter()
        .flat_map(|judgement| judgement.built_in.iter().chain(judgement.policies.iter().flat_map(|policy| &policy.settings)))
        .filter(|setting| matches!(setting.status, ComplianceStatus::NonCompliant | ComplianceStatus::Error))
        .map(|setting| setting.setting.clone())
        .collect();
    let words: Map<String, Value> = managed.words.iter().map(|word| (word.by.clone(), json!(word.standing))).collect();
    let members = [
        ("managementState", json!(managed.management_state)),
        ("managedDeviceOwnerType", json!(managed.owner_type)),
        ("complianceState", managed.standing().compliance_state().into()),
        ("complianceGracePeriodExpirationDateTime", json!(judgement.and_then(|judgement| judgement.grace_ends))),
        ("lastReport", json!(managed.last_report)),
        ("failing", json!(failing)),
        ("facts", Value::Object(facts.collect())),
        ("words", Value::Object(words)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
