//! A computer of a domain registers itself: its Kerberos ticket says which it is, and no person takes part.

use doorward_model::DeviceId;
use doorward_model::device::{Device, TrustType};
use doorward_model::domain::DomainComputer;
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use doorward_wire::drs::{self, JoinRequest};
use doorward_wire::kerberos::Ticket;

use super::join::{JoinError, Joined, audited, issue_certificate, shortened};
use crate::context::Context;
use crate::directory::Actor;
use crate::domain::tickets::{Unproven, prove};
use crate::keys;

/// `JoinType` of a computer that is joined to a domain.
const HYBRID: i64 = 6;

/// Registers a computer of the domain under its `objectGUID`, or renews its certificate. What was issued to the device under another key
/// ends: the computer was set up anew.
///
/// # Errors
/// [`JoinError`].
pub async fn join(ctx: &Context, tenant: &Tenant, id: DeviceId, token: &[u8], request: &JoinRequest) -> Result<Joined, JoinError> {
    if request.join_type != HYBRID {
        return Err(JoinError::Malformed(format!("JoinType must be {HYBRID} for a computer that is joined to a domain")));
    }
    let csr = drs::check_csr(request).map_err(|error| JoinError::Malformed(error.to_string()))?;
    let transport_key = drs::transport_key_spki(request).map_err(|error| JoinError::Malformed(format!("TransportKey: {error}")))?;
    let ticket = proven(ctx, tenant, token).await?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let computer = computer_of(unit.as_mut(), tenant, ticket).await?;
    if computer.device_id() != id {
        return Err(JoinError::OtherComputer { id: computer.device_id() });
    }
    let holder = unit.devices().find_by_public_key(&csr.public_key.sha256).await?;
    if holder.is_some_and(|holder| holder.id != id) {
        return Err(JoinError::OtherOwner);
    }
    let before = unit.devices().get(id).await?;
    let authority = keys::device_authority(ctx, unit.as_mut(), tenant.id).await?;
    let certificate = issue_certificate(ctx, tenant, None, id, &csr, &authority)?;
    let device = Device {
        id,
        display_name: shortened(&computer.host_name),
        operating_system: shortened(&request.device_type),
        operating_system_version: shortened(&request.os_version),
        certificate_thumbprint: drs::thumbprint(&certificate),
        public_key_sha256: csr.public_key.sha256,
        transport_key: Some(transport_key),
        // Whoever disabled the device did not mean to have it set up anew.
        account_enabled: before.as_ref().is_none_or(|before| before.account_enabled),
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type: TrustType::ServerAd,
        owner: None,
        eas_device_id: None,
        registered: ctx.now(),
    };
    let device = write(unit.as_mut(), before.as_deref(), device).await?;
    audited(ctx, unit.as_mut(), &Actor::device(&device), before.as_deref(), &device).await?;
    unit.commit().await?;
    Ok(Joined { device, certificate })
}

/// The ticket behind a token.
async fn proven(ctx: &Context, tenant: &Tenant, token: &[u8]) -> Result<Ticket, JoinError> {
    prove(ctx, tenant.id, token).await.map_err(|unproven| match unproven {
        Unproven::Failed(error) => JoinError::Other(error),
        unproven => refused(tenant, &unproven.to_string()),
    })
}

/// The computer that a ticket is of.
async fn computer_of(unit: &mut dyn Unit, tenant: &Tenant, ticket: Ticket) -> Result<DomainComputer, JoinError> {
    let found = unit.domain().computer_by_sid(&ticket.security_identifier).await?;
    let computer = found.ok_or_else(|| refused(tenant, &format!("{} is no computer that is followed", ticket.principal)))?;
    if computer.enabled { Ok(computer) } else { Err(refused(tenant, &format!("{} is disabled", ticket.principal))) }
}

/// The reason stays here: who has no good ticket learns nothing about the domain.
fn refused(tenant: &Tenant, reason: &str) -> JoinError {
    tracing::warn!(tenant = %tenant.id, reason, "a computer may not register");
    JoinError::NoComputer
}

/// Writes the device in place of what was there.
async fn write(unit: &mut dyn Unit, before: Option<&Device>, device: Device) -> Result<Device, JoinError> {
    let device = match before {
        None => {
            unit.devices().create(&device).await?;
            device
        }
        Some(before) if before.public_key_sha256 == device.public_key_sha256 => {
            let renewed = Device {
                certificate_thumbprint: device.certificate_thumbprint,
                transport_key: device.transport_key,
                operating_system: device.operating_system,
                operating_system_version: device.operating_system_version,
                display_name: device.display_name,
                ..before.clone()
            };
            unit.devices().update(&renewed).await?;
            renewed
        }
        Some(before) => {
            unit.devices().delete(before.id).await?;
            unit.devices().create(&device).await?;
            device
        }
    };
    Ok(device)
}
