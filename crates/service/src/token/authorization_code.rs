//! `grant_type=authorization_code` (RFC 6749 §4.1.3, RFC 7636).

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::authorization_code::AuthorizationCode;
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use doorward_wire::oauth::token_response::TokenResponse;
use doorward_wire::oauth::{pkce, scope};

use super::issue::{self, Issue, Version};
use crate::access::{self, Attempt, Subject};
use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nested::{self, HubParameters};
use crate::one_time::sha256;
use crate::resource;

/// What the client sends beside its credential.
#[derive(Debug, Clone, Copy)]
pub struct Redemption<'a> {
    /// Code.
    pub code: &'a str,
    /// Redirect URI of the authorization request.
    pub redirect_uri: &'a str,
    /// PKCE verifier.
    pub code_verifier: Option<&'a str>,
    /// Scope at redemption. The platform's clients may name `openid` and `offline_access` only here; anything else was settled before.
    pub scope: &'a str,
    /// The app that asks for the client.
    pub hub: &'a HubParameters,
    /// The enrolment for app protection that the client says is its own.
    pub enrolment: Option<&'a str>,
    /// Capabilities announced now (`xms_cc`), added to those of the request.
    pub capabilities: &'a [String],
}

/// Redeems a code. A code works once: presenting it again ends the session it opened, with every token of it.
///
/// # Errors
/// A refusal, or storage failure.
pub async fn redeem(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    redemption: Redemption<'_>,
    version: Version,
) -> Result<TokenResponse> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let outcome = redeem_in(ctx, unit.as_mut(), tenant, caller, application, redemption, version).await;
    // A refusal is kept as well: the code is used up, and a replay has withdrawn what it must.
    if matches!(outcome, Ok(_) | Err(Error::Refused(_))) {
        unit.commit().await?;
    }
    let (response, attempt) = outcome?;
    attempt.granted(ctx).await;
    Ok(response)
}

async fn redeem_in<'a>(
    ctx: &'a Context,
    unit: &mut dyn Unit,
    tenant: &'a Tenant,
    caller: &'a Caller,
    application: &'a Application,
    redemption: Redemption<'_>,
    version: Version,
) -> Result<(TokenResponse, Attempt)> {
    let code = check(ctx, unit, application, redemption).await?;
    let hub = nested::hub(unit, application, Some(redemption.redirect_uri), redemption.hub).await?;
    nested::require_same(code.hub, hub.as_deref())?;
    if !unit.grants().redeem_code(code.id, ctx.now()).await? {
        unit.grants().revoke_by_code(code.id, ctx.now()).await?;
        unit.sessions().revoke(code.session_id, ctx.now()).await?;
        return Err(Error::refused(
            ErrorCode::CODE_REPLAYED,
            "The code was used before. For safety the sign-in was withdrawn: sign in again.",
        ));
    }
    let (session, user) = super::live_session(ctx, unit, code.session_id).await?;
    // The session's device vouches for the app only when the broker asked for the code; else only one that proved itself counts.
    let device = super::bound_device(unit, if code.brokered { session.device_id } else { code.device_id }).await?;
    let platform = client::redirect_platform(application, &code.redirect_uri);
    let mut target = match version_of(&code) {
        Version::V1 => resource::from_resource(unit, &code.resource_name, &code.scope).await?,
        Version::V2 => resource::from_scope(unit, &code.scope).await?,
    };
    target.openid = target.openid.union(scope::parse(redemption.scope).map(|asked| asked.openid).unwrap_or_default());
    let mut capabilities = code.capabilities.clone();
    capabilities.extend(redemption.capabilities.iter().cloned());
    capabilities.sort_unstable();
    capabilities.dedup();
    let request = access::Request {
        client_type: platform.map(client::app_type),
        device: device.as_deref(),
        brokered: code.brokered,
        session: Some(&session),
        capabilities: &capabilities,
        hub: hub.as_deref(),
        enrolment: redemption.enrolment,
        authentication_context: code.authentication_context.as_deref(),
        ..access::Request::new("authorization_code", tenant, caller, Subject::User(&user), application, &target.resource)
    };
    let attempt = access::require(ctx, unit, &request).await?;
    let tokens = Issue {
        device: device.as_deref(),
        brokered: code.brokered,
        kept: None,
        code_id: Some(code.id),
        nonce: code.nonce.as_deref(),
        capabilities: &capabilities,
        authentication_context: code.authentication_context.as_deref(),
        hub: code.hub,
        ..Issue::new(tenant, &user, application, &target, &session, version, attempt.id())
    };
    let response = issue::issue(ctx, unit, &tokens).await?;
    Ok((response, attempt))
}

/// A code made for a v1.0 request names its resource; one made for v2.0 carries it in the scope.
fn version_of(code: &AuthorizationCode) -> Version {
    if code.resource_name.is_empty() { Version::V2 } else { Version::V1 }
}

async fn check(ctx: &Context, unit: &mut dyn Unit, application: &Application, redemption: Redemption<'_>) -> Result<AuthorizationCode> {
    let invalid = |text: &str| Error::refused(ErrorCode::INVALID_GRANT, text);
    let code = unit.grants().code(&sha256(redemption.code)).await?.ok_or_else(|| invalid("The code is not valid."))?;
    if code.app_id != application.app_id {
        return Err(invalid("The code was made for another client."));
    }
    if code.redirect_uri != redemption.redirect_uri {
        return Err(invalid("redirect_uri differs from the one of the authorization request."));
    }
    match (&code.code_challenge, redemption.code_verifier) {
        (Some(challenge), Some(verifier)) if pkce::verify(verifier, challenge) => {}
        (None, None) => {}
        (Some(_), _) => {
            return Err(Error::refused(ErrorCode::PKCE_MISMATCH, "code_verifier does not belong to the code_challenge of the request."));
        }
        (None, Some(_)) => {
            return Err(Error::refused(ErrorCode::PKCE_MISMATCH, "code_verifier was sent, but the request had no code_challenge."));
        }
    }
    if code.expires <= ctx.now() {
        return Err(Error::refused(ErrorCode::GRANT_EXPIRED, "The code has expired. Sign in again."));
    }
    Ok(code)
}
