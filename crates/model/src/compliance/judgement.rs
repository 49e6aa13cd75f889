//! What came of judging a device.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FactSource;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// How a device stands to one setting: Graph `complianceStatus`.
    enum ComplianceStatus {
        /// Nobody has said enough.
        Unknown = "unknown",
        /// The device cannot have it.
        NotApplicable = "notApplicable",
        /// Met.
        Compliant = "compliant",
        /// Met, because the operating system made the person comply.
        Remediated = "remediated",
        /// Not met.
        NonCompliant = "nonCompliant",
        /// It cannot be judged.
        Error = "error",
    }

    /// How a device stands to a policy, and to all of them: from the least to the most severe, of which the most severe wins.
    enum Standing {
        /// Nothing is known yet.
        Unknown = "unknown",
        /// Nothing of it concerns the device.
        NotApplicable = "notApplicable",
        /// Met.
        Compliant = "compliant",
        /// Not met, and not yet held against the device.
        InGracePeriod = "inGracePeriod",
        /// Not met.
        NonCompliant = "nonCompliant",
        /// It cannot be judged.
        Error = "error",
    }

    /// What a policy does about devices that do not comply: Graph `deviceComplianceActionType`.
    enum ActionType {
        /// Nothing.
        NoAction = "noAction",
        /// Mail to the person.
        Notification = "notification",
        /// The device counts as not compliant; its hours are the grace period.
        Block = "block",
        /// The device is put up for retirement, which an administrator confirms.
        Retire = "retire",
        /// Kept from imported policies, never done.
        Wipe = "wipe",
        /// Kept from imported policies, never done.
        RemoveResourceAccessProfiles = "removeResourceAccessProfiles",
        /// A message on the device.
        PushNotification = "pushNotification",
        /// Locks the device.
        RemoteLock = "remoteLock",
    }

    /// What became of an action.
    enum ActionOutcome {
        /// Done.
        Done = "done",
        /// There is no way to the device or the person for it.
        NotSupported = "notSupported",
        /// It came up too late to be of use.
        Skipped = "skipped",
    }
}

impl Standing {
    /// Counts as compliant for conditional access.
    #[must_use]
    pub fn is_compliant(self) -> bool {
        matches!(self, Self::Compliant | Self::InGracePeriod)
    }

    /// The word of Graph `managedDevice.complianceState`, which spells one of them in its own way.
    #[must_use]
    pub fn compliance_state(self) -> &'static str {
        match self {
            Self::Unknown | Self::NotApplicable => "unknown",
            Self::NonCompliant => "noncompliant",
            Self::Compliant | Self::InGracePeriod | Self::Error => self.as_str(),
        }
    }
}

/// One setting of one policy, or a built-in check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingState {
    /// Name of the setting as in the policy, with the place within it where there are several.
    pub setting: String,
    /// How the device stands to it.
    pub status: ComplianceStatus,
    /// What is asked for, for people.
    pub expected: String,
    /// What is so; none when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
    /// Whose word that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FactSource>,
    /// Why, where the two values do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An action of a policy that has come up, once for each time that a device began to fail the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FiredAction {
    /// Which of the policy's actions.
    pub action: String,
    /// What was to be done.
    pub kind: ActionType,
    /// When it came up.
    pub at: Timestamp,
    /// What became of it.
    pub outcome: ActionOutcome,
}

/// How a device stands to one policy, with what its schedule has to remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyState {
    /// Id of the policy, or `partner:` with the name of who spoke.
    pub policy_id: String,
    /// Its name.
    pub display_name: String,
    /// Before any grace.
    pub status: ComplianceStatus,
    /// With grace.
    pub standing: Standing,
    /// Since when the device fails it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Until when that is not held against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ends: Option<Timestamp>,
    /// Actions that have come up since then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<FiredAction>,
    /// Each setting that the policy configures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<SettingState>,
}

/// How a device stands to all policies that are for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// When it was judged.
    pub at: Timestamp,
    /// The most severe of all.
    pub standing: Standing,
    /// Each policy.
    pub policies: Vec<PolicyState>,
    /// Checks that no policy asks for: a policy at all, a recent report, an owner who may sign in.
    pub built_in: Vec<SettingState>,
    /// The earliest end of a grace period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_ends: Option<Timestamp>,
    /// Compliant no longer than this without another report; none when it is not compliant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compliant_until: Option<Timestamp>,
    /// When time alone may next change something, or make an action come up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}
