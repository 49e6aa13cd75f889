//! Second factors for programs that read the sign-in page: begin, give, and go on with the sign-in.
//!
//! The page with its form does the same for browsers, in one post. Session, progress and protection against forged posts are the same.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use doorward_model::tenant::Tenant;
use doorward_model::{ErrorCode, TenantId};
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{self, Purpose};
use doorward_service::sign_in::{Journey, Wish, second_factor};
use doorward_service::token::device_code;
use doorward_service::{Context, Error, tenants};
use doorward_wire::sign_in_page::{AuthAnswer, AuthMessage};
use serde::Deserialize;

use super::error::no_store;
use super::{OAuthError, cookies, login};
use crate::caller::{TheCaller, header};

/// Fields with which the sign-in goes on; which method it was is in the session.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Processed {
    request: String,
    #[serde(rename = "flowToken")]
    flow_token: String,
    canary: String,
}

/// Which of the two messages.
#[derive(Clone, Copy)]
enum Phase {
    Begin,
    End,
}

/// `POST /{tenant}/SAS/BeginAuth`.
pub(super) async fn begin(state: State<Arc<Context>>, caller: TheCaller, path: Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    respond(state, caller, path, headers, body, Phase::Begin).await
}

/// `POST /{tenant}/SAS/EndAuth`.
pub(super) async fn end(state: State<Arc<Context>>, caller: TheCaller, path: Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    respond(state, caller, path, headers, body, Phase::End).await
}

/// `POST /{tenant}/SAS/ProcessAuth`: the form that follows.
pub(super) async fn process(
    state: State<Arc<Context>>,
    caller: TheCaller,
    path: Path<String>,
    headers: HeaderMap,
    Form(processed): Form<Processed>,
) -> Response {
    let Processed { request, flow_token, canary } = processed;
    login::post(state, caller, path, headers, Form(login::Posted::go_on(request, flow_token, canary))).await
}

async fn respond(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
    body: Bytes,
    phase: Phase,
) -> Response {
    let mut response = match handle(&ctx, &caller, &segment, &headers, &body, phase).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => OAuthError::new(&ctx, &caller, error).into_response(),
    };
    no_store(response.headers_mut());
    response
}

async fn handle(
    ctx: &Context,
    caller: &Caller,
    segment: &str,
    headers: &HeaderMap,
    body: &[u8],
    phase: Phase,
) -> Result<AuthAnswer, Error> {
    let message: AuthMessage = serde_json::from_slice(body).map_err(|error| {
        Error::refused(ErrorCode::BAD_REQUEST, "The body must be JSON with AuthMethodId (PhoneAppOTP), Ctx and FlowToken.")
            .with_reason(&error)
    })?;
    let tenant = tenants::resolve(ctx, segment, None).await?;
    let purpose = purpose(ctx, tenant.id, headers, &message)?;
    match &purpose {
        Purpose::Authorize(request) => {
            let (client, target) = login::wish(ctx, &tenant, request).await?;
            answer(ctx, &tenant, caller, headers, &message, phase, Wish::Code(request, &client, &target)).await
        }
        Purpose::DeviceCode(code) => {
            let (_, client, target) = device_code::find(ctx, &tenant, code).await?;
            answer(ctx, &tenant, caller, headers, &message, phase, Wish::DeviceCode(&client, &target)).await
        }
    }
}

/// What the page was made for, if it was made for this browser.
fn purpose(ctx: &Context, tenant: TenantId, headers: &HeaderMap, message: &AuthMessage) -> Result<Purpose, Error> {
    let canary = header(headers, "canary").unwrap_or_default();
    let fits = cookies::read(headers, cookies::BROWSER).is_some_and(|secret| flow::canary_fits(&secret, canary));
    let flow = flow::open_context(ctx, tenant, &message.ctx).filter(|_| fits);
    flow.map(|flow| flow.purpose).ok_or_else(ended)
}

async fn answer(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    headers: &HeaderMap,
    message: &AuthMessage,
    phase: Phase,
    wish: Wish<'_>,
) -> Result<AuthAnswer, Error> {
    let journey = Journey { tenant, caller, wish };
    let cookie = cookies::read(headers, cookies::SESSION);
    let progress = flow::open_progress(ctx, tenant.id, &message.flow_token);
    let rejection = match phase {
        Phase::Begin if second_factor::is_asked(ctx, journey, cookie.as_deref(), &progress).await? => None,
        Phase::Begin => return Err(ended()),
        Phase::End => {
            let code = message.additional_auth_data.as_deref().unwrap_or_default();
            second_factor::give_app_code(ctx, journey, cookie.as_deref(), &progress, code).await?.err()
        }
    };
    Ok(AuthAnswer {
        success: rejection.is_none(),
        retry: rejection.is_some(),
        message: rejection.map(|rejection| rejection.for_person().to_owned()),
        err_code: rejection.map(|_| ErrorCode::MFA_FAILED.0),
        ctx: message.ctx.clone(),
        flow_token: message.flow_token.clone(),
        session_id: message.session_id.clone(),
        entropy: 0,
    })
}

fn ended() -> Error {
    Error::refused(ErrorCode::FLOW_TOKEN_EXPIRED, "The sign-in has ended. Please sign in again.")
}
