//! The question for the device in a sign-in at the pages (PKeyAuth), where policies ask about devices and the client says that it can answer.

use doorward_model::tenant::Tenant;
use doorward_model::{DeviceId, ErrorCode, SessionId};
use doorward_store::Unit;
use doorward_wire::pkeyauth::Challenge;
use serde::{Deserialize, Serialize};
use url::Url;

use super::request::AuthorizeRequest;
use super::session;
use crate::access;
use crate::broker::pkeyauth::{self, Challenged};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};

/// What a client has said about its device. It counts for the sign-in in which it was asked and for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAnswer {
    /// Session in which it was asked.
    pub session: SessionId,
    /// The device that proved itself; none: the client has no proof to give.
    pub device: Option<DeviceId>,
}

/// The sign-in that waits for the answer.
#[derive(Serialize, Deserialize)]
struct Waiting {
    request: AuthorizeRequest,
    session: SessionId,
}

impl Challenged for Waiting {
    const PLACE: &'static str = "sign-in";
}

/// The question.
pub(super) async fn ask(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    request: &AuthorizeRequest,
    session: SessionId,
) -> Result<Challenge> {
    let waiting = Waiting { request: request.clone(), session };
    pkeyauth::challenge(ctx, unit, tenant, address(ctx, tenant)?, waiting).await
}

/// Takes the answer (`Authorization`) from the web view that the question was for, which its session cookie says. Returns the request
/// with what is known of the device now.
///
/// # Errors
/// [`ErrorCode::FLOW_TOKEN_EXPIRED`] for another web view, a refusal of the proof, or storage failure.
pub async fn answer(ctx: &Context, tenant: &Tenant, caller: &Caller, cookie: Option<&str>, header: &str) -> Result<AuthorizeRequest> {
    let opened = pkeyauth::open::<Waiting>(ctx, tenant, header)?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let current = match cookie {
        Some(cookie) => session::from_cookie(ctx, unit.as_mut(), tenant.id, cookie).await?,
        None => None,
    };
    let Some((session, user)) = current.filter(|(session, _)| session.id == opened.content.session) else {
        return Err(Error::refused(
            ErrorCode::FLOW_TOKEN_EXPIRED,
            "The answer of the device belongs to another sign-in. Go back to your app and sign in again.",
        ));
    };
    let device = opened.device(ctx, unit.as_mut(), tenant, &user, &address(ctx, tenant)?).await;
    if matches!(device, Ok(_) | Err(Error::Refused(_))) {
        unit.commit().await?;
    }
    let Waiting { request, .. } = opened.content;
    match device {
        Ok(device) => {
            let answer = DeviceAnswer { session: session.id, device: device.map(|device| device.id) };
            Ok(AuthorizeRequest { device_answer: Some(answer), ..request })
        }
        Err(error) => Err(access::refused_early(ctx, tenant, caller, "authorize", Some(&request.app_id.to_string()), error).await),
    }
}

/// Where answers go.
fn address(ctx: &Context, tenant: &Tenant) -> Result<Url> {
    Url::parse(&format!("{}/pkeyauth", ctx.authority(tenant.id))).map_err(|error| Error::internal("address", &error))
}
