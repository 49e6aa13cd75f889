//! A device under management: what is kept beside its registration.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Facts, Judgement, Standing};
use crate::DeviceId;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// Whose property a device is: Graph `managedDeviceOwnerType`.
    enum DeviceOwnerType {
        /// Nobody has said.
        Unknown = "unknown",
        /// The organisation's.
        Company = "company",
        /// The person's own.
        Personal = "personal",
    }

    /// Where a device stands between enrolment and retirement: Graph `managementState`.
    enum ManagementState {
        /// Managed.
        Managed = "managed",
        /// An action asks for its retirement, and an administrator has not confirmed it yet.
        RetirePending = "retirePending",
        /// No longer managed. What was known of it is forgotten.
        Retired = "retired",
    }

    /// How an Android device is managed, which tells the policies that are for it.
    enum AndroidManagement {
        /// Device administrator.
        DeviceAdministrator = "deviceAdministrator",
        /// Work profile on a personal device.
        WorkProfile = "workProfile",
        /// Fully managed.
        DeviceOwner = "deviceOwner",
    }
}

/// The word of somebody else who judges devices: another device management, or an administrator. It counts like one policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Word {
    /// Who says so.
    pub by: String,
    /// What they say.
    pub standing: Standing,
    /// When it was so.
    pub observed: Timestamp,
    /// From when on it says nothing any more; none when it stands until it is changed.
    #[serde(default)]
    pub expires: Option<Timestamp>,
}

/// A managed device. It is named by the registered device that it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagedDevice {
    /// The registered device.
    pub device_id: DeviceId,
    /// Between enrolment and retirement.
    pub management_state: ManagementState,
    /// Whose property it is.
    pub owner_type: DeviceOwnerType,
    /// How it is managed, if it runs Android.
    #[serde(default)]
    pub android: Option<AndroidManagement>,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// Up to when its last report speaks; none before the first.
    #[serde(default)]
    pub last_report: Option<Timestamp>,
    /// What was reported.
    #[serde(default)]
    pub facts: Facts,
    /// What others say of it.
    #[serde(default)]
    pub words: Vec<Word>,
    /// What came of judging it last.
    #[serde(default)]
    pub judgement: Option<Judgement>,
}

impl ManagedDevice {
    /// A freshly enrolled device.
    #[must_use]
    pub fn new(device_id: DeviceId, owner_type: DeviceOwnerType, android: Option<AndroidManagement>, now: Timestamp) -> Self {
        Self {
            device_id,
            management_state: ManagementState::Managed,
            owner_type,
            android,
            enrolled: now,
            last_report: None,
            facts: Facts::default(),
            words: Vec::new(),
            judgement: None,
        }
    }

    /// Under management; waiting for retirement counts.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.management_state != ManagementState::Retired
    }

    /// How it stands; unknown before it was judged.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.judgement.as_ref().map_or(Standing::Unknown, |judgement| judgement.standing)
    }
}
