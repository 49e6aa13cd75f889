//! A signed-in browser.
//!
//! The browser holds the tokens, sealed; the server keeps nothing. Each request verifies the access token as the admin API does
//! and reads the person from the directory. When the token has run out it is renewed in process, which decides again.

mod entry;
mod form_token;

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;
use doorward_model::TenantId;
use doorward_model::application::Application;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::caller::Caller;
use doorward_service::nested::HubParameters;
use doorward_service::token::issue::Version;
use doorward_service::token::refresh_token::{self, Refresh};
use doorward_service::token::verify::{self, TokenError};
use doorward_service::{Context, Error, access, client, tenants};
use doorward_wire::oauth::token_response::TokenResponse;
use serde::{Deserialize, Serialize};

pub(crate) use entry::{Answer, CallbackError, begin, finish, own_path, sign_out_address};
pub(crate) use form_token::{form_token, form_token_fits};

use super::Area;
use crate::authority::cookies;

/// What the cookie holds.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tokens {
    tenant: TenantId,
    access: String,
    refresh: String,
}

/// A live session.
pub(crate) struct Signed {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) user: Arc<User>,
    /// The session that the tokens came from.
    pub(crate) session: Arc<Session>,
    /// New tokens, when the old access token had run out.
    pub(crate) renewed: Option<Tokens>,
}

impl Tokens {
    fn new(tenant: TenantId, response: TokenResponse) -> Self {
        Self { tenant, access: response.access_token, refresh: response.refresh_token.unwrap_or_default() }
    }

    fn open(ctx: &Context, area: &Area, headers: &HeaderMap) -> Option<Self> {
        let cookie = cookies::read(headers, area.cookie)?;
        serde_json::from_slice(&ctx.master_key.open_text(&label(area), &cookie)?).ok()
    }

    /// Gives the tokens to the browser.
    pub(crate) fn put(&self, ctx: &Context, area: &Area, response: &mut Response) -> Result<(), Error> {
        let json = serde_json::to_vec(self).map_err(|error| Error::internal("session cookie", &error))?;
        let sealed = ctx.master_key.seal_text(ctx.rng.as_ref(), &label(area), &json)?;
        cookies::set(response, area.cookie, &sealed);
        Ok(())
    }
}

fn label(area: &Area) -> String {
    format!("session of {}", area.root)
}

/// Forgets the session in the browser.
pub(crate) fn forget(area: &Area, response: &mut Response) {
    cookies::clear(response, area.cookie);
}

/// The session of a request; none when the person must sign in (again).
///
/// # Errors
/// Storage failure.
pub(crate) async fn read(ctx: &Context, area: &Area, caller: &Caller, headers: &HeaderMap) -> Result<Option<Signed>, Error> {
    let Some(tokens) = Tokens::open(ctx, area, headers) else { return Ok(None) };
    let tenant = match tenants::by_id(ctx, tokens.tenant).await {
        Ok(tenant) => tenant,
        Err(Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    match person(ctx, area, &tenant, &tokens).await? {
        Ok((user, session)) => Ok(Some(Signed { tenant, user, session, renewed: None })),
        Err(TokenError::Expired) => renew(ctx, area, caller, tenant, tokens).await,
        Err(TokenError::Invalid | TokenError::Audience | TokenError::Withdrawn) => Ok(None),
    }
}

async fn person(
    ctx: &Context,
    area: &Area,
    tenant: &Tenant,
    tokens: &Tokens,
) -> Result<Result<(Arc<User>, Arc<Session>), TokenError>, Error> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let authenticated = match verify::access_token(ctx, unit.as_mut(), tenant, &tokens.access, area.client).await? {
        Ok(authenticated) => authenticated,
        Err(error) => return Ok(Err(error)),
    };
    let ours = authenticated.app_id == area.client && authenticated.scopes.iter().any(|scope| scope == area.needs);
    Ok(authenticated.user.zip(authenticated.session).filter(|_| ours).ok_or(TokenError::Invalid))
}

async fn renew(ctx: &Context, area: &Area, caller: &Caller, tenant: Arc<Tenant>, tokens: Tokens) -> Result<Option<Signed>, Error> {
    let refresh = Refresh {
        refresh_token: &tokens.refresh,
        scope: "",
        resource: None,
        hub: &HubParameters::default(),
        enrolment: None,
        capabilities: &[],
        authentication_context: None,
        confirmation: None,
        endpoint: None,
        device_answer: None,
    };
    let redeemed = async {
        let application = application(ctx, area, &tenant).await?;
        refresh_token::redeem(ctx, &tenant, caller, &application, refresh, Version::V2).await
    };
    let tokens = match redeemed.await {
        Ok(response) => Tokens::new(tenant.id, response),
        Err(error) => match refused(ctx, area, caller, &tenant, error).await {
            // The sign-in that follows tells the person why.
            Error::Refused(_) => return Ok(None),
            error => return Err(error),
        },
    };
    let person = person(ctx, area, &tenant, &tokens).await?;
    Ok(person.ok().map(|(user, session)| Signed { tenant, user, session, renewed: Some(tokens) }))
}

async fn application(ctx: &Context, area: &Area, tenant: &Tenant) -> Result<Arc<Application>, Error> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    client::find(unit.as_mut(), &area.client.to_string()).await
}

/// A refusal is in the log, as one at the token endpoint is.
async fn refused(ctx: &Context, area: &Area, caller: &Caller, tenant: &Tenant, error: Error) -> Error {
    access::refused_early(ctx, tenant, caller, "token", Some(&area.client.to_string()), error).await
}
