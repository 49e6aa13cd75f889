//! `grant_type=refresh_token` (RFC 6749 §6). The decision is made again each time.

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::refresh_token::RefreshToken;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use doorward_wire::oauth::confirmation::KeyId;
use doorward_wire::oauth::token_response::TokenResponse;
use jiff::Timestamp;

use super::issue::{self, Issue, Version};
use crate::access::{self, Attempt, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time::sha256;
use crate::resource::{self, Target};
use crate::sign_in::consent;

/// What the client asks for with the token.
#[derive(Debug, Clone, Copy)]
pub struct Refresh<'a> {
    /// Refresh token.
    pub refresh_token: &'a str,
    /// New scope (v2.0); empty: that of the token.
    pub scope: &'a str,
    /// New resource (v1.0).
    pub resource: Option<&'a str>,
    /// Client capabilities.
    pub capabilities: &'a [String],
    /// Authentication context asked for (`acrs`).
    pub authentication_context: Option<&'a str>,
    /// The client's key that the access token is to be bound to.
    pub confirmation: Option<&'a KeyId>,
}

/// Redeems a refresh token for new tokens, also for another resource that the client may use.
///
/// # Errors
/// A refusal, or storage failure.
pub async fn redeem(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    refresh: Refresh<'_>,
    version: Version,
) -> Result<TokenResponse> {
    let store = ctx.store.tenant(tenant.id);
    let mut unit = store.read().await?;
    let mut asked = Asked::read(ctx, unit.as_mut(), application, refresh, version).await?;
    if !asked.keeps_token(ctx.now()) {
        // A new token is written under what holds then, not under what was just read.
        unit = store.write().await?;
        asked = Asked::read(ctx, unit.as_mut(), application, refresh, version).await?;
    }
    let (response, attempt) = redeem_in(ctx, unit.as_mut(), tenant, caller, application, asked, version).await?;
    unit.commit().await?;
    attempt.granted(ctx).await;
    Ok(response)
}

/// The token that is redeemed, and for what.
struct Asked<'a> {
    refresh: Refresh<'a>,
    token: RefreshToken,
    target: Target,
}

impl<'a> Asked<'a> {
    async fn read(ctx: &Context, unit: &mut dyn Unit, application: &Application, refresh: Refresh<'a>, version: Version) -> Result<Self> {
        let token = valid(ctx, unit, refresh.refresh_token).await?;
        if token.app_id != application.app_id {
            return Err(Error::refused(ErrorCode::INVALID_GRANT, "The refresh token belongs to another client."));
        }
        let target = match (refresh.resource, refresh.scope.trim()) {
            (Some(name), scope) => resource::from_resource(unit, name, scope).await?,
            (None, "") if version == Version::V1 => resource::from_resource(unit, &token.resource.to_string(), "").await?,
            (None, "") => resource::from_scope(unit, &token.scope).await?,
            (None, scope) => resource::from_scope(unit, scope).await?,
        };
        Ok(Self { refresh, token, target })
    }

    /// Whether the client keeps its refresh token: a new one would be for the same, and last hardly longer.
    fn keeps_token(&self, now: Timestamp) -> bool {
        let young = self.token.issued.saturating_add(issue::REFRESH_TOKEN_RENEWAL).is_ok_and(|end| now < end);
        young && self.token.resource == self.target.resource.app_id && self.token.scope == self.target.granted
    }
}

async fn redeem_in(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    asked: Asked<'_>,
    version: Version,
) -> Result<(TokenResponse, Attempt)> {
    let kept = asked.keeps_token(ctx.now()).then_some(asked.refresh.refresh_token);
    let Asked { refresh, token, target } = asked;
    let (session, user) = super::live_session(ctx, unit, token.session_id).await?;
    let session = as_it_was(session, &token);
    let device = super::bound_device(unit, token.device_id).await?;
    consent::require(unit, application, &user, &target).await?;
    let request = access::Request {
        client_type: Some(access::client_type_of(application)),
        device: device.as_ref(),
        brokered: token.brokered,
        session: Some(&session),
        transfer_method: access::transfer_method(session.kind),
        capabilities: refresh.capabilities,
        authentication_context: refresh.authentication_context,
        ..access::Request::new("refresh_token", tenant, caller, Subject::User(&user), application, &target.resource)
    };
    let attempt = access::require(ctx, unit, &request).await?;
    let tokens = Issue {
        tenant,
        user: &user,
        client: application,
        target: &target,
        session: &session,
        device: device.as_ref(),
        brokered: token.brokered,
        kept,
        code_id: token.code_id,
        nonce: None,
        capabilities: refresh.capabilities,
        authentication_context: refresh.authentication_context,
        confirmation: refresh.confirmation,
        version,
    };
    let response = issue::issue(ctx, unit, &tokens).await?;
    Ok((response, attempt))
}

/// The session with the methods that the token came from: a second factor given later was given for something else.
pub(crate) fn as_it_was(session: Session, token: &RefreshToken) -> Session {
    match &token.amr {
        Some(amr) => Session { amr: amr.clone(), ..session },
        None => session,
    }
}

/// The refresh token with that value, if it still counts.
///
/// # Errors
/// [`ErrorCode::INVALID_GRANT`], [`ErrorCode::GRANT_EXPIRED`], or storage failure.
pub(crate) async fn valid(ctx: &Context, unit: &mut dyn Unit, value: &str) -> Result<RefreshToken> {
    let token = unit
        .grants()
        .refresh_token(&sha256(value))
        .await?
        .ok_or_else(|| Error::refused(ErrorCode::INVALID_GRANT, "The refresh token is not valid. Sign in again."))?;
    if token.revoked.is_some() || token.expires <= ctx.now() {
        return Err(Error::refused(ErrorCode::GRANT_EXPIRED, "The refresh token has expired or was withdrawn. Sign in again."));
    }
    Ok(token)
}
