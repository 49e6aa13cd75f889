//! Device authorization grant (RFC 8628).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AppId, SessionId};

/// What the person said on the other screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeviceCodeState {
    /// Nothing yet.
    Pending,
    /// Yes, in this session.
    Approved(SessionId),
    /// No.
    Denied,
    /// Tokens were issued.
    Redeemed,
}

/// A device code as it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceCode {
    /// Code the person types: eight letters of an alphabet without look-alikes.
    pub user_code: String,
    /// Client that polls.
    pub app_id: AppId,
    /// Requested scope.
    pub scope: String,
    /// State.
    pub state: DeviceCodeState,
    /// Last poll, to slow down clients in a hurry.
    pub last_polled: Option<Timestamp>,
    /// End of validity.
    pub expires: Timestamp,
}
