//! What time does to devices that do not report: grace ends, reports grow old, actions come up.

use doorward_model::TenantId;
use doorward_model::compliance::ManagedDevice;
use doorward_policy::compliance::conclude;
use doorward_store::Unit;

use super::device::{audit, take, write};
use super::gather::{Gathered, Rules};
use crate::context::Context;
use crate::directory::{Actor, DirectoryError};

/// Devices of one unit of work, so that others who write need not wait for all of them.
const BATCH: u32 = 100;
/// Devices that are judged again before a change is answered; the others follow within a round of the background work.
const AT_ONCE: u32 = 500;

/// Says again how devices stand whose time has come; `most` at once, rounded up to whole batches. How many there were.
///
/// The decisions of conditional access do not wait for it: they compare the moment that the last judgement left in the device.
///
/// # Errors
/// Storage failure, or a stored policy that cannot be read.
pub async fn judge_due(ctx: &Context, tenant: TenantId, most: u32) -> Result<u32, DirectoryError> {
    let actor = Actor::service();
    let mut done = 0;
    while done < most {
        let mut unit = ctx.store.tenant(tenant).write().await?;
        let due = unit.managed_devices().due(ctx.now(), BATCH).await?;
        if due.is_empty() {
            break;
        }
        let rules = Rules::read(unit.as_mut()).await?;
        for before in &due {
            judge_again(ctx, unit.as_mut(), &actor, &rules, before).await?;
        }
        unit.commit().await?;
        done = done.saturating_add(u32::try_from(due.len()).unwrap_or(BATCH));
    }
    Ok(done)
}

/// Judges the first of the devices that are due. The change that made them due is done, so a failure here is not its failure.
pub(super) async fn judge_all(ctx: &Context, tenant: TenantId) {
    if let Err(error) = judge_due(ctx, tenant, AT_ONCE).await {
        tracing::warn!(%error, "devices are judged again later");
    }
}

async fn judge_again(
    ctx: &Context,
    unit: &mut dyn Unit,
    actor: &Actor,
    rules: &Rules,
    before: &ManagedDevice,
) -> Result<(), DirectoryError> {
    let gathered = Gathered::read(unit, rules, before).await?;
    let mut managed = before.clone();
    let concluded = conclude(&gathered.case(before), ctx.now());
    let acts = !concluded.due.is_empty();
    take(&mut managed, concluded);
    let device = write(unit, &managed, &gathered.device).await?;
    // What only looks further ahead is no change that anybody would look for.
    if acts || before.standing() != managed.standing() || device != *gathered.device {
        audit(ctx, unit, actor, "Judge", Some(before), Some((&managed, &device))).await?;
    }
    Ok(())
}
