//! The authorization endpoint (RFC 6749 §3.1), in both dialects.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::tenant::Tenant;
use doorward_service::broker::credential;
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{Progress, Purpose};
use doorward_service::sign_in::request::{self, AuthorizeParameters, RequestError};
use doorward_service::sign_in::{Journey, Step, Submission, Wish, flow, steps};
use doorward_service::{Context, Error, access, tenants};

use super::OAuthError;
use super::cookies;
use super::view::Scene;
use crate::caller::{TheCaller, header};

/// Header with a message signed by the session key of a primary refresh token.
const PRT_CREDENTIAL: &str = "x-ms-refreshtokencredential";
/// Header with a message signed by the device key.
const DEVICE_CREDENTIAL: &str = "x-ms-devicecredential";

/// `GET /{tenant}/oauth2[/v2.0]/authorize`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Query(parameters): Query<AuthorizeParameters>,
) -> Response {
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
    let answer = match header(headers, PRT_CREDENTIAL) {
        Some(prt) => match brokered(ctx, caller, &tenant, parameters, &prt, header(headers, DEVICE_CREDENTIAL).as_deref()).await {
            Ok(response) => Ok(response),
            Err(error) => Err(access::refused_early(ctx, &tenant, caller, "authorize", Some(&parameters.client_id), error).await),
        },
        None => interactive(ctx, caller, &tenant, headers, parameters).await,
    };
    answer.unwrap_or_else(|error| OAuthError::new(ctx, caller, error).into_response())
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
    let checked = request::check(unit.as_mut(), parameters, false).await;
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

/// The broker, for an app, with the proof of a primary refresh token. It reads JSON errors, not pages.
async fn brokered(
    ctx: &Context,
    caller: &Caller,
    tenant: &Tenant,
    parameters: &AuthorizeParameters,
    prt: &str,
    device: Option<&str>,
) -> Result<Response, Error> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let proof = credential::brokered_request(ctx, unit.as_mut(), tenant, prt, device).await?;
    let checked = request::check(unit.as_mut(), parameters, true).await;
    unit.commit().await?;
    let (request, client, target) = match checked {
        Ok(checked) => checked,
        Err(RequestError::Here(error)) => return Err(error),
        Err(RequestError::ToClient(refusal, _)) => return Err(Error::Refused(refusal)),
    };
    let outcome = steps::brokered(ctx, Journey { tenant, caller, wish: Wish::Code(&request, &client, &target) }, proof).await?;
    match outcome.step {
        Step::Refused { refusal, .. } | Step::Error(refusal) => Err(Error::Refused(refusal)),
        _ => {
            let browser = (flow::browser_secret(ctx), true);
            let scene = Scene {
                ctx,
                tenant,
                caller,
                browser,
                purpose: Purpose::Authorize(Box::new(request.clone())),
                client: Some((&client, &target)),
            };
            scene.show(outcome)
        }
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
