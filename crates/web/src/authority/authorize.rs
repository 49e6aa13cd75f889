//! The authorization endpoint (RFC 6749 §3.1), in both dialects.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use doorward_model::ErrorCode;
use doorward_model::tenant::Tenant;
use doorward_service::broker::credential;
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{Progress, Purpose};
use doorward_service::sign_in::request::{self, AuthorizeParameters, RequestError};
use doorward_service::sign_in::{Journey, Step, Submission, Wish, flow, steps};
use doorward_service::{Context, Error, access, one_time, tenants};

use super::OAuthError;
use super::cookies;
use super::view::Scene;
use crate::caller::{TheCaller, header};
use crate::pages;

/// Header with a message signed by the session key of a primary refresh token.
const PRT_CREDENTIAL: &str = "x-ms-refreshtokencredential";
/// Header with a message signed by the device key.
const DEVICE_CREDENTIAL: &str = "x-ms-devicecredential";

/// `GET /{tenant}/oauth2[/v2.0]/authorize`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    address: Uri,
    headers: HeaderMap,
    Query(parameters): Query<AuthorizeParameters>,
) -> Response {
    let nonce_is_missing = prt_credential(&headers).is_some_and(|credential| !credential::carries_nonce(&credential));
    if nonce_is_missing && parameters.sso_nonce.is_none() {
        return with_nonce(&ctx, &segment, &parameters, &address)
            .await
            .unwrap_or_else(|error| OAuthError::new(&ctx, &caller, error).into_response());
    }
    handle(&ctx, &caller, &segment, &headers, &parameters).await
}

/// `POST /{tenant}/oauth2[/v2.0]/authorize`: the same as a form (OpenID Connect Core §3.1.2.1).
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(parameters): Form<AuthorizeParameters>,
) -> Response {
    handle(&ctx, &caller, &segment, &headers, &parameters).await
}

async fn handle(ctx: &Context, caller: &Caller, segment: &str, headers: &HeaderMap, parameters: &AuthorizeParameters) -> Response {
    let tenant = match tenants::resolve(ctx, segment, parameters.login_hint.as_deref()).await {
        Ok(tenant) => tenant,
        Err(error) => return OAuthError::new(ctx, caller, error).into_response(),
    };
    let answer = match prt_credential(headers) {
        Some(prt) => match brokered(ctx, caller, &tenant, headers, parameters, &prt).await {
            Err(error) => {
                let error = access::refused_early(ctx, &tenant, caller, "authorize", Some(&parameters.client_id), error).await;
                match error {
                    // A browser whose broker is of no help is a browser like any other.
                    Error::Refused(_) if is_browser(headers) => interactive(ctx, caller, &tenant, headers, parameters).await,
                    error if wants_json(headers) => Err(error),
                    error => Ok(read_as_page(failure(ctx, caller, &tenant, browser(ctx, headers), error))),
                }
            }
            answer => answer,
        },
        None => interactive(ctx, caller, &tenant, headers, parameters).await,
    };
    answer.unwrap_or_else(|error| OAuthError::new(ctx, caller, error).into_response())
}

/// A message signed by the session key of a primary refresh token: as a header from a broker or an extension of the browser, or as a
/// cookie that the system gave the browser.
fn prt_credential(headers: &HeaderMap) -> Option<String> {
    header(headers, PRT_CREDENTIAL).map(str::to_owned).or_else(|| cookies::read(headers, cookies::PRT_CREDENTIAL))
}

/// The same address with a nonce that the broker signs for the browser.
async fn with_nonce(ctx: &Context, segment: &str, parameters: &AuthorizeParameters, address: &Uri) -> Result<Response, Error> {
    let tenant = tenants::resolve(ctx, segment, parameters.login_hint.as_deref()).await?;
    let mut again = ctx.base_url.clone();
    again.set_path(address.path());
    again.set_query(address.query());
    again.query_pairs_mut().append_pair("sso_nonce", &one_time::nonce(ctx, tenant.id)?);
    Ok(pages::redirect_answer::redirect(&again))
}

/// Brokers send the device's proof as well; a browser has none.
fn is_browser(headers: &HeaderMap) -> bool {
    header(headers, DEVICE_CREDENTIAL).is_none() && !wants_json(headers)
}

