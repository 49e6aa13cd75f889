//! Joining: the owner's token, a certificate request and a transport key make a device record and a certificate.

use doorward_model::device::{Device, TrustType};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{DeviceId, UserId};
use doorward_store::Unit;
use doorward_wire::drs::{self, CheckedCsr, JoinRequest};
use jiff::SignedDuration;
use serde_json::Value;

use crate::access::{self, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::directory::audit::shown;
use crate::directory::{Actor, Change, record};
use crate::error::{Error, Result};
use crate::keys::{self, DeviceAuthority};
use crate::resource;
use crate::token::verify::Authenticated;

/// Life of a device certificate.
const CERTIFICATE_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365 * 10);
/// Longest name, type and version of a device that are kept.
const TEXT_LIMIT: usize = 128;
/// Kind of the audit's records.
pub(super) const KIND: &str = "device";

/// Why a registration is refused.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The request is malformed; the text names the member.
    #[error("{0}")]
    Malformed(String),
    /// The user owns as many devices as the tenant allows.
    #[error("you have registered {limit} devices, which is the limit: remove one that you no longer use")]
    TooManyDevices {
        /// The limit.
        limit: u32,
    },
    /// The key belongs to a device of somebody else.
    #[error("this device is registered to somebody else")]
    OtherOwner,
    /// The ticket proves no computer that may register; the log has why.
    #[error("the ticket is not accepted, or is of no computer that may register here: the log of the server says why")]
    NoComputer,
    /// The ticket is of another computer.
    #[error("the ticket is of the computer {id}: register under its id")]
    OtherComputer {
        /// Its id.
        id: DeviceId,
    },
    /// A policy refuses, or something failed.
    #[error(transparent)]
    Other(#[from] Error),
}

impl From<doorward_store::StoreError> for JoinError {
    fn from(error: doorward_store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// What the device gets.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The record.
    pub device: Device,
    /// Certificate, DER.
    pub certificate: Vec<u8>,
}

/// Registers a device for the bearer of a token for device registration. The same key again renews the certificate.
///
/// # Errors
/// [`JoinError`].
pub async fn join(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    bearer: &Authenticated,
    request: &JoinRequest,
) -> std::result::Result<Joined, JoinError> {
    let Some(user) = bearer.user.as_ref() else {
        return Err(JoinError::Malformed("an application cannot own a device: the token must be a user's".into()));
    };
    let csr = drs::check_csr(request).map_err(|error| JoinError::Malformed(error.to_string()))?;
    let transport_key = drs::transport_key_spki(request).map_err(|error| JoinError::Malformed(format!("TransportKey: {error}")))?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    require_registration_allowed(ctx, unit.as_mut(), tenant, caller, bearer, user).await?;
    let existing = unit.devices().find_by_public_key(&csr.public_key.sha256).await?;
    if existing.as_ref().is_some_and(|device| device.owner != Some(user.id)) {
        return Err(JoinError::OtherOwner);
    }
    let limit = tenant.device_limit;
    if existing.is_none() && unit.devices().owned_by(user.id).await?.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
        return Err(JoinError::TooManyDevices { limit });
    }
    let id = existing.as_ref().map_or_else(|| DeviceId::random(ctx.rng.as_ref()), |device| device.id);
    let authority = keys::device_authority(ctx, unit.as_mut(), tenant.id).await?;
    let certificate = issue_certificate(ctx, tenant, Some(user.id), id, &csr, &authority)?;
    let device = Device {
        id,
        display_name: shortened(&request.device_display_name),
        operating_system: shortened(&request.device_type),
        operating_system_version: shortened(&request.os_version),
        certificate_thumbprint: drs::thumbprint(&certificate),
        public_key_sha256: csr.public_key.sha256,
        transport_key: Some(transport_key),
        account_enabled: existing.as_ref().is_none_or(|device| device.account_enabled),
        is_managed: existing.as_ref().is_some_and(|device| device.is_managed),
        is_compliant: existing.as_ref().is_some_and(|device| device.is_compliant),
        compliance_expiration: existing.as_ref().and_then(|device| device.compliance_expiration),
        trust_type: existing.as_ref().map_or_else(|| trust_type(request.join_type), |device| device.trust_type),
        owner: Some(user.id),
        eas_device_id: existing.as_ref().and_then(|device| device.eas_device_id.clone()),
        registered: existing.as_ref().map_or_else(|| ctx.now(), |device| device.registered),
    };
    match existing {
        Some(_) => unit.devices().update(&device).await?,
        None => unit.devices().create(&device).await?,
    }
    audited(ctx, unit.as_mut(), &Actor::user(user), existing.as_deref(), &device).await?;
    unit.commit().await?;
    Ok(Joined { device, certificate })
}

/// Join types of MS-DVRJ: 0 and 8 join the directory, 4 registers a personal device. Computers of a domain register by their ticket, or are made by an
/// administrator.
fn trust_type(join_type: i64) -> TrustType {
    match join_type {
        0 | 8 => TrustType::AzureAd,
        _ => TrustType::Workplace,
    }
}

async fn require_registration_allowed(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    caller: &Caller,
    bearer: &Authenticated,
    user: &User,
) -> Result<()> {
    let application = crate::client::find(unit, &bearer.app_id.to_string()).await?;
    let registration = resource::find(unit, &resource::DEVICE_REGISTRATION.to_string()).await?;
    let request = access::Request {
        client_type: Some(access::client_type_of(&application)),
        session: bearer.session.as_deref(),
        user_action: Some(doorward_model::sign_in::UserAction::RegisterOrJoinDevices),
        ..access::Request::new("register_device", tenant, caller, Subject::User(user), &application, &registration)
    };
    let attempt = access::require(ctx, unit, &request).await?;
    attempt.granted(ctx).await;
    Ok(())
}

/// Writes the audit record of a device that registered, or renewed its certificate.
pub(super) async fn audited(ctx: &Context, unit: &mut dyn Unit, actor: &Actor, before: Option<&Device>, device: &Device) -> Result<()> {
    let (id, before) = (device.id.to_string(), before.map_or(Value::Null, shown));
    record(ctx, unit, Change { activity: "Register", kind: KIND, id, before, after: shown(device), actor }).await
}

/// The certificate of a device for the key of a request.
pub(super) fn issue_certificate(
    ctx: &Context,
    tenant: &Tenant,
    user: Option<UserId>,
    id: DeviceId,
    csr: &CheckedCsr,
    authority: &DeviceAuthority,
) -> Result<Vec<u8>> {
    let now = ctx.now();
    let not_after = now.saturating_add(CERTIFICATE_LIFETIME).unwrap_or(now);
    authority
        .issue(csr, id, tenant.id, user, now, not_after, ctx.rng.as_ref())
        .map_err(|error| Error::internal("device certificate", &error))
}

/// As much of a text as is kept.
pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(TEXT_LIMIT).collect()
}
