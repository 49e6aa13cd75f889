//! Device authorization grant (RFC 8628): a screen without keyboard shows a code, the person approves it elsewhere.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::device_code::{DeviceCode, DeviceCodeState};
use doorward_model::session::{Session, SessionKind};
use doorward_model::tenant::Tenant;
use doorward_model::{ErrorCode, Rng, SessionId, rng};
use doorward_wire::oauth::token_response::TokenResponse;
use jiff::SignedDuration;
use serde::Serialize;

use super::issue::{self, Issue, Version};
use crate::access::{self, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time::sha256;
use crate::resource::{self, Target};
use crate::sign_in::consent;

/// Life of a device code.
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// Seconds between two polls.
const INTERVAL: u32 = 5;
/// Letters of user codes: no vowels, so no words, and no look-alikes (RFC 8628 §6.1). 20^8 codes, about 34 bits.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Answer of the device authorization endpoint (RFC 8628 §3.2).
#[derive(Debug, Clone, Serialize)]
pub struct DeviceAuthorization {
    /// Code for the client.
    pub device_code: String,
    /// Code for the person.
    pub user_code: String,
    /// Where to type it.
    pub verification_uri: String,
    /// The same with the code filled in.
    pub verification_uri_complete: String,
    /// Seconds until it expires.
    pub expires_in: u32,
    /// Seconds between polls.
    pub interval: u32,
    /// Ready-made sentence for the person.
    pub message: String,
}

/// Starts the grant. Anybody may, so an address may not do it without end.
///
/// # Errors
/// [`ErrorCode::THROTTLED`], another refusal, or storage failure.
pub async fn start(ctx: &Context, tenant: &Tenant, caller: &Caller, application: &Application, scope: &str) -> Result<DeviceAuthorization> {
    super::require_public_client_flows(application)?;
    if !ctx.attempts.allow_device_code(caller.ip) {
        return Err(Error::refused(ErrorCode::THROTTLED, "Too many device codes were asked for from here. Try again in a minute."));
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    // A scope that cannot be granted is refused now, while the person has not begun.
    resource::from_scope(unit.as_mut(), scope).await?;
    let now = ctx.now();
    let value = rng::secret(ctx.rng.as_ref());
    let user_code = user_code(ctx.rng.as_ref());
    let code = DeviceCode {
        user_code: user_code.clone(),
        app_id: application.app_id,
        scope: scope.to_owned(),
        state: DeviceCodeState::Pending,
        last_polled: None,
        expires: now.saturating_add(LIFETIME).unwrap_or(now),
    };
    unit.grants().create_device_code(&sha256(&value), &code, now).await?;
    unit.commit().await?;
    let verification_uri = format!("{}/oauth2/deviceauth", ctx.authority(tenant.id));
    Ok(DeviceAuthorization {
        message: format!("To sign in, open {verification_uri} in a browser and enter the code {user_code}."),
        verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
        device_code: value,
        user_code,
        verification_uri,
        expires_in: u32::try_from(LIFETIME.as_secs()).unwrap_or(u32::MAX),
        interval: INTERVAL,
    })
}

fn user_code(rng: &dyn Rng) -> String {
    let mut out = String::with_capacity(8);
    while out.len() < 8 {
        for byte in rng::bytes::<16>(rng) {
            // 240 is the largest multiple of 20 in a byte: higher values would favour some letters.
            if byte < 240 && out.len() < 8 {
                out.push(char::from(LETTERS.get(usize::from(byte % 20)).copied().unwrap_or(b'B')));
            }
        }
    }
    out
}

/// The code that a person typed, in whatever case and with spaces or hyphens, the client that asks, and for what.
///
/// # Errors
/// [`ErrorCode::CODE_EXPIRED`] when there is none, or storage failure.
pub async fn find(ctx: &Context, tenant: &Tenant, typed: &str) -> Result<(DeviceCode, Arc<Application>, Target)> {
    let wanted: String = typed.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase()).take(16).collect();
    let unknown = || Error::refused(ErrorCode::CODE_EXPIRED, "The code is not known or has expired. Start again on the other device.");
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let code = unit.grants().device_code_by_user_code(&wanted, ctx.now()).await?.filter(|code| code.state == DeviceCodeState::Pending);
    let code = code.ok_or_else(unknown)?;
    let application = unit.applications().get(code.app_id).await?.ok_or_else(unknown)?;
    let target = resource::from_scope(unit.as_mut(), &code.scope).await?;
    Ok((code, application, target))
}

/// Records what the person said: the session in which they approve, or none to decline.
///
/// The client gets a session of its own, marked as begun by device code: policies on authentication flows track it for life.
///
/// # Errors
/// [`ErrorCode::CODE_EXPIRED`] when the code is no longer waiting, or storage failure.
pub async fn answer(ctx: &Context, tenant: &Tenant, user_code: &str, approved_by: Option<&Session>) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let code = unit.grants().device_code_by_user_code(user_code, ctx.now()).await?.filter(|code| code.state == DeviceCodeState::Pending);
    let mut code = code.ok_or_else(|| Error::refused(ErrorCode::CODE_EXPIRED, "The code has expired or was answered already."))?;
    code.state = match approved_by {
        None => DeviceCodeState::Denied,
        Some(browser) => {
            let id = SessionId::random(ctx.rng.as_ref());
            let session = Session { id, kind: SessionKind::DeviceCode, device_id: None, ..browser.clone() };
            unit.sessions().create(&session).await?;
            DeviceCodeState::Approved(id)
        }
    };
    unit.grants().update_device_code(&code).await?;
    Ok(unit.commit().await?)
}

