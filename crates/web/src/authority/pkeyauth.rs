//! Where web views answer the question for their device (PKeyAuth).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use doorward_model::ErrorCode;
use doorward_model::tenant::Tenant;
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{Progress, Purpose};
use doorward_service::sign_in::{Journey, Submission, Wish, device_challenge, steps};
use doorward_service::{Context, Error, tenants};

use super::authorize::{browser, failure};
use super::view::Scene;
use super::{OAuthError, cookies, login};
use crate::caller::{TheCaller, header};

/// `GET /{tenant}/pkeyauth` with `Authorization: PKeyAuth …`. What libraries add to the query says nothing.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
) -> Response {
    let tenant = match tenants::resolve(&ctx, &segment, None).await {
        Ok(tenant) => tenant,
        Err(error) => return OAuthError::new(&ctx, &caller, error).into_response(),
    };
    match handle(&ctx, &caller, &tenant, &headers).await {
        Ok(response) => response,
        Err(error) => failure(&ctx, &caller, &tenant, browser(&ctx, &headers), error),
    }
}

async fn handle(ctx: &Context, caller: &Caller, tenant: &Tenant, headers: &HeaderMap) -> Result<Response, Error> {
    let answer = header(headers, "authorization").ok_or_else(|| {
        Error::refused(ErrorCode::BAD_REQUEST, "Devices answer here, in the header Authorization. Go back to your app and sign in again.")
    })?;
    let cookie = cookies::read(headers, cookies::SESSION);
    let request = device_challenge::answer(ctx, tenant, caller, cookie.as_deref(), answer).await?;
    let (client, target) = login::wish(ctx, tenant, &request).await?;
    let journey = Journey { tenant, caller, wish: Wish::Code(&request, &client, &target) };
    let outcome = steps::advance(ctx, journey, cookie.as_deref(), Progress::default(), Submission::Device).await?;
    let browser = browser(ctx, headers);
    let purpose = Purpose::Authorize(Box::new(request.clone()));
    Scene { ctx, tenant, caller, browser, purpose, client: Some((&client, &target)) }.show(outcome)
}
