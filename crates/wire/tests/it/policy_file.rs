//! Policy files, as people and tools write them.

mod app_protection;
mod compliance;
mod corpus;
mod text;
mod write;

use doorward_model::conditional_access::{
    ConditionalAccessPolicy, FilterMode, FrequencyInterval, FrequencyUnit, GrantControl, GrantOperator, MembershipKind, PlatformCondition,
    PolicyState, TransferCondition,
};
use doorward_model::named_location::Area;
use doorward_model::service_policy::WindowsRequirement;
use doorward_model::sign_in::ExternalUserType;
use doorward_wire::policy_file::conditional_access::{self, PolicyReading};
use doorward_wire::policy_file::{Json, Severity, authentication_strength, named_location, policies_of_file, service_policy};
use serde_json::{Value, json};

fn reading(document: &Value) -> PolicyReading {
    conditional_access::read_node(&Json::from(document).root(), "file.json#0").unwrap()
}

fn policy(document: &Value) -> ConditionalAccessPolicy {
    conditional_access::read(document, "p").unwrap()
}

/// A policy with these conditions.
fn under(conditions: &Value) -> Value {
    json!({"id": "p", "state": "enabled", "conditions": conditions})
}

fn unsupported(document: &Value) -> Vec<String> {
    let reading = reading(document);
    assert_eq!(reading.policy.is_none(), reading.unsupported().count() > 0, "a policy is there when it is understood");
    reading.unsupported().map(|finding| finding.path.clone()).collect()
}

#[test]
fn keys_and_enum_values_are_read_in_any_case() {
    let policy = policy(&json!({
        "ID": "p", "STATE": "Enabled",
        "Conditions": {"PLATFORMS": {"includeplatforms": ["ios", "ANDROID"]}},
        "GrantControls": {"operator": "or", "builtInControls": ["ApprovedApplication"]},
    }));
    assert_eq!((policy.id.as_str(), policy.state), ("p", PolicyState::Enabled));
    assert_eq!(policy.conditions.platforms.include, [PlatformCondition::Ios, PlatformCondition::Android]);
    assert_eq!(policy.grant_controls.operator, Some(GrantOperator::Or));
    assert_eq!(policy.grant_controls.built_in_controls, [GrantControl::ApprovedApplication]);
}

#[test]
fn of_doubles_the_first_that_is_not_null_counts() {
    let text = r#"{"State": null, "state": "disabled", "STATE": "enabled", "conditions": {}}"#;
    let document: Json = serde_json::from_str(text).unwrap();
    let reading = conditional_access::read_node(&document.root(), "p").unwrap();
    assert_eq!(reading.policy.unwrap().state, PolicyState::Disabled);
}

#[test]
fn annotations_and_empty_members_say_nothing() {
    let document = under(&json!({
        "@odata.type": "#x", "#action": {"a": 1}, "times": null, "clients": [], "agents": {"includeAgentUsers": []},
        "applications": {"includeApplications@odata.context": "x", "applicationFilter": {}}, "platforms": [],
    }));
    assert_eq!(reading(&document).findings, []);
}

#[test]
fn an_unknown_condition_or_control_makes_a_policy_unsupported() {
    let table = [
        (under(&json!({"times": {"x": 1}})), "$.conditions.times"),
        (under(&json!({"applications": {"applicationFilter": {"rule": "x"}}})), "$.conditions.applications.applicationFilter"),
        (under(&json!({"platforms": {"includePlatforms": ["amiga"]}})), "$.conditions.platforms.includePlatforms[0]"),
        (under(&json!({"users": "All"})), "$.conditions.users"),
        (under(&json!({"users": {"includeUsers": "All"}})), "$.conditions.users.includeUsers"),
        (under(&json!({"devices": {"deviceFilter": {"rule": "x"}}})), "$.conditions.devices.deviceFilter.mode"),
        (under(&json!({"insiderRiskLevels": "minor,huge"})), "$.conditions.insiderRiskLevels"),
        (json!({"state": "enabled", "grantControls": {"builtInControls": ["riskRemediation"]}}), "$.grantControls.builtInControls[0]"),
        (json!({"state": "enabled", "grantControls": {"operator": "XOR"}}), "$.grantControls.operator"),
        (
            json!({"state": "enabled", "grantControls": {"authenticationStrength": {"id": "s", "combinationConfigurations": [{"x": 1}]}}}),
            "$.grantControls.authenticationStrength.combinationConfigurations",
        ),
        (json!({"state": "sometimes"}), "$.state"),
        (json!({"conditions": {}}), "$.state"),
    ];
    for (document, path) in table {
        assert_eq!(unsupported(&document), [path], "{document}");
    }
}

