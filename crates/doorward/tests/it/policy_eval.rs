//! `doorward policy eval`, run as a person runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with the input of one run.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let directory = json!({
            "tenantId": "t",
            "users": [{"id": "ann", "userPrincipalName": "ann@contoso.example"}],
            "groups": [{"id": "staff", "members": ["sales"]}, {"id": "sales", "members": ["ANN", "staff"]}],
            "applications": [{"appId": "mail", "bundles": ["Office365"]}, {"appId": "outlook", "approved": true, "protectable": true}],
        });
        bench.write("directory.json", directory.to_string());
        bench.write("sign-ins.jsonl", r#"{"id":"s1","userId":"Ann","resources":["mail"],"clientAppId":"outlook","devicePlatform":"iOS"}"#);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn eval(&self, policies: &str, more: &[&str]) -> Output {
        run(
            self.0.path(),
            &[&["eval", "--directory", "directory.json", "--sign-ins", "sign-ins.jsonl", "--policies", policies], more].concat(),
        )
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorward")).current_dir(folder).arg("policy").args(arguments).output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn policy(state: &str, control: &str) -> Value {
    json!({"displayName": control, "state": state, "grantControls": {"builtInControls": [control]},
        "conditions": {"users": {"includeGroups": ["staff"]}, "applications": {"includeApplications": ["Office365"]}}})
}

#[test]
fn a_decision_names_every_policy_with_its_reason() {
    let bench = Bench::new();
    let policies = json!({"value": [policy("enabled", "approvedApplication"), policy("disabled", "block")]});
    bench.write("p.json", policies.to_string());
    let expected = json!({
        "id": "s1", "decision": "interrupt", "errorCode": 50127, "nextControl": "approvedApplication", "sessionControls": {},
        "policies": [
            {"id": "p.json#0", "displayName": "approvedApplication", "result": "failure", "reason": null},
            {"id": "p.json#1", "displayName": "block", "result": "notEnabled", "reason": "policyNotEnabled"},
        ],
    });
    assert_eq!(lines(&bench.eval("p.json", &[])), [expected]);
}

#[test]
fn a_folder_is_read_in_the_order_of_its_paths_and_files_in_any_encoding() {
    let bench = Bench::new();
    let text = policy("enabled", "mfa").to_string();
    let utf16 = |order: fn(u16) -> [u8; 2]| std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(order).collect::<Vec<u8>>();
    bench.write("p/b.json", format!("\u{FEFF}{text}"));
    bench.write("p/a/z.JSON", utf16(u16::to_le_bytes));
    bench.write("p/a.json", utf16(u16::to_be_bytes));
    bench.write("p/notes.txt", "no policy");
    let decisions = lines(&bench.eval("p", &[]));
    let ids: Vec<_> = decisions[0]["policies"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["z.JSON#0", "a.json#0", "b.json#0"]);
}

#[test]
fn an_unsupported_policy_refuses_the_run_unless_it_is_skipped() {
    let bench = Bench::new();
    let mut odd = policy("enabled", "mfa");
    odd["conditions"]["times"] = json!({"start": "08:00"});
    bench.write("p.json", json!([policy("enabled", "mfa"), odd]).to_string());
    let told = refusal(&bench.eval("p.json", &["--output", "out.jsonl"]));
    assert!(told.contains("p.json") && told.contains("$[1].conditions.times"), "{told}");
    assert!(!bench.path("out.jsonl").exists());

    let skipped = bench.eval("p.json", &["--skip-unsupported"]);
    assert!(String::from_utf8_lossy(&skipped.stderr).contains("p.json#1"));
    assert_eq!(lines(&skipped)[0]["policies"].as_array().unwrap().len(), 1);

    let filter = json!({"mode": "include", "rule": "device.colour -eq \"red\""});
    let mut broken = policy("enabled", "mfa");
    broken["conditions"]["devices"] = json!({"deviceFilter": filter});
    bench.write("p.json", broken.to_string());
    assert!(refusal(&bench.eval("p.json", &[])).contains("character 1"));
}

#[test]
fn bad_input_names_the_file_and_the_place() {
    let bench = Bench::new();
    bench.write("p.json", "{\n  \"state\": enabled }");
    let told = refusal(&bench.eval("p.json", &["--skip-unsupported"]));
    assert!(told.contains("p.json") && told.contains("line 2, column 12: not JSON"), "{told}");

    bench.write("p.json", policy("enabled", "mfa").to_string());
    let table = [
        (json!({"id": "s", "userId": "ann"}), "$"),
        (json!({"userId": "ann", "resources": ["mail"]}), "$.id"),
        (json!({"id": "s", "resources": ["mail"]}), "$"),
        (json!({"id": "s", "userId": "ann", "servicePrincipalId": "sp", "resources": ["mail"]}), "$"),
        (json!({"id": "s", "userId": "nobody", "resources": ["mail"]}), "$.userId"),
        (json!({"id": "s", "userId": "ann", "resources": ["mail"], "clientAppType": "fax"}), "$.clientAppType"),
        (json!({"id": "s", "userId": "ann", "resources": ["mail"], "ipAddress": "1.2.3"}), "$.ipAddress"),
    ];
    for (sign_in, path) in table {
        bench.write("sign-ins.jsonl", format!("\n{sign_in}\n"));
        let told = refusal(&bench.eval("p.json", &[]));
        assert!(told.contains(&format!("sign-ins.jsonl, line 2: {path} ")), "{told}");
    }
}

#[test]
fn an_unknown_platform_is_no_platform() {
    let bench = Bench::new();
    bench.write("p.json", "[]");
    bench.write("sign-ins.jsonl", r#"{"id":"s1","userId":"ann","resources":["mail"],"devicePlatform":"toaster"}"#);
    assert_eq!(lines(&bench.eval("p.json", &[]))[0]["decision"], "grant");
}

#[test]
fn service_policies_follow_and_exclude_certificates() {
    let bench = Bench::new();
    bench.write("p.json", "[]");
    let service = json!({"servicePolicies": [{"id": "exo", "resource": "MAIL",
        "appAccess": {"state": "enabled", "restrictedGroups": ["Staff"]}, "deviceAccess": {"state": "disabled"}}]});
    bench.write("service.json", service.to_string());
    let decision = &lines(&bench.eval("p.json", &["--service-policies", "service.json"]))[0];
    assert_eq!(decision["errorCode"], 50127);
    assert_eq!(
        decision["policies"][0],
        json!({"id": "exo/appAccess", "displayName": "exo/appAccess", "result": "failure", "reason": null})
    );
    assert_eq!(decision["policies"][1]["reason"], "policyNotEnabled");

    bench.write("directory.json", json!({"certificateBasedAuthentication": true, "users": [{"id": "ann"}]}).to_string());
    assert!(refusal(&bench.eval("p.json", &["--service-policies", "service.json"])).contains("certificate-based authentication"));
}

#[test]
fn output_goes_to_the_file() {
    let bench = Bench::new();
    bench.write("p.json", "[]");
    let output = bench.eval("p.json", &["--output", "out.jsonl"]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert_eq!(fs::read_to_string(bench.path("out.jsonl")).unwrap().lines().count(), 1);
}
