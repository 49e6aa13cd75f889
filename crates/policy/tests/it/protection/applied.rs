//! When an app instance counts as protected.

use doorward_model::application::MobilePlatform::Ios;
use doorward_model::protection::{Interval, ManagedAppRegistration};
use doorward_policy::protection::{Criterion, Standing, applied, current_since, freshness};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use serde_json::{Value, json};

use super::{case_policy, uuid};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

fn registration(changes: Value) -> ManagedAppRegistration {
    let mut document = json!({
        "id": uuid(1), "userId": uuid(2), "appId": uuid(3), "deviceId": uuid(4), "deviceTag": "t",
        "appIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.mail" },
        "proofKey": { "kty": "EC", "crv": "P-256", "x": "x", "y": "y" },
        "state": { "deviceName": "phone", "deviceType": "iPhone", "platform": "iOS", "platformVersion": "19", "applicationVersion": "1",
            "sdkVersion": "1", "rooted": false, "managementLevel": "unmanaged", "locale": "en", "clock": now(), "monotonicSeconds": 1,
            "bootId": "b", "multiIdentity": true, "pinSet": true },
        "protection": "active",
        "intended": { "tag": "new", "since": ago(600), "policies": [{ "id": "p", "version": 1 }] },
        "appliedTag": "new",
        "createdDateTime": ago(600), "lastSyncDateTime": ago(5),
    });
    document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    serde_json::from_value(document).unwrap()
}

fn failed(changes: Value, since: Timestamp) -> Vec<Criterion> {
    let settings = case_policy(Ios, json!({}));
    applied(&registration(changes), Some(&Standing { settings: &settings, tag: "new", since }), now())
}

#[test]
fn an_instance_in_order_is_protected() {
    assert_eq!(failed(json!({}), ago(600)), []);
}

#[rstest]
#[case::ended(json!({ "ended": { "at": ago(1), "how": "unenrolled" } }), Criterion::Active)]
#[case::withdrawn(json!({ "protection": "none" }), Criterion::Active)]
#[case::not_targeted(json!({ "protection": "notTargeted" }), Criterion::Active)]
#[case::case_39_stale(json!({ "lastSyncDateTime": ago(13 * 60) }), Criterion::Fresh)]
#[case::old_tag(json!({ "appliedTag": "old" }), Criterion::Current)]
#[case::no_tag(json!({ "appliedTag": null }), Criterion::Current)]
#[case::case_39_wipe(json!({ "operations": [{ "id": "1", "kind": "wipe", "reason": "", "issued": ago(1), "state": "pending" }] }), Criterion::NotWiped)]
#[case::wipe_delivered(json!({ "operations": [{ "id": "1", "kind": "wipe", "reason": "", "issued": ago(1), "state": "active" }] }), Criterion::NotWiped)]
#[case::rooted(json!({ "state": rooted() }), Criterion::DeviceSound)]
#[case::no_key(json!({ "proofKey": null }), Criterion::Proven)]
fn each_criterion_fails_alone(#[case] changes: Value, #[case] expected: Criterion) {
    assert_eq!(failed(changes, ago(600)), [expected]);
}

fn rooted() -> Value {
    let mut state = serde_json::to_value(registration(json!({})).state).unwrap();
    state["rooted"] = json!(true);
    state
}

#[rstest]
#[case::case_39_fresh(json!({ "lastSyncDateTime": ago(11 * 60) }))]
#[case::wipe_done(json!({ "operations": [{ "id": "1", "kind": "wipe", "reason": "", "issued": ago(1), "state": "canceled" }] }))]
#[case::logs_wanted(json!({ "operations": [{ "id": "1", "kind": "collectLogs", "reason": "", "issued": ago(1), "state": "pending" }] }))]
fn what_does_not_matter(#[case] changes: Value) {
    assert_eq!(failed(changes, ago(600)), []);
}

#[rstest]
#[case::case_39_changed_lately(30, &[])]
#[case::case_39_changed_long_ago(90, &[Criterion::Current])]
fn an_old_tag_counts_for_an_hour(#[case] minutes: i64, #[case] expected: &[Criterion]) {
    assert_eq!(failed(json!({ "appliedTag": "old" }), ago(minutes)), expected);
}

#[test]
fn an_instance_that_never_applied_anything_gets_no_grace() {
    assert_eq!(failed(json!({ "appliedTag": null }), ago(1)), [Criterion::Current]);
}

#[test]
fn without_a_policy_there_is_no_protection() {
    let failed = applied(&registration(json!({})), None, now());
    assert_eq!(failed.iter().map(|criterion| criterion.letter()).collect::<String>(), "abc");
}

#[rstest]
#[case("PT30M", 1)]
#[case("PT12H", 12)]
#[case("P30D", 24)]
#[case("PT0S", 24)]
fn a_check_in_counts_as_long_as_the_offline_grace_within_bounds(#[case] grace: &str, #[case] hours: u16) {
    let settings = case_policy(Ios, json!({ "periodOfflineBeforeAccessCheck": grace }));
    assert_eq!(freshness(&settings), Interval::hours(hours));
}

#[test]
fn a_tag_is_no_older_than_the_last_check_in_that_had_another() {
    let known = registration(json!({}));
    assert_eq!(current_since(&known, "new", ago(700)), ago(600), "delivered before");
    assert_eq!(current_since(&known, "newer", ago(30)), ago(5), "it changed after the last check-in");
    let idle = registration(json!({ "lastSyncDateTime": ago(300) }));
    assert_eq!(current_since(&idle, "newer", ago(30)), ago(30), "not before the policy changed");
    assert_eq!(current_since(&idle, "newer", ago(900)), ago(300), "membership changed some time after the check-in");
}