/// One poll of the client.
///
/// # Errors
/// [`ErrorCode::AUTHORIZATION_PENDING`], [`ErrorCode::SLOW_DOWN`], another refusal, or storage failure.
pub async fn poll(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    device_code: &str,
    version: Version,
) -> Result<TokenResponse> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let invalid = || Error::refused(ErrorCode::INVALID_GRANT, "The device code is not valid for this client.");
    let code = unit.grants().device_code(&sha256(device_code)).await?.filter(|code| code.app_id == application.app_id);
    let mut code = code.ok_or_else(invalid)?;
    let now = ctx.now();
    if code.expires <= now {
        return Err(Error::refused(ErrorCode::CODE_EXPIRED, "The device code has expired. Start again."));
    }
    let session_id = match code.state {
        DeviceCodeState::Approved(session) => session,
        DeviceCodeState::Denied => return Err(Error::refused(ErrorCode::CONSENT_DECLINED, "The person declined the sign-in.")),
        DeviceCodeState::Redeemed => return Err(invalid()),
        DeviceCodeState::Pending => {
            // Half the interval is tolerated, so that a client with an exact timer is not told to slow down.
            let hasty =
                code.last_polled.is_some_and(|last| now.duration_since(last) < SignedDuration::from_millis(i64::from(INTERVAL) * 500));
            code.last_polled = Some(now);
            unit.grants().update_device_code(&code).await?;
            unit.commit().await?;
            return Err(if hasty {
                Error::refused(ErrorCode::SLOW_DOWN, "Polling too fast: keep to the interval.")
            } else {
                Error::refused(ErrorCode::AUTHORIZATION_PENDING, "Authorization is pending: the person has not entered the code yet.")
            });
        }
    };
    code.state = DeviceCodeState::Redeemed;
    unit.grants().update_device_code(&code).await?;
    let (session, user) = super::live_session(ctx, unit.as_mut(), session_id).await?;
    let target = resource::from_scope(unit.as_mut(), &code.scope).await?;
    consent::require(unit.as_mut(), application, &user, &target).await?;
    // The device in the person's hand is not the one that polls: it proves nothing here.
    let request = access::Request {
        client_type: Some(access::client_type_of(application)),
        session: Some(&session),
        transfer_method: access::transfer_method(session.kind),
        ..access::Request::new("device_code", tenant, caller, Subject::User(&user), application, &target.resource)
    };
    let attempt = match access::require(ctx, unit.as_mut(), &request).await {
        Ok(attempt) => attempt,
        Err(error) => {
            // The code is used up even though it was refused.
            unit.commit().await?;
            return Err(error);
        }
    };
    let tokens = Issue::new(tenant, &user, application, &target, &session, version, attempt.id());
    let response = issue::issue(ctx, unit.as_mut(), &tokens).await?;
    unit.commit().await?;
    attempt.granted(ctx).await;
    Ok(response)
}
