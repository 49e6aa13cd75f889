//! Unregistering: the device asks with a message signed by its own key.

use doorward_model::tenant::Tenant;
use doorward_model::{DeviceId, ErrorCode};
use doorward_wire::drs;
use serde_json::Value;

use super::join::KIND;
use crate::broker::credential::device_of;
use crate::context::Context;
use crate::directory::audit::shown;
use crate::directory::{Actor, Change, record};
use crate::error::{Error, Result};
use crate::one_time;

/// Removes a device with every token bound to it. `method` and `url` are those of the request that carried the message.
///
/// # Errors
/// [`ErrorCode::INVALID_ASSERTION`] when the message is not by that device or not for this request,
/// [`ErrorCode::DEVICE_AUTHENTICATION_FAILED`] when the device is gone, [`ErrorCode::INVALID_NONCE`], or storage failure.
pub async fn unregister(ctx: &Context, tenant: &Tenant, id: DeviceId, method: &str, url: &str, message: &str) -> Result<()> {
    // Not the code of a device that is gone: clients delete their keys when they read it.
    let refuse = || Error::refused(ErrorCode::INVALID_ASSERTION, "The request is not signed by this device.");
    let request = drs::parse_delete(message).map_err(|error| refuse().with_reason(&error))?;
    let claims = &request.claims;
    if claims.device_id != id || !claims.htm.eq_ignore_ascii_case(method) || !claims.htu.eq_ignore_ascii_case(url) {
        return Err(refuse().with_reason(&"claims name another device, method or address"));
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let device = device_of(unit.as_mut(), &request.certificate).await?;
    if device.id != id {
        return Err(refuse().with_reason(&"signed by another device"));
    }
    one_time::redeem_nonce(ctx, unit.as_mut(), tenant.id, &claims.nonce).await?;
    let owner = match device.owner {
        Some(owner) => unit.users().get(owner).await?,
        None => None,
    };
    let actor = owner.as_deref().map_or_else(|| Actor::device(&device), Actor::user);
    unit.devices().delete(id).await?;
    let change =
        Change { activity: "Unregister", kind: KIND, id: id.to_string(), before: shown(&*device), after: Value::Null, actor: &actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
