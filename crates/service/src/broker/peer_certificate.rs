//! Certificates with which the devices of a tenant know each other.

use doorward_model::ErrorCode;
use doorward_model::tenant::Tenant;
use doorward_wire::certificate::PeerCertificateTemplate;
use doorward_wire::prt::{self, PeerCertificateResponse};
use jiff::SignedDuration;

use super::credential::device_of;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::{client, keys, one_time};

/// Life of such a certificate: a device that is disabled stops being known to its peers within a day.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// Answers a request signed by a device key. The certificate is for that same key, and names the device as it is registered.
///
/// # Errors
/// A refusal, or storage failure.
pub async fn issue(ctx: &Context, tenant: &Tenant, message: &str) -> Result<PeerCertificateResponse> {
    let malformed = |why: &dyn std::fmt::Display| {
        Error::refused(ErrorCode::BAD_REQUEST, "The request is not a signed request for a device certificate.").with_reason(why)
    };
    let request = prt::parse_peer_certificate_request(message).map_err(|error| malformed(&error))?;
    let csr = request.csr().map_err(|error| malformed(&error))?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let device = device_of(unit.as_mut(), &request.certificate).await?;
    one_time::redeem_nonce(ctx, unit.as_mut(), tenant.id, &request.claims.request_nonce).await?;
    let application = client::find(unit.as_mut(), &request.claims.client_id).await?;
    let authority = keys::device_authority(ctx, unit.as_mut(), tenant.id).await?;
    unit.commit().await?;
    if !application.broker {
        return Err(Error::refused(ErrorCode::UNAUTHORIZED_CLIENT, "Only a broker may ask for a device certificate."));
    }
    if csr.public_key.sha256 != device.public_key_sha256 {
        return Err(malformed(&"the certificate request is for another key than that of the device"));
    }
    let now = ctx.now();
    let template = PeerCertificateTemplate {
        device: device.id,
        name: &device.display_name,
        not_before: now,
        not_after: now.saturating_add(LIFETIME).unwrap_or(now),
    };
    let certificate =
        authority.issue_for_peers(&csr, &template, ctx.rng.as_ref()).map_err(|error| Error::internal("device certificate", &error))?;
    Ok(PeerCertificateResponse::new(&certificate, authority.certificate()))
}
