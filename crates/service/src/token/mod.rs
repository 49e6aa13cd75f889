//! The token endpoint's grants, one file each, and what they share.

pub mod authorization_code;
pub mod client_credentials;
pub mod device_code;
mod device_proof;
mod family;
pub mod issue;
pub mod on_behalf_of;
pub mod password;
pub mod refresh_token;
pub mod verify;

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::session::Session;
use doorward_model::user::User;
use doorward_model::{DeviceId, ErrorCode, SessionId};
use doorward_store::Unit;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::sign_in::{require_active, session};

/// The live session behind a grant, with its user.
///
/// # Errors
/// [`ErrorCode::USER_DISABLED`], [`ErrorCode::SESSION_REVOKED`], or storage failure.
pub(crate) async fn live_session(ctx: &Context, unit: &mut dyn Unit, id: SessionId) -> Result<(Arc<Session>, Arc<User>)> {
    let gone = || {
        Error::refused(
            ErrorCode::SESSION_REVOKED,
            "The session has ended: the password was changed, it was signed out or withdrawn. Sign in again.",
        )
    };
    let (session, user) = session::load(unit, id).await?.ok_or_else(gone)?;
    let now = ctx.now();
    require_active(&user, now)?;
    if !session::is_live(&session, &user, now) {
        return Err(gone());
    }
    Ok((session, user))
}

/// The enabled device that a grant is bound to.
///
/// # Errors
/// As [`enabled_device`], or storage failure.
pub(crate) async fn bound_device(unit: &mut dyn Unit, id: Option<DeviceId>) -> Result<Option<Arc<Device>>> {
    let Some(id) = id else { return Ok(None) };
    enabled_device(unit.devices().get(id).await?).map(Some)
}

/// The device that was looked up, when it is there and enabled.
///
/// Clients delete their keys when they read one of these codes, so nothing else may give them, whatever is wrong with a request.
///
/// # Errors
/// [`ErrorCode::DEVICE_AUTHENTICATION_FAILED`] when it is gone, [`ErrorCode::DEVICE_DISABLED`].
pub(crate) fn enabled_device(device: Option<Arc<Device>>) -> Result<Arc<Device>> {
    let device = device.ok_or_else(|| {
        Error::refused(
            ErrorCode::DEVICE_AUTHENTICATION_FAILED,
            "The device is not registered here, or its registration was removed. Register it again.",
        )
    })?;
    if !device.account_enabled {
        return Err(Error::refused(ErrorCode::DEVICE_DISABLED, "The device is disabled. Ask an administrator of your organisation."));
    }
    Ok(device)
}

/// Whether a grant without redirect (password, device code) is open to the client.
///
/// # Errors
/// [`ErrorCode::UNAUTHORIZED_CLIENT`].
pub(crate) fn require_public_client_flows(client: &Application) -> Result<()> {
    if client.is_fallback_public_client {
        return Ok(());
    }
    Err(Error::refused(
        ErrorCode::UNAUTHORIZED_CLIENT,
        format!("'{}' may not use this grant: an administrator can allow public client flows for it.", client.display_name),
    ))
}
