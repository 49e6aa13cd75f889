//! The authorization code, and the answer that carries it.

use doorward_model::authorization_code::AuthorizationCode;
use doorward_model::session::Session;
use doorward_model::{CodeId, rng};
use doorward_store::Unit;
use jiff::SignedDuration;

use super::request::AuthorizeRequest;
use crate::access;
use crate::context::Context;
use crate::error::Result;
use crate::one_time::sha256;
use crate::resource::Target;

/// Life of a code: the client redeems it at once (RFC 6749 §4.1.2 advises at most ten minutes).
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// Makes a code for a granted request.
///
/// # Errors
/// Storage failure.
pub(super) async fn create(
    ctx: &Context,
    unit: &mut dyn Unit,
    request: &AuthorizeRequest,
    target: &Target,
    facts: &access::Request<'_>,
    session: &Session,
) -> Result<String> {
    let now = ctx.now();
    let value = rng::secret(ctx.rng.as_ref());
    let code = AuthorizationCode {
        id: CodeId::random(ctx.rng.as_ref()),
        app_id: request.app_id,
        redirect_uri: request.redirect_uri.clone(),
        user_id: session.user_id,
        session_id: session.id,
        scope: if request.resource.is_some() { request.scope.clone() } else { target.granted.clone() },
        resource: target.resource.app_id,
        resource_name: request.resource.clone().unwrap_or_default(),
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        brokered: facts.brokered,
        device_id: facts.device.filter(|_| !facts.brokered).map(|device| device.id),
        hub: request.hub,
        capabilities: request.capabilities.clone(),
        authentication_context: request.authentication_context.clone(),
        expires: now.saturating_add(LIFETIME).unwrap_or(now),
        redeemed: None,
    };
    unit.grants().create_code(&sha256(&value), &code).await?;
    Ok(value)
}
