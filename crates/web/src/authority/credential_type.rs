//! How an account signs in, asked by programs that read the sign-in page.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_model::ErrorCode;
use doorward_service::caller::Caller;
use doorward_service::sign_in::{existence, flow};
use doorward_service::{Context, Error, tenants};
use doorward_wire::sign_in_page::{CredentialTypeRequest, CredentialTypeResponse};

use super::OAuthError;
use super::error::no_store;
use crate::caller::TheCaller;

/// `POST /{tenant}/GetCredentialType`, for somebody who has opened the page: the question carries the page's state.
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let answer = answer(&ctx, &caller, &segment, &body).await.map_err(|error| OAuthError::new(&ctx, &caller, error))?;
    let mut response = Json(answer).into_response();
    no_store(response.headers_mut());
    Ok(response)
}

async fn answer(ctx: &Context, caller: &Caller, segment: &str, body: &[u8]) -> Result<CredentialTypeResponse, Error> {
    let request: CredentialTypeRequest = serde_json::from_slice(body).map_err(|error| {
        Error::refused(ErrorCode::BAD_REQUEST, "The body must be JSON with username and originalRequest.").with_reason(&error)
    })?;
    let tenant = tenants::resolve(ctx, segment, Some(&request.username)).await?;
    if flow::open_context(ctx, tenant.id, &request.original_request).is_none() {
        return Err(Error::refused(ErrorCode::FLOW_TOKEN_EXPIRED, "The sign-in page was open for too long. Open it again."));
    }
    let exists = existence(ctx, &tenant, caller, &request.username).await?;
    Ok(CredentialTypeResponse::new(&request.username, exists))
}
