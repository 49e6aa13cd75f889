//! `grant_type=refresh_token` (RFC 6749 §6). The decision is made again each time.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::refresh_token::RefreshToken;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use doorward_wire::oauth::confirmation::KeyId;
use doorward_wire::oauth::token_response::TokenResponse;
use jiff::Timestamp;
use url::Url;

use super::issue::{self, Issue, Version};
use super::{device_proof, family};
use crate::access::{self, Attempt, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nested::{self, HubParameters};
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
    /// The app that asks for the client.
    pub hub: &'a HubParameters,
    /// The enrolment for app protection that the client says is its own.
    pub enrolment: Option<&'a str>,
    /// Client capabilities.
    pub capabilities: &'a [String],
    /// Authentication context asked for (`acrs`).
    pub authentication_context: Option<&'a str>,
    /// The client's key that the access token is to be bound to.
    pub confirmation: Option<&'a KeyId>,
    /// Address of the token endpoint as the client knows it, for which its device signs; none: it cannot be asked for its device, and
    /// has brought no answer.
    pub endpoint: Option<&'a Url>,
    /// The answer to the challenge for its device (`Authorization: PKeyAuth …`); none: it was not asked yet.
    pub device_answer: Option<&'a str>,
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
    if !asked.keeps_token || refresh.device_answer.is_some() {
        // A new token is written, or a nonce used up, under what holds then and not under what was just read.
        unit = store.write().await?;
        asked = Asked::read(ctx, unit.as_mut(), application, refresh, version).await?;
    }
    let outcome = redeem_in(ctx, unit.as_mut(), tenant, caller, &asked, version).await;
    // A refusal is kept as well: the nonce that a device signed is used up.
    if matches!(outcome, Ok(_) | Err(Error::Refused(_))) {
        unit.commit().await?;
    }
    let (response, attempt) = outcome?;
    attempt.granted(ctx).await;
    Ok(response)
}

/// The token that is redeemed, by whom, and for what.
struct Asked<'a> {
    application: &'a Application,
    /// The app in whose pages the client runs.
    hub: Option<Arc<Application>>,
    refresh: Refresh<'a>,
    token: Arc<RefreshToken>,
    target: Target,
    /// The client keeps its refresh token: a new one would be for the same, and last hardly longer. Decided once, because a new one
    /// needs a unit that can write.
    keeps_token: bool,
}

impl<'a> Asked<'a> {
    async fn read(
        ctx: &Context,
        unit: &mut dyn Unit,
        application: &'a Application,
        refresh: Refresh<'a>,
        version: Version,
    ) -> Result<Self> {
        let now = ctx.now();
        let token = valid(unit, refresh.refresh_token, now).await?;
        if token.app_id != application.app_id {
            family::require(unit, application, &token).await?;
        }
        let hub = nested::hub(unit, application, None, refresh.hub).await?;
        nested::require_same(token.hub, hub.as_deref())?;
        let target = match (refresh.resource, refresh.scope.trim()) {
            (Some(name), scope) => resource::from_resource(unit, name, scope).await?,
            (None, "") if version == Version::V1 => resource::from_resource(unit, &token.resource.to_string(), "").await?,
            (None, "") => resource::from_scope(unit, &token.scope).await?,
            (None, scope) => resource::from_scope(unit, scope).await?,
        };
        let keeps_token = keeps_token(application, refresh, &token, &target, now);
        Ok(Self { application, hub, refresh, token, target, keeps_token })
    }

    /// The token is the client's own, and not that of another member of the family.
    fn is_own(&self) -> bool {
        self.token.app_id == self.application.app_id
    }

    /// The broker vouched for the client when it got the token.
    fn is_brokered(&self) -> bool {
        self.is_own() && self.token.brokered
    }
}

