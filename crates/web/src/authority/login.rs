//! What the sign-in pages post.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::tenant::Tenant;
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{self, Purpose};
use doorward_service::sign_in::request::AuthorizeRequest;
use doorward_service::sign_in::{Journey, Outcome, Step, Submission, Wish, steps};
use doorward_service::token::device_code;
use doorward_service::{Context, Error, Refusal, client, nested, resource, tenants};
use serde::Deserialize;

use super::authorize::{browser, failure};
use super::posted_factor::PostedFactor;
use super::view::Scene;
use super::{OAuthError, cookies};
use crate::caller::TheCaller;

/// Fields of every form of the sign-in.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Posted {
    ctx: String,
    #[serde(rename = "flowToken")]
    flow_token: String,
    canary: String,
    login: Option<String>,
    passwd: Option<String>,
    newpasswd: Option<String>,
    confirmnewpasswd: Option<String>,
    consent: Option<String>,
    #[serde(flatten)]
    factor: PostedFactor,
    #[serde(skip)]
    ticket: Option<Option<Vec<u8>>>,
}

impl Posted {
    /// The sign-in goes on after a second factor was given.
    pub(super) fn go_on(ctx: String, flow_token: String, canary: String) -> Self {
        Self { ctx, flow_token, canary, factor: PostedFactor::go_on(), ..Self::default() }
    }

    /// The sign-in goes on with the ticket of a domain, if there is one.
    pub(super) fn with_ticket(self, ticket: Option<Vec<u8>>) -> Self {
        Self { ticket: Some(ticket), ..self }
    }

    fn submission(self) -> Submission {
        if let Some(ticket) = self.ticket {
            return Submission::Ticket(ticket);
        }
        if let Some(submission) = self.factor.submission() {
            return submission;
        }
        match self {
            Self { newpasswd: Some(new), passwd, confirmnewpasswd, .. } => {
                Submission::NewPassword { old: passwd.unwrap_or_default(), new, repeated: confirmnewpasswd.unwrap_or_default() }
            }
            Self { passwd: Some(password), login, .. } => Submission::Password { login: login.unwrap_or_default(), password },
            Self { consent: Some(answer), .. } => Submission::Consent(answer == "accept"),
            Self { login, .. } => Submission::Identifier { login: login.unwrap_or_default() },
        }
    }
}

/// `POST /{tenant}/login`.
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let tenant = match tenants::resolve(&ctx, &segment, None).await {
        Ok(tenant) => tenant,
        Err(error) => return OAuthError::new(&ctx, &caller, error).into_response(),
    };
    match handle(&ctx, &caller, &tenant, &headers, posted).await {
        Ok(response) => response,
        Err(error) => failure(&ctx, &caller, &tenant, browser(&ctx, &headers), error),
    }
}

async fn handle(ctx: &Context, caller: &Caller, tenant: &Tenant, headers: &HeaderMap, posted: Posted) -> Result<Response, Error> {
    let secret = cookies::read(headers, cookies::BROWSER).filter(|secret| flow::canary_fits(secret, &posted.canary));
    let Some(secret) = secret else { return Err(stale("The page was opened in another browser, or cookies are switched off.")) };
    let flow = flow::open_context(ctx, tenant.id, &posted.ctx).ok_or_else(|| stale("The page was open for too long."))?;
    let progress = flow::open_progress(ctx, tenant.id, &posted.flow_token);
    let cookie = cookies::read(headers, cookies::SESSION);
    let browser = (secret, true);
    match flow.purpose {
        Purpose::Authorize(request) => {
            let (client, target) = wish(ctx, tenant, &request).await?;
            let journey = Journey { tenant, caller, wish: Wish::Code(&request, &client, &target) };
            let outcome = steps::advance(ctx, journey, cookie.as_deref(), progress, posted.submission()).await?;
            let scene =
                Scene { ctx, tenant, caller, browser, purpose: Purpose::Authorize(request.clone()), client: Some((&client, &target)) };
            scene.show(outcome)
        }
        Purpose::DeviceCode(code) => {
            let (_, client, target) = device_code::find(ctx, tenant, &code).await?;
            let journey = Journey { tenant, caller, wish: Wish::DeviceCode(&client, &target) };
            let outcome = steps::advance(ctx, journey, cookie.as_deref(), progress, posted.submission()).await?;
            let scene = Scene { ctx, tenant, caller, browser, purpose: Purpose::DeviceCode(code.clone()), client: None };
            match outcome {
                Outcome { step: Step::SignedIn(_, user), session_cookie, .. } => {
                    scene.confirm_device_code(&code, &client, user.user_principal_name.clone(), session_cookie.as_deref())
                }
                outcome => scene.show(outcome),
            }
        }
    }
}

/// The client and resource of a sealed request, read again: they may have changed since the page was made.
pub(super) async fn wish(
    ctx: &Context,
    tenant: &Tenant,
    request: &AuthorizeRequest,
) -> Result<(Arc<Application>, resource::Target), Error> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let client = client::find(unit.as_mut(), &request.app_id.to_string()).await?;
    if client::redirect_platform(&client, &request.redirect_uri) != Some(request.platform) {
        return Err(Error::refused(ErrorCode::REDIRECT_MISMATCH, "The redirect URI is no longer registered."));
    }
    nested::still_allowed(unit.as_mut(), &client, request.hub).await?;
    let target = resource::from_request(unit.as_mut(), request.resource.as_deref(), &request.scope).await?;
    Ok((client, target))
}

fn stale(why: &str) -> Error {
    Refusal::new(ErrorCode::FLOW_TOKEN_EXPIRED, format!("{why} Go back to your app and sign in again.")).into()
}
