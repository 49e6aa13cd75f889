//! Userinfo endpoint (OpenID Connect Core §5.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_service::token::verify;
use doorward_service::{Context, resource, tenants};
use serde_json::json;

use super::OAuthError;
use super::error::no_store;
use crate::bearer;
use crate::caller::TheCaller;

/// `GET /{tenant}/openid/userinfo` with an access token for Graph.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    headers: HeaderMap,
) -> Result<Response, OAuthError> {
    let checked = async {
        let tenant = tenants::resolve(&ctx, &segment, None).await?;
        let mut unit = ctx.store.tenant(tenant.id).read().await?;
        let token = bearer::token(&headers).unwrap_or_default();
        verify::access_token(&ctx, unit.as_mut(), &tenant, &token, resource::GRAPH).await
    };
    let user = match checked.await.map_err(|error| OAuthError::new(&ctx, &caller, error))? {
        Ok(authenticated) => authenticated.user,
        Err(_) => None,
    };
    let Some(user) = user else {
        return Ok((StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]).into_response());
    };
    let token_subject = bearer::subject(&headers);
    let mut response = Json(json!({
        "sub": token_subject,
        "name": user.display_name,
        "preferred_username": user.user_principal_name,
        "email": user.user_principal_name,
    }))
    .into_response();
    no_store(response.headers_mut());
    Ok(response)
}
