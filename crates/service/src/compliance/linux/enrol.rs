//! Enrolment by the computer's own client.

use doorward_model::DeviceId;
use doorward_model::compliance::DeviceOwnerType;
use doorward_model::tenant::Tenant;
use doorward_wire::drs;
use doorward_wire::linux_management::{EnrolmentRequest, read_csr};
use jiff::SignedDuration;

use super::{Computer, ComputerError};
use crate::compliance::{Enrolment, enrol as put_under_management};
use crate::context::Context;
use crate::directory::{Actor, DirectoryError};
use crate::error::Error;
use crate::keys;

/// Days after which the client enrols again.
const RENEWAL_DAYS: u32 = 181;

/// What the computer gets.
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// Id of the device in management: that of its registration.
    pub device_id: DeviceId,
    /// Certificate, DER. It is for the client's own use: requests are judged by their access token.
    pub certificate: Vec<u8>,
    /// SHA-1 of it, upper-case hexadecimal.
    pub thumbprint: String,
    /// Days after which the client enrols again.
    pub renew_period: u32,
}

/// Puts a registered computer under management. Enrolling again renews the certificate and keeps what was reported.
///
/// # Errors
/// [`ComputerError::Malformed`] for a bad certificate request, another refusal, or storage failure.
pub async fn enrol(ctx: &Context, tenant: &Tenant, computer: &Computer, request: &EnrolmentRequest) -> Result<Enrolled, ComputerError> {
    let csr = read_csr(&request.certificate_signing_request);
    let csr = csr.map_err(|error| ComputerError::Malformed(format!("CertificateSigningRequest: {error}")))?;
    let Computer { device, owner } = computer;
    let enrolment = Enrolment { device_id: device.id, owner_type: DeviceOwnerType::Personal, android: None };
    match put_under_management(ctx, tenant.id, &Actor::user(owner), enrolment).await {
        Ok(_) | Err(DirectoryError::AlreadyExists(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let authority = keys::device_authority(ctx, ctx.store.tenant(tenant.id).read().await?.as_mut(), tenant.id).await?;
    let now = ctx.now();
    let not_after = now.saturating_add(SignedDuration::from_hours(24 * i64::from(RENEWAL_DAYS))).unwrap_or(now);
    let certificate = authority
        .issue(&csr, device.id, tenant.id, Some(owner.id), now, not_after, ctx.rng.as_ref())
        .map_err(|error| Error::internal("management certificate", &error))?;
    Ok(Enrolled { device_id: device.id, thumbprint: drs::thumbprint(&certificate), certificate, renew_period: RENEWAL_DAYS })
}
