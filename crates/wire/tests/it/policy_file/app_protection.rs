//! App protection policies: what is kept of what clients send, and what is shown of what is kept.

use std::fs;
use std::path::{Path, PathBuf};

use doorward_model::application::MobilePlatform::{self, Android, Ios};
use doorward_policy::protection::{Kind, Problem, members, parse};
use doorward_wire::policy_file::app_protection::{canonical, odata_type, shown_apps, shown_assignments, whole};
use rstest::rstest;
use serde_json::{Map, Value, json};

const GROUP: &str = "33333333-0000-4000-8000-000000000001";

fn policy(platform: MobilePlatform, more: Value) -> Value {
    let mut policy = json!({ "@odata.type": odata_type(platform), "displayName": "Phones" });
    policy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    policy
}

#[test]
fn types_are_read_in_both_spellings_and_enum_words_in_any_case() {
    let sent = json!({
        "@odata.type": "microsoft.graph.iosManagedAppProtection",
        "displayName": "Phones",
        "allowedOutboundDataTransferDestinations": "MANAGEDAPPS",
        "allowedDataStorageLocations": ["onedriveforbusiness", "SharePoint"],
        "allowedDataStorageLocations@odata.type": "#Collection(String)",
        "managedBrowser": "MicrosoftEdge",
        "appGroupType": "AllApps",
        "targetedAppManagementLevels": "Unmanaged, MDM",
        "version": "\"1\"", "isAssigned": true, "deployedAppCount": 9, "createdDateTime": "2020-01-01T00:00:00Z",
        "apps": [
            { "id": "x", "version": "1", "mobileAppIdentifier": { "@odata.type": "microsoft.graph.iosMobileAppIdentifier", "bundleId": "a.b" } },
            { "mobileAppIdentifier": { "bundleId": "A.B" } },
        ],
        "assignments": [{ "id": "y", "target": { "@odata.type": "microsoft.graph.groupAssignmentTarget", "groupId": GROUP,
            "deviceAndAppManagementAssignmentFilterType": "none" } }],
        "settingOfTheFuture": { "kept": [1] },
    });
    let kept = canonical(&sent).unwrap();
    let expected = json!({
        "@odata.type": "#microsoft.graph.iosManagedAppProtection",
        "displayName": "Phones",
        "allowedOutboundDataTransferDestinations": "managedApps",
        "allowedDataStorageLocations": ["oneDriveForBusiness", "sharePoint"],
        "managedBrowser": "microsoftEdge",
        "appGroupType": "allApps",
        "targetedAppManagementLevels": "unmanaged,mdm",
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "a.b" } }],
        "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": GROUP } }],
        "settingOfTheFuture": { "kept": [1] },
    });
    assert_eq!(kept, expected);
    assert_eq!(canonical(&kept).unwrap(), kept, "what is kept is kept as it is");
}

