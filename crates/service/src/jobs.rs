//! Housekeeping in the background.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::compliance;
use crate::context::Context;
use crate::error::Result;

/// Pause between two rounds.
const INTERVAL: Duration = Duration::from_secs(15 * 60);
/// Ended codes, tokens and sessions are kept this long, so that a replay is still recognised.
const KEEP_GRANTS: SignedDuration = SignedDuration::from_hours(24);
/// Sign-in records are kept this long.
const KEEP_SIGN_INS: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Devices of a tenant that are judged again in one round at most.
const DEVICES: u32 = 20_000;

/// Runs housekeeping until the task is dropped.
pub async fn run(ctx: Arc<Context>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = tidy(&ctx).await {
            tracing::warn!(%error, "housekeeping failed; it is tried again later");
        }
    }
}

/// One round: forgets what has ended.
///
/// # Errors
/// Storage failure.
pub async fn tidy(ctx: &Context) -> Result<()> {
    let now = ctx.now();
    let before = |kept: SignedDuration| now.saturating_sub(kept).unwrap_or(Timestamp::UNIX_EPOCH);
    ctx.attempts.shrink();
    ctx.protection_limits.shrink();
    ctx.admin_limits.shrink();
    for tenant in ctx.store.tenants().await? {
        let mut unit = ctx.store.tenant(tenant.id).write().await?;
        unit.one_time().prune(now).await?;
        unit.grants().prune(before(KEEP_GRANTS)).await?;
        unit.logs().prune_sign_ins(before(KEEP_SIGN_INS)).await?;
        unit.commit().await?;
        // One tenant's trouble with its policies must not keep the others waiting.
        if let Err(error) = compliance::judge_due(ctx, tenant.id, DEVICES).await {
            tracing::warn!(%error, tenant = %tenant.id, "devices are judged again later");
        }
    }
    Ok(())
}
