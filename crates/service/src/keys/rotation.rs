//! Making and rotating signing keys. Slots: `next` is published ahead, `current` signs, `previous` still verifies.

use doorward_model::TenantId;
use doorward_model::application::SigningAlgorithm;
use doorward_model::key::{KeySlot, SigningKey as KeyRecord};
use doorward_store::Unit;
use doorward_wire::key::SigningKey;

use super::key_purpose;
use crate::context::Context;
use crate::error::{Error, Result};

const ALGORITHMS: [SigningAlgorithm; 2] = [SigningAlgorithm::RS256, SigningAlgorithm::ES256];

/// Makes the first keys of a tenant: a current and a next one for each algorithm.
///
/// # Errors
/// Storage failure, or key generation failure.
pub async fn create_signing_keys(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<()> {
    for algorithm in ALGORITHMS {
        for slot in [KeySlot::Current, KeySlot::Next] {
            add(ctx, unit, tenant, algorithm, slot).await?;
        }
    }
    ctx.keys.forget(tenant);
    Ok(())
}

/// Moves every key one slot on: next signs, current only verifies, previous is forgotten; new next keys are made.
///
/// Tokens signed by the forgotten key stop verifying, so rotate less often than the longest token lives (an hour). After
/// the call the caller commits; other nodes follow within a minute.
///
/// # Errors
/// Storage failure, or key generation failure.
pub async fn rotate(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<()> {
    let keys = unit.keys().signing_keys().await?;
    // Previous keys leave first: a slot holds one key of each algorithm.
    for (from, to) in [(KeySlot::Previous, None), (KeySlot::Current, Some(KeySlot::Previous)), (KeySlot::Next, Some(KeySlot::Current))] {
        for key in keys.iter().filter(|key| key.slot == from) {
            match to {
                Some(slot) => unit.keys().set_slot(&key.kid, slot).await?,
                None => unit.keys().remove_signing_key(&key.kid).await?,
            }
        }
    }
    for algorithm in ALGORITHMS {
        add(ctx, unit, tenant, algorithm, KeySlot::Next).await?;
    }
    ctx.keys.forget(tenant);
    Ok(())
}

async fn add(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, algorithm: SigningAlgorithm, slot: KeySlot) -> Result<()> {
    // RSA key generation takes a tenth of a second of one core.
    let (key, pkcs8) = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm))
        .await
        .map_err(|error| Error::internal("key generation", &error))?
        .map_err(|error| Error::internal("key generation", &error))?;
    let kid = key.kid().to_owned();
    let record = KeyRecord {
        wrapped_private_key: ctx.master_key.wrap(ctx.rng.as_ref(), &key_purpose(tenant, &kid), &pkcs8)?,
        kid,
        algorithm,
        slot,
        public_jwk: key.public_jwk().to_string(),
        created: ctx.now(),
    };
    Ok(unit.keys().add_signing_key(&record).await?)
}