#[test]
fn what_has_no_bearing_on_who_gets_in_is_a_warning() {
    let reading = reading(&json!({
        "state": "enabled", "partialEnablementStrategy": "x",
        "sessionControls": {"networkAccessSecurity": {"isEnabled": true}, "persistentBrowser": {"isEnabled": true, "mode": "sometimes"}},
        "grantControls": {"authenticationStrength": {"id": "s", "colour": "red"}},
    }));
    let paths: Vec<_> = reading.findings.iter().map(|finding| (finding.severity, finding.path.as_str())).collect();
    let warning = Severity::Warning;
    assert_eq!(
        paths,
        [
            (warning, "$.partialEnablementStrategy"),
            (warning, "$.sessionControls.networkAccessSecurity"),
            (warning, "$.sessionControls.persistentBrowser.mode"),
            (warning, "$.grantControls.authenticationStrength.colour"),
        ]
    );
    assert!(reading.policy.is_some());
}

#[test]
fn flags_are_a_joined_string_or_a_list() {
    for flags in [json!("deviceCodeFlow, authenticationTransfer"), json!(["deviceCodeFlow", "AuthenticationTransfer"])] {
        let policy = policy(&under(&json!({"authenticationFlows": {"transferMethods": flags}})));
        assert_eq!(policy.conditions.transfer_methods, [TransferCondition::DeviceCodeFlow, TransferCondition::AuthenticationTransfer]);
    }
    assert_eq!(policy(&under(&json!({"authenticationFlows": {"transferMethods": "none"}}))).conditions.transfer_methods, []);
}

#[test]
fn guests_without_types_are_not_configured() {
    let guests = |value: Value| policy(&under(&json!({"users": {"includeGuestsOrExternalUsers": value}}))).conditions.users.include_guests;
    assert_eq!(guests(json!({"guestOrExternalUserTypes": "none"})), None);
    assert_eq!(guests(json!({"guestOrExternalUserTypes": "", "externalTenants": {"membershipKind": "all"}})), None);
    let listed = guests(json!({"guestOrExternalUserTypes": "internalGuest", "externalTenants": {"members": ["t"]}})).unwrap();
    assert_eq!((listed.types, listed.tenants), (vec![ExternalUserType::InternalGuest], MembershipKind::Enumerated));
    let all = guests(json!({"guestOrExternalUserTypes": ["serviceProvider"]})).unwrap();
    assert_eq!(all.tenants, MembershipKind::All);
    let future = guests(json!({"guestOrExternalUserTypes": "unknownFutureValue"})).unwrap();
    assert_eq!(future.types, [], "configured, and matches nobody");
}

#[test]
fn an_empty_rule_is_no_filter() {
    let filter = |value: Value| policy(&under(&json!({"devices": {"deviceFilter": value}}))).conditions.devices.filter;
    assert_eq!(filter(json!({"mode": "include", "rule": ""})), None);
    assert_eq!(filter(json!({"mode": "Exclude", "rule": "device.model -eq null"})).unwrap().mode, FilterMode::Exclude);
}

