//! Compliance policies: what is read, what is refused and where, and that published ones come back as they were.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::GroupId;
use doorward_model::compliance::ActionType;
use doorward_model::protection::AssignmentTarget;
use doorward_policy::compliance::{Operand, PolicyKind, catalogue};
use doorward_wire::policy_file::compliance::{Reading, assignments, read, read_all, write};
use doorward_wire::policy_file::{Json, ReadError};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

fn ios(members: Value) -> Value {
    let mut policy = json!({ "@odata.type": "#microsoft.graph.iosCompliancePolicy", "displayName": "Phones" });
    policy.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    policy
}

fn reading(document: &Value) -> Result<Reading, ReadError> {
    read(document, "p")
}

#[test]
fn names_types_and_words_are_taken_in_any_case_and_spelled_as_published() {
    for odata_type in ["#microsoft.graph.iosCompliancePolicy", "microsoft.graph.IOSCompliancePolicy"] {
        let document = json!({
            "@odata.type": odata_type, "DISPLAYNAME": "Phones", "PasscodeRequiredType": "AlphaNumeric", "passcoderequired": true,
            "scheduledActionsForRule": [{ "ruleName": "PasswordRequired", "scheduledActionConfigurations": [
                { "actionType": "Block", "gracePeriodHours": 12, "notificationTemplateId": "" }] }],
        });
        let Reading { policy, block_added } = reading(&document).unwrap();
        assert_eq!((policy.kind, block_added, policy.grace_hours()), (PolicyKind::Ios, false, 12));
        let written = write(&policy);
        assert_eq!(written["@odata.type"], "#microsoft.graph.iosCompliancePolicy");
        assert_eq!((&written["passcodeRequiredType"], &written["passcodeRequired"]), (&json!("alphanumeric"), &json!(true)));
    }
}

#[test]
fn what_is_not_configured_says_nothing() {
    let quiet = ios(json!({
        "passcodeRequired": false, "passcodeMinimumLength": null, "osMinimumVersion": "", "restrictedApps": [],
        "passcodeRequiredType": "deviceDefault", "deviceThreatProtectionRequiredSecurityLevel": "notSet",
        "advancedThreatProtectionRequiredSecurityLevel": "unavailable",
        // Members of the future and of other platforms that ask for nothing.
        "somethingOfTheFuture": null, "bitLockerEnabled": false, "createdDateTime": "2026-01-01T00:00:00Z", "version": 3,
    }));
    let policy = reading(&quiet).unwrap().policy;
    assert!(policy.settings.is_empty(), "{:?}", policy.settings);
    assert!(write(&policy).get("somethingOfTheFuture").is_none());
}

