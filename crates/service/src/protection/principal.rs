//! Who a request of an app instance is from, as its access token says.

use doorward_model::tenant::Tenant;
use doorward_model::{AppId, DeviceId, UserId};

use crate::context::Context;
use crate::error::Result;
use crate::resource::PROTECTION;
use crate::token::verify::{TokenError, access_token};

/// The scope an app needs.
const SCOPE: &str = "Protection.CheckIn";

/// A user in an app, on a device if the broker took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user: UserId,
    /// The client the token was made for.
    pub app: AppId,
    /// The registered device.
    pub device: Option<DeviceId>,
}

/// Checks the access token of a request.
///
/// # Errors
/// [`TokenError`] inside the outer `Ok`; storage failure outside.
pub async fn principal(ctx: &Context, tenant: &Tenant, token: &str) -> Result<std::result::Result<Principal, TokenError>> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let authenticated = match access_token(ctx, unit.as_mut(), tenant, token, PROTECTION).await? {
        Ok(authenticated) => authenticated,
        Err(error) => return Ok(Err(error)),
    };
    let user = authenticated.user.filter(|_| authenticated.scopes.iter().any(|scope| scope == SCOPE));
    let principal = user.map(|user| Principal { user: user.id, app: authenticated.app_id, device: authenticated.device_id });
    Ok(principal.ok_or(TokenError::Audience))
}
