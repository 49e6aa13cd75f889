//! The proof of a device at the token endpoint (PKeyAuth): a client without a broker repeats its refresh with the answer to a challenge.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::refresh_token::RefreshToken;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{AppId, ErrorCode};
use doorward_store::Unit;
use doorward_wire::hex;
use serde::{Deserialize, Serialize};
use url::Url;

use super::refresh_token::Refresh;
use crate::broker::pkeyauth::{self, Challenged};
use crate::context::Context;
use crate::error::{Error, Refusal, Result};
use crate::one_time::sha256;

/// What a challenge here belongs to: the client, and the hash of the refresh token that it comes back with.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Refreshing {
    client: AppId,
    token: String,
}

impl Challenged for Refreshing {
    const PLACE: &'static str = "refresh";
}

impl Refreshing {
    fn new(application: &Application, refresh: Refresh<'_>) -> Self {
        Self { client: application.app_id, token: hex(&sha256(refresh.refresh_token)) }
    }
}

/// The device that the client has proved to be on: the one that the token is bound to, if it is. None when it has not been asked yet, or
/// has none.
///
/// # Errors
/// As [`pkeyauth::open`] and [`pkeyauth::Opened::device`]; a refusal of a proof for another token, or of another device.
pub(super) async fn proved(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    user: &User,
    application: &Application,
    refresh: Refresh<'_>,
    token: &RefreshToken,
) -> Result<Option<Arc<Device>>> {
    let Some((header, endpoint)) = refresh.device_answer.zip(refresh.endpoint) else { return Ok(None) };
    let answer = pkeyauth::open::<Refreshing>(ctx, tenant, header)?;
    if answer.content != Refreshing::new(application, refresh) {
        return Err(Error::refused(ErrorCode::DEVICE_PROOF_INVALID, "The proof of the device was asked for with another refresh token."));
    }
    let device = answer.device(ctx, unit, tenant, user, endpoint).await?;
    if let (Some(device), Some(bound)) = (&device, token.device_id)
        && device.id != bound
    {
        return Err(Error::refused(ErrorCode::INVALID_GRANT, "The refresh token is bound to another device."));
    }
    Ok(device)
}

/// The refusal that has the client's device asked for.
///
/// # Errors
/// Storage failure, or when sealing fails.
pub(super) async fn ask(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    application: &Application,
    refresh: Refresh<'_>,
    endpoint: &Url,
) -> Result<Error> {
    let challenge = pkeyauth::challenge(ctx, unit, tenant, endpoint.clone(), Refreshing::new(application, refresh)).await?;
    let refusal = Refusal::new(ErrorCode::DEVICE_AUTHENTICATION_REQUIRED, "The device must prove itself: answer the challenge (PKeyAuth).");
    Ok(Refusal { device_challenge: Some(Box::new(challenge)), ..refusal }.into())
}
