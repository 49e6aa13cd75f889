//! Checking access tokens that come back to us: at the admin API, device registration, app protection and the gates.

use std::sync::Arc;

use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{AppId, DeviceId, SessionId, UserId};
use doorward_store::Unit;
use doorward_wire::jwt;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::context::Context;
use crate::error::Result;
use crate::keys;
use crate::sign_in::session;

/// Clocks of two servers may differ by this much.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// Why a token is not accepted. The text may be shown; it says nothing about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token of this tenant.
    #[error("the access token is not valid")]
    Invalid,
    /// Made for another resource.
    #[error("the access token was made for another audience")]
    Audience,
    /// Expired or not yet valid.
    #[error("the access token has expired")]
    Expired,
    /// The session, user or device behind it is gone.
    #[error("the access token was withdrawn")]
    Withdrawn,
}

/// What a good token says. Roles and the account's state are read from the directory, not from the token.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The user; none for an application acting for itself.
    pub user: Option<Arc<User>>,
    /// The sign-in of the user, with the methods that the token was made with.
    pub session: Option<Arc<Session>>,
    /// The client the token was made for.
    pub app_id: AppId,
    /// The device, when one took part.
    pub device_id: Option<DeviceId>,
    /// Delegated scopes.
    pub scopes: Vec<String>,
    /// Application permissions.
    pub app_roles: Vec<String>,
    /// Client capabilities.
    pub capabilities: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: i64,
    nbf: i64,
    oid: Option<UserId>,
    sid: Option<SessionId>,
    azp: Option<AppId>,
    appid: Option<AppId>,
    deviceid: Option<DeviceId>,
    idtyp: Option<String>,
    cnf: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    amr: Vec<String>,
    #[serde(default)]
    scp: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    xms_cc: Vec<String>,
}

/// Checks an access token for one of our own resources.
///
/// # Errors
/// [`TokenError`] inside the outer `Ok`; storage failure outside.
pub async fn access_token(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    token: &str,
    resource: AppId,
) -> Result<std::result::Result<Authenticated, TokenError>> {
    let claims = match signed_claims(ctx, unit, tenant, token).await? {
        Some(claims) => claims,
        None => return Ok(Err(TokenError::Invalid)),
    };
    if claims.iss != ctx.issuer(tenant.id) && claims.iss != ctx.issuer_v1(tenant.id) {
        return Ok(Err(TokenError::Invalid));
    }
    if claims.aud != resource.to_string() && !is_identifier_uri(unit, resource, &claims.aud).await? {
        return Ok(Err(TokenError::Audience));
    }
    // A token that is bound to a key needs a proof of the key, which nothing here can take yet: as a bearer token it is worth nothing.
    if claims.cnf.is_some() {
        return Ok(Err(TokenError::Invalid));
    }
    let now = ctx.now();
    if !within(now, claims.nbf, claims.exp) {
        return Ok(Err(TokenError::Expired));
    }
    let Some(app_id) = claims.azp.or(claims.appid) else { return Ok(Err(TokenError::Invalid)) };
    let (session, user) = if claims.idtyp.as_deref() == Some("app") {
        match unit.applications().get(app_id).await? {
            Some(application) if application.enabled => (None, None),
            _ => return Ok(Err(TokenError::Withdrawn)),
        }
    } else {
        match live_session(unit, &claims, now).await? {
            Some((mut session, user)) => {
                if session.amr != claims.amr {
                    Arc::make_mut(&mut session).amr = claims.amr;
                }
                (Some(session), Some(user))
            }
            None => return Ok(Err(TokenError::Withdrawn)),
        }
    };
    if let Some(device) = claims.deviceid
        && !unit.devices().get(device).await?.is_some_and(|device| device.account_enabled)
    {
        return Ok(Err(TokenError::Withdrawn));
    }
    Ok(Ok(Authenticated {
        user,
        session,
        app_id,
        device_id: claims.deviceid,
        scopes: claims.scp.split_ascii_whitespace().map(str::to_owned).collect(),
        app_roles: claims.roles,
        capabilities: claims.xms_cc,
    }))
}

async fn signed_claims(ctx: &Context, unit: &mut dyn Unit, tenant: &Tenant, token: &str) -> Result<Option<Claims>> {
    let keys = keys::of_tenant(ctx, unit, tenant.id).await?;
    let Ok(unverified) = jwt::parse(token) else { return Ok(None) };
    let Some((algorithm, key)) = unverified.kid().and_then(|kid| keys.verifier(kid)) else { return Ok(None) };
    let verified = unverified.verify(algorithm, key).ok();
    Ok(verified.and_then(|payload| serde_json::from_slice(payload).ok()))
}

async fn is_identifier_uri(unit: &mut dyn Unit, resource: AppId, audience: &str) -> Result<bool> {
    Ok(unit.applications().find_by_identifier_uri(audience).await?.is_some_and(|application| application.app_id == resource))
}

async fn live_session(unit: &mut dyn Unit, claims: &Claims, now: Timestamp) -> Result<Option<(Arc<Session>, Arc<User>)>> {
    let (Some(user_id), Some(session_id)) = (claims.oid, claims.sid) else { return Ok(None) };
    let Some((session, user)) = session::load(unit, session_id).await? else { return Ok(None) };
    Ok((user.id == user_id && session::is_live(&session, &user, now)).then_some((session, user)))
}

fn within(now: Timestamp, not_before: i64, expires: i64) -> bool {
    let skew = SKEW.as_secs();
    now.as_second() >= not_before.saturating_sub(skew) && now.as_second() < expires.saturating_add(skew)
}
