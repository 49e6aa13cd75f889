//! `grant_type=password` (RFC 6749 §4.3), for clients that an administrator allowed to use it.

use doorward_model::application::Application;
use doorward_model::session::SessionKind;
use doorward_model::tenant::Tenant;
use doorward_wire::oauth::token_response::TokenResponse;

use super::issue::{self, Issue, Version};
use crate::access::{self, Subject};
use crate::attempts::Origin;
use crate::caller::Caller;
use crate::context::Context;
use crate::error::Result;
use crate::resource;
use crate::sign_in::{consent, credentials, session};

/// What the client sends.
#[derive(Clone, Copy)]
pub struct PasswordGrant<'a> {
    /// Sign-in name.
    pub username: &'a str,
    /// Password.
    pub password: &'a str,
    /// Scope (v2.0).
    pub scope: &'a str,
    /// Resource (v1.0).
    pub resource: Option<&'a str>,
    /// Client capabilities.
    pub capabilities: &'a [String],
}

/// Signs in with name and password.
///
/// # Errors
/// A refusal, or storage failure.
pub async fn sign_in(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    application: &Application,
    grant: PasswordGrant<'_>,
    version: Version,
) -> Result<TokenResponse> {
    super::require_public_client_flows(application)?;
    let user = match credentials::check_password(ctx, tenant, grant.username, grant.password, Origin::Address(caller.ip)).await {
        Ok(user) => user,
        Err(error) => return Err(access::failed_factor(ctx, tenant, caller, "password", application, grant.username, error).await),
    };
    credentials::require_own_password(&user)?;
    let session = session::begin(ctx, &user, SessionKind::Password, None, vec!["pwd".into()]);
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let target = resource::from_request(unit.as_mut(), grant.resource, grant.scope).await?;
    consent::require(unit.as_mut(), application, &user, &target).await?;
    let request = access::Request {
        client_type: Some(access::client_type_of(application)),
        session: Some(&session),
        capabilities: grant.capabilities,
        ..access::Request::new("password", tenant, caller, Subject::User(&user), application, &target.resource)
    };
    let attempt = access::require(ctx, unit.as_mut(), &request).await?;
    unit.sessions().create(&session).await?;
    let tokens =
        Issue { capabilities: grant.capabilities, ..Issue::new(tenant, &user, application, &target, &session, version, attempt.id()) };
    let response = issue::issue(ctx, unit.as_mut(), &tokens).await?;
    unit.commit().await?;
    attempt.granted(ctx).await;
    Ok(response)
}
