//! `doorward policy replay`, run as a person runs it.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const ANNA: &str = "11111111-0000-4000-8000-00000000000a";
const BEN: &str = "11111111-0000-4000-8000-00000000000b";
const MAIL: &str = "44444444-0000-4000-8000-000000000001";
const MAIL_OBJECT: &str = "33333333-0000-4000-8000-000000000001";
const REGISTRATION: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";

/// A folder with a small company, whose new policies ask for a second factor on phones and no longer block its legacy clients.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let directory = json!({
            "users": [
                {"id": ANNA, "userPrincipalName": "anna@contoso.example"},
                {"id": BEN, "userPrincipalName": "ben@contoso.example"},
            ],
            "servicePrincipals": [{"id": MAIL_OBJECT, "appId": MAIL}],
            "applications": [{"appId": MAIL, "displayName": "Exchange Online"}],
        });
        bench.write("directory.json", directory.to_string());
        bench.write("old.json", json!([legacy("enabled"), phones("disabled")]).to_string());
        bench.write("new.json", json!([legacy("disabled"), phones("enabled")]).to_string());
        bench
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), content).unwrap();
    }

    fn lines(&self, rows: &[Value]) {
        self.write("log.jsonl", rows.iter().map(|row| format!("{row}\n")).collect::<String>());
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.current_dir(self.0.path()).args(["policy", "replay", "--policies", "new.json", "--directory", "directory.json"]).args(more);
        command
    }

    fn replay(&self, more: &[&str]) -> Output {
        self.command(&[&["--sign-ins", "log.jsonl"], more].concat()).output().unwrap()
    }

    fn report(&self, more: &[&str]) -> Value {
        let output = self.replay(&[&["--format", "json"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn policy(id: &str, name: &str, state: &str, control: &str, with: Value) -> Value {
    let mut conditions = json!({"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}});
    conditions.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    json!({"id": id, "displayName": name, "state": state, "conditions": conditions,
        "grantControls": {"operator": "OR", "builtInControls": [control]}})
}

fn legacy(state: &str) -> Value {
    policy("legacy", "Block legacy clients", state, "block", json!({"clientAppTypes": ["exchangeActiveSync", "other"]}))
}

fn phones(state: &str) -> Value {
    policy("phones", "Second factor on phones", state, "mfa", json!({"platforms": {"includePlatforms": ["iOS", "android"]}}))
}

fn sign_in(id: &str, user: &str, more: Value) -> Value {
    let mut row = json!({"id": id, "userId": user, "resources": [MAIL], "clientAppType": "mobileAppsAndDesktopClients"});
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

/// Anna's phone, which the new policies stop; Ben's old client, which they let pass; a PC, which does not change.
fn three(recorded: [Value; 3]) -> Vec<Value> {
    let rows = [
        sign_in("phone", ANNA, json!({"devicePlatform": "iOS"})),
        sign_in("old-client", BEN, json!({"clientAppType": "other"})),
        sign_in("pc", ANNA, json!({"devicePlatform": "windows"})),
    ];
    let with = |(mut row, recorded): (Value, Value)| {
        row.as_object_mut().unwrap().extend(recorded.as_object().unwrap().clone());
        row
    };
    rows.into_iter().zip(recorded).map(with).collect()
}

fn three_recorded() -> Vec<Value> {
    let blocked = json!({"decision": "block", "errorCode": 53003, "policies": [
        {"id": "legacy", "displayName": "Block legacy clients", "result": "failure"},
        {"id": "phones", "displayName": "Second factor on phones", "result": "notEnabled"},
    ]});
    three([json!({"decision": "grant", "errorCode": null}), blocked, json!({"decision": "grant"})])
}

/// The sign-in's id is that of the record alone.
fn doorward_record(mut facts: Value, outcome: &str, code: u32) -> Value {
    let id = facts.as_object_mut().and_then(|facts| facts.remove("id"));
    json!({"id": id, "createdDateTime": "2026-11-01T08:00:00Z", "outcome": outcome, "errorCode": code, "resourceId": MAIL,
        "facts": facts, "appliedPolicies": [{"id": "legacy", "displayName": "Block legacy clients",
            "result": if outcome == "refused" { "failure" } else { "notApplied" }, "reason": null}]})
}

/// The same three, as Graph has them.
fn three_of_graph() -> Vec<Value> {
    let sign_in = |id: &str, user: &str, used: &str, system: &str, code: u32, status: &str| {
        json!({"id": id, "userId": user, "appId": "client", "resourceId": MAIL, "clientAppUsed": used, "ipAddress": "203.0.113.7",
            "deviceDetail": {"deviceId": "", "operatingSystem": system}, "status": {"errorCode": code}, "conditionalAccessStatus": status,
            "riskLevelDuringSignIn": "hidden", "appliedConditionalAccessPolicies": [{"id": "legacy", "displayName": "Block legacy clients",
                "result": if status == "failure" { "failure" } else { "notApplied" }}]})
    };
    let native = "Mobile Apps and Desktop clients";
    let mut by_object = sign_in("pc", ANNA, native, "Windows 10", 0, "success");
    by_object["resourceId"] = json!("");
    by_object["resourceServicePrincipalId"] = json!(MAIL_OBJECT);
    vec![sign_in("phone", ANNA, native, "Ios 18.1", 0, "notApplied"), sign_in("old-client", BEN, "IMAP4", "", 53003, "failure"), by_object]
}

/// What a report says of these three, whichever way they were told.
fn assert_three(report: &Value) {
    let picked = json!({
        "read": report["read"], "decided": report["decided"], "changed": report["changed"],
        "policies": report["policies"], "apps": report["apps"], "platforms": report["platforms"], "users": report["users"],
    });
    let expected = json!({
        "read": 3, "decided": 3, "changed": 2,
        "policies": [
            {"id": "legacy", "displayName": "Block legacy clients", "changed": 1, "stricter": 0, "looser": 1},
            {"id": "phones", "displayName": "Second factor on phones", "changed": 1, "stricter": 1, "looser": 0},
        ],
        "apps": [{"id": MAIL, "displayName": "Exchange Online", "changed": 2, "stricter": 1, "looser": 1}],
        "platforms": [
            {"id": "iOS", "displayName": null, "changed": 1, "stricter": 1, "looser": 0},
            {"id": "unknown", "displayName": null, "changed": 1, "stricter": 0, "looser": 1},
        ],
        "users": [
            {"id": ANNA, "displayName": "anna@contoso.example", "changed": 1, "stricter": 1, "looser": 0},
            {"id": BEN, "displayName": "ben@contoso.example", "changed": 1, "stricter": 0, "looser": 1},
        ],
    });
    assert_eq!(picked, expected);
}

#[test]
fn a_person_reads_what_changes_by_policy_app_platform_and_user_with_examples_within_100_columns() {
    let bench = Bench::new();
    bench.lines(&three_recorded());
    let output = bench.replay(&[]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_a_log_says_does_not_act_on_the_terminal() {
    let bench = Bench::new();
    let name = "\u{1b}[31mred";
    let policies = json!([{"id": name, "displayName": name, "result": "failure"}]);
    let recorded = json!({"decision": "block", "policies": policies, "resources": [name]});
    bench.lines(&[sign_in(name, ANNA, recorded)]);
    let text = String::from_utf8(bench.replay(&[]).stdout).unwrap();
    assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}[31mred"), "{text}");

    // An error quotes what it does not know.
    let record = doorward_record(json!({"id": "s"}), name, 0);
    bench.lines(&[record]);
    let told = String::from_utf8(bench.replay(&[]).stderr).unwrap();
    assert!(!told.contains('\u{1b}') && told.contains("\\u{1b}[31mred"), "{told}");
}

#[test]
fn the_json_has_everything() {
    let bench = Bench::new();
    bench.lines(&three_recorded());
    insta::assert_json_snapshot!(bench.report(&[]));
}

#[test]
fn every_kind_of_log_tells_the_same() {
    let facts = three([json!({}), json!({}), json!({})]);
    let outcomes = [("granted", 0), ("refused", 53003), ("granted", 0)];
    let records: Vec<_> = facts.into_iter().zip(outcomes).map(|(facts, (outcome, code))| doorward_record(facts, outcome, code)).collect();
    // Earlier versions wrote the id in both places.
    let mut earlier = records.clone();
    earlier.iter_mut().for_each(|record| record["facts"]["id"] = record["id"].clone());
    for rows in [three_recorded(), records, earlier, three_of_graph()] {
        let bench = Bench::new();
        bench.lines(&rows);
        assert_three(&bench.report(&[]));
        // An empty line, a byte order mark and another encoding change nothing; neither does a document around the rows.
        let lines = rows.iter().map(|row| format!("\r\n{row}\n")).collect::<String>();
        let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(lines.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let answer = json!({"@odata.context": "…", "@odata.count": 3, "value": rows, "@odata.nextLink": null});
        let documents = [
            format!("\u{FEFF}{lines}").into_bytes(),
            utf16,
            format!("{:#}", json!(rows)).into_bytes(),
            json!({"value": rows}).to_string().into_bytes(),
            format!("\u{FEFF} {answer:#}").into_bytes(),
        ];
        for document in documents {
            bench.write("log.jsonl", document);
            assert_three(&bench.report(&[]));
        }
    }
}

#[test]
fn a_baseline_stands_in_for_what_was_recorded() {
    let bench = Bench::new();
    bench.lines(&three([json!({}), json!({"decision": "grant"}), json!({"decision": "block"})]));
    let report = bench.report(&["--baseline", "old.json"]);
    assert_three(&report);
    assert_eq!(report["comparedWith"], "baseline");
    assert_eq!(bench.report(&["--baseline", "new.json"])["changed"], 0);
}

#[test]
fn a_baseline_may_have_service_policies_of_its_own() {
    let bench = Bench::new();
    bench.write("new.json", "[]");
    bench.lines(&[sign_in("pc", ANNA, json!({"devicePlatform": "windows"}))]);
    let service = |state: &str| {
        json!({"servicePolicies": [{"id": "exo", "resource": MAIL, "appAccess": {"state": "disabled"},
            "deviceAccess": {"state": state, "targetsAllUsers": true}}]})
    };
    bench.write("on.json", service("enabled").to_string());
    bench.write("off.json", service("disabled").to_string());
    let compare = ["--baseline", "new.json", "--service-policies", "on.json"];
    assert_eq!(bench.report(&compare)["changed"], 0);
    let report = bench.report(&[&compare[..], &["--baseline-service-policies", "off.json"]].concat());
    assert_eq!((&report["changed"], &report["policies"][0]["id"]), (&json!(1), &json!("exo/deviceAccess")));
}

#[test]
fn only_the_exit_status_of_those_who_ask_tells_a_change() {
    let bench = Bench::new();
    bench.lines(&three_recorded());
    assert_eq!(bench.replay(&[]).status.code(), Some(0));
    let failed = bench.replay(&["--fail-on-change"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(!failed.stdout.is_empty());
    assert_eq!(bench.replay(&["--fail-on-change", "--baseline", "new.json"]).status.code(), Some(0));
}

#[test]
fn what_cannot_be_compared_is_counted_apart() {
    let bench = Bench::new();
    bench.lines(&three([json!({}), json!({"decision": null}), json!({"decision": "grant", "errorCode": null})]));
    let report = bench.report(&[]);
    assert_eq!((&report["decided"], &report["noRecordedDecision"], &report["changed"]), (&json!(3), &json!(2), &json!(0)));

    // Of logs, people that are gone and sign-ins that never came to a decision are no error.
    let gone = sign_in("gone", "33333333-0000-4000-8000-00000000000c", json!({}));
    let mut early = doorward_record(json!(null), "refused", 50126);
    early["id"] = json!("early");
    bench.lines(&[doorward_record(gone, "granted", 0), early]);
    let report = bench.report(&[]);
    assert_eq!((&report["read"], &report["decided"]), (&json!(2), &json!(0)));
    assert_eq!((&report["unknownUser"], &report["noFacts"]), (&json!(1), &json!(1)));

    // A wrong password says nothing about conditional access, and neither does a row without a resource.
    let mut rows = three_of_graph();
    rows[0]["status"]["errorCode"] = json!(50126);
    rows[1]["resourceId"] = json!(null);
    bench.lines(&rows);
    let report = bench.report(&[]);
    assert_eq!((&report["noRecordedDecision"], &report["noFacts"], &report["changed"]), (&json!(1), &json!(1), &json!(0)));
    assert!(report["assumption"].as_str().unwrap().contains("broker"), "{report}");
}

#[test]
fn another_code_of_the_same_decision_is_no_change() {
    let bench = Bench::new();
    bench.lines(&[sign_in("phone", ANNA, json!({"devicePlatform": "iOS", "decision": "interrupt", "errorCode": 50127}))]);
    let report = bench.report(&[]);
    assert_eq!((&report["changed"], &report["otherCode"]), (&json!(0), &json!(1)));
    // No code at all is null or 0.
    bench.lines(&[sign_in("pc", ANNA, json!({"devicePlatform": "windows", "decision": "grant", "errorCode": 0}))]);
    assert_eq!(bench.report(&[])["otherCode"], 0);
}

#[test]
fn registering_a_device_is_as_free_of_device_requirements_in_a_record_as_it_was() {
    let bench = Bench::new();
    bench.write("new.json", policy("pcs", "Compliant PCs", "enabled", "compliantDevice", json!({})).to_string());
    let mut record = doorward_record(sign_in("s", ANNA, json!({"resources": [REGISTRATION]})), "granted", 0);
    bench.lines(std::slice::from_ref(&record));
    assert_eq!(bench.report(&[])["changed"], 1);
    record["resourceId"] = json!(REGISTRATION);
    bench.lines(&[record]);
    assert_eq!(bench.report(&[])["changed"], 0);
}

#[test]
fn an_app_that_a_sign_in_names_twice_counts_once() {
    let bench = Bench::new();
    bench.lines(&[sign_in("phone", ANNA, json!({"devicePlatform": "iOS", "decision": "grant", "resources": [MAIL, MAIL]}))]);
    assert_eq!(bench.report(&[])["apps"][0]["changed"], 1);
}

#[test]
fn only_so_many_members_of_a_group_are_shown_and_the_json_has_all() {
    let bench = Bench::new();
    bench.lines(&three_recorded());
    let text = String::from_utf8(bench.replay(&["--most", "1"]).stdout).unwrap();
    assert_eq!(text.matches(" all others ").count(), 3, "{text}");
    assert_three(&bench.report(&["--most", "1"]));
}

#[test]
fn only_so_many_examples_of_each_kind_of_change_are_kept() {
    let bench = Bench::new();
    let many = (0..5).flat_map(|_| three_recorded()).collect::<Vec<_>>();
    bench.lines(&many);
    let ids = |report: &Value| {
        let examples = report["examples"].as_array().unwrap().clone();
        examples.into_iter().map(|example| example["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&bench.report(&["--examples", "2"])), ["phone", "phone", "old-client", "old-client"]);
    assert!(ids(&bench.report(&["--examples", "0"])).is_empty());
    assert_eq!(bench.report(&["--examples", "0"])["changed"], 10);
}

#[test]
fn bad_input_names_the_line_or_the_element_and_prints_nothing_else() {
    let good = sign_in("s", ANNA, json!({})).to_string();
    let graph = three_of_graph()[0].to_string();
    let record = doorward_record(sign_in("s", ANNA, json!({})), "granted", 0).to_string();
    let unknown = sign_in("s", "nobody", json!({})).to_string();
    let table = [
        (format!("{good}\n\n{{\"id\": 7}}\n"), "log.jsonl, line 3: $.id must be a string"),
        (format!("{good}\n{{"), "log.jsonl, line 2: not JSON"),
        (format!("{good}\n{unknown}\n"), "log.jsonl, line 2: $.userId is not a user of the directory"),
        (sign_in("s", ANNA, json!({"resources": "x"})).to_string(), "log.jsonl, line 1: $.resources must be a list"),
        (
            sign_in("s", ANNA, json!({"device": {"isManaged": 1}})).to_string(),
            "log.jsonl, line 1: $.device.isManaged must be true or false",
        ),
        (sign_in("s", ANNA, json!({"ipAddress": "1.2.3"})).to_string(), "log.jsonl, line 1: $.ipAddress is not an IP address"),
        (sign_in("s", ANNA, json!({"decision": "maybe"})).to_string(), "log.jsonl, line 1: $.decision must be grant, interrupt or block"),
        (sign_in("s", ANNA, json!({"decision": "block", "errorCode": "x"})).to_string(), "log.jsonl, line 1: $.errorCode must be"),
        ("7".to_owned(), "log.jsonl, line 1: $ must be an object"),
        (format!("[{good}, {good}, 7]"), "log.jsonl, element 2: $ must be an object"),
        (format!("[{good}, "), "log.jsonl is not a list of sign-ins"),
        (format!("[{good}] 7"), "log.jsonl is not a list of sign-ins"),
        (format!("{{\"value\": {good}}}"), "log.jsonl is not a list of sign-ins"),
        ("{\"@odata.count\": 0}".to_owned(), "log.jsonl is an object without a list `value`"),
        (format!("{graph}\n{}", graph.replace("\"errorCode\":0", "\"errorCode\":\"0\"")), "log.jsonl, line 2: $.status.errorCode must be"),
        (format!("{record}\n{}", record.replace("granted", "great")), "log.jsonl, line 2: is no record of a sign-in log"),
    ];
    for (content, expected) in table {
        let bench = Bench::new();
        bench.write("log.jsonl", &content);
        let output = bench.replay(&["--format", "json"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{content}");
        assert!(output.stdout.is_empty() && told.contains(expected), "{content}: {told}");
    }
}

#[test]
fn standard_input_is_a_log_too() {
    let bench = Bench::new();
    let read = |content: &str| {
        let mut command = bench.command(&["--sign-ins", "-", "--format", "json"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(content.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let rows = three_recorded().iter().map(|row| format!("{row}\n")).collect::<String>();
    assert_three(&serde_json::from_slice(&read(&rows).stdout).unwrap());
    assert!(String::from_utf8_lossy(&read("{").stderr).contains("standard input, line 1: not JSON"));
}

#[test]
fn an_empty_log_is_no_error() {
    let bench = Bench::new();
    bench.write("log.jsonl", "\n");
    assert_eq!(bench.report(&["--fail-on-change"])["read"], 0);
}
