//! Where a person enters the code of another device (RFC 8628 §3.3).

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use doorward_model::ErrorCode;
use doorward_model::tenant::Tenant;
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{self, Progress, Purpose};
use doorward_service::sign_in::{Journey, Outcome, Step, Submission, Wish, session, steps};
use doorward_service::token::device_code;
use doorward_service::{Context, Error, tenants};
use serde::Deserialize;

use super::authorize::{browser, failure};
use super::view::Scene;
use super::{OAuthError, cookies};
use crate::caller::TheCaller;

/// Query of the page.
#[derive(Deserialize)]
pub(super) struct Parameters {
    user_code: Option<String>,
}

/// Fields of its forms.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Posted {
    ctx: String,
    canary: String,
    user_code: String,
    answer: Option<String>,
}

/// `GET /{tenant}/oauth2/deviceauth`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Response {
    let tenant = match tenants::resolve(&ctx, &segment, None).await {
        Ok(tenant) => tenant,
        Err(error) => return OAuthError::new(&ctx, &caller, error).into_response(),
    };
    // A code in the address is only filled in: the person must still confirm that it is theirs (RFC 8628 §5.4).
    let typed = parameters.user_code.unwrap_or_default().chars().take(16).collect();
    let page = scene(&ctx, &caller, &tenant, &headers, String::new()).enter_device_code(typed, None);
    page.unwrap_or_else(|error| failure(&ctx, &caller, &tenant, browser(&ctx, &headers), error))
}

/// `POST /{tenant}/oauth2/deviceauth`.
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
    let fits = cookies::read(headers, cookies::BROWSER).is_some_and(|secret| flow::canary_fits(&secret, &posted.canary));
    if !fits || flow::open_context(ctx, tenant.id, &posted.ctx).is_none() {
        return Err(Error::refused(
            ErrorCode::FLOW_TOKEN_EXPIRED,
            "The page was open for too long, or cookies are switched off. Open it again.",
        ));
    }
    let cookie = cookies::read(headers, cookies::SESSION);
    let (code, client, target) = match device_code::find(ctx, tenant, &posted.user_code).await {
        Ok(found) => found,
        Err(Error::Refused(refusal)) => {
            return scene(ctx, caller, tenant, headers, String::new()).enter_device_code(posted.user_code, Some(refusal.message));
        }
        Err(error) => return Err(error),
    };
    let scene = scene(ctx, caller, tenant, headers, code.user_code.clone());
    if let Some(answer) = posted.answer {
        let mut unit = ctx.store.tenant(tenant.id).read().await?;
        let current = match cookie.as_deref() {
            Some(cookie) => session::from_cookie(ctx, unit.as_mut(), tenant.id, cookie).await?,
            None => None,
        };
        drop(unit);
        let approved = answer == "continue";
        return match current {
            Some((session, _)) => {
                device_code::answer(ctx, tenant, &code.user_code, approved.then_some(&session)).await?;
                Ok(scene.device_code_done(client.display_name.clone(), approved))
            }
            None => Err(Error::refused(ErrorCode::LOGIN_REQUIRED, "Your sign-in has ended. Open the page again.")),
        };
    }
    let journey = Journey { tenant, caller, wish: Wish::DeviceCode(&client, &target) };
    match steps::advance(ctx, journey, cookie.as_deref(), Progress::default(), Submission::Nothing).await? {
        Outcome { step: Step::SignedIn(_, user), .. } => {
            scene.confirm_device_code(&code.user_code, &client, user.user_principal_name.clone(), None)
        }
        outcome => scene.show(outcome),
    }
}

fn scene<'a>(ctx: &'a Context, caller: &'a Caller, tenant: &'a Tenant, headers: &HeaderMap, user_code: String) -> Scene<'a> {
    Scene { ctx, tenant, caller, browser: browser(ctx, headers), purpose: Purpose::DeviceCode(user_code), client: None }
}
