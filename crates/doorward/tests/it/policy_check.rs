//! `doorward policy check`, run as a person runs it: what each rule finds, and what the findings look like.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// An id of the form that objects have.
macro_rules! id {
    ($number:literal) => {
        concat!("00000000-0000-4000-8000-0000000000", $number)
    };
}

fn folder(files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorward")).current_dir(folder).args(["policy", "check"]).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(&check(folder, &[arguments, &["--format", "json"]].concat()))).unwrap()
}

/// Rule and path of every finding about these policies.
fn found(policies: &[Value], directory: Option<&Value>) -> Vec<String> {
    let folder =
        folder(&[("p.json", Value::from(policies).to_string()), ("directory.json", directory.cloned().unwrap_or_default().to_string())]);
    let more: &[&str] = if directory.is_some() { &["--directory", "directory.json"] } else { &[] };
    let report = report(folder.path(), &[&["p.json"], more].concat());
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            format!("{} {}", text(finding, "rule"), text(finding, "path").replacen("$[0]", "$", usize::from(policies.len() == 1)))
        })
        .collect()
}

/// A policy that gives no cause for complaint, with some members replaced: `("conditions.platforms", …)`.
fn policy(changes: &[(&str, Value)]) -> Value {
    let mut policy = json!({
        "id": id!("01"), "displayName": "Second factor", "state": "enabled",
        "conditions": {
            "users": {"includeUsers": ["All"], "excludeUsers": [id!("99")]},
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        "sessionControls": {},
    });
    for (path, value) in changes {
        let mut place = &mut policy;
        for name in path.split('.') {
            place = &mut place[name];
        }
        *place = value.clone();
    }
    policy
}

fn filter(mode: &str, rule: &str) -> Value {
    json!({"deviceFilter": {"mode": mode, "rule": rule}})
}

/// Each case: the changed members of one policy, and the findings.
type Case<'a> = (&'a [(&'a str, Value)], &'a [&'a str]);

fn assert_cases(cases: &[Case<'_>]) {
    for (changes, expected) in cases {
        assert_eq!(found(&[policy(changes)], None), *expected, "{changes:?}");
    }
}

#[test]
fn a_sound_policy_gives_no_findings() {
    assert_cases(&[(&[], &[])]);
    let folder = folder(&[("p.json", policy(&[]).to_string())]);
    let output = check(folder.path(), &["p.json"]);
    assert!(output.status.success());
    assert_eq!(printed(&output), "1 policy, 0 errors, 0 warnings\n");
}

#[test]
fn unsupported_what_the_engine_does_not_know_is_an_error() {
    assert_cases(&[
        (&[("conditions.times", json!({"start": "08:00"}))], &["unsupported $.conditions.times"]),
        (&[("conditions.platforms", json!({"includePlatforms": ["amiga"]}))], &["unsupported $.conditions.platforms.includePlatforms[0]"]),
        (&[("conditions.clientAppTypes", json!("all"))], &["unsupported $.conditions.clientAppTypes"]),
        (&[("grantControls.builtInControls", json!(["retinaScan"]))], &["unsupported $.grantControls.builtInControls[0]"]),
        (&[("state", json!("sometimes"))], &["unsupported $.state"]),
        (
            &[("conditions.devices", filter("include", "device.colour -eq \"red\""))],
            &["unsupported $.conditions.devices.deviceFilter.rule"],
        ),
    ]);
}

#[test]
fn ignored_member_what_has_no_bearing_is_a_warning() {
    assert_cases(&[
        (&[("mood", json!("good"))], &["ignored-member $.mood"]),
        (&[("sessionControls.secureSignInSession", json!([1]))], &["ignored-member $.sessionControls.secureSignInSession"]),
    ]);
}

#[test]
fn not_an_id_names_where_ids_belong() {
    assert_cases(&[
        (&[("conditions.users.excludeUsers", json!(["Ann", "Ben", id!("02")]))], &["not-an-id $.conditions.users.excludeUsers"]),
        (&[("conditions.users.excludeRoles", json!(["All"]))], &["not-an-id $.conditions.users.excludeRoles"]),
        (
            &[("conditions.locations", json!({"excludeLocations": ["AllTrusted", "Office"]}))],
            &["not-an-id $.conditions.locations.excludeLocations"],
        ),
        (&[("conditions.applications.includeApplications", json!(["office365", "Microsoftadminportals"]))], &[]),
        (
            &[("conditions.applications", json!({"includeAuthenticationContextClassReferences": ["c1", "c99", "c0", "secret"]}))],
            &["not-an-id $.conditions.applications.includeAuthenticationContextClassReferences"],
        ),
    ]);
}

#[test]
fn unknown_object_ids_that_nobody_in_the_directory_has() {
    let directory = json!({
        "users": [{"id": "ann", "roles": [id!("20")]}], "groups": [{"id": "staff"}], "applications": [{"appId": id!("30")}],
        "servicePrincipals": [{"id": id!("40")}],
        "namedLocations": [{"id": id!("50"), "ipRanges": [{"cidrAddress": "192.0.2.0/24"}]}],
        "authenticationStrengthPolicies": [{"id": id!("60"), "allowedCombinations": ["fido2"]}],
    });
    let known = policy(&[
        (
            "conditions.users",
            json!({"includeUsers": ["All"], "excludeUsers": ["ANN"], "excludeGroups": ["staff"], "includeRoles": [id!("20")]}),
        ),
        ("conditions.applications.includeApplications", json!([id!("30")])),
        ("conditions.locations", json!({"excludeLocations": [id!("50")]})),
        ("grantControls", json!({"operator": "OR", "authenticationStrength": {"id": id!("60")}})),
    ]);
    assert_eq!(found(&[known], Some(&directory)), [""; 0]);
    let lost = policy(&[
        (
            "conditions.users",
            json!({"includeUsers": ["All"], "excludeUsers": ["Ben"], "excludeGroups": [id!("11")], "includeRoles": [id!("21")]}),
        ),
        ("conditions.applications.includeApplications", json!([id!("31")])),
        ("conditions.clientApplications", json!({"excludeServicePrincipals": [id!("41")]})),
        ("conditions.locations", json!({"includeLocations": [id!("51")]})),
        ("grantControls", json!({"operator": "OR", "authenticationStrength": {"id": id!("61")}})),
    ]);
    let expected = [
        "never-applies $.conditions.locations.includeLocations",
        "not-an-id $.conditions.users.excludeUsers",
        "unknown-object $.conditions.users.excludeGroups",
        "unknown-object $.conditions.users.includeRoles",
        "unknown-object $.conditions.clientApplications.excludeServicePrincipals",
        "unknown-object $.conditions.applications.includeApplications",
        "unknown-object $.conditions.locations.includeLocations",
        "unknown-object $.grantControls.authenticationStrength.id",
        "unsatisfiable-control $.grantControls.authenticationStrength",
    ];
    assert_eq!(found(&[lost], Some(&directory)), expected);
}

#[test]
fn duplicates_of_ids_names_and_whole_policies() {
    let first = policy(&[]);
    let other_name = policy(&[("id", json!(id!("02"))), ("displayName", json!("The same"))]);
    let other_id =
        policy(&[("id", json!(id!("02"))), ("conditions.platforms", json!({"includePlatforms": ["iOS"]})), ("state", json!("disabled"))]);
    let off = policy(&[("id", json!(id!("02"))), ("displayName", json!("Off")), ("state", json!("disabled"))]);
    assert_eq!(found(&[first.clone(), other_name], None), ["duplicate-policy $[1]"]);
    assert_eq!(found(&[first.clone(), other_id], None), ["duplicate-name $[1].displayName"]);
    assert_eq!(
        found(&[first.clone(), first.clone()], None),
        ["duplicate-id $[1].id", "duplicate-name $[1].displayName", "duplicate-policy $[1]"]
    );
    assert_eq!(found(&[off.clone(), first.clone()], None), [""; 0], "one that is switched off is no double");

    let unreadable = policy(&[("state", json!("sometimes"))]);
    assert_eq!(found(&[unreadable, off.clone(), policy(&[])], None), ["unsupported $[0].state", "duplicate-id $[2].id"]);

    let unnamed = policy(&[("id", Value::Null), ("displayName", Value::Null), ("state", json!("disabled"))]);
    assert_eq!(found(&[unnamed.clone(), unnamed], None), [""; 0], "ids that the files do not name");
}

#[test]
fn empty_policy_is_for_nobody_or_about_nothing() {
    assert_cases(&[
        (&[("conditions.users", json!({}))], &["empty-policy $.conditions.users"]),
        (&[("conditions.users.includeUsers", json!(["None"]))], &["empty-policy $.conditions.users"]),
        (&[("conditions.applications", json!({"includeApplications": ["None"]}))], &["empty-policy $.conditions.applications"]),
        (&[("conditions.applications", json!({"includeUserActions": ["urn:user:registersecurityinfo"]}))], &[]),
    ]);
}

#[test]
fn never_applies_conditions_that_cannot_be_met() {
    let users = "never-applies $.conditions.users";
    let devices = "never-applies $.conditions.devices.deviceFilter.rule";
    let group = id!("10");
    assert_cases(&[
        (&[("conditions.users", json!({"includeUsers": ["All"], "excludeUsers": ["All"]}))], &[users]),
        (&[("conditions.users", json!({"includeGroups": [group], "excludeGroups": [group]}))], &[users]),
        (&[("conditions.users", json!({"includeGroups": [group, id!("11")], "excludeGroups": [group]}))], &[]),
        (
            &[(
                "conditions.users",
                json!({"includeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "serviceProvider", "externalTenants": {"membershipKind": "enumerated", "members": []}}}),
            )],
            &[users],
        ),
        (
            &[("conditions.applications", json!({"includeApplications": [group], "excludeApplications": [group]}))],
            &["never-applies $.conditions.applications"],
        ),
        (
            &[("conditions.platforms", json!({"includePlatforms": ["iOS", "android"], "excludePlatforms": ["android", "iOS"]}))],
            &["never-applies $.conditions.platforms"],
        ),
        (
            &[(
                "conditions.platforms",
                json!({"includePlatforms": ["all"], "excludePlatforms": ["android", "iOS", "windows", "windowsPhone", "macOS", "linux"]}),
            )],
            &[],
        ),
        (&[("conditions.clientAppTypes", json!(["unknownFutureValue"]))], &["never-applies $.conditions.clientAppTypes"]),
        (
            &[("conditions.locations", json!({"includeLocations": ["All"], "excludeLocations": ["All"]}))],
            &["never-applies $.conditions.locations"],
        ),
        (
            &[("conditions.locations", json!({"includeLocations": ["AllTrusted"], "excludeLocations": ["AllTrusted"]}))],
            &["never-applies $.conditions.locations"],
        ),
        (&[("conditions.locations", json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}))], &[]),
        (&[("conditions.signInRiskLevels", json!(["hidden"]))], &["never-applies $.conditions.signInRiskLevels"]),
        (&[("conditions.userRiskLevels", json!(["unknownFutureValue", "hidden"]))], &["never-applies $.conditions.userRiskLevels"]),
        (&[("conditions.insiderRiskLevels", json!("unknownFutureValue"))], &["never-applies $.conditions.insiderRiskLevels"]),
        (&[("conditions.devices", filter("unknownFutureValue", "device.model -eq \"a\""))], &[devices]),
        (&[("conditions.devices", filter("include", "device.model -eq \"a\" -and device.model -eq \"b\""))], &[devices]),
        (&[("conditions.devices", filter("exclude", "device.model -ne \"a\" -or device.model -ne \"b\""))], &[devices]),
        (&[("conditions.devices", filter("include", "device.model -eq \"a\" -or device.model -eq \"b\""))], &[]),
    ]);
}

#[test]
fn only_user_actions_all_resources_excluded_from_all() {
    assert_cases(&[(
        &[("conditions.applications.excludeApplications", json!(["All"]))],
        &["only-user-actions $.conditions.applications.excludeApplications"],
    )]);
}

#[test]
fn device_filters_without_effect_or_with_values_that_do_not_exist() {
    let path = "$.conditions.devices.deviceFilter.rule";
    let (idle, value, long, never) = (
        format!("filter-without-effect {path}"),
        format!("impossible-value {path}"),
        format!("filter-too-long {path}"),
        format!("never-applies {path}"),
    );
    let lengthy = format!("device.model -eq \"{}\"", "x".repeat(3072));
    assert_cases(&[
        (&[("conditions.devices", filter("exclude", "device.model -eq \"a\" -and device.model -eq \"b\""))], &[&idle]),
        (&[("conditions.devices", filter("include", "device.isCompliant -eq True -or device.isCompliant -ne True"))], &[&idle]),
        (&[("conditions.devices", filter("include", "device.trustType -eq \"Hybrid\""))], &[&never, &value]),
        (&[("conditions.devices", filter("exclude", "device.trustType -eq \"Hybrid\" -or device.isCompliant -eq True"))], &[&value]),
        (&[("conditions.devices", filter("exclude", "device.isCompliant -eq \"yes\""))], &[&idle, &value]),
        (&[("conditions.devices", filter("include", &lengthy))], &[&long]),
    ]);
}

#[test]
fn shadowed_by_a_wider_policy_that_asks_for_as_much() {
    let second = |changes: &[(&str, Value)]| {
        let own = [("id", json!(id!("02"))), ("displayName", json!("Narrow"))];
        policy(&[&own, changes].concat())
    };
    let mfa = policy(&[]);
    let phones = ("conditions.platforms", json!({"includePlatforms": ["iOS"]}));
    let block = policy(&[("grantControls.builtInControls", json!(["block"])), phones.clone()]);
    let table = [
        (&mfa, second(std::slice::from_ref(&phones)), true),
        (&mfa, second(&[("conditions.users", json!({"includeGroups": [id!("10")], "excludeUsers": [id!("99")]}))]), true),
        // Those whom the wide policy exempts would be asked for nothing.
        (&mfa, second(&[("conditions.users", json!({"includeGroups": [id!("10")]}))]), false),
        (&mfa, second(&[("conditions.users", json!({"includeUsers": [id!("10")]}))]), true),
        (&mfa, second(&[phones.clone(), ("state", json!("disabled"))]), false),
        (&mfa, second(&[phones.clone(), ("state", json!("enabledForReportingButNotEnforced"))]), false),
        (&mfa, second(&[phones.clone(), ("grantControls.builtInControls", json!(["compliantDevice"]))]), false),
        (&mfa, second(&[phones.clone(), ("grantControls.builtInControls", json!(["mfa", "compliantDevice"]))]), true),
        (&mfa, second(&[phones.clone(), ("sessionControls.secureSignInSession", json!({"isEnabled": true}))]), false),
        (&block, second(&[phones.clone(), ("grantControls.builtInControls", json!(["compliantDevice"]))]), true),
        (&block, second(&[phones.clone(), ("sessionControls.secureSignInSession", json!({"isEnabled": true}))]), true),
        (&block, second(&[]), false),
        // A block is no alternative: it stands beside any other control.
        (&mfa, second(&[phones.clone(), ("grantControls.builtInControls", json!(["block", "mfa"]))]), false),
    ];
    for (wide, narrow, expected) in table {
        let found = found(&[wide.clone(), narrow.clone()], None);
        assert_eq!(found.contains(&"shadowed-by $[1]".to_owned()), expected, "{narrow}: {found:?}");
    }
}

#[test]
fn lock_out_everybody_refused_and_nobody_excluded() {
    let nobody = ("conditions.users.excludeUsers", json!([]));
    let locked = "lock-out $.conditions.users";
    let asks = |controls: &[&str]| ("grantControls.builtInControls", json!(controls));
    assert_cases(&[
        (&[nobody.clone(), asks(&["block"])], &[locked]),
        (&[nobody.clone(), asks(&["compliantDevice"])], &[locked]),
        (&[nobody.clone(), asks(&["compliantDevice", "domainJoinedDevice"])], &[locked]),
        (&[nobody.clone(), asks(&["compliantDevice", "mfa"])], &[]),
        (&[nobody.clone(), asks(&["mfa"])], &[]),
        (&[asks(&["block"])], &[]),
        (&[nobody.clone(), asks(&["block"]), ("state", json!("disabled"))], &[]),
        (&[nobody.clone(), asks(&["block"]), ("conditions.clientAppTypes", json!(["other"]))], &[]),
        (&[nobody.clone(), asks(&["block"]), ("conditions.platforms", json!({"includePlatforms": ["iOS"]}))], &[]),
        (&[nobody.clone(), asks(&["block"]), ("conditions.applications.includeApplications", json!(["MicrosoftAdminPortals"]))], &[locked]),
        (&[nobody.clone(), asks(&["block"]), ("conditions.applications.includeApplications", json!(["Office365"]))], &[]),
    ]);
}

#[test]
fn no_break_glass_nobody_is_exempt_from_all_that_could_lock_out() {
    let asks = |number: &str, name: &str, control: &str, excluded: Value| {
        policy(&[
            ("id", json!(format!("00000000-0000-4000-8000-0000000000{number}"))),
            ("displayName", json!(name)),
            ("grantControls.builtInControls", json!([control])),
            ("conditions.users", excluded),
        ])
    };
    let (ann, ben, admins) = (id!("91"), id!("92"), id!("93"));
    let users = |id: &str| json!({"includeUsers": ["All"], "excludeUsers": [id]});
    let groups = |id: &str| json!({"includeUsers": ["All"], "excludeGroups": [id]});
    let device = asks("01", "Device", "compliantDevice", users(ann));
    let broken = "no-break-glass $[0].conditions.users".to_owned();
    assert_eq!(
        found(&[device.clone(), asks("02", "App", "approvedApplication", users(ann))], None),
        ["approved-app-only $[1].grantControls.builtInControls"]
    );
    assert_eq!(found(&[device.clone(), asks("02", "PC", "domainJoinedDevice", users(ben))], None), std::slice::from_ref(&broken));

    // The directory knows that Ann is in the group.
    let directory = json!({"users": [{"id": ann}, {"id": ben}], "groups": [{"id": admins, "members": [ann]}]});
    let by_group = [device, asks("02", "PC", "domainJoinedDevice", groups(admins))];
    assert_eq!(found(&by_group, None), [broken]);
    assert_eq!(found(&by_group, Some(&directory)), [""; 0]);
}

#[test]
fn controls_that_are_retired_missing_or_beyond_reach() {
    let all_risk = ("conditions.userRiskLevels", json!(["high"]));
    let contoso = ("conditions.applications.includeApplications", json!([id!("30")]));
    let controls = |operator: &str, controls: &[&str]| ("grantControls", json!({"operator": operator, "builtInControls": controls}));
    let built_in = |rule: &str| format!("{rule} $.grantControls.builtInControls");
    let (app, change) = (built_in("approved-app-only"), built_in("password-change"));
    let (workload, both, registration) = (built_in("workload-control"), built_in("mfa-and-strength"), built_in("device-registration"));
    let (code, outsiders) = (built_in("device-code"), built_in("outsiders"));
    let strength = |id: &str| json!({"operator": "AND", "authenticationStrength": {"id": id}});
    let built_in_strength = "00000000-0000-0000-0000-000000000004";
    assert_cases(&[
        (&[("grantControls", Value::Null)], &["asks-for-nothing $.grantControls"]),
        (&[("grantControls", Value::Null), ("sessionControls.secureSignInSession", json!({"isEnabled": true}))], &[]),
        (&[controls("OR", &["approvedApplication"])], &[&app]),
        (&[controls("OR", &["approvedApplication", "compliantApplication"])], &[]),
        (
            &[("grantControls.customAuthenticationFactors", json!(["x"])), ("grantControls.operator", json!("AND"))],
            &["unsatisfiable-control $.grantControls.customAuthenticationFactors"],
        ),
        (&[("grantControls.customAuthenticationFactors", json!(["x"]))], &[]),
        (&[("grantControls", strength(id!("60")))], &["unsatisfiable-control $.grantControls.authenticationStrength"]),
        (&[("grantControls", strength(built_in_strength))], &[]),
        (
            &[("conditions.deviceStates", json!({"includeStates": ["All"], "excludeStates": ["Compliant"]}))],
            &["retired-member $.conditions.deviceStates"],
        ),
        (&[("conditions.devices", json!({"includeDevices": ["All"]}))], &["retired-member $.conditions.devices"]),
        (&[("conditions.clientAppTypes", json!(["easSupported"]))], &["retired-member $.conditions.clientAppTypes"]),
        (&[("conditions.clientAppTypes", json!([]))], &["missing-client-app-types $.conditions.clientAppTypes"]),
        (&[controls("AND", &["mfa", "passwordChange"]), all_risk.clone()], &[]),
        (&[controls("OR", &["mfa", "passwordChange"]), all_risk.clone()], &[&change]),
        (&[controls("AND", &["passwordChange"]), all_risk.clone()], &[&change]),
        (&[controls("AND", &["mfa", "passwordChange"])], &[&change]),
        (&[controls("AND", &["mfa", "passwordChange"]), all_risk, contoso.clone()], &[&change]),
        (
            &[
                controls("AND", &["compliantDevice"]),
                ("conditions.applications", json!({"includeUserActions": ["urn:user:registerdevice"]})),
            ],
            &[&registration],
        ),
        (&[("conditions.applications", json!({"includeUserActions": ["urn:user:registerdevice"]}))], &[]),
        (&[("sessionControls.persistentBrowser", json!({"isEnabled": true, "mode": "never"}))], &[]),
        (
            &[("sessionControls.persistentBrowser", json!({"isEnabled": true, "mode": "never"})), contoso.clone()],
            &["persistent-browser $.sessionControls.persistentBrowser"],
        ),
        (&[("sessionControls.continuousAccessEvaluation", json!({"mode": "disabled"}))], &[]),
        (
            &[("sessionControls.continuousAccessEvaluation", json!({"mode": "disabled"})), contoso],
            &["continuous-access $.sessionControls.continuousAccessEvaluation"],
        ),
        (&[("conditions.clientApplications", json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}))], &[&workload]),
        (&[("grantControls.authenticationStrength", json!({"id": built_in_strength}))], &[&both]),
        (
            &[controls("OR", &["compliantDevice"]), ("conditions.authenticationFlows", json!({"transferMethods": "deviceCodeFlow"}))],
            &[&code],
        ),
        (
            &[
                controls("OR", &["compliantDevice", "mfa"]),
                ("conditions.authenticationFlows", json!({"transferMethods": "deviceCodeFlow"})),
            ],
            &[],
        ),
        (&[controls("OR", &["compliantApplication"]), ("conditions.users.includeUsers", json!(["GuestsOrExternalUsers"]))], &[&outsiders]),
        (&[controls("OR", &["compliantApplication"])], &[]),
    ]);
}

/// A set in which much is wrong.
fn bad_set() -> TempDir {
    let named = |number: &str, name: &str, changes: &[(&str, Value)]| {
        let own = [("id", json!(format!("00000000-0000-4000-8000-0000000000{number}"))), ("displayName", json!(name))];
        policy(&[&own, changes].concat())
    };
    let block = [("grantControls.builtInControls", json!(["block"])), ("conditions.users.excludeUsers", json!([]))];
    let set = json!({"value": [
        named("01", "Second factor", &[]),
        named("02", "Second factor on phones", &[("conditions.platforms", json!({"includePlatforms": ["iOS", "android"]}))]),
        named("03", "Block everything", &block),
        named("03", "Office hours", &[("conditions.times", json!({"start": "08:00"}))]),
    ]});
    let placeholder = named("05", "Sales", &[("conditions.users.excludeGroups", json!(["<EmergencyAccounts>"]))]);
    folder(&[
        ("all.json", set.to_string()),
        ("broken.json", "{\n  \"state\": enabled\n}".to_owned()),
        ("sales.json", placeholder.to_string()),
        ("support.json", placeholder.to_string().replace("Sales", "Support").replace("0005\"", "0006\"")),
    ])
}

#[test]
fn errors_are_told_by_the_exit_status_in_both_formats() {
    let folder = bad_set();
    for format in ["table", "json"] {
        let output = check(folder.path(), &["--policies", ".", "--format", format]);
        assert_eq!(output.status.code(), Some(2));
        insta::assert_snapshot!(format, printed(&output));
    }
}

#[test]
fn names_from_files_do_not_steer_the_terminal() {
    let folder = folder(&[("p.json", policy(&[("mood\u{1b}[2J", json!("good"))]).to_string())]);
    let table = printed(&check(folder.path(), &["p.json"]));
    assert!(table.contains("mood\\u{1b}[2J") && !table.contains('\u{1b}'), "{table}");
}

#[test]
fn a_file_that_holds_no_policies_is_told_and_the_others_are_checked() {
    let folder = folder(&[
        ("a.json", String::new()),
        ("b.json", "[[]]".to_owned()),
        ("c.json", "[".repeat(9999)),
        ("d.json", policy(&[]).to_string()),
    ]);
    fs::write(folder.path().join("e.json"), [0x89, b'P', b'N', b'G', 0]).unwrap();
    fs::File::create(folder.path().join("f.json")).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    let report = report(folder.path(), &["."]);
    let told: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "the file is empty",
            "$[0]: neither a policy, a list of policies, a template nor a named location",
            "line 1, column 128: not JSON: objects and lists are nested too deeply",
            "line 1, column 1: neither UTF-8 nor UTF-16 with a byte order mark: save the file as UTF-8",
            "67108865 bytes are too many for a policy file, which may have 67108864",
        ]
    );
    assert_eq!(report["policies"], 1);
}

#[test]
fn published_policies_give_known_findings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/conditional-access");
    if !root.is_dir() {
        eprintln!("skipped: no published policies at {}", root.display());
        return;
    }
    let sets = [
        "AlexFilipin+ConditionalAccess/PolicyRepository",
        "AlexFilipin+ConditionalAccess/PolicySets/Bare minimum",
        "AlexFilipin+ConditionalAccess/PolicySets/Category structure for AADP1",
        "AlexFilipin+ConditionalAccess/PolicySets/Category structure for AADP2",
        "Azure-Samples+azure-ad-conditional-access-apis",
        "DataGuys+ConditionalAccessAnalyzer",
        "Fortigi+ConditionalAccess",
    ];
    let mut told = String::new();
    for set in sets {
        let report = report(&root, &[set]);
        let mut counts = BTreeMap::<&str, usize>::new();
        for finding in report["findings"].as_array().unwrap() {
            *counts.entry(finding["rule"].as_str().unwrap()).or_default() += 1;
        }
        told.push_str(&format!("{set}: {} policies\n", report["policies"]));
        told.extend(counts.iter().map(|(rule, count)| format!("  {count:3} {rule}\n")));
    }
    insta::assert_snapshot!("published", told);
}