/// What policies ask for that the person at a browser can give at the ordinary pages.
fn needs_person(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::MFA_REQUIRED | ErrorCode::CONSENT_REQUIRED | ErrorCode::SESSION_TOO_OLD | ErrorCode::TOKEN_TOO_OLD)
}

fn wants_json(headers: &HeaderMap) -> bool {
    header(headers, "accept").is_some_and(|accept| accept.contains("application/json"))
}

/// Brokers that read pages look at those of a success only.
fn read_as_page(mut response: Response) -> Response {
    if !response.status().is_redirection() {
        *response.status_mut() = StatusCode::OK;
    }
    response
}

/// A person at a browser or in an app's web view.
async fn interactive(
    ctx: &Context,
    caller: &Caller,
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &AuthorizeParameters,
) -> Result<Response, Error> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let checked = request::check(unit.as_mut(), caller, parameters, false).await;
    drop(unit);
    let browser = browser(ctx, headers);
    let (request, client, target) = match checked {
        Ok(checked) => checked,
        Err(RequestError::Here(error)) => return Ok(failure(ctx, caller, tenant, browser, error)),
        Err(RequestError::ToClient(refusal, request)) => {
            let scene = Scene { ctx, tenant, caller, browser, purpose: Purpose::Authorize(request), client: None };
            return Ok(scene.answer_error(&refusal));
        }
    };
    let journey = Journey { tenant, caller, wish: Wish::Code(&request, &client, &target) };
    let cookie = cookies::read(headers, cookies::SESSION);
    let outcome = steps::advance(ctx, journey, cookie.as_deref(), Progress::default(), Submission::Nothing).await?;
    let scene =
        Scene { ctx, tenant, caller, browser, purpose: Purpose::Authorize(Box::new(request.clone())), client: Some((&client, &target)) };
    scene.show(outcome)
}

/// The broker, for an app or a browser, with the proof of a primary refresh token.
async fn brokered(
    ctx: &Context,
    caller: &Caller,
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &AuthorizeParameters,
    prt: &str,
) -> Result<Response, Error> {
    let device = header(headers, DEVICE_CREDENTIAL);
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let proof = credential::brokered_request(ctx, unit.as_mut(), tenant, prt, device).await?;
    let checked = request::check(unit.as_mut(), caller, parameters, true).await;
    unit.commit().await?;
    let (request, client, target) = match checked {
        Ok(checked) => checked,
        Err(RequestError::Here(error)) => return Err(error),
        Err(RequestError::ToClient(refusal, _)) => return Err(Error::Refused(refusal)),
    };
    let outcome = steps::brokered(ctx, Journey { tenant, caller, wish: Wish::Code(&request, &client, &target) }, proof).await?;
    let scene = Scene {
        ctx,
        tenant,
        caller,
        browser: (flow::browser_secret(ctx), true),
        purpose: Purpose::Authorize(Box::new(request.clone())),
        client: Some((&client, &target)),
    };
    match outcome.step {
        Step::Refused { refusal, .. } if wants_json(headers) || (is_browser(headers) && needs_person(refusal.code)) => {
            Err(Error::Refused(refusal))
        }
        Step::Error(refusal) => Err(Error::Refused(refusal)),
        Step::Refused { .. } if !is_browser(headers) => scene.show(outcome).map(read_as_page),
        _ => scene.show(outcome),
    }
}

/// The secret that ties the pages to this browser, and whether the browser has it already.
pub(super) fn browser(ctx: &Context, headers: &HeaderMap) -> (String, bool) {
    match cookies::read(headers, cookies::BROWSER) {
        Some(secret) => (secret, true),
        None => (flow::browser_secret(ctx), false),
    }
}

/// The page for an error that must not be sent to an unverified redirect URI.
pub(super) fn failure(ctx: &Context, caller: &Caller, tenant: &Tenant, browser: (String, bool), error: Error) -> Response {
    let scene = Scene { ctx, tenant, caller, browser, purpose: Purpose::DeviceCode(String::new()), client: None };
    match error {
        Error::Refused(refusal) => scene.failure(StatusCode::BAD_REQUEST, Some(&refusal)),
        error => {
            tracing::error!(%error, correlation_id = %caller.correlation_id, "request failed");
            scene.failure(StatusCode::INTERNAL_SERVER_ERROR, None)
        }
    }
}