fn keeps_token(application: &Application, refresh: Refresh<'_>, token: &RefreshToken, target: &Target, now: Timestamp) -> bool {
    let young = token.issued.saturating_add(issue::REFRESH_TOKEN_RENEWAL).is_ok_and(|end| now < end);
    let own = token.app_id == application.app_id;
    let same_family = token.family == (token.hub.is_none() && family::is_member(application));
    let same_scope = token.resource == target.resource.app_id && token.scope == target.granted;
    // A device that proves itself gets a token that is bound to it.
    let stays_as_bound = token.device_id.is_some() || refresh.device_answer.is_none();
    young && own && same_family && same_scope && stays_as_bound
}

async fn redeem_in(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    caller: &Caller,
    asked: &Asked<'_>,
    version: Version,
) -> Result<(TokenResponse, Attempt)> {
    let kept = asked.keeps_token.then_some(asked.refresh.refresh_token);
    let brokered = asked.is_brokered();
    // The broker, or the client by its own credential, answers for what its token is bound to.
    let vouched_for = brokered || (asked.is_own() && asked.application.is_confidential());
    let Asked { application, hub, token, target, .. } = asked;
    let refresh = asked.refresh;
    let (session, user) = super::live_session(ctx, unit, token.session_id).await?;
    let session = as_it_was(session, token);
    let bound = super::bound_device(unit, token.device_id).await?;
    let device = match vouched_for {
        true => bound,
        false => device_proof::proved(ctx, unit, tenant, &user, application, refresh, token).await?,
    };
    consent::require(unit, application, &user, target).await?;
    let request = access::Request {
        client_type: Some(access::client_type_of(application)),
        device: device.as_deref(),
        brokered,
        hub: hub.as_deref(),
        session: Some(&session),
        transfer_method: access::transfer_method(session.kind),
        capabilities: refresh.capabilities,
        enrolment: refresh.enrolment,
        authentication_context: refresh.authentication_context,
        ..access::Request::new("refresh_token", tenant, caller, Subject::User(&user), application, &target.resource)
    };
    if let (None, None, Some(endpoint)) = (&device, refresh.device_answer, refresh.endpoint)
        && caller.answers_pkeyauth
        && access::depends_on_device(ctx, unit, &request).await?
    {
        return Err(device_proof::ask(ctx, unit, tenant, application, refresh, endpoint).await?);
    }
    let attempt = access::require(ctx, unit, &request).await?;
    let tokens = Issue {
        device: device.as_deref(),
        bound_device: token.device_id,
        brokered,
        kept,
        hub: token.hub,
        code_id: token.code_id,
        capabilities: refresh.capabilities,
        authentication_context: refresh.authentication_context,
        confirmation: refresh.confirmation,
        ..Issue::new(tenant, &user, application, target, &session, version, attempt.id())
    };
    let response = issue::issue(ctx, unit, &tokens).await?;
    Ok((response, attempt))
}

/// The session with the methods that the token came from: a second factor given later was given for something else.
pub(crate) fn as_it_was(mut session: Arc<Session>, token: &RefreshToken) -> Arc<Session> {
    if let Some(amr) = &token.amr
        && *amr != session.amr
    {
        Arc::make_mut(&mut session).amr.clone_from(amr);
    }
    session
}

/// The refresh token with that value, if it still counts.
///
/// # Errors
/// [`ErrorCode::INVALID_GRANT`], [`ErrorCode::GRANT_EXPIRED`], or storage failure.
pub(crate) async fn valid(unit: &mut dyn Unit, value: &str, now: Timestamp) -> Result<Arc<RefreshToken>> {
    let token = unit
        .grants()
        .refresh_token(&sha256(value))
        .await?
        .ok_or_else(|| Error::refused(ErrorCode::INVALID_GRANT, "The refresh token is not valid. Sign in again."))?;
    if token.revoked.is_some() || token.expires <= now {
        return Err(Error::refused(ErrorCode::GRANT_EXPIRED, "The refresh token has expired or was withdrawn. Sign in again."));
    }
    Ok(token)
}
