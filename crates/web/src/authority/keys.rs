//! The tenant's public keys (RFC 7517).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use doorward_service::{Context, keys, tenants};

use super::OAuthError;
use crate::caller::TheCaller;

/// `GET /{tenant}/discovery/v2.0/keys`: next, current and previous keys. May be cached for an hour, because a key is published
/// long before it signs.
pub(super) async fn get(State(ctx): State<Arc<Context>>, caller: TheCaller, Path(segment): Path<String>) -> Result<Response, OAuthError> {
    let jwks = async {
        let tenant = tenants::resolve(&ctx, &segment, None).await?;
        let mut unit = ctx.store.tenant(tenant.id).read().await?;
        Ok(keys::of_tenant(&ctx, unit.as_mut(), tenant.id).await?.jwks.clone())
    };
    let jwks = jwks.await.map_err(|error| OAuthError::new(&ctx, &caller.0, error))?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=3600")], jwks).into_response())
}
