//! `Authorization: Bearer` (RFC 6750).

use axum::http::HeaderMap;
use doorward_model::AppId;
use doorward_model::tenant::Tenant;
use doorward_service::token::verify::{self, Authenticated, TokenError};
use doorward_service::{Context, Error};
use doorward_wire::jwt;

use crate::caller::header;

/// The token of the request.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    let value = header(headers, "authorization")?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Who asks one of our services, by the token of the request; without a token nobody does.
pub(crate) async fn verified(
    ctx: &Context,
    tenant: &Tenant,
    headers: &HeaderMap,
    service: AppId,
) -> Result<Result<Authenticated, TokenError>, Error> {
    let Some(token) = token(headers) else { return Ok(Err(TokenError::Invalid)) };
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    verify::access_token(ctx, unit.as_mut(), tenant, &token, service).await
}

/// The `sub` claim of a token that was verified before.
pub(crate) fn subject(headers: &HeaderMap) -> Option<String> {
    jwt::unverified_claim(&token(headers)?, "sub")
}
