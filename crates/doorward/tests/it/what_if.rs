//! `doorward policy what-if`, run as a person runs it.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const ANNA: &str = "11111111-0000-4000-8000-00000000000a";
const MAIL: &str = "44444444-0000-4000-8000-000000000001";
const WORKLOAD: &str = "33333333-0000-4000-8000-000000000001";

/// A folder with a small company and its policies.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let directory = json!({
            "users": [
                {"id": ANNA, "userPrincipalName": "anna@contoso.example", "displayName": "Anna"},
                {"id": "11111111-0000-4000-8000-00000000000b", "userPrincipalName": "ben@contoso.example", "displayName": "Ben"},
                {"id": "11111111-0000-4000-8000-00000000000c", "userPrincipalName": "ben@fabrikam.example", "displayName": "Ben"},
            ],
            "servicePrincipals": [{"id": WORKLOAD, "appId": "44444444-0000-4000-8000-000000000003"}],
            "applications": [
                {"appId": MAIL, "displayName": "Exchange Online", "bundles": ["Office365"]},
                {"appId": "44444444-0000-4000-8000-000000000002", "displayName": "Outlook", "approved": true, "protectable": true},
                {"appId": "44444444-0000-4000-8000-000000000003", "displayName": "Nightly report"},
            ],
            "namedLocations": [{"id": "office", "displayName": "Office", "isTrusted": true, "ipRanges": [{"cidrAddress": "192.0.2.0/24"}]}],
        });
        bench.write("directory.json", &directory);
        let apps = |apps: Value| json!({"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": apps}});
        let with = |mut conditions: Value, name: &str, value: Value| {
            conditions[name] = value;
            conditions
        };
        let policies = json!([
            policy(
                "Approved app on phones",
                "enabled",
                "approvedApplication",
                with(apps(json!(["Office365"])), "platforms", json!({"includePlatforms": ["iOS", "android"]}))
            ),
            policy(
                "Second factor elsewhere",
                "enabled",
                "mfa",
                with(apps(json!(["All"])), "locations", json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}))
            ),
            policy(
                "Compliant PCs",
                "enabledForReportingButNotEnforced",
                "compliantDevice",
                with(apps(json!(["All"])), "platforms", json!({"includePlatforms": ["all"], "excludePlatforms": ["iOS", "android"]}))
            ),
            policy(
                "Old models",
                "enabled",
                "block",
                with(apps(json!(["All"])), "devices", json!({"deviceFilter": {"mode": "include", "rule": "device.model -eq \"Brick 1\""}}))
            ),
            policy("Old rule", "disabled", "block", apps(json!(["All"]))),
        ]);
        bench.write("policies.json", &policies);
        bench
    }

    fn write(&self, name: &str, content: &Value) {
        fs::write(self.0.path().join(name), content.to_string()).unwrap();
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        let files = ["policy", "what-if", "--policies", "policies.json", "--directory", "directory.json"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.current_dir(self.0.path()).args(files).args(arguments).output().unwrap()
    }

    fn text(&self, arguments: &[&str]) -> String {
        let output = self.ask(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--format", "json"]].concat())).unwrap()
    }

    fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.ask(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }
}

fn policy(name: &str, state: &str, control: &str, conditions: Value) -> Value {
    json!({"id": name, "displayName": name, "state": state, "conditions": conditions,
        "grantControls": {"operator": "OR", "builtInControls": [control]},
        "sessionControls": {"signInFrequency": {"isEnabled": true, "value": 4, "type": "hours"}}})
}

#[test]
fn a_person_reads_the_decision_what_to_do_a_matrix_and_session_controls_within_100_columns() {
    let bench = Bench::new();
    let text =
        bench.text(&["--user", "anna", "--app", "exchange online", "--client-app", "Outlook", "--platform", "ios", "--ip", "192.0.2.7"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert!(!text.contains('\x1b'), "no colour without a terminal");
    insta::assert_snapshot!(text);
}

#[test]
fn every_condition_of_every_policy_is_shown_beside_the_decision_of_eval() {
    let bench = Bench::new();
    let report = bench.json(&["--user", ANNA, "--app", MAIL, "--client-app", "outlook", "--platform", "iOS", "--ip", "192.0.2.7"]);
    let conditions = |index: usize| {
        let members = report["policies"][index]["conditions"].as_object().unwrap().clone();
        members.into_iter().filter(|(_, state)| state != "notConfigured").collect::<serde_json::Map<_, _>>()
    };
    assert_eq!(report["policies"][0]["conditions"].as_object().unwrap().len(), 11);
    assert_eq!(Value::Object(conditions(0)), json!({"identity": "matched", "target": "matched", "devicePlatform": "matched"}));
    assert_eq!(Value::Object(conditions(1)), json!({"identity": "matched", "target": "matched", "location": "excluded"}));
    assert_eq!(Value::Object(conditions(2)), json!({"identity": "matched", "target": "matched", "devicePlatform": "excluded"}));
    assert_eq!(Value::Object(conditions(3)), json!({"identity": "matched", "target": "matched", "devices": "notMatched"}));

    let sign_in = json!({"id": "s", "userId": ANNA, "resources": [MAIL], "clientAppId": "44444444-0000-4000-8000-000000000002",
        "devicePlatform": "iOS", "ipAddress": "192.0.2.7"});
    bench.write("sign-ins.jsonl", &sign_in);
    let eval = ["policy", "eval", "--policies", "policies.json", "--directory", "directory.json", "--sign-ins", "sign-ins.jsonl"];
    let output = Command::new(env!("CARGO_BIN_EXE_doorward")).current_dir(bench.0.path()).args(eval).output().unwrap();
    let mut decision: Value = serde_json::from_slice(&output.stdout).unwrap();
    decision.as_object_mut().unwrap().remove("id");
    let mut same = report.clone();
    same["policies"].as_array_mut().unwrap().iter_mut().for_each(|policy| {
        policy.as_object_mut().unwrap().remove("conditions");
    });
    assert_eq!(same, decision);
}

#[test]
fn applied_only_leaves_out_the_others_in_every_format() {
    let bench = Bench::new();
    let question = ["--user", "anna", "--app", MAIL, "--applied-only"];
    let names = |report: &Value, list: &str| {
        report[list].as_array().unwrap().iter().map(|policy| policy["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&bench.json(&question), "policies"), ["Second factor elsewhere", "Compliant PCs"]);
    let graph = serde_json::from_str(&bench.text(&[&question[..], &["--format", "evaluate"]].concat())).unwrap();
    assert_eq!(names(&graph, "value"), ["Second factor elsewhere", "Compliant PCs"]);
    let table = bench.text(&question);
    assert!(table.contains("Compliant PCs") && !table.contains("Old models"), "{table}");
}

#[test]
fn graph_form_holds_each_policy_as_it_stands_in_its_file_but_no_disabled_one() {
    let bench = Bench::new();
    let template = json!({"id": "t", "name": "Template", "details": {"conditions": {"users": {"includeUsers": ["None"]}}}});
    bench.write("template.json", &template);
    let answer = bench.text(&["--user", "anna", "--app", MAIL, "--format", "evaluate", "--policies", "template.json"]);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let listed = answer["value"].as_array().unwrap();
    let states: Vec<&Value> = listed.iter().map(|policy| &policy["analysisReasons"]).collect();
    assert_eq!(states, ["devicePlatform", "notSet", "notSet", "devices", "emptyPolicy"]);
    let mut first = listed[0].as_object().unwrap().clone();
    assert_eq!((first.remove("policyApplies"), first.remove("analysisReasons")), (Some(json!(false)), Some(json!("devicePlatform"))));
    let file: Value = serde_json::from_slice(&fs::read(bench.0.path().join("policies.json")).unwrap()).unwrap();
    assert_eq!(Value::Object(first), file[0]);
    assert_eq!((&listed[4]["id"], &listed[4]["conditions"]), (&json!("t"), &template["details"]["conditions"]));
}

#[test]
fn what_is_missing_is_said_in_words_with_what_to_do() {
    let bench = Bench::new();
    let phone = ["--user", "anna", "--app", MAIL, "--ip", "192.0.2.7", "--platform", "android"];
    let cases: [(&[&str], &str); 7] = [
        (&[], "Block 53002: the client app is not on the list"),
        (&["--client-app", "Outlook"], "Interrupt 50127: the broker app is missing; install the broker app"),
        (&["--client-app", "Outlook", "--broker"], "Interrupt 50129: the device is not registered; register the device"),
        (&["--client-app", "Outlook", "--broker", "--device", "registered"], "Grant\n"),
        (&["--client-app", "Outlook", "--broker", "--device-attribute", "MODEL=brick 1"], "Block 53003: a policy blocks this"),
        (
            &["--client-app", "Outlook", "--broker", "--device", "compliant", "--ip", "198.51.100.1"],
            "Interrupt 50076: a second factor is missing",
        ),
        (&["--client-app", "Outlook", "--broker", "--device", "compliant", "--ip", "198.51.100.1", "--mfa"], "Grant\n"),
    ];
    for (more, expected) in cases {
        let arguments = if more.contains(&"--ip") { [&phone[..4], &phone[6..], more].concat() } else { [&phone[..], more].concat() };
        let text = bench.text(&arguments);
        assert!(text.starts_with(expected), "{more:?}: {text}");
    }
}

#[test]
fn people_and_apps_are_found_by_id_or_name_and_what_is_not_found_says_what_is_near() {
    let bench = Bench::new();
    for user in [ANNA, "ANNA@contoso.example", "anna"] {
        bench.text(&["--user", user, "--app", "Exchange Online"]);
    }
    for workload in [WORKLOAD, "44444444-0000-4000-8000-000000000003", "nightly report", "00000000-0000-4000-8000-00000000ffff"] {
        bench.text(&["--service-principal", workload, "--app", "00000000-0000-4000-8000-00000000ffff"]);
    }
    let cases: [(&[&str], &str); 11] = [
        (&["--user", "ana", "--app", MAIL], "--user: the directory has no user \"ana\"; near that: \"Anna\""),
        (&["--user", "zoltan", "--app", MAIL], "--user: the directory has no user \"zoltan\"\n"),
        (&["--user", "00000000-0000-4000-8000-00000000ffff", "--app", MAIL], "--user: the directory has no user"),
        (&["--user", "Ben", "--app", MAIL], "name one by id: 11111111-0000-4000-8000-00000000000b, 11111111-0000-4000-8000-00000000000c"),
        (&["--user", "anna", "--app", "exchange"], "--app: the directory has no application \"exchange\"; near that: \"Exchange Online\""),
        (
            &["--user", "anna", "--app", MAIL, "--client-app", "Outlok"],
            "--client-app: the directory has no application \"Outlok\"; near that: \"Outlook\"",
        ),
        (&["--service-principal", "nightly", "--app", MAIL], "near that: \"Nightly report\""),
        (&["--user", "anna", "--app", MAIL, "--device-attribute", "colour=red"], "--device-attribute: $.colour is not known"),
        (&["--user", "anna", "--app", MAIL, "--device-attribute", "isCompliant=yes"], "must be true or false"),
        (
            &["--user", "anna", "--app", MAIL, "--device", "unregistered", "--device-attribute", "model=x"],
            "an unregistered device has no attributes",
        ),
        (&["--user", "anna", "--service-principal", WORKLOAD, "--app", MAIL], "cannot be used with"),
    ];
    for (arguments, expected) in cases {
        let told = bench.refusal(arguments);
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
    for arguments in [vec!["--user", "anna"], vec!["--app", MAIL], vec!["--user", "anna", "--app", MAIL, "--platform", "beos"]] {
        bench.refusal(&arguments);
    }
}

#[test]
fn every_condition_at_once_and_a_long_name_still_fit() {
    let bench = Bench::new();
    let conditions = json!({
        "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["browser"],
        "clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
        "platforms": {"includePlatforms": ["iOS"]}, "locations": {"includeLocations": ["AllTrusted"]},
        "devices": {"deviceFilter": {"mode": "include", "rule": "device.model -eq \"Pixel\""}},
        "signInRiskLevels": ["high"], "userRiskLevels": ["high"], "servicePrincipalRiskLevels": ["high"], "insiderRiskLevels": "minor",
        "authenticationFlows": {"transferMethods": "authenticationTransfer"},
    });
    let name = "CA900-AllUsers-AllApps-AnyPlatform-Block when everything that can be said of a sign-in is said at once";
    bench.write("policies.json", &json!([policy(name, "enabledForReportingButNotEnforced", "block", conditions)]));
    let everything = [
        "--service-principal",
        WORKLOAD,
        "--app",
        MAIL,
        "--client",
        "browser",
        "--platform",
        "iOS",
        "--ip",
        "192.0.2.1",
        "--device-attribute",
        "model=Pixel",
        "--sign-in-risk",
        "high",
        "--user-risk",
        "high",
        "--service-principal-risk",
        "high",
        "--insider-risk",
        "minor",
        "--transfer-method",
        "authenticationTransfer",
    ];
    let text = bench.text(&everything);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert_eq!(text.matches('✓').count(), 11 + 1, "a mark for each condition, and the legend: {text}");
}

#[test]
fn service_policies_have_their_rows_but_are_none_of_graphs() {
    let bench = Bench::new();
    let service =
        json!({"id": "exo", "resource": MAIL, "deviceAccess": {"state": "enabled", "targetsAllUsers": true, "platforms": ["iOS"]}});
    bench.write("service.json", &json!({"servicePolicies": [service]}));
    let question = ["--user", "anna", "--app", MAIL, "--platform", "windows", "--service-policies", "service.json"];
    let report = bench.json(&question);
    let row = &report["policies"][5];
    assert_eq!((&row["id"], &row["reason"]), (&json!("exo/deviceAccess"), &json!("devicePlatform")));
    assert_eq!((&row["conditions"]["identity"], &row["conditions"]["devicePlatform"]), (&json!("matched"), &json!("notMatched")));
    let graph = bench.text(&[&question[..], &["--format", "evaluate"]].concat());
    assert!(!graph.contains("exo/"), "{graph}");
}
