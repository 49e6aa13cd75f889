//! From enrolment to retirement.

use doorward_model::compliance::{AndroidManagement, DeviceOwnerType, ManagedDevice, ManagementState};
use doorward_model::{DeviceId, TenantId};
use doorward_policy::compliance::conclude;
use doorward_store::{StoreError, Unit};

use super::device::{applied, audit, take, write};
use super::gather::{Gathered, Rules, registered};
use crate::context::Context;
use crate::directory::{Actor, DirectoryError, check_tag};

/// A registered device that is to be managed.
#[derive(Debug, Clone, Copy)]
pub struct Enrolment {
    /// The device.
    pub device_id: DeviceId,
    /// Whose property it is.
    pub owner_type: DeviceOwnerType,
    /// How it is managed, if it runs Android.
    pub android: Option<AndroidManagement>,
}

/// Puts a registered device under management. Until its first report its policies are unknown.
///
/// # Errors
/// [`DirectoryError::NotFound`] without such a device, [`DirectoryError::AlreadyExists`] when it is managed already.
pub async fn enrol(ctx: &Context, tenant: TenantId, actor: &Actor, enrolment: Enrolment) -> Result<ManagedDevice, DirectoryError> {
    let now = ctx.now();
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let mut managed = ManagedDevice::new(enrolment.device_id, enrolment.owner_type, enrolment.android, now);
    let before = unit.managed_devices().get(managed.device_id).await?;
    match &before {
        Some(before) if before.is_managed() => return Err(StoreError::AlreadyExists("managed device").into()),
        Some(_) => {}
        None => unit.managed_devices().create(&managed).await?,
    }
    let rules = Rules::read(unit.as_mut()).await?;
    let gathered = Gathered::read(unit.as_mut(), &rules, &managed).await?;
    let concluded = conclude(&gathered.case(&managed), now);
    take(&mut managed, concluded);
    let device = write(unit.as_mut(), &managed, &gathered.device).await?;
    let activity = if before.is_some() { "Enrol" } else { "Create" };
    audit(ctx, unit.as_mut(), actor, activity, before.as_ref(), Some((&managed, &device))).await?;
    unit.commit().await?;
    Ok(managed)
}

/// Ends the management of a device; nothing that was reported of it is kept. Its registration stays.
///
/// # Errors
/// [`DirectoryError::NotFound`]; [`DirectoryError::Changed`] with another `expected` entity tag; [`DirectoryError::Conflict`] when it is
/// retired already.
pub async fn retire(ctx: &Context, tenant: TenantId, actor: &Actor, id: DeviceId, expected: Option<&str>) -> Result<(), DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = find(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    if !before.is_managed() {
        return Err(DirectoryError::Conflict(format!("managed device {id} is retired already")));
    }
    let after = retired(&before);
    let device = registered(unit.as_mut(), id).await?;
    let device = write(unit.as_mut(), &after, &device).await?;
    audit(ctx, unit.as_mut(), actor, "Retire", Some(&before), Some((&after, &device))).await?;
    Ok(unit.commit().await?)
}

/// The device when its management has ended.
pub(super) fn retired(before: &ManagedDevice) -> ManagedDevice {
    let blank = ManagedDevice::new(before.device_id, before.owner_type, before.android, before.enrolled);
    ManagedDevice { management_state: ManagementState::Retired, ..blank }
}

/// Ends the management of a device and forgets that there was any. Its registration stays.
///
/// # Errors
/// [`DirectoryError::NotFound`]; [`DirectoryError::Changed`] with another `expected` entity tag.
pub async fn delete(ctx: &Context, tenant: TenantId, actor: &Actor, id: DeviceId, expected: Option<&str>) -> Result<(), DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = find(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    let device = registered(unit.as_mut(), id).await?;
    unit.managed_devices().delete(id).await?;
    unit.devices().update(&applied(&retired(&before), &device)).await?;
    audit(ctx, unit.as_mut(), actor, "Delete", Some(&before), None).await?;
    Ok(unit.commit().await?)
}

/// A device that is or was managed.
pub(super) async fn find(unit: &mut dyn Unit, id: DeviceId) -> Result<ManagedDevice, DirectoryError> {
    unit.managed_devices().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("managed device {id}")))
}
