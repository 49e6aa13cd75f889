//! Sessions as the browser sees them: a sealed cookie that names the session record.

use std::sync::Arc;

use doorward_model::session::{Session, SessionKind};
use doorward_model::user::User;
use doorward_model::{DeviceId, SessionId, TenantId};
use doorward_store::Unit;
use jiff::{SignedDuration, Timestamp};

use crate::context::Context;
use crate::error::Result;

/// How long a browser stays signed in without signing in again.
const BROWSER_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// How long a session lives on its refresh tokens (90 days, the usual rolling window of existing clients).
const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A new session for a person who has just proved who they are.
#[must_use]
pub fn begin(ctx: &Context, user: &User, kind: SessionKind, device: Option<DeviceId>, amr: Vec<String>) -> Session {
    let now = ctx.now();
    Session {
        id: SessionId::random(ctx.rng.as_ref()),
        user_id: user.id,
        device_id: device,
        kind,
        amr,
        authenticated: now,
        second_factor: None,
        expires: now.saturating_add(TOKEN_LIFETIME).unwrap_or(now),
        revoked: None,
    }
}

/// A session counts when it is neither revoked nor expired, began after the user's sessions were last voided, and the user's account
/// may be used.
#[must_use]
pub fn is_live(session: &Session, user: &User, now: Timestamp) -> bool {
    session.revoked.is_none()
        && session.expires > now
        && session.authenticated >= user.sign_in_sessions_valid_from
        && user.is_active_at(now)
}

/// The cookie value for a session.
///
/// # Errors
/// When sealing fails.
pub fn cookie(ctx: &Context, tenant: TenantId, session: SessionId) -> Result<String> {
    ctx.master_key.seal_text(ctx.rng.as_ref(), &purpose(tenant), session.to_string().as_bytes())
}

/// The live session and its user that a cookie names, when it may still be used without a new sign-in.
///
/// # Errors
/// Storage failure.
pub async fn from_cookie(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, cookie: &str) -> Result<Option<(Arc<Session>, Arc<User>)>> {
    let id = ctx.master_key.open_text(&purpose(tenant), cookie).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(id) = id.and_then(|text| text.parse::<SessionId>().ok()) else {
        return Ok(None);
    };
    let Some((session, user)) = load(unit, id).await? else { return Ok(None) };
    let now = ctx.now();
    let fresh = session.authenticated.saturating_add(BROWSER_LIFETIME).unwrap_or(now) > now;
    Ok((fresh && is_live(&session, &user, now)).then_some((session, user)))
}

/// A session with its user, live or not.
///
/// # Errors
/// Storage failure.
pub async fn load(unit: &mut dyn Unit, id: SessionId) -> Result<Option<(Arc<Session>, Arc<User>)>> {
    let Some(session) = unit.sessions().get(id).await? else { return Ok(None) };
    let user = unit.users().get(session.user_id).await?;
    Ok(user.map(|user| (session, user)))
}

fn purpose(tenant: TenantId) -> String {
    format!("session cookie of {tenant}")
}
