//! Reading policy documents.

use doorward_model::application::MobilePlatform::{self, Android, Ios};
use doorward_model::protection::{ClipboardSharingLevel, DataTransferLevel, Interval, PinCharacterSet, RemediationAction, StorageLocation};
use doorward_policy::protection::{ParseError, Problem, Settings, parse};
use rstest::rstest;
use serde_json::{Value, json};

fn read(platform: MobilePlatform, members: &Value) -> (Settings, Vec<(String, Problem)>) {
    let (settings, warnings) = Settings::read(platform, members.as_object().unwrap());
    (settings, warnings.into_iter().map(|warning| (warning.member, warning.problem)).collect())
}

#[rstest]
#[case::array(json!([]), ParseError::NotAnObject)]
#[case::no_type(json!({ "displayName": "x" }), ParseError::UnknownType)]
#[case::windows(json!({ "@odata.type": "#microsoft.graph.windowsManagedAppProtection", "displayName": "x" }), ParseError::UnknownType)]
#[case::no_name(json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection" }), ParseError::NoDisplayName)]
#[case::blank_name(json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection", "displayName": " " }), ParseError::NoDisplayName)]
fn what_is_no_policy_is_refused(#[case] document: Value, #[case] expected: ParseError) {
    assert_eq!(parse("p", 1, &document).unwrap_err(), expected);
}

#[test]
fn omitted_and_null_members_have_their_defaults() {
    for document in [json!({}), json!({ "pinRequired": null, "periodOfflineBeforeAccessCheck": null, "minimumPinLength": null })] {
        let (settings, warnings) = read(Ios, &document);
        assert_eq!(settings, Settings::default());
        assert_eq!(warnings, []);
        assert_eq!((settings.pin_length(), settings.pin_retries()), (4, 5));
        assert_eq!(settings.period_online_before_access_check, Interval::minutes(30));
        assert_eq!(settings.period_offline_before_access_check, Interval::hours(12));
        assert_eq!(settings.period_offline_before_wipe_is_enforced, Interval::days(90));
    }
}

#[test]
fn members_that_nothing_enforces_are_named() {
    let (_, warnings) = read(Ios, &json!({ "printBlocked": true, "somethingNew": 1, "displayName": "x", "apps@odata.context": "y" }));
    assert_eq!(warnings, [("printBlocked".to_owned(), Problem::NotEnforced), ("somethingNew".to_owned(), Problem::NotEnforced)]);
}

#[test]
fn members_of_the_other_platform_have_no_effect() {
    let (settings, warnings) = read(Android, &json!({ "faceIdBlocked": true, "filterOpenInToOnlyManagedApps": true }));
    assert_eq!(settings, Settings::default());
    assert!(warnings.iter().all(|(_, problem)| *problem == Problem::OtherPlatform) && warnings.len() == 2);
}

#[test]
fn what_cannot_be_read_becomes_strict() {
    let (settings, warnings) = read(
        Ios,
        &json!({
            "allowedOutboundDataTransferDestinations": "friendsOnly",
            "allowedOutboundClipboardSharingLevel": 3,
            "pinCharacterSet": "emoji",
            "minimumPinLength": 99,
            "maximumPinRetries": -1,
            "pinRequired": "yes",
            "disableAppPinIfDevicePinIsSet": "yes",
            "saveAsBlocked": true,
            "allowedDataStorageLocations": ["oneDriveForBusiness", "newCloud"],
            "periodOfflineBeforeAccessCheck": "P1Y",
            "deviceComplianceRequired": true,
            "appActionIfDeviceComplianceRequired": "obliterate",
        }),
    );
    assert_eq!(warnings.len(), 10);
    assert!(warnings.iter().all(|(_, problem)| *problem == Problem::Unreadable));
    assert_eq!(settings.allowed_outbound_data_transfer_destinations, DataTransferLevel::None);
    assert_eq!(settings.allowed_outbound_clipboard_sharing_level, ClipboardSharingLevel::Blocked);
    assert_eq!(settings.pin_character_set, PinCharacterSet::AlphanumericAndSymbol);
    assert_eq!((settings.pin_length(), settings.pin_retries()), (16, 1));
    assert!(settings.pin_required && !settings.disable_app_pin_if_device_pin_is_set);
    assert_eq!(settings.allowed_data_storage_locations, Some([StorageLocation::OneDriveForBusiness].into()));
    assert_eq!(settings.period_offline_before_access_check, Interval::minutes(1));
    assert_eq!(settings.app_action_if_device_compliance_required, Some(RemediationAction::Block), "doubt never wipes");
}