#[test]
fn what_cannot_be_judged_is_refused_with_its_place() {
    let rules = |rules: Value| json!({ "rulesContent": STANDARD.encode(json!({ "Rules": rules }).to_string()) });
    let windows = |members: Value| {
        let mut policy = ios(members);
        policy["@odata.type"] = json!("#microsoft.graph.windows10CompliancePolicy");
        policy
    };
    let action = |action: Value| ios(json!({ "scheduledActionsForRule": [{ "scheduledActionConfigurations": action }] }));
    let cases = [
        (json!([]), "$ must be an object"),
        (json!({ "displayName": "x" }), "$.@odata.type is missing"),
        (json!({ "@odata.type": "#microsoft.graph.aospCompliancePolicy", "displayName": "x" }), "$.@odata.type must be one of"),
        (json!({ "@odata.type": "#microsoft.graph.iosCompliancePolicy" }), "$.displayName is missing"),
        (ios(json!({ "displayName": " " })), "$.displayName must not be empty"),
        (ios(json!({ "passcodeRequired": "yes" })), "$.passcodeRequired must be true or false"),
        (ios(json!({ "passcodeMinimumLength": 3 })), "$.passcodeMinimumLength must be a whole number from 4 to 14"),
        (ios(json!({ "passcodeMinimumLength": -4 })), "$.passcodeMinimumLength must be a whole number"),
        (ios(json!({ "osMinimumVersion": "the newest" })), "$.osMinimumVersion must be a version"),
        (ios(json!({ "osMinimumBuildVersion": "15.0" })), "$.osMinimumBuildVersion must be a build"),
        (ios(json!({ "passcodeRequiredType": "secret" })), "$.passcodeRequiredType must be one of deviceDefault, alphanumeric, numeric"),
        (ios(json!({ "passcodeRequird": true })), "$.passcodeRequird is no setting of iosCompliancePolicy"),
        (ios(json!({ "bitLockerEnabled": true })), "$.bitLockerEnabled is no setting of iosCompliancePolicy"),
        (ios(json!({ "restrictedApps": [{ "name": "Games" }] })), "$.restrictedApps[0].appId is missing"),
        (
            windows(json!({ "validOperatingSystemBuildRanges": [{ "lowestVersion": "10.0.5", "highestVersion": "10.0.4" }] })),
            "$.validOperatingSystemBuildRanges[0] must not end before it begins",
        ),
        (
            windows(json!({ "deviceCompliancePolicyScript": { "rulesContent": "%" } })),
            "$.deviceCompliancePolicyScript.rulesContent must be JSON",
        ),
        (
            windows(json!({ "deviceCompliancePolicyScript": rules(json!([
                { "SettingName": "Bios", "Operator": "GreaterThan", "DataType": "Boolean", "Operand": true }])) })),
            "$.deviceCompliancePolicyScript.rulesContent.Rules[0].Operand does not go with",
        ),
        (
            action(json!([{ "actionType": "explode" }])),
            "$.scheduledActionsForRule[0].scheduledActionConfigurations[0].actionType has the value",
        ),
        (
            action(json!([{ "actionType": "block", "gracePeriodHours": 8761 }])),
            "$.scheduledActionsForRule[0].scheduledActionConfigurations[0].gracePeriodHours must be",
        ),
        (action(json!([{ "actionType": "block" }, { "actionType": "block" }])), "$.scheduledActionsForRule must have one action"),
        (ios(json!({ "scheduledActionsForRule": [{}, {}] })), "$.scheduledActionsForRule must hold one rule"),
        (
            ios(json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.allDevicesAssignmentTarget" } }] })),
            "$.assignments[0].target.@odata.type must be",
        ),
        (
            ios(json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": "staff" } }] })),
            "$.assignments[0].target.groupId must be the id of a group",
        ),
    ];
    for (document, expected) in cases {
        let error = reading(&document).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{expected}: {error}");
    }
}

#[test]
fn every_member_that_cannot_be_read_is_told_at_once() {
    let bad = ios(json!({ "displayName": "", "passcodeMinimumLength": 3, "osMinimumVersion": "new", "passcodeRequird": true,
        "assignments": [{}], "scheduledActionsForRule": {} }));
    let places: Vec<String> = read_all(&bad, "p").unwrap_err().into_iter().map(|problem| problem.path).collect();
    assert_eq!(
        places,
        [
            "$.displayName",
            "$.osMinimumVersion",
            "$.passcodeMinimumLength",
            "$.passcodeRequird",
            "$.scheduledActionsForRule",
            "$.assignments[0].target",
        ]
    );
    assert_eq!(read_all(&ios(json!({})), "p").unwrap().policy.display_name, "Phones");
}

#[test]
fn a_policy_without_an_action_that_blocks_gets_one_and_it_is_told() {
    let mail = json!({ "actionType": "notification", "gracePeriodHours": 24 });
    for rule in [json!({}), json!({ "scheduledActionsForRule": [{ "scheduledActionConfigurations": [mail] }] })] {
        let Reading { policy, block_added } = reading(&ios(rule)).unwrap();
        assert!(block_added);
        assert_eq!((policy.actions[0].kind, policy.grace_hours()), (ActionType::Block, 0));
    }
}

#[test]
fn every_operand_comes_back_as_it_was() {
    let group = GroupId(Uuid::from_u128(7));
    let rules = STANDARD.encode(
        json!({ "Rules": [{ "SettingName": "Bios", "Operator": "GreaterEquals", "DataType": "Version", "Operand": "2.3",
            "MoreInfoUrl": "https://contoso.example", "RemediationStrings": [{ "Language": "en", "Title": "Old", "Description": "Update it." }] }] })
        .to_string(),
    );
    let script = json!({ "deviceComplianceScriptId": "s", "rulesContent": rules });
    for kind in PolicyKind::ALL {
        let mut document = json!({
            "@odata.type": kind.odata_type(), "id": "p", "displayName": "All of it", "description": "Everything",
            "scheduledActionsForRule": [{ "ruleName": "PasswordRequired", "scheduledActionConfigurations": [
                { "actionType": "block", "gracePeriodHours": 12, "notificationTemplateId": "", "notificationMessageCCList": [] },
                { "actionType": "notification", "gracePeriodHours": 24, "notificationTemplateId": "t", "notificationMessageCCList": ["g"] }] }],
            "assignments": [
                { "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } },
                { "target": { "@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": group } }],
        });
        for setting in catalogue::of(kind) {
            use doorward_policy::compliance::Shape;
            document[setting.name] = match setting.shape {
                Shape::Flag => json!(true),
                Shape::Number { most, .. } => json!(most),
                Shape::Version => json!("10.0.22631.1"),
                Shape::Build => json!("22F66"),
                Shape::Date => json!("2026-05-01"),
                Shape::Word(words) => json!(words[1].0),
                Shape::Apps => {
                    json!([{ "@odata.type": "#microsoft.graph.appListItem", "name": "Games", "publisher": null, "appStoreUrl": null, "appId": "com.example.games" }])
                }
                Shape::Ranges => {
                    json!([{ "@odata.type": "#microsoft.graph.operatingSystemVersionRange", "description": "Now", "lowestVersion": "10.0.1", "highestVersion": "10.0.2" }])
                }
                Shape::Script => script.clone(),
                Shape::Distributions => json!([{ "distribution": "ubuntu", "minimumVersion": "22.04", "maximumVersion": "" }]),
            };
        }
        let policy = reading(&document).unwrap().policy;
        assert_eq!(policy.settings.len(), catalogue::of(kind).count(), "{kind:?}");
        assert_eq!(write(&policy), document, "{kind:?}");
        if let Some(Operand::Script(script)) = policy.settings.get("deviceCompliancePolicyScript") {
            assert_eq!((script.rules[0].setting_name.as_str(), script.rules[0].remediation.as_str()), ("Bios", "Update it."));
        }
    }
}

#[test]
fn published_policies_load_and_lose_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/compliance");
    if !root.is_dir() {
        eprintln!("skipped: no published policies at {}", root.display());
        return;
    }
    let mut files = Vec::new();
    json_files(&root, &mut files);
    let (mut policies, mut assigned, mut settings) = (0, 0, 0);
    for file in files {
        let name = file.display().to_string();
        let document: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        if document.get("@odata.type").is_none() {
            // A body of `assign`, with a placeholder for its group.
            let group = Uuid::from_u128(1);
            let body: Value = serde_json::from_str(&document.to_string().replace("$TargetGroupId", &group.to_string())).unwrap();
            let json = Json::from(&body);
            let targets = assignments(&json.root().object().unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(targets, [AssignmentTarget::Group { group_id: GroupId(group) }]);
            assigned += 1;
            continue;
        }
        let Reading { policy, block_added } = reading(&document).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!block_added && policy.actions.len() == 1 && policy.grace_hours() == 0, "{name}");
        let written = write(&policy);
        for (member, value) in document.as_object().unwrap() {
            let known = catalogue::find(policy.kind, member).is_some() || ["displayName", "description"].contains(&member.as_str());
            if known {
                assert_eq!(&written[member], value, "{name}: {member}");
            } else {
                assert!(["@odata.type", "scheduledActionsForRule"].contains(&member.as_str()), "{name}: {member}");
            }
        }
        policies += 1;
        settings += policy.settings.len();
    }
    assert_eq!((policies, assigned), (11, 1));
    assert!(settings > 120, "{settings} settings");
}

fn json_files(directory: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

/// Values of every kind, among them some that fit.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (0..20u32).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["10.0.1", "numeric", "low", "2026-05-01", "22F66", "eyJSdWxlcyI6W119"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let names =
            prop::sample::select(vec!["appId", "lowestVersion", "highestVersion", "distribution", "rulesContent", "name", "target"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..4)
                .prop_map(|members| { Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()) }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_comes_back_from_what_is_written(
        kind in prop::sample::select(PolicyKind::ALL.to_vec()),
        values in prop::collection::vec((any::<prop::sample::Index>(), any_value()), 0..6),
        actions in any_value(),
    ) {
        let names: Vec<&str> = catalogue::of(kind).map(|setting| setting.name).collect();
        let mut document = json!({ "@odata.type": kind.odata_type(), "displayName": "P" });
        for (index, value) in values {
            document[*index.get(&names)] = value;
        }
        if actions.is_array() {
            document["scheduledActionsForRule"] = actions;
        }
        match read_all(&document, "p") {
            Ok(reading) => prop_assert_eq!(read(&write(&reading.policy), "p").unwrap().policy, reading.policy),
            Err(problems) => {
                prop_assert!(problems.iter().all(|problem| problem.path.starts_with("$.") && !problem.message.is_empty()));
                prop_assert!(read(&document, "p").is_err());
            }
        }
    }
}
