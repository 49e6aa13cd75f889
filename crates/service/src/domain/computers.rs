//! What the computers of a domain become here: an entry that waits, and once the computer has registered a device that follows it.

use doorward_model::device::Device;
use doorward_model::domain::DomainComputer;
use doorward_store::Unit;
use serde_json::Value;
use uuid::Uuid;

use super::sync::{Run, SyncError};
use crate::directory::{Change, audit, record};

/// Kind of the audit's records.
const KIND: &str = "domainComputer";
const DEVICE: &str = "device";

/// Makes the entry of a computer, or changes it and its device to what the domain says.
pub(super) async fn take(run: &mut Run<'_>, unit: &mut dyn Unit, computer: &DomainComputer) -> Result<(), SyncError> {
    let before = unit.domain().computer(computer.object_guid).await?;
    if before.as_ref() == Some(computer) {
        return Ok(());
    }
    let twin = unit.domain().computer_by_sid(&computer.security_identifier).await?;
    if twin.is_some_and(|twin| twin.object_guid != computer.object_guid) {
        let reason = "The security identifier belongs to another computer: delete that one.";
        run.unsettle(computer.object_guid, &computer.sam_account_name, reason.into());
        return Ok(());
    }
    unit.domain().put_computer(computer).await?;
    let activity = match &before {
        Some(before) => {
            follow(run, unit, before, computer).await?;
            run.report.computers.updated += 1;
            "Update"
        }
        None => {
            run.report.computers.created += 1;
            "Create"
        }
    };
    let (id, before) = (computer.object_guid.to_string(), before.as_ref().map_or(Value::Null, audit::shown));
    let change = Change { activity, kind: KIND, id, before, after: audit::shown(computer), actor: &run.actor };
    Ok(record(run.ctx, unit, change).await?)
}

/// Changes the device with its computer. What the domain leaves as it was is left to administrators.
async fn follow(run: &Run<'_>, unit: &mut dyn Unit, before: &DomainComputer, now: &DomainComputer) -> Result<(), SyncError> {
    let Some(device) = unit.devices().get(now.device_id()).await? else { return Ok(()) };
    let mut changed = (*device).clone();
    if before.enabled != now.enabled {
        changed.account_enabled = now.enabled;
    }
    if before.host_name != now.host_name {
        changed.display_name.clone_from(&now.host_name);
    }
    if changed == *device {
        return Ok(());
    }
    unit.devices().update(&changed).await?;
    audit_device(run, unit, "Update", &device, Some(&changed)).await
}

/// Forgets a computer that is gone, with its device and every token bound to it.
pub(super) async fn delete(run: &mut Run<'_>, unit: &mut dyn Unit, object_guid: Uuid) -> Result<(), SyncError> {
    let Some(before) = unit.domain().computer(object_guid).await? else { return Ok(()) };
    unit.domain().delete_computer(object_guid).await?;
    run.report.computers.deleted += 1;
    let change = Change {
        activity: "Delete",
        kind: KIND,
        id: object_guid.to_string(),
        before: audit::shown(&before),
        after: Value::Null,
        actor: &run.actor,
    };
    record(run.ctx, unit, change).await?;
    let Some(device) = unit.devices().get(before.device_id()).await? else { return Ok(()) };
    unit.devices().delete(device.id).await?;
    audit_device(run, unit, "Delete", &device, None).await
}

async fn audit_device(
    run: &Run<'_>,
    unit: &mut dyn Unit,
    activity: &'static str,
    before: &Device,
    after: Option<&Device>,
) -> Result<(), SyncError> {
    let after = after.map_or(Value::Null, audit::shown);
    let change = Change { activity, kind: DEVICE, id: before.id.to_string(), before: audit::shown(before), after, actor: &run.actor };
    Ok(record(run.ctx, unit, change).await?)
}