#[rstest]
#[case::no_object(json!([]), "$ must be an object")]
#[case::no_type(json!({ "displayName": "x" }), "$.@odata.type must be")]
#[case::windows(json!({ "@odata.type": "#microsoft.graph.windowsManagedAppProtection", "displayName": "x" }), "$.@odata.type must be")]
#[case::no_name(json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection" }), "$.displayName is missing")]
#[case::blank_name(policy(Ios, json!({ "displayName": " " })), "$.displayName is missing")]
#[case::long_name(policy(Ios, json!({ "displayName": "x".repeat(257) })), "more than 256 characters")]
#[case::id(policy(Ios, json!({ "id": "a/b" })), "$.id must be")]
#[case::switch(policy(Ios, json!({ "pinRequired": "yes" })), "$.pinRequired must be true or false")]
#[case::letters(policy(Ios, json!({ "PinRequired": true })), "$.PinRequired is written pinRequired")]
#[case::word(policy(Ios, json!({ "pinCharacterSet": "emoji" })), "$.pinCharacterSet must be one of numeric, alphanumericAndSymbol")]
#[case::word_in_list(policy(Ios, json!({ "allowedDataStorageLocations": ["box", "cloud"] })), "$.allowedDataStorageLocations[1] must be one of")]
#[case::number(policy(Ios, json!({ "minimumPinLength": 3 })), "$.minimumPinLength must be 0, or a whole number from 4 to 16")]
#[case::fraction(policy(Ios, json!({ "maximumPinRetries": 1.5 })), "$.maximumPinRetries must be")]
#[case::duration(policy(Ios, json!({ "periodOfflineBeforeAccessCheck": "12 hours" })), "such as PT12H")]
#[case::kept_word(policy(Ios, json!({ "notificationRestriction": "shout" })), "$.notificationRestriction must be one of")]
#[case::package(policy(Android, json!({ "exemptedAppPackages": [{ "name": "Maps", "value": "maps" }] })), "$.exemptedAppPackages[0] names nothing")]
#[case::no_list(policy(Ios, json!({ "apps": {} })), "$.apps must be a list")]
#[case::no_app(policy(Ios, json!({ "apps": [{}] })), "$.apps[0].mobileAppIdentifier is missing")]
#[case::other_platform(
    policy(Ios, json!({ "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "a" } }] })),
    "must be of the type #microsoft.graph.iosMobileAppIdentifier"
)]
#[case::blank_app(policy(Ios, json!({ "apps": [{ "mobileAppIdentifier": { "bundleId": "a b" } }] })), "without spaces")]
#[case::placeholder(
    policy(Ios, json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "$TargetGroupId" } }] })),
    "$.assignments[0].target.groupId must be the id of a group"
)]
#[case::target(
    policy(Ios, json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.allDevicesAssignmentTarget" } }] })),
    "$.assignments[0].target.@odata.type must be"
)]
#[case::assignment_filter(
    policy(Ios, json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget",
        "deviceAndAppManagementAssignmentFilterId": GROUP, "deviceAndAppManagementAssignmentFilterType": "include" } }] })),
    "no assignment filter"
)]
#[case::group_type(policy(Ios, json!({ "appGroupType": "someApps" })), "$.appGroupType must be")]
#[case::level(policy(Ios, json!({ "targetedAppManagementLevels": "mdm,rented" })), "does not know \"rented\"")]
fn what_cannot_be_meant_is_refused_and_the_place_named(#[case] document: Value, #[case] expected: &str) {
    let error = canonical(&document).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_member_of_the_other_platform_is_kept_as_published_samples_have_some() {
    let document = policy(Android, json!({ "appDataEncryptionType": "afterDeviceRestart" }));
    assert_eq!(canonical(&document).unwrap(), document);
}

#[test]
fn the_whole_object_has_every_member_with_its_default() {
    let shown = whole(&policy(Ios, json!({ "pinRequired": true, "minimumPinLength": null, "future": 1, "apps": [{}, {}] })));
    for (name, expected) in [
        ("pinRequired", json!(true)),
        ("simplePinBlocked", json!(false)),
        ("minimumPinLength", json!(0)),
        ("allowedOutboundDataTransferDestinations", json!("allApps")),
        ("allowedDataStorageLocations", json!([])),
        ("periodOfflineBeforeAccessCheck", json!("PT12H")),
        ("periodBeforePinReset", json!("PT0S")),
        ("appActionIfDeviceComplianceRequired", json!("block")),
        ("appActionIfUnableToAuthenticateUser", json!(null)),
        ("appDataEncryptionType", json!("useDeviceSettings")),
        ("minimumRequiredOsVersion", json!(null)),
        ("roleScopeTagIds", json!(["0"])),
        ("targetedAppManagementLevels", json!("unspecified")),
        ("appGroupType", json!("selectedPublicApps")),
        ("isAssigned", json!(false)),
        ("deployedAppCount", json!(2)),
        ("future", json!(1)),
    ] {
        assert_eq!(shown.get(name), Some(&expected), "{name}");
    }
    for absent in ["apps", "assignments", "encryptAppData"] {
        assert!(!shown.contains_key(absent), "{absent}");
    }
}

/// The defaults of the table are what its own reader takes them for.
#[rstest]
fn defaults_are_values_that_may_be_sent(#[values(Ios, Android)] platform: MobilePlatform) {
    let shown = Value::Object(whole(&policy(platform, json!({}))));
    let kept = canonical(&shown).unwrap();
    let (_, warnings) = parse("p", 1, &kept).unwrap();
    assert!(warnings.iter().all(|warning| warning.problem == Problem::NotEnforced), "{warnings:?}");
    for member in members(platform) {
        let words: &[_] = match member.kind {
            Kind::Choice(choices) | Kind::Choices(choices) => choices,
            _ => &[],
        };
        for choice in words {
            let value = if matches!(member.kind, Kind::Choices(_)) { json!([choice.word]) } else { json!(choice.word) };
            let document = policy(platform, Value::Object(Map::from_iter([(member.name.to_owned(), value)])));
            let (_, warnings) = parse("p", 1, &canonical(&document).unwrap()).unwrap();
            assert!(warnings.iter().all(|warning| warning.problem != Problem::Unreadable), "{}: {}", member.name, choice.word);
        }
    }
}

#[test]
fn apps_and_assignments_have_ids_of_their_own() {
    let document = policy(
        Android,
        json!({
            "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "com.a" } }],
            "assignments": [
                { "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } },
                { "target": { "@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": GROUP } },
            ],
        }),
    );
    assert_eq!(shown_apps(&document)[0]["id"], "com.a");
    let ids: Vec<Value> = shown_assignments(&document).iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, [json!("allLicensedUsers_incl"), json!(format!("{GROUP}_excl"))]);
    assert_eq!(whole(&document)["isAssigned"], true);
}

fn json_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

#[test]
fn published_policies_keep_every_member() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/app-protection");
    if !root.is_dir() {
        eprintln!("skipped: no published policies at {}", root.display());
        return;
    }
    let mut files = Vec::new();
    json_files(&root, &mut files);
    let (mut policies, mut unknown) = (0, Vec::new());
    for file in files {
        let document: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        if document.get("displayName").is_none() {
            continue;
        }
        policies += 1;
        let kept = canonical(&document).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let platform = if kept["@odata.type"] == odata_type(Ios) { Ios } else { Android };
        let shown = whole(&kept);
        for (name, value) in document.as_object().unwrap().iter().filter(|(name, _)| *name != "isAssigned" && *name != "apps") {
            if !value.is_null() {
                assert_eq!(shown.get(name), Some(value), "{}: {name}", file.display());
            }
            let named = ["@odata.type", "displayName", "description", "roleScopeTagIds", "targetedAppManagementLevels", "appGroupType"];
            if !members(platform).iter().any(|member| member.name == name) && !named.contains(&name.as_str()) {
                unknown.push(name.clone());
            }
        }
    }
    // Two samples for Android have a member of iOS.
    assert_eq!((policies, unknown), (10, vec!["appDataEncryptionType".to_owned(), "appDataEncryptionType".to_owned()]));
}
