//! Merging: for every setting the strictest value wins, in whatever order policies come.

use doorward_model::application::MobilePlatform::{self, Android, Ios};
use doorward_model::protection::{DataTransferLevel, Interval, RemediationAction, StorageLocation};
use doorward_policy::protection::{
    AppProtectionPolicy, Channel, Class, Content, Handover, Inbound, Outbound, Place, Settings, Verdict, device_action, merge, open_from,
    parse, paste, receive, save_to, send,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{anna, ios, managed, unmanaged};

fn policy(id: &str, platform: MobilePlatform, members: Value) -> AppProtectionPolicy {
    let kind = match platform {
        Ios => "#microsoft.graph.iosManagedAppProtection",
        Android => "#microsoft.graph.androidManagedAppProtection",
    };
    let mut document = json!({ "@odata.type": kind, "displayName": id });
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    parse(id, 1, &document).unwrap().0
}

#[test]
fn case_35_the_strictest_value_wins() {
    let a = policy(
        "a",
        Ios,
        json!({ "allowedOutboundDataTransferDestinations": "allApps", "maximumPinRetries": 5,
        "periodOfflineBeforeAccessCheck": "PT12H" }),
    );
    let b = policy(
        "b",
        Ios,
        json!({ "allowedOutboundDataTransferDestinations": "managedApps", "maximumPinRetries": 3,
        "periodOfflineBeforeAccessCheck": "PT0S" }),
    );
    let merged = merge(&[&b, &a]).unwrap();
    assert_eq!(merged.settings.allowed_outbound_data_transfer_destinations, DataTransferLevel::ManagedApps);
    assert_eq!(merged.settings.pin_retries(), 3);
    assert_eq!(merged.settings.period_offline_before_access_check, Interval::hours(12));
    assert_eq!(merged.sources["allowedOutboundDataTransferDestinations"], ["b"]);
    assert_eq!(merged.sources["periodOfflineBeforeAccessCheck"], ["a"]);
    assert_eq!(merged.sources["saveAsBlocked"], ["a", "b"]);
    assert_eq!(merged.intended.iter().map(|policy| policy.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn case_36_lists_of_exceptions_intersect_over_the_policies_that_restrict() {
    let a = policy("a", Ios, json!({ "saveAsBlocked": true, "allowedDataStorageLocations": ["oneDriveForBusiness"] }));
    let b = policy("b", Ios, json!({ "saveAsBlocked": false }));
    let c = policy("c", Ios, json!({ "saveAsBlocked": true, "allowedDataStorageLocations": ["oneDriveForBusiness", "sharePoint"] }));
    let merged = merge(&[&a, &b, &c]).unwrap();
    assert!(merged.settings.save_as_blocked);
    assert_eq!(merged.settings.allowed_data_storage_locations, Some([StorageLocation::OneDriveForBusiness].into()));
    assert_eq!(merged.sources["allowedDataStorageLocations"], ["a", "c"]);
}

#[test]
fn an_action_counts_only_where_its_condition_is_set() {
    let idle = policy("a", Ios, json!({ "deviceComplianceRequired": false, "appActionIfDeviceComplianceRequired": "wipe" }));
    let active = policy("b", Ios, json!({ "deviceComplianceRequired": true }));
    let merged = merge(&[&idle, &active]).unwrap();
    assert_eq!(merged.settings.app_action_if_device_compliance_required, Some(RemediationAction::Block));
    assert_eq!(merged.sources["appActionIfDeviceComplianceRequired"], ["b"]);
}

#[test]
fn only_what_all_policies_exempt_is_exempt() {
    let a =
        policy("a", Android, json!({ "exemptedAppPackages": [{ "name": "", "value": "com.maps" }, { "name": "", "value": "com.tel" }] }));
    let b = policy("b", Android, json!({ "exemptedAppPackages": [{ "name": "", "value": "com.maps" }] }));
    assert!(merge(&[&a, &b]).unwrap().settings.exempted_app_packages.iter().eq(["com.maps"]));
    let none = policy("c", Android, json!({}));
    assert!(merge(&[&a, &none]).unwrap().settings.exempted_app_packages.is_empty());
}

#[test]
fn dependent_members_are_judged_by_the_merged_value_of_what_they_depend_on() {
    let a = policy(
        "a",
        Ios,
        json!({ "allowedOutboundDataTransferDestinations": "managedApps", "filterOpenInToOnlyManagedApps": true,
        "protectInboundDataFromUnknownSources": true }),
    );
    let b = policy("b", Ios, json!({ "allowedOutboundDataTransferDestinations": "none", "allowedInboundDataTransferSources": "none" }));
    assert!(merge(&[&a]).unwrap().settings.filter_open_in_to_only_managed_apps);
    let merged = merge(&[&a, &b]).unwrap().settings;
    assert!(!merged.filter_open_in_to_only_managed_apps && !merged.protect_inbound_data_from_unknown_sources);
    assert!(merged.save_as_blocked && merged.block_data_ingestion_into_organization_documents);
}

#[test]
fn numbers_that_no_policy_names_are_told_to_the_app() {
    let merged = merge(&[&policy("a", Ios, json!({}))]).unwrap().settings.write(Ios);
    assert_eq!((&merged["minimumPinLength"], &merged["maximumPinRetries"]), (&json!(4), &json!(5)));
}

#[test]
fn no_policy_and_mixed_platforms_merge_to_nothing() {
    assert_eq!(merge(&[]), None);
    assert_eq!(merge(&[&policy("a", Ios, json!({})), &policy("b", Android, json!({}))]), None);
}

fn level(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(words).prop_map(Value::from)
}

fn list(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::subsequence(words, 0..=words.len()).prop_map(|words| json!(words))
}

/// Members as administrators write them, with omissions, nulls and nonsense among them.
fn members() -> impl Strategy<Value = Map<String, Value>> {
    const LEVELS: &[&str] = &["allApps", "managedApps", "none", "nonsense"];
    const CLIPBOARD: &[&str] = &["allApps", "managedAppsWithPasteIn", "managedApps", "blocked"];
    const PERIODS: &[&str] = &["PT0S", "PT30M", "PT12H", "P90D", "soon"];
    let switch = || any::<bool>().prop_map(Value::from).boxed();
    let period = || level(PERIODS).boxed();
    let member: Vec<(&'static str, BoxedStrategy<Value>)> = vec![
        ("allowedOutboundDataTransferDestinations", level(LEVELS).boxed()),
        ("filterOpenInToOnlyManagedApps", switch()),
        ("disableProtectionOfManagedOutboundOpenInData", switch()),
        (
            "exemptedAppProtocols",
            list(&["skype", "tel", "maps"])
                .prop_map(|v| {
                    json!([{ "name": "Default", "value":
            v.as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";") }])
                })
                .boxed(),
        ),
        ("allowedInboundDataTransferSources", level(LEVELS).boxed()),
        ("protectInboundDataFromUnknownSources", switch()),
        ("saveAsBlocked", switch()),
        ("allowedDataStorageLocations", list(&["oneDriveForBusiness", "sharePoint", "box", "localStorage"]).boxed()),
        ("blockDataIngestionIntoOrganizationDocuments", switch()),
        ("allowedDataIngestionLocations", list(&["oneDriveForBusiness", "camera"]).boxed()),
        ("allowedOutboundClipboardSharingLevel", level(CLIPBOARD).boxed()),
        ("allowedOutboundClipboardSharingExceptionLength", (0_u32..100).prop_map(Value::from).boxed()),
        ("pinRequired", switch()),
        ("pinCharacterSet", level(&["numeric", "alphanumericAndSymbol"]).boxed()),
        ("minimumPinLength", (0_u32..20).prop_map(Value::from).boxed()),
        ("maximumPinRetries", (0_u32..10).prop_map(Value::from).boxed()),
        ("appActionIfMaximumPinRetriesExceeded", level(&["block", "wipe"]).boxed()),
        ("periodBeforePinReset", period()),
        ("disableAppPinIfDevicePinIsSet", switch()),
        ("periodOnlineBeforeAccessCheck", period()),
        ("deviceComplianceRequired", switch()),
        ("appActionIfDeviceComplianceRequired", level(&["block", "wipe", "nonsense"]).boxed()),
        ("appActionIfUnableToAuthenticateUser", prop_oneof![Just(Value::Null), level(&["block", "wipe"])].boxed()),
        ("periodOfflineBeforeAccessCheck", period()),
    ];
    let optional: Vec<_> = member.into_iter().map(|(name, value)| prop::option::of(value).prop_map(move |value| (name, value))).collect();
    optional.prop_map(|members| members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn any_settings() -> impl Strategy<Value = Settings> {
    members().prop_map(|members| Settings::read(Ios, &members).0)
}

/// What settings allow an app to do with organisation data, each with a name.
fn permissions(settings: &Settings, length: usize) -> Vec<(bool, String)> {
    const CLASSES: [Class; 6] =
        [Class::SameApp, Class::ManagedApp, Class::SameAppUnmanaged, Class::UnmanagedApp, Class::Exempt, Class::Platform];
    const PLACES: [Place; 5] = [Place::OneDriveForBusiness, Place::Box, Place::LocalStorage, Place::AccountDocument, Place::Other];
    let owner = Some(settings);
    let mut all = Vec::new();
    for class in CLASSES {
        for channel in [Channel::OpenIn, Channel::Direct, Channel::Url { scheme: "skype" }] {
            let how = Handover { platform: Ios, channel, enrolled: true, recipient_deployed: true };
            all.push((send(owner, class, &how) == Outbound::Allow, format!("send to {class:?} by {channel:?}")));
            let received = receive(owner, class, &how);
            all.push((matches!(received, Inbound::Allow | Inbound::AllowAsManaged), format!("receive from {class:?}")));
        }
    }
    for (place, account) in PLACES.into_iter().flat_map(|place| [(place, true), (place, false)]) {
        all.push((save_to(owner, place, account) == Verdict::Allow, format!("save to {place:?}")));
        all.push((open_from(owner, place, account) == Verdict::Allow, format!("open from {place:?}")));
    }
    let (mail, files) = (ios("com.mail"), ios("com.files"));
    let work = managed(&mail, anna(), settings);
    let unlimited = Settings { allowed_outbound_clipboard_sharing_exception_length: u32::MAX, ..Settings::default() };
    for (other, name) in [(managed(&files, anna(), &unlimited), "managed"), (unmanaged(&files), "unmanaged"), (unmanaged(&mail), "own")] {
        all.push((paste(&work, &other, Content::Text(length)) == Verdict::Allow, format!("paste into {name}")));
        all.push((paste(&other, &work, Content::Text(length)) == Verdict::Allow, format!("paste from {name}")));
    }
    all.push((device_action(settings, Some(true)).is_none(), "open on a rooted device".to_owned()));
    all.push((device_action(settings, Some(true)) != Some(RemediationAction::Wipe), "keep data on a rooted device".to_owned()));
    all.push((!settings.pin_required, "open without a PIN".to_owned()));
    all
}

proptest! {
    #[test]
    fn merging_is_commutative(a in any_settings(), b in any_settings()) {
        prop_assert_eq!(a.join(&b), b.join(&a));
    }

    #[test]
    fn merging_is_associative(a in any_settings(), b in any_settings(), c in any_settings()) {
        prop_assert_eq!(a.join(&b).join(&c), a.join(&b.join(&c)));
    }

    #[test]
    fn merging_is_idempotent(a in any_settings(), b in any_settings()) {
        prop_assert_eq!(a.join(&a), a.clone());
        let both = a.join(&b);
        prop_assert_eq!(both.join(&a), both.clone());
    }

    /// The point of merging, asked of every function that enforces.
    #[test]
    fn a_merged_policy_allows_nothing_that_one_of_them_forbids(a in any_settings(), b in any_settings(), length in 0_usize..120) {
        let merged = permissions(&a.join(&b).normalised(), length);
        for alone in [&a, &b] {
            for (allowed, (allowed_alone, what)) in merged.iter().map(|(allowed, _)| allowed).zip(permissions(&alone.clone().normalised(), length)) {
                prop_assert!(!allowed || allowed_alone, "{what}");
            }
        }
    }

    #[test]
    fn effective_settings_survive_the_wire(policies in vec(any_settings(), 1..4)) {
        let first = policies[0].clone();
        let effective = policies.iter().fold(first, |merged, policy| merged.join(policy)).normalised();
        let (read, warnings) = Settings::read(Ios, &effective.write(Ios));
        prop_assert_eq!(warnings, vec![]);
        prop_assert_eq!(&read, &effective);
        prop_assert_eq!(read.normalised(), effective);
    }
}
