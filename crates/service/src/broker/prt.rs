//! Issuing a primary refresh token: to a registered device, for its owner, by password, by an earlier refresh token, or by a
//! key of theirs on the device.

use std::sync::Arc;

use doorward_model::authentication_method::SecondFactor;
use doorward_model::device::Device;
use doorward_model::refresh_token::PrimaryRefreshToken;
use doorward_model::session::{Session, SessionKind};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{ErrorCode, TokenId, rng};
use doorward_store::Unit;
use doorward_wire::jwt;
use doorward_wire::oauth::client_info;
use doorward_wire::prt::{self, PrtGrant, PrtResponse};
use jiff::SignedDuration;
use serde_json::json;

use super::credential::{device_of, session_key_purpose};
use crate::access::{self, Attempt, Subject};
use crate::attempts::Origin;
use crate::authentication_method::{in_session, windows_hello};
use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time::{self, sha256};
use crate::sign_in::{credentials, session};
use crate::token::refresh_token;
use crate::{keys, resource, token};

/// Life of a primary refresh token; each renewal starts it again.
pub(crate) const PRT_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 14);

/// Answers a signed PRT request (MS-OAPXBC §3.2.5.1.2).
///
/// # Errors
/// A refusal, or storage failure.
pub async fn request(ctx: &Context, tenant: &Tenant, caller: &Caller, message: &str) -> Result<PrtResponse> {
    let request = prt::parse_request(message)
        .map_err(|error| Error::refused(ErrorCode::BAD_REQUEST, "The request is not a signed PRT request.").with_reason(&error))?;
    let device = {
        let mut unit = ctx.store.tenant(tenant.id).write().await?;
        let device = device_of(unit.as_mut(), &request.certificate).await?;
        one_time::redeem_nonce(ctx, unit.as_mut(), tenant.id, &request.claims.request_nonce).await?;
        unit.commit().await?;
        device
    };
    let client_id = request.claims.client_id.clone();
    let (user, session) = match &request.claims.grant {
        PrtGrant::Password { username, password } => {
            let user = match credentials::check_password(ctx, tenant, username, password, Origin::Device(device.id)).await {
                Ok(user) => user,
                Err(error) => {
                    let application = client::find(ctx.store.tenant(tenant.id).read().await?.as_mut(), &client_id).await?;
                    return Err(access::failed_factor(ctx, tenant, caller, "prt", &application, username, error).await);
                }
            };
            credentials::require_own_password(&user)?;
            let amr = vec!["pwd".to_owned(), "rsa".to_owned()];
            let session = session::begin(ctx, &user, SessionKind::Broker, Some(device.id), amr);
            (user, session)
        }
        PrtGrant::Hello { username, assertion } => {
            let user = match by_hello_key(ctx, tenant, &device, username, assertion).await {
                Ok(user) => user,
                Err(error) => {
                    let application = client::find(ctx.store.tenant(tenant.id).read().await?.as_mut(), &client_id).await?;
                    return Err(access::failed_factor(ctx, tenant, caller, "prt", &application, username, error).await);
                }
            };
            credentials::require_own_password(&user)?;
            let mut session = session::begin(ctx, &user, SessionKind::Broker, Some(device.id), vec!["rsa".to_owned()]);
            in_session::note(&mut session, SecondFactor::WindowsHello, ctx.now());
            (user, session)
        }
        PrtGrant::RefreshToken { refresh_token: value } => {
            let mut unit = ctx.store.tenant(tenant.id).read().await?;
            let token = refresh_token::valid(unit.as_mut(), value, ctx.now()).await?;
            let (session, user) = token::live_session(ctx, unit.as_mut(), token.session_id).await?;
            let session = session_from(ctx, &user, &device, &refresh_token::as_it_was(session, &token));
            (user, session)
        }
    };
    // Not a code about the device: clients delete their keys when they read one, and those are somebody's who is well.
    if device.owner.is_some_and(|owner| owner != user.id) {
        return Err(Error::refused(ErrorCode::BLOCKED, "The device is registered to somebody else."));
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let (response, attempt) = issue(ctx, unit.as_mut(), tenant, caller, &client_id, &device, &user, session).await?;
    unit.commit().await?;
    attempt.granted(ctx).await;
    Ok(response)
}

/// The key proves possession of the device and knowledge of its PIN, so it is two factors at once.
async fn by_hello_key(ctx: &Context, tenant: &Tenant, device: &Device, username: &str, assertion: &str) -> Result<Arc<User>> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let user = windows_hello::verify(ctx, unit.as_mut(), tenant, device, username, assertion).await?;
    unit.commit().await?;
    Ok(user)
}

