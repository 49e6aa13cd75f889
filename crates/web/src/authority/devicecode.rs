//! Device authorization endpoint (RFC 8628 §3.1).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use doorward_service::token::device_code;
use doorward_service::{Context, client, tenants};
use serde::Deserialize;

use super::OAuthError;
use super::error::no_store;
use crate::caller::TheCaller;

/// Fields of the request.
#[derive(Deserialize)]
pub(super) struct Parameters {
    client_id: String,
    #[serde(default)]
    scope: String,
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`.
pub(super) async fn post(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    Form(parameters): Form<Parameters>,
) -> Result<Response, OAuthError> {
    let started = async {
        let tenant = tenants::resolve(&ctx, &segment, None).await?;
        let application = {
            let mut unit = ctx.store.tenant(tenant.id).read().await?;
            client::find(unit.as_mut(), &parameters.client_id).await?
        };
        device_code::start(&ctx, &tenant, &caller, &application, &parameters.scope).await
    };
    let answer = started.await.map_err(|error| OAuthError::new(&ctx, &caller, error))?;
    let mut response = Json(answer).into_response();
    no_store(response.headers_mut());
    Ok(response)
}
