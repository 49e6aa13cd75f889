//! Registrations of managed apps: one per user, app and device.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AppState, Evidence, IntendedPolicy, MobileAppIdentifier};
use crate::{AppId, DeviceId, RegistrationId, UserId};

/// The key with which an app instance signs its requests: a public EC key on P-256 as a JSON Web Key (RFC 7517, RFC 7518 §6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofKey {
    /// Key type, `EC`.
    pub kty: String,
    /// Curve, `P-256`.
    pub crv: String,
    /// First coordinate, base64url.
    pub x: String,
    /// Second coordinate, base64url.
    pub y: String,
}

/// Whether an app instance has a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProtectionState {
    /// Policies target it and it is to enforce them.
    Active,
    /// It had a policy that was withdrawn: the app decrypts what it protected and keeps it.
    None,
    /// No policy targets this user in this app.
    NotTargeted,
    /// The account is disabled.
    Disabled,
}

/// What the service last told an app instance to enforce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intended {
    /// Tag of the effective policy.
    pub tag: String,
    /// Since when that tag has been the right one, at the earliest.
    pub since: Timestamp,
    /// The policies it was made of.
    pub policies: Vec<IntendedPolicy>,
}

/// What an operation asks of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OperationKind {
    /// Remove the organisation's data.
    Wipe,
    /// Send logs.
    CollectLogs,
    /// Send new evidence about device and app.
    RefreshEvidence,
}

/// Where an operation stands: the seven words of `windowsInformationProtectionWipeAction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OperationState {
    /// Nothing asked.
    None,
    /// Not delivered yet.
    Pending,
    /// Withdrawn before delivery.
    Canceled,
    /// Delivered, not acknowledged.
    Active,
    /// Done.
    Done,
    /// The app could not.
    Failed,
    /// The app does not know how.
    NotSupported,
}

/// Something the app is to do once: Graph `managedAppOperation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedAppOperation {
    /// Id, unique within the registration.
    pub id: String,
    /// What to do.
    pub kind: OperationKind,
    /// Why, for the person.
    pub reason: String,
    /// When it was asked.
    pub issued: Timestamp,
    /// Where it stands.
    pub state: OperationState,
    /// How it ended, once it has.
    #[serde(default)]
    pub ending: Option<OperationEnding>,
}

/// The end of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationEnding {
    /// When the service learned of it.
    pub at: Timestamp,
    /// Why it failed, in the app's words; empty otherwise.
    pub reason: String,
}

impl ManagedAppOperation {
    /// True for a wipe that the app has not finished: until then the instance counts as unprotected.
    #[must_use]
    pub fn is_open_wipe(&self) -> bool {
        self.kind == OperationKind::Wipe && self.is_open()
    }

    /// True while the app has it before it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, OperationState::Pending | OperationState::Active)
    }
}

/// Why a registration ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// The app removed the organisation's data.
    Wiped,
    /// The person removed the account.
    Unenrolled,
    /// The app enrolled again with another key.
    Replaced,
}

/// The end of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub how: Ending,
}

/// One app instance: a user in an app on a device. Graph `managedAppRegistration`, with what the service needs beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedAppRegistration {
    /// Id.
    pub id: RegistrationId,
    /// The managed user.
    pub user_id: UserId,
    /// Client id of the app, as its token said.
    pub app_id: AppId,
    /// The app as the operating system names it.
    pub app_identifier: MobileAppIdentifier,
    /// Made by the runtime; relates the apps of one device, without guarantee.
    pub device_tag: String,
    /// The registered device, as the token said. None: the app has no broker, or the device object is gone.
    pub device_id: Option<DeviceId>,
    /// The key that signs its requests. Without one nothing it says counts.
    pub proof_key: Option<ProofKey>,
    /// What came of the last evidence that it sent; none: it sent none.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// What it last said about itself.
    pub state: AppState,
    /// Whether it has a policy.
    pub protection: ProtectionState,
    /// What it was last told to enforce.
    pub intended: Option<Intended>,
    /// The tag it says it enforces.
    pub applied_tag: Option<String>,
    /// The policies behind that tag, as far as the service told them to it.
    #[serde(default)]
    pub applied_policies: Vec<IntendedPolicy>,
    /// What it is asked to do.
    #[serde(default)]
    pub operations: Vec<ManagedAppOperation>,
    /// When it was made.
    pub created_date_time: Timestamp,
    /// Last check-in.
    pub last_sync_date_time: Timestamp,
    /// Its end, after which nothing it says counts.
    #[serde(default)]
    pub ended: Option<Ended>,
}