/// A session of the broker that began with a refresh token. It is as old as the sign-in that the token came from: passing through a
/// broker makes no proof younger.
fn session_from(ctx: &Context, user: &User, device: &Device, source: &Session) -> Session {
    let mut amr = source.amr.clone();
    if !amr.iter().any(|method| method == "rsa") {
        amr.push("rsa".to_owned());
    }
    let session = session::begin(ctx, user, SessionKind::Broker, Some(device.id), amr);
    Session { authenticated: source.authenticated, second_factor: source.second_factor, ..session }
}

#[expect(clippy::too_many_arguments, reason = "one private step of the request above, cut out so that the transaction is easy to see")]
async fn issue(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    caller: &Caller,
    client_id: &str,
    device: &Device,
    user: &User,
    session: Session,
) -> Result<(PrtResponse, Attempt)> {
    let application = client::find(unit, client_id).await?;
    if !application.broker {
        return Err(Error::refused(ErrorCode::UNAUTHORIZED_CLIENT, "Only a broker may ask for a primary refresh token."));
    }
    let transport_key = device
        .transport_key
        .as_deref()
        .ok_or_else(|| Error::refused(ErrorCode::BLOCKED, "The device has no transport key. Register it again."))?;
    // A primary refresh token opens nothing by itself, but it is a token: policies on device registration speak.
    let gatekeeper = resource::find(unit, &resource::DEVICE_REGISTRATION.to_string()).await?;
    let request = access::Request {
        client_type: Some(access::client_type_of(&application)),
        device: Some(device),
        brokered: true,
        session: Some(&session),
        ..access::Request::new("prt", tenant, caller, Subject::User(user), &application, &gatekeeper)
    };
    let attempt = access::require(ctx, unit, &request).await?;
    unit.sessions().create(&session).await?;
    let session_key = rng::bytes::<32>(ctx.rng.as_ref());
    let value = keep(ctx, unit, tenant, &session, device, &session_key).await?;
    let session_key_jwe = prt::wrap_session_key(transport_key, &session_key).map_err(|error| Error::internal("transport key", &error))?;
    let response = respond(ctx, unit, tenant, user, &session, client_id, value, Some(session_key_jwe)).await?;
    Ok((response, attempt))
}

/// Keeps a new primary refresh token and returns its value.
pub(crate) async fn keep(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    session: &Session,
    device: &Device,
    session_key: &[u8],
) -> Result<String> {
    let now = ctx.now();
    let value = rng::secret(ctx.rng.as_ref());
    let record = PrimaryRefreshToken {
        id: TokenId::random(ctx.rng.as_ref()),
        user_id: session.user_id,
        session_id: session.id,
        device_id: device.id,
        wrapped_session_key: ctx.master_key.wrap(ctx.rng.as_ref(), &session_key_purpose(tenant.id), session_key)?,
        issued: now,
        expires: now.saturating_add(PRT_LIFETIME).unwrap_or(now),
        revoked: None,
    };
    unit.grants().create_prt(&sha256(&value), &record).await?;
    Ok(value)
}

/// The answer to a PRT request or renewal.
#[expect(clippy::too_many_arguments, reason = "the answer names every one of these")]
pub(crate) async fn respond(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    user: &User,
    session: &Session,
    client_id: &str,
    value: String,
    session_key_jwe: Option<String>,
) -> Result<PrtResponse> {
    let keys = keys::of_tenant(ctx, unit, tenant.id).await?;
    // The brokers' libraries know RS256 only.
    let (kid, key) = keys.signer(doorward_model::application::SigningAlgorithm::RS256)?;
    let now = ctx.now();
    let expires = now.saturating_add(PRT_LIFETIME).unwrap_or(now);
    let id_token = jwt::sign(
        key,
        kid,
        "JWT",
        &json!({
            "iss": ctx.issuer_v1(tenant.id), "aud": client_id, "iat": now.as_second(), "nbf": now.as_second(), "exp": expires.as_second(),
            "sub": user.id, "oid": user.id, "tid": tenant.id, "name": user.display_name, "upn": user.user_principal_name,
            "preferred_username": user.user_principal_name, "amr": session.amr, "ver": "1.0",
        }),
    )?;
    Ok(PrtResponse {
        token_type: "Bearer".into(),
        expires_in: PRT_LIFETIME.as_secs().to_string(),
        ext_expires_in: PRT_LIFETIME.as_secs().to_string(),
        expires_on: expires.as_second().to_string(),
        refresh_token: value,
        refresh_token_expires_in: PRT_LIFETIME.as_secs(),
        session_key_jwe,
        id_token,
        client_info: Some(client_info::encode(user.id, tenant.id)),
        device_tenant_id: Some(tenant.id.to_string()),
    })
}
