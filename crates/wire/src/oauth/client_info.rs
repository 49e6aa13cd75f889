//! `client_info`: who the token is for, for the client's account cache.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::{TenantId, UserId};

/// base64url of `{"uid":…,"utid":…}`.
#[must_use]
pub fn encode(user: UserId, tenant: TenantId) -> String {
    URL_SAFE_NO_PAD.encode(format!(r#"{{"uid":"{user}","utid":"{tenant}"}}"#))
}
