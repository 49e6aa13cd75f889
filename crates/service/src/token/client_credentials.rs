//! `grant_type=client_credentials` (RFC 6749 §4.4): an application for itself.

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::tenant::Tenant;
use doorward_wire::jwt;
use doorward_wire::oauth::token_claims::TokenClaims;
use doorward_wire::oauth::token_response::TokenResponse;

use super::issue::{self, ACCESS_TOKEN_LIFETIME, Version};
use crate::access::{self, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::{keys, resource};

/// Makes a token that carries the application permissions an administrator assigned to the client.
///
/// # Errors
/// A refusal, or storage failure.
pub async fn issue(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    scope: &str,
    resource: Option<&str>,
    version: Version,
) -> Result<TokenResponse> {
    if !application.is_confidential() {
        return Err(Error::refused(ErrorCode::CLIENT_CREDENTIAL_MISSING, "Only a confidential client can act for itself."));
    }
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let target = resource::from_request(unit.as_mut(), resource, scope).await?;
    if !target.default {
        return Err(Error::refused(ErrorCode::INVALID_SCOPE, "For client_credentials the scope must be '<resource>/.default'."));
    }
    let request = access::Request::new("client_credentials", tenant, caller, Subject::Workload, application, &target.resource);
    let version = version.of_access_token(&target.resource);
    let attempt = access::require(ctx, unit.as_mut(), &request).await?;
    let mut roles: Vec<&str> = application
        .app_role_assignments
        .iter()
        .filter(|assigned| assigned.resource == target.resource.app_id && target.resource.offers_to_applications(&assigned.value))
        .map(|assigned| assigned.value.as_str())
        .collect();
    roles.sort_unstable();
    let keys = keys::of_tenant(ctx, unit.as_mut(), tenant.id).await?;
    let (kid, key) = keys.signer(target.resource.signing_algorithm)?;
    let audience = issue::audience(&target, version);
    let claims = TokenClaims {
        appid: Some(application.app_id),
        azp: Some(application.app_id),
        idtyp: Some("app"),
        roles: Some(roles),
        ..issue::claims(ctx, attempt.id(), tenant.id, version, audience, application.app_id.to_string(), application.app_id.0)
    };
    let access_token = jwt::sign(key, kid, "JWT", &claims)?;
    attempt.granted(ctx).await;
    let lifetime = ACCESS_TOKEN_LIFETIME.as_secs().unsigned_abs();
    Ok(TokenResponse {
        token_type: "Bearer".into(),
        scope: None,
        expires_in: lifetime,
        ext_expires_in: lifetime,
        access_token,
        refresh_token: None,
        id_token: None,
        foci: None,
        client_info: None,
    })
}
