//! App protection. Numbered cases keep the numbers of the case list in the project's contract for app protection.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

mod applied;
mod attestation;
mod corpus;
mod explain;
mod launch;
mod merge;
mod parse;
mod pin;
mod target;
mod transfer;

use doorward_model::application::MobilePlatform;
use doorward_model::protection::MobileAppIdentifier;
use doorward_policy::protection::{Account, Managed, Party, Settings};
use serde_json::{Value, json};

pub(crate) fn settings(platform: MobilePlatform, members: Value) -> Settings {
    let (settings, warnings) = Settings::read(platform, members.as_object().unwrap());
    assert_eq!(warnings, [], "the settings of a test should be clean");
    settings.normalised()
}

/// The policy that the cases are about, with some members replaced.
pub(crate) fn case_policy(platform: MobilePlatform, changes: Value) -> Settings {
    let mut members = json!({
        "allowedOutboundDataTransferDestinations": "managedApps",
        "allowedInboundDataTransferSources": "allApps",
        "allowedOutboundClipboardSharingLevel": "managedAppsWithPasteIn",
        "saveAsBlocked": true,
        "allowedDataStorageLocations": ["oneDriveForBusiness", "sharePoint"],
        "pinRequired": true,
        "minimumPinLength": 4,
        "simplePinBlocked": true,
        "maximumPinRetries": 5,
        "appActionIfMaximumPinRetriesExceeded": "block",
        "periodOnlineBeforeAccessCheck": "PT30M",
        "periodOfflineBeforeAccessCheck": "PT12H",
        "periodOfflineBeforeWipeIsEnforced": "P90D",
        "deviceComplianceRequired": true,
        "appActionIfDeviceComplianceRequired": "block",
    });
    members.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    settings(platform, members)
}

pub(crate) fn ios(bundle_id: &str) -> MobileAppIdentifier {
    MobileAppIdentifier::new(MobilePlatform::Ios, bundle_id)
}

pub(crate) fn android(package: &str) -> MobileAppIdentifier {
    MobileAppIdentifier::new(MobilePlatform::Android, package)
}

pub(crate) fn anna() -> Account {
    account(1)
}

pub(crate) fn account(user: u128) -> Account {
    Account { tenant: uuid(7).parse().unwrap(), user: uuid(user).parse().unwrap() }
}

pub(crate) fn uuid(number: u128) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

pub(crate) fn managed<'a>(app: &'a MobileAppIdentifier, account: Account, settings: &'a Settings) -> Party<'a> {
    Party { app, managed: Some(Managed { account, settings }) }
}

pub(crate) fn unmanaged(app: &MobileAppIdentifier) -> Party<'_> {
    Party { app, managed: None }
}
