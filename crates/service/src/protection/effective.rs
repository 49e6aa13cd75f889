//! The effective policy of an app instance, from the policy documents of the tenant.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::application::MobilePlatform;
use doorward_model::device::Device;
use doorward_model::protection::{ManagedAppRegistration, ManagementLevel, MobileAppIdentifier};
use doorward_model::{TenantId, UserId};
use doorward_policy::protection::{AppProtectionPolicy, Effective, Instance, covers, merge};
use doorward_store::Unit;
use jiff::Timestamp;

use super::policies;
use crate::context::Context;
use crate::error::Result;

/// The policy that an instance should enforce now.
#[derive(Debug, Clone)]
pub struct Current {
    /// The merged policies.
    pub effective: Effective,
    /// Names its settings.
    pub tag: String,
    /// When one of the policies last changed.
    pub changed: Timestamp,
}

/// The policy for a user in an app on a device managed like that; none when no policy targets them.
///
/// # Errors
/// Storage failure.
pub async fn effective(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: TenantId,
    user: UserId,
    app: &MobileAppIdentifier,
    level: ManagementLevel,
) -> Result<Option<Current>> {
    let groups: BTreeSet<_> = unit.groups().transitive_of(user).await?.iter().copied().collect();
    let instance = Instance { app, groups: &groups, level };
    let stored = policies::current(ctx, unit, tenant).await?;
    let covering = || stored.iter().filter(|stored| covers(&stored.policy, &instance));
    let changed = covering().map(|stored| stored.document.modified).max();
    let policies: Vec<&AppProtectionPolicy> = covering().map(|stored| &stored.policy).collect();
    Ok(merge(&policies).zip(changed).map(|(effective, changed)| Current { tag: tag(&effective), effective, changed }))
}

/// The policy that a registered instance should enforce now.
///
/// # Errors
/// Storage failure.
pub(super) async fn of_instance(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: TenantId,
    registration: &ManagedAppRegistration,
) -> Result<Option<Current>> {
    let device = match registration.device_id {
        Some(id) => unit.devices().get(id).await?,
        None => None,
    };
    let level = level(device.as_deref(), registration.app_identifier.platform(), registration.state.management_level);
    effective(ctx, unit, tenant, registration.user_id, &registration.app_identifier, level).await
}

/// The first 16 bytes of SHA-256 over the canonical settings, base64url.
fn tag(effective: &Effective) -> String {
    let hash = digest::digest(&digest::SHA256, effective.canonical().as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default())
}

/// How the device under an instance is managed: our record of the device decides; the app's own word only refines it, and counts
/// alone where there is no record.
#[must_use]
pub fn level(device: Option<&Device>, platform: MobilePlatform, reported: ManagementLevel) -> ManagementLevel {
    match device {
        None => reported,
        Some(device) if !device.is_managed => ManagementLevel::Unmanaged,
        Some(_) if platform == MobilePlatform::Android && reported != ManagementLevel::Unmanaged => reported,
        Some(_) => ManagementLevel::Mdm,
    }
}
