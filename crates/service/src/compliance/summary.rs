//! What administrators look at: policies with their devices by state, and one device with the reason of each setting.

use std::collections::BTreeMap;
use std::sync::Arc;

use doorward_model::compliance::{ComplianceSettings, ManagedDevice, Standing};
use doorward_model::device::Device;
use doorward_model::user::User;
use doorward_model::{DeviceId, TenantId};

use super::enrol::find;
use super::gather::registered;
use super::stored::{self, Stored, settings};
use crate::context::Context;
use crate::directory::DirectoryError;

/// A policy, and how many devices stand to it in which way.
#[derive(Debug, Clone)]
pub struct PolicySummary {
    /// The policy.
    pub stored: Stored,
    /// Devices by standing, as of their last judgement.
    pub devices: BTreeMap<Standing, u64>,
}

/// Compliance of a tenant at a glance.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Every policy, oldest first.
    pub policies: Vec<PolicySummary>,
    /// Devices under management by the word of their state, in lower case.
    pub states: Vec<(String, u64)>,
    /// Settings.
    pub settings: ComplianceSettings,
}

/// One managed device with what belongs to it.
#[derive(Debug, Clone)]
pub struct DeviceDetail {
    /// What is kept of its management.
    pub managed: ManagedDevice,
    /// The registered device.
    pub device: Device,
    /// Whose it is.
    pub owner: Option<Arc<User>>,
}

/// The summary, from one moment.
///
/// # Errors
/// Storage failure, or a policy that cannot be read.
pub async fn summary(ctx: &Context, tenant: TenantId) -> Result<Summary, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let mut counts: BTreeMap<String, BTreeMap<Standing, u64>> = BTreeMap::new();
    for count in unit.managed_devices().count_by_policy().await? {
        counts.entry(count.policy_id).or_default().insert(count.standing, count.devices);
    }
    let policies = stored::all(unit.as_mut()).await?;
    let with_devices = |stored: Stored| PolicySummary { devices: counts.remove(&stored.document.id).unwrap_or_default(), stored };
    let policies = policies.into_iter().map(with_devices).collect();
    let states = unit.managed_devices().count_by_state().await?;
    Ok(Summary { policies, states, settings: settings(unit.as_mut()).await?.0 })
}

/// One device.
///
/// # Errors
/// [`DirectoryError::NotFound`].
pub async fn device_detail(ctx: &Context, tenant: TenantId, id: DeviceId) -> Result<DeviceDetail, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let managed = find(unit.as_mut(), id).await?;
    let device = registered(unit.as_mut(), id).await?;
    let owner = match device.owner {
        Some(owner) => unit.users().get(owner).await?,
        None => None,
    };
    Ok(DeviceDetail { managed, device: Arc::unwrap_or_clone(device), owner })
}
