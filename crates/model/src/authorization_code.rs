//! Authorization codes (RFC 6749 §4.1.2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AppId, CodeId, DeviceId, SessionId, UserId};

/// A code as it waits for its one redemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizationCode {
    /// Id; refresh tokens made from the code carry it, so a second redemption can withdraw them.
    pub id: CodeId,
    /// Client it was made for.
    pub app_id: AppId,
    /// Redirect URI of the request; must be repeated at redemption.
    pub redirect_uri: String,
    /// Who signed in.
    pub user_id: UserId,
    /// Session it belongs to.
    pub session_id: SessionId,
    /// Granted scope, space separated.
    pub scope: String,
    /// Resource (audience) of the access token.
    pub resource: AppId,
    /// Name by which the client asked for the resource (v1: becomes the audience).
    pub resource_name: String,
    /// Nonce of the request, repeated in the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge, method S256 (RFC 7636).
    pub code_challenge: Option<String>,
    /// The request went through the broker: PRT proof came with it.
    pub brokered: bool,
    /// The device that proved itself at the pages, where no broker speaks for one.
    #[serde(default)]
    pub device_id: Option<DeviceId>,
    /// The app that asked for the client, which runs in its pages (nested app authentication).
    #[serde(default)]
    pub hub: Option<AppId>,
    /// Client capabilities announced with the request (`xms_cc`).
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// Authentication context that was asked for (`acrs`), met when the code was made.
    #[serde(default)]
    pub authentication_context: Option<String>,
    /// End of validity.
    pub expires: Timestamp,
    /// When it was redeemed.
    pub redeemed: Option<Timestamp>,
}
