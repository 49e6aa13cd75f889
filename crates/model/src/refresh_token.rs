//! Refresh tokens and primary refresh tokens. Values are 256 random bits; the store keeps their SHA-256 only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AppId, CodeId, DeviceId, SessionId, TokenId, UserId};

/// What a refresh token is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshToken {
    /// Id, for logs and for withdrawing.
    pub id: TokenId,
    /// Client that may redeem it.
    pub app_id: AppId,
    /// Whose it is.
    pub user_id: UserId,
    /// Session it came from.
    pub session_id: SessionId,
    /// Device it is bound to.
    pub device_id: Option<DeviceId>,
    /// Code it came from.
    pub code_id: Option<CodeId>,
    /// It was obtained through the broker.
    pub brokered: bool,
    /// The app through which the client got it, and which must ask again (nested app authentication).
    #[serde(default)]
    pub hub: Option<AppId>,
    /// It was made for a member of the family of clients: the other members may redeem it.
    #[serde(default)]
    pub family: bool,
    /// Methods by which the person had signed in when it was made: a second factor given later does not add to it. None in tokens
    /// of versions that did not know: the methods of the session count.
    #[serde(default)]
    pub amr: Option<Vec<String>>,
    /// Granted scope, space separated.
    pub scope: String,
    /// Resource of the first token.
    pub resource: AppId,
    /// When it was made.
    pub issued: Timestamp,
    /// End of validity.
    pub expires: Timestamp,
    /// Withdrawn.
    pub revoked: Option<Timestamp>,
}

/// A primary refresh token: bound to a device and signed for with its session key (MS-OAPXBC).
#[derive(Clone, PartialEq, Eq)]
pub struct PrimaryRefreshToken {
    /// Id, for logs and for withdrawing.
    pub id: TokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// Session it belongs to.
    pub session_id: SessionId,
    /// Device it is bound to.
    pub device_id: DeviceId,
    /// Session key, 32 bytes, wrapped by the master key.
    pub wrapped_session_key: Vec<u8>,
    /// When it was made.
    pub issued: Timestamp,
    /// End of validity.
    pub expires: Timestamp,
    /// Withdrawn.
    pub revoked: Option<Timestamp>,
}
