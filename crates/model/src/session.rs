//! Sign-in sessions: one authentication and everything that was issued from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DeviceId, SessionId, UserId};

/// How a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SessionKind {
    /// A person at the sign-in pages.
    Browser,
    /// Password grant: the client saw the password.
    Password,
    /// Device code: the person approved on another screen.
    DeviceCode,
    /// A broker's primary refresh token, bound to a device.
    Broker,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Id; also the `sid` claim.
    pub id: SessionId,
    /// Who signed in.
    pub user_id: UserId,
    /// The device whose key took part, if any.
    pub device_id: Option<DeviceId>,
    /// How it began.
    pub kind: SessionKind,
    /// Methods used, in the spelling of the `amr` claim (`pwd`, `mfa`, …).
    pub amr: Vec<String>,
    /// When the person last proved who they are.
    pub authenticated: Timestamp,
    /// When they last gave a second factor.
    #[serde(default)]
    pub second_factor: Option<Timestamp>,
    /// End of the session.
    pub expires: Timestamp,
    /// Ended early: sign-out, revoked, code replayed.
    pub revoked: Option<Timestamp>,
}
