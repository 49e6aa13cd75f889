//! The device certificate authority of a tenant.

use doorward_model::key::DeviceCa;
use doorward_model::{DeviceId, Rng, TenantId, UserId, rng};
use doorward_store::Unit;
use doorward_wire::certificate::{self, CertificateError, DeviceCertificateTemplate, PeerCertificateTemplate};
use doorward_wire::drs::CheckedCsr;
use jiff::Timestamp;
use uuid::Uuid;

use crate::context::Context;
use crate::error::{Error, Result};

/// Makes the authority of a new tenant.
///
/// # Errors
/// Storage failure, or key generation failure.
pub async fn create_device_ca(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<()> {
    let id = rng::uuid(ctx.rng.as_ref());
    let made = certificate::create_device_ca(id, ctx.now()).map_err(|error| Error::internal("device authority", &error))?;
    let record = DeviceCa {
        id,
        certificate: made.certificate,
        wrapped_private_key: ctx.master_key.wrap(ctx.rng.as_ref(), &purpose(tenant), &made.private_key)?,
        created: ctx.now(),
    };
    Ok(unit.keys().create_device_ca(&record).await?)
}

/// The authority of a tenant, ready to issue.
///
/// # Errors
/// Storage failure, no authority, or a key that the master key does not open.
pub async fn device_authority(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<DeviceAuthority> {
    let record = unit.keys().device_ca().await?.ok_or_else(|| Error::internal("device authority", &"the tenant has none"))?;
    let private_key = ctx.master_key.unwrap(&purpose(tenant), &record.wrapped_private_key)?;
    Ok(DeviceAuthority { id: record.id, certificate: record.certificate, private_key })
}

/// A device certificate authority with its key.
pub struct DeviceAuthority {
    id: Uuid,
    certificate: Vec<u8>,
    private_key: Vec<u8>,
}

impl DeviceAuthority {
    /// Its id, which stands in its name.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Its certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Issues a certificate for the key of a device, for its peers; DER.
    ///
    /// # Errors
    /// When the authority's key or certificate cannot be used.
    pub fn issue_for_peers(
        &self,
        csr: &CheckedCsr,
        template: &PeerCertificateTemplate<'_>,
        rng: &dyn Rng,
    ) -> std::result::Result<Vec<u8>, CertificateError> {
        certificate::issue_peer_certificate(self.id, &self.private_key, &csr.public_key, template, rng)
    }

    /// Issues a certificate for the key of a request; DER.
    ///
    /// # Errors
    /// When the authority's key or certificate cannot be used.
    #[expect(clippy::too_many_arguments, reason = "each is a field of the certificate")]
    pub fn issue(
        &self,
        csr: &CheckedCsr,
        device: DeviceId,
        tenant: TenantId,
        user: Option<UserId>,
        not_before: Timestamp,
        not_after: Timestamp,
        rng: &dyn Rng,
    ) -> std::result::Result<Vec<u8>, CertificateError> {
        let template = DeviceCertificateTemplate { device, tenant, user, not_before, not_after };
        certificate::issue_device_certificate(self.id, &self.private_key, &csr.public_key, &template, rng)
    }
}

fn purpose(tenant: TenantId) -> String {
    format!("device authority of {tenant}")
}
