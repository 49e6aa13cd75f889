//! `client_info`: who the token is for, for the client's account cache.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::{TenantId, UserId};
use uuid::Uuid;

/// base64url of `{"uid":…,"utid":…}`.
#[must_use]
pub fn encode(user: UserId, tenant: TenantId) -> String {
    let (mut uid, mut utid) = (Uuid::encode_buffer(), Uuid::encode_buffer());
    let (uid, utid) = (user.0.hyphenated().encode_lower(&mut uid), tenant.0.hyphenated().encode_lower(&mut utid));
    URL_SAFE_NO_PAD.encode([r#"{"uid":""#, uid, r#"","utid":""#, utid, r#""}"#].concat())
}
