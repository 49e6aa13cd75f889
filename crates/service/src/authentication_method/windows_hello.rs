//! A key behind a PIN on a registered device: registering it, and signing in with it.
//!
//! The PIN never leaves the device; what counts here is the key. It works on the device that registered it alone, because each use is
//! wrapped in a message by the device's own key.

use std::sync::Arc;

use doorward_model::authentication_method::{Credential, SecondFactor};
use doorward_model::device::Device;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{ErrorCode, MethodId};
use doorward_store::Unit;
use doorward_wire::drs::{self, KeyRequest};
use doorward_wire::prt;
use jiff::SignedDuration;

use super::{MethodError, Rejection, in_session, registered};
use crate::access::{self, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::sign_in::require_active;
use crate::token::bound_device;
use crate::token::verify::Authenticated;
use crate::{client, one_time, resource};

/// The device's clock may be wrong by this much.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Why a key is not registered.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The request is malformed.
    #[error("kngc: {0}")]
    Malformed(#[from] drs::KeyBlobError),
    /// The token does not say who and where.
    #[error("the access token must be one that the broker of a registered device got for its owner")]
    NoDevice,
    /// The sign-in was with a password alone, or its second factor is too long ago.
    #[error("sign in with a second factor first: a key that replaces it can be registered for ten minutes")]
    NoSecondFactor,
    /// The key is somebody else's, or on another device.
    #[error("this key is registered already")]
    Known,
    /// Refused or failed elsewhere.
    #[error(transparent)]
    Other(#[from] Error),
}

/// Registers a key for the bearer of a token on the device of the token. The same key again changes nothing.
///
/// # Errors
/// [`KeyError`].
pub async fn register(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    bearer: &Authenticated,
    request: &KeyRequest,
) -> std::result::Result<(), KeyError> {
    let key = drs::user_key(request)?;
    let (Some(user), Some(session)) = (&bearer.user, &bearer.session) else { return Err(KeyError::NoDevice) };
    let mut unit = ctx.store.tenant(tenant.id).write().await.map_err(Error::from)?;
    let application = client::find(unit.as_mut(), &bearer.app_id.to_string()).await?;
    let device = bound_device(unit.as_mut(), bearer.device_id).await?;
    let device = device.filter(|device| device.owner == Some(user.id) && application.broker).ok_or(KeyError::NoDevice)?;
    if let Some(known) = unit.authentication_methods().find_by_credential_id(&key.id).await.map_err(Error::from)? {
        let same = known.user_id == user.id && known.device_id() == Some(device.id);
        return if same { Ok(()) } else { Err(KeyError::Known) };
    }
    if !in_session::has_any(session) || !in_session::is_recent(session, ctx.now()) {
        return Err(KeyError::NoSecondFactor);
    }
    let registration = resource::find(unit.as_mut(), &resource::DEVICE_REGISTRATION.to_string()).await?;
    let decision = access::Request {
        client_type: Some(access::client_type_of(&application)),
        device: Some(&device),
        brokered: true,
        session: Some(session),
        ..access::Request::new("register_security_info", tenant, caller, Subject::User(user), &application, &registration)
    };
    let attempt = access::require_registration(ctx, unit.as_mut(), &decision, SecondFactor::WindowsHello).await?;
    let credential = Credential::WindowsHello { key_id: key.id, public_key: key.spki, device_id: device.id };
    let name = format!("PIN on {}", device.display_name);
    match registered::keep(ctx, unit.as_mut(), tenant, user, (MethodId::random(ctx.rng.as_ref()), &name, credential, 0)).await {
        Ok(_) => {}
        Err(MethodError::Failed(error)) => return Err(error.into()),
        Err(MethodError::Rejected(Rejection::KnownCredential)) => return Err(KeyError::Known),
        Err(MethodError::Rejected(rejection)) => return Err(Error::refused(ErrorCode::BAD_REQUEST, rejection.for_person()).into()),
    }
    unit.commit().await.map_err(Error::from)?;
    attempt.granted(ctx).await;
    Ok(())
}

/// The person whose key has signed a message on a device. Every reason to refuse is the same to the other end; the log keeps which it was.
///
/// # Errors
/// [`ErrorCode::INVALID_CREDENTIALS`], [`ErrorCode::INVALID_NONCE`], [`ErrorCode::USER_DISABLED`], or storage failure.
pub(crate) async fn verify(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    device: &Device,
    username: &str,
    assertion: &str,
) -> Result<Arc<User>> {
    let refuse = |why: &str| {
        let message = "The account or key is not right. Sign in with your password.";
        Error::refused(ErrorCode::INVALID_CREDENTIALS, message).with_reason(&why)
    };
    let assertion = prt::parse_hello_assertion(assertion).map_err(|error| refuse(&error.to_string()))?;
    let method = unit.authentication_methods().find_by_credential_id(assertion.key_id()).await?;
    let method = method.ok_or_else(|| refuse("no such key"))?;
    let Credential::WindowsHello { public_key, device_id, .. } = &method.credential else { return Err(refuse("not a key of a device")) };
    let claims = assertion.verify(public_key).map_err(|error| refuse(&error.to_string()))?;
    if *device_id != device.id {
        return Err(refuse("the key is on another device"));
    }
    let user = unit.users().get(method.user_id).await?.ok_or_else(|| refuse("nobody's key"))?;
    let is_them = |name: &str| name.eq_ignore_ascii_case(&user.user_principal_name);
    if !is_them(&claims.iss) || !is_them(username) {
        return Err(refuse("the key is somebody else's"));
    }
    let (now, skew) = (ctx.now().as_second(), SKEW.as_secs());
    if claims.exp <= now.saturating_sub(skew) || claims.iat > now.saturating_add(skew) {
        return Err(refuse("the assertion is expired or not yet valid"));
    }
    one_time::redeem_nonce(ctx, unit, tenant.id, &claims.request_nonce).await?;
    require_active(&user, ctx.now())?;
    unit.authentication_methods().advance(method.id, 0, ctx.now()).await?;
    Ok(user)
}