#[rstest]
#[case(json!({ "deviceComplianceRequired": true }), Some(RemediationAction::Block))]
#[case(json!({ "deviceComplianceRequired": true, "appActionIfDeviceComplianceRequired": "wipe" }), Some(RemediationAction::Wipe))]
#[case(json!({ "deviceComplianceRequired": false, "appActionIfDeviceComplianceRequired": "wipe" }), None)]
fn an_action_hangs_on_its_condition(#[case] document: Value, #[case] expected: Option<RemediationAction>) {
    assert_eq!(read(Ios, &document).0.app_action_if_device_compliance_required, expected);
}

/// One member governs both kinds of biometrics on Android.
#[rstest]
#[case::silent(json!({ "fingerprintAndBiometricEnabled": null, "fingerprintBlocked": true }), (true, false))]
#[case::off(json!({ "fingerprintAndBiometricEnabled": false }), (true, true))]
#[case::on_wins(json!({ "fingerprintAndBiometricEnabled": true, "fingerprintBlocked": true }), (false, false))]
fn fingerprint_and_biometric_enabled(#[case] document: Value, #[case] expected: (bool, bool)) {
    let (settings, warnings) = read(Android, &document);
    assert_eq!(warnings, []);
    assert_eq!((settings.fingerprint_blocked, settings.biometric_authentication_blocked), expected);
}

#[rstest]
#[case::in_value(json!([{ "name": "Maps", "value": "com.maps" }]), &["com.maps"])]
#[case::in_name(json!([{ "name": "com.maps", "value": "Maps" }]), &["com.maps"])]
#[case::value_first(json!([{ "name": "com.name", "value": "com.value" }]), &["com.value"])]
fn exempt_packages_are_found_in_value_or_name(#[case] list: Value, #[case] expected: &[&str]) {
    let (settings, warnings) = read(Android, &json!({ "exemptedAppPackages": list }));
    assert_eq!(warnings, []);
    assert!(settings.exempted_app_packages.iter().eq(expected));
}

#[test]
fn combinations_that_do_less_than_they_say_are_named() {
    let document = json!({
        "@odata.type": "#microsoft.graph.iosManagedAppProtection",
        "displayName": "x",
        "saveAsBlocked": true,
        "allowedOutboundDataTransferDestinations": "allApps",
        "filterOpenInToOnlyManagedApps": true,
    });
    let (policy, warnings) = parse("p", 1, &document).unwrap();
    let members: Vec<&str> = warnings.iter().map(|warning| warning.member.as_str()).collect();
    assert_eq!(members, ["saveAsBlocked", "filterOpenInToOnlyManagedApps"]);
    assert!(policy.settings.save_as_blocked, "enforced as it stands");
}

#[test]
fn targets_that_cannot_be_read_are_left_out_and_named() {
    let document = json!({
        "@odata.type": "#microsoft.graph.iosManagedAppProtection",
        "displayName": "x",
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.watchMobileAppIdentifier" } }],
        "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "$TargetGroupId" } }],
        "appGroupType": "everything",
    });
    let (policy, warnings) = parse("p", 1, &document).unwrap();
    assert!(policy.apps.is_empty() && policy.assignments.is_empty());
    let members: Vec<&str> = warnings.iter().map(|warning| warning.member.as_str()).collect();
    assert_eq!(members, ["apps", "appGroupType", "assignments"]);
}

#[rstest]
#[case("PT12H", Some(43_200), "PT12H")]
#[case("P90D", Some(7_776_000), "P90D")]
#[case("PT0S", Some(0), "PT0S")]
#[case("P1DT30M", Some(88_200), "P1DT30M")]
#[case("PT24H", Some(86_400), "P1D")]
#[case("P1W", Some(604_800), "P7D")]
#[case("PT90S", Some(90), "PT1M30S")]
#[case("P1M", None, "")]
#[case("-PT1H", None, "")]
#[case("12 hours", None, "")]
#[case("P999999999D", None, "")]
fn durations(#[case] text: &str, #[case] seconds: Option<u32>, #[case] written: &str) {
    let interval = text.parse::<Interval>().ok();
    assert_eq!(interval.map(Interval::as_secs), seconds);
    assert_eq!(interval.map_or_else(String::new, |interval| interval.to_string()), written);
}
