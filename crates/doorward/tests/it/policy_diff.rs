//! `doorward policy diff`, run as a person runs it.

use std::process::Output;

use serde_json::{Value, json};

use crate::searching::{Bench, RESISTANT, STRONG, policy, text, with};

fn diff(bench: &Bench, more: &[&str]) -> Output {
    bench.run(&[&["diff", "old", "new", "--directory", "directory.json"], more].concat())
}

fn all() -> Value {
    json!({"includeUsers": ["All"]})
}

/// The office is let off the second factor for all but guests, and now for guests but not for the field staff.
fn office() -> [Vec<Value>; 2] {
    [
        json!({"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}),
        json!({"includeUsers": ["All"], "excludeGroups": ["field"]}),
    ]
    .map(|users| {
        let away = with(
            policy("Second factor elsewhere", users, json!(["mfa"])),
            &[("locations", json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}))],
        );
        vec![
            away,
            with(policy("No legacy clients", all(), json!(["block"])), &[("clientAppTypes", json!(["exchangeActiveSync", "other"]))]),
        ]
    })
}

fn benched([old, new]: [Vec<Value>; 2]) -> Bench {
    let bench = Bench::new();
    bench.policies("old", old);
    bench.policies("new", new);
    bench
}

#[test]
fn a_person_reads_who_gains_and_who_loses_what_within_100_columns() {
    let output = diff(&benched(office()), &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_json_has_both_directions() {
    let output = diff(&benched(office()), &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output));
}

#[test]
fn the_status_tells_no_change_from_some_from_not_looked_everywhere() {
    let [old, new] = office();
    let mut renamed = old.clone();
    renamed.reverse();
    renamed[0]["displayName"] = json!("Another name");
    let mut trial = new.clone();
    trial.iter_mut().for_each(|policy| policy["state"] = json!("enabledForReportingButNotEnforced"));
    let table: [(&[Value], &[&str], i32, &str); 6] = [
        (&old, &[], 0, "Gain access: nobody\n\nLose access: nobody\n"),
        (&renamed, &[], 0, "Gain access: nobody\n\nLose access: nobody\n"),
        (&new, &[], 1, "Gain access: 1 region\n"),
        (&new, &["--time-limit", "0"], 3, "nobody found so far\n"),
        (&trial, &[], 1, "Lose access: nobody\n"),
        (&trial, &["--assume-enabled"], 1, "Lose access: 1 region\n"),
    ];
    for (policies, more, status, expected) in table {
        let output = diff(&benched([old.clone(), policies.to_vec()]), more);
        assert_eq!(output.status.code(), Some(status), "{more:?} {}", text(&output));
        assert!(text(&output).contains(expected), "{expected}: {}", text(&output));
    }
}

#[test]
fn the_sets_decide_every_example_differently_and_as_said() {
    let asks = |name: &str, grant: Value| {
        let mut policy = policy(name, all(), json!([]));
        policy["grantControls"] = grant;
        policy
    };
    let strength = |id: &str| vec![asks("strength", json!({"operator": "OR", "authenticationStrength": {"id": id}}))];
    let terms = |ids: &[&str]| vec![asks("terms", json!({"operator": "AND", "termsOfUse": ids}))];
    let outside = |id: &str| {
        vec![with(
            policy("place", all(), json!(["block"])),
            &[("locations", json!({"includeLocations": ["All"], "excludeLocations": [id]}))],
        )]
    };
    let filtered = |rule: &str| {
        vec![with(policy("filter", all(), json!(["block"])), &[("devices", json!({"deviceFilter": {"mode": "include", "rule": rule}}))])]
    };
    let action = |action: &str| {
        let mut policy = policy("action", all(), json!(["block"]));
        policy["conditions"]["applications"] = json!({"includeUserActions": [action]});
        vec![policy]
    };
    let context = |id: &str| {
        let mut policy = policy("context", all(), json!(["mfa"]));
        policy["conditions"]["applications"] = json!({"includeAuthenticationContextClassReferences": [id]});
        vec![policy]
    };
    let table = [
        ("people and places", office()),
        (
            "device filters",
            [
                filtered("device.model -startsWith \"Pixel\""),
                filtered("device.manufacturer -eq \"Google\" -and device.isCompliant -ne True"),
            ],
        ),
        ("IPv6 and country", [outside("six"), outside("home")]),
        ("strengths", [strength(RESISTANT), strength(STRONG)]),
        ("terms of use", [terms(&["t1"]), terms(&["t1", "t2"])]),
        ("user actions", [action("urn:user:registersecurityinfo"), action("urn:user:registerdevice")]),
        ("authentication contexts", [context("c1"), context("C2")]),
        ("nothing and something", [Vec::new(), vec![policy("app", all(), json!(["approvedApplication", "compliantApplication"]))]]),
    ];
    for (name, sets) in table {
        let bench = benched(sets);
        let output = diff(&bench, &["--witnesses", "examples.jsonl"]);
        assert_eq!(output.status.code(), Some(1), "{name}: {}", text(&output));
        let (old, new) = (bench.decisions("old", "examples.jsonl"), bench.decisions("new", "examples.jsonl"));
        assert!(!old.is_empty(), "{name}");
        for ((id, before), (_, after)) in old.iter().zip(&new) {
            let granted = [before == "grant", after == "grant"];
            assert_eq!(granted, [id.starts_with("lost"), id.starts_with("gained")], "{name} {id}");
        }
    }
}

#[test]
fn a_directory_without_users_is_refused_and_an_unreadable_set_too() {
    let bench = benched(office());
    let missing = bench.run(&["diff", "old", "nowhere", "--directory", "directory.json"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing).contains("nowhere"), "{}", text(&missing));
    bench.change_directory(|directory| directory["users"] = json!([]));
    let empty = diff(&bench, &[]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(text(&empty).contains("the directory has no users"), "{}", text(&empty));
}
