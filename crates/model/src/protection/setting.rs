//! Values of settings. Each enum is ordered from loosest to strictest.

use serde::{Deserialize, Serialize};

/// Which apps may exchange data with a managed app: `managedAppDataTransferLevel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DataTransferLevel {
    /// Every app.
    #[default]
    AllApps,
    /// Only apps that are managed for the same user.
    ManagedApps,
    /// None, not even managed ones.
    None,
}

/// Which apps may share the clipboard: `managedAppClipboardSharingLevel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClipboardSharingLevel {
    /// Every app.
    #[default]
    AllApps,
    /// Managed apps; text from any app may be pasted in.
    ManagedAppsWithPasteIn,
    /// Managed apps in both directions.
    ManagedApps,
    /// Only within the app itself.
    Blocked,
}

/// Where copies of organisation data may be kept although "save as" is blocked: `managedAppDataStorageLocation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StorageLocation {
    /// OneDrive for work.
    OneDriveForBusiness,
    /// SharePoint.
    SharePoint,
    /// Box.
    Box,
    /// The app's own managed storage, not the shared files area.
    LocalStorage,
    /// The photo library of the device.
    PhotoLibrary,
    /// iManage.
    IManage,
    /// Egnyte.
    Egnyte,
}

/// From where data may be opened into organisation documents although that is blocked: `managedAppDataIngestionLocation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IngestionLocation {
    /// OneDrive for work.
    OneDriveForBusiness,
    /// SharePoint.
    SharePoint,
    /// The camera.
    Camera,
    /// The photo library of the device.
    PhotoLibrary,
}

/// What an app PIN is made of: `managedAppPinCharacterSet`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PinCharacterSet {
    /// Digits only.
    #[default]
    Numeric,
    /// A passcode with letters or symbols.
    AlphanumericAndSymbol,
}

/// What happens when a condition is not met: `managedAppRemediationAction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RemediationAction {
    /// Tell the person, open anyway.
    Warn,
    /// Like `Block`, on devices that can tell whether the condition is met.
    BlockWhenSettingIsSupported,
    /// Do not open organisation data.
    Block,
    /// Remove organisation data from the app.
    Wipe,
}
