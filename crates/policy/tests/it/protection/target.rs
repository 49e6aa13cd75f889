//! Which policies apply to an instance.

use std::collections::BTreeSet;

use doorward_model::GroupId;
use doorward_model::protection::ManagementLevel;
use doorward_policy::protection::{Instance, covers, parse};
use rstest::rstest;
use serde_json::{Value, json};

use super::{android, ios, uuid};

fn group(number: u128) -> GroupId {
    uuid(number).parse().unwrap()
}

fn included(number: u128) -> Value {
    json!({ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group(number) } })
}

fn excluded(number: u128) -> Value {
    json!({ "target": { "@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": group(number) } })
}

fn policy(changes: Value) -> Value {
    let mut document = json!({
        "@odata.type": "#microsoft.graph.iosManagedAppProtection",
        "displayName": "Mail",
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.contoso.mail" } }],
        "assignments": [included(1)],
    });
    document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    document
}

fn covers_ios(document: &Value, groups: &[u128], level: ManagementLevel) -> bool {
    let (policy, _) = parse("p", 1, document).unwrap();
    let groups: BTreeSet<GroupId> = groups.iter().copied().map(group).collect();
    covers(&policy, &Instance { app: &ios("com.contoso.Mail"), groups: &groups, level })
}

#[rstest]
#[case::member(json!([included(1)]), &[1], true)]
#[case::not_a_member(json!([included(1)]), &[2], false)]
#[case::nobody(json!([]), &[1], false)]
#[case::only_excluded(json!([excluded(2)]), &[1], false)]
#[case::case_37(json!([included(1), excluded(2)]), &[1, 2], false)]
#[case::excluded_first(json!([excluded(2), included(1)]), &[1, 2], false)]
#[case::everybody(json!([{ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } }]), &[], true)]
#[case::everybody_but(json!([{ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } }, excluded(2)]), &[2], false)]
fn only_included_and_not_excluded_users_are_targeted(#[case] assignments: Value, #[case] groups: &[u128], #[case] expected: bool) {
    assert_eq!(covers_ios(&policy(json!({ "assignments": assignments })), groups, ManagementLevel::Unmanaged), expected);
}

#[rstest]
#[case::unspecified("unspecified", ManagementLevel::Mdm, true)]
#[case::case_38("unmanaged", ManagementLevel::Mdm, false)]
#[case::unmanaged("unmanaged", ManagementLevel::Unmanaged, true)]
#[case::several("mdm,androidEnterprise", ManagementLevel::Mdm, true)]
#[case::future("unknownFutureValue", ManagementLevel::Mdm, false)]
#[case::unknown_word("toaster", ManagementLevel::Mdm, false)]
fn the_level_of_management_must_be_covered(#[case] levels: &str, #[case] level: ManagementLevel, #[case] expected: bool) {
    assert_eq!(covers_ios(&policy(json!({ "targetedAppManagementLevels": levels })), &[1], level), expected);
}

#[test]
fn ios_apps_compare_without_case_and_android_packages_with_it() {
    let (ios_policy, _) = parse("p", 1, &policy(json!({}))).unwrap();
    let android_document = policy(json!({
        "@odata.type": "#microsoft.graph.androidManagedAppProtection",
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "com.contoso.mail" } }],
    }));
    let (android_policy, _) = parse("p", 1, &android_document).unwrap();
    let groups = BTreeSet::from([group(1)]);
    for (policy, app, expected) in [
        (&ios_policy, ios("COM.contoso.mail"), true),
        (&ios_policy, ios("com.contoso.notes"), false),
        (&ios_policy, android("com.contoso.mail"), false),
        (&android_policy, android("com.contoso.mail"), true),
        (&android_policy, android("com.contoso.Mail"), false),
    ] {
        assert_eq!(covers(policy, &Instance { app: &app, groups: &groups, level: ManagementLevel::Mdm }), expected, "{app:?}");
    }
}

#[test]
fn a_policy_for_all_apps_needs_no_list() {
    assert!(covers_ios(&policy(json!({ "appGroupType": "allApps", "apps": [] })), &[1], ManagementLevel::Unmanaged));
    assert!(!covers_ios(&policy(json!({ "apps": [] })), &[1], ManagementLevel::Unmanaged));
}
