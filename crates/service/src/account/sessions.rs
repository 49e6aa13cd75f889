//! Where a person is signed in.

use doorward_model::session::Session;
use doorward_model::user::User;
use doorward_model::{SessionId, TenantId};
use serde_json::{Value, json};

use crate::context::Context;
use crate::directory::audit::{self, Change};
use crate::directory::{Actor, DirectoryError};
use crate::sign_in::session::is_live;

type Result<T> = std::result::Result<T, DirectoryError>;

const KIND: &str = "session";

/// The sessions of a person that still count, newest first.
///
/// # Errors
/// Storage failure.
pub async fn sessions(ctx: &Context, tenant: TenantId, user: &User) -> Result<Vec<Session>> {
    let now = ctx.now();
    let kept = ctx.store.tenant(tenant).read().await?.sessions().live_of(user.id, now).await?;
    Ok(kept.into_iter().filter(|session| is_live(session, user, now)).collect())
}

/// Ends one of them; the tokens that hang on it are void with it.
///
/// # Errors
/// [`DirectoryError::NotFound`] for anybody else's session, or storage failure.
pub async fn end_session(ctx: &Context, tenant: TenantId, user: &User, id: SessionId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let session = unit.sessions().get(id).await?.filter(|session| session.user_id == user.id);
    let session = session.ok_or_else(|| DirectoryError::NotFound(format!("session {id}")))?;
    // Ended already: it was asked for twice.
    if session.revoked.is_some() {
        return Ok(());
    }
    unit.sessions().revoke(id, ctx.now()).await?;
    let actor = Actor::user(user);
    let before = audit::shown(&*session);
    let change = Change { activity: "End", kind: KIND, id: id.to_string(), before, after: Value::Null, actor: &actor };
    audit::record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

/// Ends every session of a person, this one included.
///
/// # Errors
/// [`DirectoryError::NotFound`] when the person is gone, or storage failure.
pub async fn sign_out_everywhere(ctx: &Context, tenant: TenantId, user: &User) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = unit.users().get(user.id).await?.ok_or_else(|| DirectoryError::NotFound(format!("user {}", user.id)))?;
    let mut after = (*before).clone();
    after.end_sessions(ctx.now());
    unit.users().update(&after).await?;
    let actor = Actor::user(user);
    let times = |user: &User| json!({ "signInSessionsValidFrom": user.sign_in_sessions_valid_from });
    let change =
        Change { activity: "End every", kind: KIND, id: user.id.to_string(), before: times(&before), after: times(&after), actor: &actor };
    audit::record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
