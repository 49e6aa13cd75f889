//! Using a primary refresh token at the token endpoint: renewing it, or getting tokens for an app.

use doorward_model::ErrorCode;
use doorward_model::tenant::Tenant;
use doorward_wire::oauth::claims_parameter;
use doorward_wire::prt::{self, ResponseEncryption};

use super::credential::prt_proof;
use super::prt as issuing;
use crate::access::{self, Subject};
use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::nested::{self, HubParameters};
use crate::one_time;
use crate::resource;
use crate::sign_in::consent;
use crate::token::issue::{self, Issue, Version};

/// Answers `grant_type=jwt-bearer` with a message signed by a session key. The answer is encrypted under that key.
///
/// Without `client_id` and `redirect_uri` in the message the broker renews its own token (MS-OAPXBC §3.1.5.1.3); with them it
/// asks for an app, which it vouches for by the redirect URI that the operating system's word about the app implies.
///
/// # Errors
/// A refusal, or storage failure.
pub async fn redeem(ctx: &Context, tenant: &Tenant, caller: &Caller, message: &str, version: Version) -> Result<String> {
    let signed = prt::parse_redemption(message).map_err(|error| {
        Error::refused(ErrorCode::BAD_REQUEST, "The request is not a message signed with a session key.").with_reason(&error)
    })?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let proof = prt_proof(ctx, unit.as_mut(), tenant, &signed).await?;
    let claims = signed.unverified_claims().clone();
    one_time::redeem_nonce(ctx, unit.as_mut(), tenant.id, &claims.request_nonce).await?;
    let application = client::find(unit.as_mut(), &claims.client_id).await?;
    let target = match (&claims.resource, claims.asks_for_prt()) {
        (_, true) => resource::from_resource(unit.as_mut(), &resource::DEVICE_REGISTRATION.to_string(), "openid").await?,
        (Some(name), false) => resource::from_resource(unit.as_mut(), name, &claims.scope).await?,
        (None, false) => resource::from_scope(unit.as_mut(), &claims.scope).await?,
    };
    let renewal = claims.asks_for_prt();
    if renewal && !application.broker {
        return Err(Error::refused(ErrorCode::UNAUTHORIZED_CLIENT, "Only a broker may renew a primary refresh token."));
    }
    let asked = HubParameters { brk_client_id: claims.brk_client_id, brk_redirect_uri: claims.brk_redirect_uri };
    let hub = nested::hub(unit.as_mut(), &application, claims.redirect_uri.as_deref(), &asked).await?;
    let capabilities = claims.claims.as_deref().map(claims_parameter::capabilities).unwrap_or_default();
    let platform = claims.redirect_uri.as_deref().and_then(|uri| client::redirect_platform(&application, uri));
    if !renewal && platform.is_none() {
        return Err(Error::refused(
            ErrorCode::REDIRECT_MISMATCH,
            format!("The redirect URI of the app is missing or not registered for '{}'.", application.display_name),
        ));
    }
    let request = access::Request {
        client_type: Some(platform.map_or_else(|| access::client_type_of(&application), client::app_type)),
        device: Some(&proof.device),
        brokered: true,
        hub: hub.as_deref(),
        session: Some(&proof.session),
        capabilities: &capabilities,
        ..access::Request::new("prt", tenant, caller, Subject::User(&proof.user), &application, &target.resource)
    };
    let attempt = match access::require(ctx, unit.as_mut(), &request).await {
        Ok(attempt) => attempt,
        Err(error) => {
            // The nonce stays used.
            unit.commit().await?;
            return Err(error);
        }
    };
    let answer = if renewal {
        unit.grants().revoke_prt(proof.prt.id, ctx.now()).await?;
        let value = issuing::keep(ctx, unit.as_mut(), tenant, &proof.session, &proof.device, &proof.session_key).await?;
        let response = issuing::respond(ctx, unit.as_mut(), tenant, &proof.user, &proof.session, &claims.client_id, value, None).await?;
        serde_json::to_vec(&response)
    } else {
        consent::require(unit.as_mut(), &application, &proof.user, &target).await?;
        let tokens = Issue {
            device: Some(&proof.device),
            brokered: true,
            capabilities: &capabilities,
            hub: hub.as_ref().map(|hub| hub.app_id),
            ..Issue::new(tenant, &proof.user, &application, &target, &proof.session, version, attempt.id())
        };
        serde_json::to_vec(&issue::issue(ctx, unit.as_mut(), &tokens).await?)
    };
    unit.commit().await?;
    attempt.granted(ctx).await;
    let answer = answer.map_err(|error| Error::internal("answer", &error))?;
    prt::encrypt_response(ctx.rng.as_ref(), &proof.session_key, &answer, ResponseEncryption::for_request(signed.kdf_version()))
        .map_err(|error| Error::internal("answer", &error))
}
