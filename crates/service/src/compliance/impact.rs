//! What a policy would do to the devices that are managed now, by what they reported last. Nothing is written.

use std::collections::BTreeMap;

use doorward_model::compliance::{ManagementState, Standing};
use doorward_model::{DeviceId, TenantId};
use doorward_policy::compliance::{CompliancePolicy, judge};
use doorward_store::query::{Comparison, Filter, ManagedDeviceField, Query};

use super::gather::{Gathered, Rules};
use crate::context::Context;
use crate::directory::DirectoryError;

/// Devices looked at, those of one page, and those shown.
const LOOKED_AT: usize = 2_000;
const PAGE: u32 = 200;
const SHOWN: usize = 20;

/// What would change.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// How many devices were looked at.
    pub looked_at: usize,
    /// These are all.
    pub complete: bool,
    /// How many devices would stand otherwise: before and after.
    pub changed: BTreeMap<(Standing, Standing), usize>,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// A device that would stand otherwise.
#[derive(Debug, Clone)]
pub struct Example {
    /// The device.
    pub device_id: DeviceId,
    /// Its name.
    pub display_name: String,
    /// How it stands by the present policies.
    pub before: Standing,
    /// How it would stand.
    pub after: Standing,
}

/// Judges the last report of each device by the present policies, and by those with this one in its place, or beside them where it is new.
///
/// # Errors
/// Storage failure, or a policy that cannot be read.
pub async fn impact(ctx: &Context, tenant: TenantId, policy: &CompliancePolicy) -> Result<Impact, DirectoryError> {
    let now = ctx.now();
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let present = Rules::read(unit.as_mut()).await?;
    let changed = present.with(policy);
    let retired = ManagementState::Retired.as_str().into();
    let managed = Filter::Compare(ManagedDeviceField::ManagementState, Comparison::NotEqual, retired);
    let mut query = Query { limit: PAGE, ..Query::of(managed) };
    let mut impact = Impact::default();
    loop {
        let page = unit.managed_devices().page(&query).await?;
        for listed in &page.items {
            impact.looked_at += 1;
            let gathered = Gathered::read(unit.as_mut(), &present, &listed.managed).await?;
            let standing = |gathered: &Gathered| judge(&gathered.case(&listed.managed), now).standing();
            let (before, after) = (standing(&gathered), standing(&gathered.under(&changed)));
            if before == after {
                continue;
            }
            *impact.changed.entry((before, after)).or_default() += 1;
            if impact.examples.len() < SHOWN {
                let display_name = listed.device.display_name.clone();
                impact.examples.push(Example { device_id: listed.device.id, display_name, before, after });
            }
        }
        query.after = page.next;
        if query.after.is_none() || impact.looked_at >= LOOKED_AT {
            break;
        }
    }
    impact.complete = query.after.is_none();
    Ok(impact)
}
