//! Why an effective policy is what it is.

use std::collections::BTreeSet;

use doorward_model::application::MobilePlatform;
use doorward_model::protection::ManagementLevel;
use doorward_policy::protection::{
    AppProtectionPolicy, Explained, Instance, Kind, Missed, Origin, Section, Settings, covers, explain, merge, missed, parse,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::{android, ios, uuid};

fn policy(id: &str, members: Value) -> AppProtectionPolicy {
    let mut document = json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection", "displayName": id });
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    parse(id, 1, &document).unwrap().0
}

fn one(explained: &[Explained], name: &str) -> Explained {
    explained.iter().find(|one| one.setting.name == name).unwrap().clone()
}

#[test]
fn each_setting_names_the_policies_that_gave_its_value_and_what_the_others_ask_for() {
    let loose = policy("loose", json!({ "maximumPinRetries": 9, "pinRequired": true }));
    let strict = policy("strict", json!({ "maximumPinRetries": 3, "saveAsBlocked": true, "allowedDataStorageLocations": ["box"] }));
    let (effective, explained) = explain(&[&strict, &loose]).unwrap();
    assert_eq!(effective, merge(&[&loose, &strict]).unwrap());
    let retries = one(&explained, "maximumPinRetries");
    assert_eq!((retries.value, retries.origin), (json!(3), Origin::Policies(vec!["strict".into()])));
    assert_eq!(retries.asked, [("loose".to_owned(), json!(9)), ("strict".to_owned(), json!(3))]);
    assert_eq!(one(&explained, "pinRequired").origin, Origin::Policies(vec!["loose".into()]));
    assert_eq!(one(&explained, "allowedDataStorageLocations").origin, Origin::Policies(vec!["strict".into()]));
    assert_eq!(one(&explained, "faceIdBlocked").origin, Origin::Default);
    let length = one(&explained, "minimumPinLength");
    assert_eq!((length.value, length.origin), (json!(4), Origin::Default), "0 stands for it");
}

#[test]
fn what_follows_from_another_setting_or_counts_for_nothing_says_so() {
    let closed = policy("closed", json!({ "allowedOutboundDataTransferDestinations": "none", "filterOpenInToOnlyManagedApps": true }));
    let (_, explained) = explain(&[&closed]).unwrap();
    assert_eq!((one(&explained, "saveAsBlocked").value, one(&explained, "saveAsBlocked").origin), (json!(true), Origin::Coupled));
    assert_eq!(one(&explained, "filterOpenInToOnlyManagedApps").origin, Origin::Coupled);
    let (_, explained) = explain(&[&policy("open", json!({ "allowedDataStorageLocations": ["box"] }))]).unwrap();
    for (name, condition) in [
        ("allowedDataStorageLocations", "saveAsBlocked"),
        ("allowedDataIngestionLocations", "blockDataIngestionIntoOrganizationDocuments"),
        ("appActionIfDeviceComplianceRequired", "deviceComplianceRequired"),
        ("appActionIfMaximumPinRetriesExceeded", "pinRequired"),
    ] {
        assert_eq!(one(&explained, name).origin, Origin::Idle(condition), "{name}");
    }
}

#[test]
fn without_a_policy_there_is_nothing_to_explain() {
    assert!(explain(&[]).is_none());
}

#[rstest]
#[case::applies(json!({}), None)]
#[case::nobody(json!({ "assignments": [] }), Some(Missed::Unassigned))]
#[case::others(json!({ "assignments": [group(2)] }), Some(Missed::NotIncluded))]
#[case::excluded(json!({ "assignments": [group(1), exclusion(1)] }), Some(Missed::Excluded(uuid(1).parse().unwrap())))]
#[case::app(json!({ "apps": [] }), Some(Missed::OtherApp))]
#[case::level(json!({ "targetedAppManagementLevels": "mdm" }), Some(Missed::OtherManagement))]
#[case::first_of_several(json!({ "assignments": [], "apps": [], "targetedAppManagementLevels": "mdm" }), Some(Missed::Unassigned))]
fn a_policy_that_does_not_apply_says_why(#[case] members: Value, #[case] expected: Option<Missed>) {
    let mut all = json!({
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.mail" } }],
        "assignments": [group(1)],
    });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let policy = policy("p", all);
    let groups = BTreeSet::from([uuid(1).parse().unwrap()]);
    let app = ios("com.mail");
    let instance = Instance { app: &app, groups: &groups, level: ManagementLevel::Unmanaged };
    assert_eq!((missed(&policy, &instance), covers(&policy, &instance)), (expected, expected.is_none()));
    let other = android("com.mail");
    assert_eq!(missed(&policy, &Instance { app: &other, ..instance }), Some(Missed::OtherPlatform));
}

fn target(kind: &str, number: u128) -> Value {
    json!({ "target": { "@odata.type": format!("#microsoft.graph.{kind}"), "groupId": uuid(number) } })
}

fn group(number: u128) -> Value {
    target("groupAssignmentTarget", number)
}

fn exclusion(number: u128) -> Value {
    target("exclusionGroupAssignmentTarget", number)
}

#[test]
fn the_catalogue_tells_people_of_every_setting_once() {
    let catalogue = Settings::catalogue();
    let names: BTreeSet<&str> = catalogue.iter().map(|setting| setting.name).collect();
    let titles: BTreeSet<&str> = catalogue.iter().map(|setting| setting.title).collect();
    assert_eq!((names.len(), titles.len()), (catalogue.len(), catalogue.len()));
    for platform in [MobilePlatform::Ios, MobilePlatform::Android] {
        let written: BTreeSet<String> = Settings::default().write(platform).keys().cloned().collect();
        let listed = catalogue.iter().filter(|setting| setting.platforms.contains(&platform)).map(|setting| setting.name.to_owned());
        assert_eq!(listed.collect::<BTreeSet<_>>(), written, "{platform:?}");
    }
    let mut sections: Vec<Section> = catalogue.iter().map(|setting| setting.section).collect();
    sections.dedup();
    assert_eq!(sections, Section::ALL, "sections are whole, and in their order");
    for setting in &catalogue {
        assert!(!setting.title.ends_with('.') && setting.help.ends_with('.'), "{}: {} / {}", setting.name, setting.title, setting.help);
        let (read, warnings) = Settings::read(setting.platforms[0], json!({ setting.name: setting.default }).as_object().unwrap());
        assert_eq!((read, warnings), (Settings::default(), vec![]), "{}: its default changes nothing", setting.name);
        if let Kind::Choice(choices) | Kind::Choices(choices) = setting.kind {
            assert!(choices.len() > 1, "{}", setting.name);
        }
    }
}