#[test]
fn session_controls_count_only_when_enabled() {
    let session = |value: Value| policy(&json!({"state": "enabled", "sessionControls": value})).session_controls;
    let off = session(json!({"secureSignInSession": {"isEnabled": false}, "applicationEnforcedRestrictions": {"isEnabled": null}}));
    assert!(!off.secure_sign_in_session && !off.application_enforced_restrictions);
    let frequency = session(json!({"signInFrequency": {"isEnabled": true, "value": 4, "type": "hours"}})).sign_in_frequency.unwrap();
    assert_eq!(frequency.interval, FrequencyInterval::Period { value: 4, unit: FrequencyUnit::Hours });
    let every = session(json!({"signInFrequency": {"isEnabled": true, "frequencyInterval": "everyTime"}})).sign_in_frequency.unwrap();
    assert_eq!(every.interval, FrequencyInterval::EveryTime);
    assert_eq!(session(json!({"signInFrequency": {"isEnabled": true, "value": 4}})).sign_in_frequency, None);
}

#[test]
fn a_template_reports_until_it_is_switched_on() {
    let template = json!({"id": "t", "name": "Block all", "details": {"conditions": {}, "grantControls": {"builtInControls": ["block"]}}});
    let policy = policy(&template);
    assert_eq!((policy.id.as_str(), policy.display_name.as_deref(), policy.state), ("t", Some("Block all"), PolicyState::ReportOnly));
}

#[test]
fn a_policy_without_id_gets_the_name_it_is_given() {
    assert_eq!(reading(&json!({"state": "enabled"})).id, "file.json#0");
}

#[test]
fn files_hold_policies_in_many_shapes() {
    let one = json!({"state": "enabled"});
    let location = json!({"id": "l", "ipRanges": []});
    let table = [
        (one.clone(), Some(1)),
        (json!([]), Some(0)),
        (json!([one, one]), Some(2)),
        (json!({"value": [one, location]}), Some(1)),
        (json!({"Policies": [one]}), Some(1)),
        (json!({"details": {}}), Some(1)),
        (location, Some(0)),
        (json!({"colour": "red"}), None),
        (json!(["red"]), None),
        (json!(7), None),
    ];
    for (document, expected) in table {
        let found = policies_of_file(&Json::from(&document).root()).ok().map(|policies| policies.len());
        assert_eq!(found, expected, "{document}");
    }
}

#[test]
fn a_location_is_told_by_its_members() {
    let read = |value: Value| named_location::read(&value).map(|location| location.area);
    let office = read(json!({"id": "l", "isTrusted": true, "ipRanges": [{"cidrAddress": "203.0.113.9/24"}]})).unwrap();
    assert!(matches!(office, Area::Ip { is_trusted: true, .. }));
    assert!(matches!(read(json!({"id": "l", "countriesAndRegions": ["NL"]})).unwrap(), Area::Countries { include_unknown: false, .. }));
    assert_eq!(read(json!({"id": "l", "compliantNetworkType": "allTenantCompliantNetworks"})).unwrap(), Area::Other);
    let error = read(json!({"id": "l", "ipRanges": [{"cidrAddress": "203.0.113/24"}]})).unwrap_err();
    assert_eq!(error.path, "$.ipRanges[0]");
}

#[test]
fn a_strength_keeps_its_combinations() {
    let strength = authentication_strength::read(&json!({"id": "s", "allowedCombinations": ["fido2"]})).unwrap();
    assert_eq!((strength.allowed_combinations, strength.has_combination_configurations), (vec!["fido2".to_owned()], false));
}

#[test]
fn service_policies_have_careful_defaults() {
    let policy =
        service_policy::read(&json!({"id": "exo", "resource": "mail", "appAccess": {}, "deviceAccess": {"platforms": "all"}})).unwrap();
    let (app, device) = (policy.app_access.unwrap(), policy.device_access.unwrap());
    assert!(!app.enabled && !app.allows_all_apps);
    assert_eq!((device.enabled, device.platforms, device.windows), (false, None, WindowsRequirement::DomainJoinedOrCompliant));
    let wrong = service_policy::read(&json!({"id": "exo", "resource": "mail", "appAccess": {"state": "on"}})).unwrap_err();
    assert_eq!(wrong.path, "$.appAccess.state");
}
