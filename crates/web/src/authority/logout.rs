//! Sign-out (OpenID Connect RP-Initiated Logout 1.0).

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::tenant::Tenant;
use doorward_service::sign_in::session;
use doorward_service::{Context, Error, client, tenants};
use doorward_wire::jwt;
use serde::Deserialize;

use super::{OAuthError, cookies};
use crate::caller::TheCaller;
use crate::pages::signed_out::SignedOut;
use crate::pages::{FormTarget, Frame, Link, page, redirect_answer};

/// Query of the request.
#[derive(Deserialize)]
pub(super) struct Parameters {
    post_logout_redirect_uri: Option<String>,
    client_id: Option<String>,
    id_token_hint: Option<String>,
    state: Option<String>,
}

/// `GET` or `POST /{tenant}/oauth2/v2.0/logout`: ends the session of this browser and the tokens that came from it.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Response {
    let ended = async {
        let tenant = tenants::resolve(&ctx, &segment, None).await?;
        end_session(&ctx, &tenant, &headers).await?;
        let back = registered_target(&ctx, &tenant, &parameters).await?;
        Ok::<_, Error>((tenant, back))
    };
    let (tenant, back) = match ended.await {
        Ok(ended) => ended,
        Err(error) => return OAuthError::new(&ctx, &caller, error).into_response(),
    };
    let mut response = match back.as_deref().and_then(|address| url::Url::parse(address).ok()) {
        Some(mut address) => {
            if let Some(state) = &parameters.state {
                address.query_pairs_mut().append_pair("state", state);
            }
            redirect_answer::redirect(&address)
        }
        None => {
            let back: Option<Link> = None;
            page(StatusCode::OK, &SignedOut { frame: Frame::new(tenant.display_name.clone()), back }, &FormTarget::Own)
        }
    };
    cookies::clear(&mut response, cookies::SESSION);
    response
}

async fn end_session(ctx: &Context, tenant: &Tenant, headers: &HeaderMap) -> Result<(), Error> {
    let Some(cookie) = cookies::read(headers, cookies::SESSION) else { return Ok(()) };
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    if let Some((session, _)) = session::from_cookie(ctx, unit.as_mut(), tenant.id, &cookie).await? {
        unit.sessions().revoke(session.id, ctx.now()).await?;
        unit.commit().await?;
    }
    Ok(())
}

/// The address to return to, only if it is a redirect URI of the client that asks.
async fn registered_target(ctx: &Context, tenant: &Tenant, parameters: &Parameters) -> Result<Option<String>, Error> {
    let Some(address) = parameters.post_logout_redirect_uri.clone() else { return Ok(None) };
    // The hint only names the client; whether the address is registered for it decides, so its signature does not matter.
    let hinted = parameters.id_token_hint.as_deref().and_then(|hint| jwt::unverified_claim(hint, "aud"));
    let Some(client_id) = parameters.client_id.clone().or(hinted) else { return Ok(None) };
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    Ok(match client::find(unit.as_mut(), &client_id).await {
        Ok(application) if client::redirect_platform(&application, &address).is_some() => Some(address),
        Ok(_) | Err(Error::Refused(_)) => None,
        Err(error) => return Err(error),
    })
}
