//! The signing keys of a tenant, as administrators see and rotate them.

use doorward_model::TenantId;
use doorward_model::key::SigningKey;
use doorward_store::Unit;
use serde_json::{Value, json};

use super::audit::{Actor, Change, record};
use super::error::Result;
use super::tag::{check_tag, entity_tag};
use crate::context::Context;
use crate::keys;

/// The keys, with the one that will sign next first.
///
/// # Errors
/// Storage failure.
pub async fn signing_keys(ctx: &Context, tenant: TenantId) -> Result<Vec<SigningKey>> {
    of(ctx.store.tenant(tenant).read().await?.as_mut()).await
}

/// The entity tag of the keys of a tenant together.
#[must_use]
pub fn signing_keys_tag(keys: &[SigningKey]) -> String {
    entity_tag(&shown(keys))
}

/// Moves every key one slot on, at once: the next ones sign, the present ones only verify, those before are forgotten. With `expected`, only
/// while the keys have that entity tag: twice in a row would forget keys that tokens still need.
///
/// # Errors
/// [`DirectoryError::Changed`](super::DirectoryError::Changed); storage failure, or key generation failure.
pub async fn rotate_signing_keys(ctx: &Context, tenant: TenantId, actor: &Actor, expected: Option<&str>) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = shown(&of(unit.as_mut()).await?);
    check_tag(&before, expected)?;
    keys::rotate(ctx, unit.as_mut(), tenant).await?;
    let after = shown(&of(unit.as_mut()).await?);
    let change = Change { activity: "Rotate", kind: "signing keys", id: tenant.to_string(), before, after, actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    ctx.keys.forget(tenant);
    Ok(())
}

async fn of(unit: &mut dyn Unit) -> Result<Vec<SigningKey>> {
    let mut keys = unit.keys().signing_keys().await?;
    keys.sort_by(|a, b| (a.slot, a.algorithm, &a.kid).cmp(&(b.slot, b.algorithm, &b.kid)));
    Ok(keys)
}

/// Ids by slot; nothing of the keys themselves.
fn shown(keys: &[SigningKey]) -> Value {
    let shown = |key: &SigningKey| json!({ "keyId": key.kid, "algorithm": key.algorithm, "slot": key.slot });
    json!(keys.iter().map(shown).collect::<Vec<_>>())
}
