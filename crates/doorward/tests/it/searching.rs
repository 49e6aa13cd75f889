//! A small company whose policies are searched.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const MAIL: &str = "00000002-0000-0ff1-ce00-000000000000";
/// The built-in strength that resists phishing, and one of the directory.
pub(crate) const RESISTANT: &str = "00000000-0000-0000-0000-000000000004";
pub(crate) const STRONG: &str = "99999999-0000-4000-8000-000000000001";

/// A folder with the input of a search.
pub(crate) struct Bench(TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        let person = |id: &str| json!({"id": id, "userPrincipalName": format!("{id}@contoso.example")});
        let mut admin = person("eve");
        admin["roles"] = json!(["62e90394-69f5-4237-9190-012177145e10"]);
        let guest = json!({"id": "pat", "userPrincipalName": "pat@fabrikam.example", "userType": "Guest", "externalUserType": "b2bCollaborationGuest"});
        let ranges = |range: &str| json!([{"cidrAddress": range}]);
        let directory = json!({
            "users": [person("ann"), person("ben"), person("cat"), person("dan"), admin, guest],
            "groups": [{"id": "field", "displayName": "Field staff", "members": ["cat", "dan"]}],
            "applications": [
                {"appId": MAIL, "displayName": "Exchange Online", "bundles": ["Office365"]},
                {"appId": "twin-1", "displayName": "Twin"},
                {"appId": "twin-2", "displayName": "Twin"},
                {"appId": "outlook", "displayName": "Outlook", "approved": true, "protectable": true},
            ],
            "namedLocations": [
                {"id": "office", "displayName": "Office", "isTrusted": true, "ipRanges": ranges("192.0.2.0/24")},
                {"id": "six", "displayName": "New network", "isTrusted": false, "ipRanges": ranges("2001:db8:6::/48")},
                {"id": "home", "displayName": "Home", "countriesAndRegions": ["NL"], "includeUnknownCountriesAndRegions": false},
            ],
            "authenticationStrengthPolicies": [{"id": STRONG, "allowedCombinations": ["password,hardwareOath", "windowsHelloForBusiness"]}],
        });
        bench.write("directory.json", &directory);
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, content: &Value) {
        fs::write(self.path(name), content.to_string()).unwrap();
    }

    /// Puts policies under a name.
    pub(crate) fn policies(&self, name: &str, policies: Vec<Value>) {
        self.write(name, &Value::from(policies));
    }

    pub(crate) fn change_directory(&self, change: impl FnOnce(&mut Value)) {
        let mut directory = serde_json::from_str(&self.read("directory.json")).unwrap();
        change(&mut directory);
        self.write("directory.json", &directory);
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_doorward")).current_dir(self.0.path()).arg("policy").args(arguments).output().unwrap()
    }

    /// What `eval` decides about the sign-ins of a file: id and decision.
    pub(crate) fn decisions(&self, policies: &str, sign_ins: &str) -> Vec<(String, String)> {
        let output = self.run(&["eval", "--policies", policies, "--directory", "directory.json", "--sign-ins", sign_ins]);
        assert!(output.status.success(), "{}", text(&output));
        let lines = String::from_utf8(output.stdout).unwrap();
        let decision = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            let word = |name: &str| line[name].as_str().unwrap().to_owned();
            (word("id"), word("decision"))
        };
        lines.lines().map(decision).collect()
    }
}

/// All that was printed.
pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// An enabled policy for every application that asks for any of some controls.
pub(crate) fn policy(name: &str, users: Value, controls: Value) -> Value {
    json!({
        "displayName": name,
        "state": "enabled",
        "conditions": {"users": users, "applications": {"includeApplications": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": controls},
    })
}

/// The policy with more conditions.
pub(crate) fn with(mut policy: Value, conditions: &[(&str, Value)]) -> Value {
    for (name, condition) in conditions {
        policy["conditions"][*name] = condition.clone();
    }
    policy
}
