//! Keys of a tenant: signing keys in three rotation slots, and the device certificate authority.

mod device_ca;
mod rotation;

use std::sync::Arc;

use doorward_model::TenantId;
use doorward_model::application::SigningAlgorithm;
use doorward_model::key::KeySlot;
use doorward_store::Unit;
use doorward_wire::key::{SigningKey, VerifyingKey};
use jiff::SignedDuration;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::read_lately::ReadLately;

pub use device_ca::{DeviceAuthority, create_device_ca, device_authority};
pub use rotation::{create_signing_keys, rotate};

/// The keys of a tenant as read a moment ago.
pub struct KeyRing(ReadLately<TenantId, Arc<TenantKeys>>);

impl Default for KeyRing {
    fn default() -> Self {
        // A key is published in slot `next` long before it signs, so a minute of staleness on another node does no harm.
        Self(ReadLately::new(1024, SignedDuration::from_secs(60)))
    }
}

impl KeyRing {
    /// Forgets what was read, after a change was committed on this node.
    pub(crate) fn forget(&self, tenant: TenantId) {
        self.0.forget(&tenant);
    }
}

/// Signing keys of one tenant, unwrapped.
pub struct TenantKeys {
    signing: Vec<(SigningAlgorithm, String, SigningKey)>,
    verifying: Vec<(String, SigningAlgorithm, VerifyingKey)>,
    /// The JSON Web Key Set document (RFC 7517), as served.
    pub jwks: String,
}

impl TenantKeys {
    /// Key id and key that sign with that algorithm now.
    ///
    /// # Errors
    /// When the tenant has none, which `doorward doctor` reports.
    pub fn signer(&self, algorithm: SigningAlgorithm) -> Result<(&str, &SigningKey)> {
        self.signing
            .iter()
            .find(|(this, _, _)| *this == algorithm)
            .map(|(_, kid, key)| (kid.as_str(), key))
            .ok_or_else(|| Error::internal("signing keys", &format!("no current {algorithm:?} key")))
    }

    /// The published key with that id and the algorithm it is for.
    #[must_use]
    pub fn verifier(&self, kid: &str) -> Option<(SigningAlgorithm, &VerifyingKey)> {
        self.verifying.iter().find(|(this, _, _)| this == kid).map(|(_, algorithm, key)| (*algorithm, key))
    }
}

/// The keys of a tenant.
///
/// # Errors
/// Storage failure, or keys that the master key does not open.
pub async fn of_tenant(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<Arc<TenantKeys>> {
    let now = ctx.now();
    if let Some(keys) = ctx.keys.0.get(&tenant, now) {
        return Ok(keys);
    }
    let mut signing = Vec::new();
    let mut verifying = Vec::new();
    let mut published = Vec::new();
    for record in unit.keys().signing_keys().await? {
        let jwk: serde_json::Value = serde_json::from_str(&record.public_jwk).map_err(|error| Error::internal("public key", &error))?;
        let verifier = VerifyingKey::from_jwk(&jwk).map_err(|error| Error::internal("public key", &error))?;
        verifying.push((record.kid.clone(), record.algorithm, verifier));
        published.push(jwk);
        if record.slot == KeySlot::Current {
            let pkcs8 = ctx.master_key.unwrap(&key_purpose(tenant, &record.kid), &record.wrapped_private_key)?;
            let key = SigningKey::from_pkcs8(record.algorithm, &pkcs8).map_err(|error| Error::internal("signing key", &error))?;
            signing.push((record.algorithm, record.kid, key));
        }
    }
    let jwks = serde_json::json!({ "keys": published }).to_string();
    let keys = Arc::new(TenantKeys { signing, verifying, jwks });
    ctx.keys.0.put(tenant, now, keys.clone());
    Ok(keys)
}

/// What a wrapped signing key is authenticated to be.
fn key_purpose(tenant: TenantId, kid: &str) -> String {
    format!("signing key {kid} of {tenant}")
}
