//! On behalf of: a service that was called with a person's token gets one for the next service (`requested_token_use=on_behalf_of`).

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::tenant::Tenant;
use doorward_wire::oauth::token_response::TokenResponse;

use super::issue::{self, Issue, Version};
use super::verify::{self, Authenticated};
use crate::access::{self, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::resource;
use crate::sign_in::consent;

/// What the service asks for.
#[derive(Clone, Copy)]
pub struct OnBehalfOf<'a> {
    /// The access token it was called with.
    pub assertion: &'a str,
    /// Scope (v2.0).
    pub scope: &'a str,
    /// Resource (v1.0).
    pub resource: Option<&'a str>,
    /// Client capabilities.
    pub capabilities: &'a [String],
}

/// Exchanges a person's token for one for another resource. The new one belongs to the same sign-in and device, and policies judge the
/// service as the client: what they ask of the person's own app, the service cannot show.
///
/// # Errors
/// [`ErrorCode::INVALID_ASSERTION`] unless the token is a person's, good, and made for this very client; another refusal; storage failure.
pub async fn exchange(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    request: OnBehalfOf<'_>,
    version: Version,
) -> Result<TokenResponse> {
    if !application.is_confidential() {
        return Err(Error::refused(ErrorCode::CLIENT_CREDENTIAL_MISSING, "Only a confidential client can act on behalf of a person."));
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let refuse = |why: String| Error::refused(ErrorCode::INVALID_ASSERTION, format!("The assertion is not accepted: {why}."));
    let verified = verify::access_token(ctx, unit.as_mut(), tenant, request.assertion, application.app_id).await?;
    let bearer = verified.map_err(|error| refuse(error.to_string()))?;
    let Authenticated { user: Some(user), session: Some(session), device_id, .. } = bearer else {
        return Err(refuse("it is an application's token, not a person's".into()));
    };
    let device = super::bound_device(unit.as_mut(), device_id).await?;
    let target = resource::from_request(unit.as_mut(), request.resource, request.scope).await?;
    consent::require(unit.as_mut(), application, &user, &target).await?;
    let decision = access::Request {
        client_type: Some(access::client_type_of(application)),
        device: device.as_deref(),
        session: Some(&session),
        transfer_method: access::transfer_method(session.kind),
        capabilities: request.capabilities,
        ..access::Request::new("on_behalf_of", tenant, caller, Subject::User(&user), application, &target.resource)
    };
    let attempt = access::require(ctx, unit.as_mut(), &decision).await?;
    let tokens = Issue {
        device: device.as_deref(),
        capabilities: request.capabilities,
        ..Issue::new(tenant, &user, application, &target, &session, version, attempt.id())
    };
    let response = issue::issue(ctx, unit.as_mut(), &tokens).await?;
    unit.commit().await?;
    attempt.granted(ctx).await;
    Ok(response)
}
