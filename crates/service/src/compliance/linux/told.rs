//! What a managed computer is told about itself.

use std::sync::Arc;

use doorward_model::compliance::{ManagedDevice, Standing};
use doorward_model::device::Device;
use doorward_model::tenant::Tenant;

use super::{Computer, ComputerError};
use crate::compliance::gather::{Gathered, Rules};
use crate::compliance::report::{Failing, failing};
use crate::context::Context;

/// How a computer stands.
#[derive(Debug, Clone)]
pub struct State {
    /// What is kept of its management.
    pub managed: ManagedDevice,
    /// The registered device.
    pub device: Arc<Device>,
    /// How it stands now; a judgement that has run out counts no more.
    pub standing: Standing,
    /// What it fails.
    pub failing: Vec<Failing>,
}

/// The state of a managed computer, as conditional access sees it.
///
/// # Errors
/// [`ComputerError::NotManaged`], or storage failure.
pub async fn state(ctx: &Context, tenant: &Tenant, computer: &Computer, id: &str) -> Result<State, ComputerError> {
    let id = computer.id_if(id)?;
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let managed = unit.managed_devices().get(id).await?.filter(ManagedDevice::is_managed).ok_or(ComputerError::NotManaged)?;
    let rules = Rules::read(unit.as_mut()).await?;
    let gathered = Gathered::read(unit.as_mut(), &rules, &managed).await?;
    let judged = managed.standing();
    let over = judged.is_compliant() && !gathered.device.is_compliant_at(ctx.now());
    Ok(State {
        standing: if over { Standing::NonCompliant } else { judged },
        failing: failing(&managed, &gathered),
        device: gathered.device,
        managed,
    })
}
