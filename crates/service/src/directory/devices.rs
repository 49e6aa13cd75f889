//! Devices as administrators see them: management state, disabling, deleting, and domain-joined PCs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::device::{Device, TrustType};
use doorward_model::{DeviceId, TenantId, UserId};
use doorward_store::Unit;
use doorward_wire::certificate;
use serde_json::Value;

use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::tag::check_tag;
use crate::compliance;
use crate::context::Context;

const KIND: &str = "device";

/// A device to be made: a domain-joined PC, known by the certificate it made for itself.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Device id; a fresh one when none.
    pub id: Option<DeviceId>,
    /// Name.
    pub display_name: String,
    /// OS type.
    pub operating_system: String,
    /// OS version.
    pub operating_system_version: String,
    /// Certificate, DER as standard base64.
    pub certificate: String,
    /// Public transport key, SubjectPublicKeyInfo, DER as standard base64.
    pub transport_key: Option<String>,
    /// How it is joined.
    pub trust_type: TrustType,
    /// Owner; none: anybody in the domain may sign in on it.
    pub owner: Option<UserId>,
}

/// Changes of a device; none leaves a member as it is.
#[derive(Debug, Clone, Default)]
pub struct DevicePatch {
    /// Name.
    pub display_name: Option<String>,
    /// Enabled.
    pub account_enabled: Option<bool>,
    /// Managed.
    pub is_managed: Option<bool>,
    /// Compliant.
    pub is_compliant: Option<bool>,
    /// Id of its built-in mail client; an empty one removes it.
    pub eas_device_id: Option<String>,
}

/// Makes a device.
///
/// # Errors
/// [`DirectoryError`].
pub async fn create_device(ctx: &Context, tenant: TenantId, actor: &Actor, new: NewDevice) -> Result<Device> {
    let der = STANDARD
        .decode(new.certificate.trim())
        .map_err(|_| DirectoryError::invalid("certificate", "must be base64 of a DER certificate"))?;
    let parsed = certificate::parse(&der).map_err(|error| DirectoryError::invalid("certificate", error.to_string()))?;
    let transport_key = match &new.transport_key {
        Some(text) => Some(check_transport_key(text)?),
        None => None,
    };
    let device = Device {
        id: new.id.unwrap_or_else(|| DeviceId::random(ctx.rng.as_ref())),
        display_name: new.display_name,
        operating_system: new.operating_system,
        operating_system_version: new.operating_system_version,
        certificate_thumbprint: certificate::thumbprint(&der),
        public_key_sha256: parsed.public_key.sha256,
        transport_key,
        account_enabled: true,
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type: new.trust_type,
        owner: new.owner,
        eas_device_id: None,
        registered: ctx.now(),
    };
    let mut unit = ctx.store.tenant(tenant).write().await?;
    unit.devices().create(&device).await?;
    let change = Change { activity: "Create", kind: KIND, id: device.id.to_string(), before: Value::Null, after: shown(&device), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(device)
}

fn check_transport_key(text: &str) -> Result<String> {
    let problem = || DirectoryError::invalid("transportKey", "must be base64 of an RSA SubjectPublicKeyInfo");
    let spki = STANDARD.decode(text.trim()).map_err(|_| problem())?;
    // The way there and back proves the form.
    let blob = doorward_wire::drs::spki_to_blob(&spki).map_err(|_| problem())?;
    doorward_wire::drs::blob_to_spki(&blob).map(|spki| STANDARD.encode(spki)).map_err(|_| problem())
}

/// Changes a device. A disabled device proves nothing; tokens bound to it fail at their next use.
///
/// # Errors
/// [`DirectoryError`].
pub async fn update_device(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: DeviceId,
    patch: DevicePatch,
    expected: Option<&str>,
) -> Result<Device> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    let mut device = before.clone();
    if let Some(display_name) = patch.display_name {
        if display_name.trim().is_empty() || display_name.chars().count() > 256 {
            return Err(DirectoryError::invalid("displayName", "must have 1 to 256 characters"));
        }
        device.display_name = display_name;
    }
    device.account_enabled = patch.account_enabled.unwrap_or(device.account_enabled);
    if let Some(eas) = patch.eas_device_id {
        device.eas_device_id = Some(eas).filter(|eas| !eas.is_empty());
    }
    if patch.is_managed.is_some() || patch.is_compliant.is_some() {
        device = compliance::set_by_administrator(ctx, unit.as_mut(), actor, &device, patch.is_managed, patch.is_compliant).await?;
    }
    unit.devices().update(&device).await?;
    let change = Change { activity: "Update", kind: KIND, id: id.to_string(), before: shown(&before), after: shown(&device), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(device)
}

/// Deletes a device with every token bound to it.
///
/// # Errors
/// [`DirectoryError`].
pub async fn delete_device(ctx: &Context, tenant: TenantId, actor: &Actor, id: DeviceId, expected: Option<&str>) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    unit.devices().delete(id).await?;
    let change = Change { activity: "Delete", kind: KIND, id: id.to_string(), before: shown(&before), after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

async fn get(unit: &mut dyn Unit, id: DeviceId) -> Result<Device> {
    unit.devices().get(id).await?.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("device {id}")))
}
