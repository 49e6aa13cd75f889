//! What an app instance says about itself and its device at every check-in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ManagementLevel;
use crate::application::MobilePlatform;

/// Complexity of the screen lock as the operating system reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasscodeComplexity {
    /// No lock.
    None,
    /// A pattern or a simple PIN.
    Low,
    /// A PIN without runs, or a short password.
    Medium,
    /// A long PIN or password.
    High,
}

/// What is wrong with a device, by its own word: Graph `managedAppFlaggedReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FlaggedReason {
    /// Rooted or jailbroken.
    RootedDevice,
    /// The bootloader is unlocked.
    AndroidBootloaderUnlocked,
}

/// The reported state. Strings are for people and for comparison with policy values; nothing in here is proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// Name of the device.
    pub device_name: String,
    /// Kind of device, for example `iPhone`.
    pub device_type: String,
    /// Model.
    #[serde(default)]
    pub device_model: Option<String>,
    /// Manufacturer.
    #[serde(default)]
    pub device_manufacturer: Option<String>,
    /// Platform.
    pub platform: MobilePlatform,
    /// Version of the operating system.
    pub platform_version: String,
    /// Android security patch level, `YYYY-MM-DD`.
    #[serde(default)]
    pub patch_level: Option<String>,
    /// Version of the app.
    pub application_version: String,
    /// Version of the runtime in the app.
    pub sdk_version: String,
    /// Version of the broker app, if there is one.
    #[serde(default)]
    pub broker_version: Option<String>,
    /// Rooted or jailbroken; none when the app cannot tell.
    pub rooted: Option<bool>,
    /// The bootloader is unlocked.
    #[serde(default)]
    pub bootloader_unlocked: Option<bool>,
    /// A screen lock is set.
    #[serde(default)]
    pub device_lock_set: Option<bool>,
    /// Complexity of the screen lock.
    #[serde(default)]
    pub passcode_complexity: Option<PasscodeComplexity>,
    /// How the device is managed, in the app's own word; our record of the device counts first.
    pub management_level: ManagementLevel,
    /// Threat level as a partner app reports it.
    #[serde(default)]
    pub threat_level: Option<String>,
    /// The partner app.
    #[serde(default)]
    pub threat_partner: Option<String>,
    /// Language of the person, BCP 47.
    pub locale: String,
    /// Wall clock of the device.
    pub clock: Timestamp,
    /// Seconds since the device started.
    pub monotonic_seconds: u64,
    /// Changes when the device restarts.
    pub boot_id: String,
    /// The app holds personal accounts beside the managed one.
    pub multi_identity: bool,
    /// An app PIN is set.
    pub pin_set: bool,
}

impl AppState {
    /// What is wrong with the device; nothing when it cannot tell.
    #[must_use]
    pub fn flagged_reasons(&self) -> Vec<FlaggedReason> {
        let reasons = [(self.rooted, FlaggedReason::RootedDevice), (self.bootloader_unlocked, FlaggedReason::AndroidBootloaderUnlocked)];
        reasons.into_iter().filter(|(flag, _)| *flag == Some(true)).map(|(_, reason)| reason).collect()
    }
}
