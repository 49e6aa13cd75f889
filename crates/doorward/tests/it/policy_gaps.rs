//! `doorward policy gaps`, run as a person runs it.

use std::process::Output;

use serde_json::{Value, json};

use crate::searching::{Bench, MAIL, RESISTANT, STRONG, policy, text, with};

fn gaps(bench: &Bench, more: &[&str]) -> Output {
    bench.run(&[&["gaps", "--policies", "old", "--directory", "directory.json"], more].concat())
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", text(output));
    assert!(output.stdout.is_empty());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Phones must use an approved app, except guests, a group and administrators, who have something else to show.
fn phones() -> Vec<Value> {
    vec![
        with(
            policy(
                "Approved app on phones",
                json!({"includeUsers": ["All"], "excludeGroups": ["field"], "excludeUsers": ["GuestsOrExternalUsers"]}),
                json!(["approvedApplication"]),
            ),
            &[("platforms", json!({"includePlatforms": ["iOS", "android"]}))],
        ),
        with(
            policy("No computers", json!({"includeUsers": ["All"]}), json!(["block"])),
            &[("platforms", json!({"includePlatforms": ["all"], "excludePlatforms": ["iOS", "android"]}))],
        ),
        policy("Guests show a second factor", json!({"includeUsers": ["GuestsOrExternalUsers"]}), json!(["mfa"])),
        with(
            policy("No legacy clients", json!({"includeUsers": ["All"]}), json!(["block"])),
            &[("clientAppTypes", json!(["exchangeActiveSync", "other"]))],
        ),
    ]
}

#[test]
fn a_person_reads_who_gets_in_how_and_an_example_within_100_columns() {
    let bench = Bench::new();
    bench.policies("old", phones());
    let output = gaps(&bench, &["--resource", "Exchange Online", "--require", "approvedApplication"]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_json_has_every_region_with_its_conditions_and_a_sign_in() {
    let bench = Bench::new();
    bench.policies("old", phones());
    let output = gaps(&bench, &["--resource", MAIL, "--require", "approvedApplication", "--format", "json", "--most", "1"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output));
}

#[test]
fn nothing_is_wider_than_100_columns_however_long_the_names_are() {
    let bench = Bench::new();
    let long = "a name of many words that somebody gave to a thing without thinking of those who must read it in a table";
    bench.change_directory(|directory| {
        directory["applications"][0]["displayName"] = json!(long);
        directory["groups"][0]["displayName"] = json!(long);
        directory["namedLocations"][0]["displayName"] = json!(long.replace(' ', "-"));
    });
    let only = |users: Value| {
        with(
            policy("Block", users, json!(["block"])),
            &[("locations", json!({"includeLocations": ["All"], "excludeLocations": ["office"]}))],
        )
    };
    bench.policies(
        "old",
        vec![
            only(json!({"includeGroups": ["field"]})),
            policy("Block", json!({"includeUsers": ["All"], "excludeGroups": ["field"]}), json!(["block"])),
        ],
    );
    let text = text(&gaps(&bench, &["--resource", MAIL, "--require", "mfa"]));
    assert!(text.contains("1. a name of many words"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn the_status_tells_none_from_some_from_not_looked_everywhere() {
    let bench = Bench::new();
    let closed = vec![policy("Second factor", json!({"includeUsers": ["All"]}), json!(["mfa"]))];
    let open = vec![policy("Second factor", json!({"includeGroups": ["field"]}), json!(["mfa"]))];
    let mut disabled = closed.clone();
    disabled[0]["state"] = json!("enabledForReportingButNotEnforced");
    let table: [(&[Value], &[&str], i32, &str); 7] = [
        (&closed, &[], 0, "Ways to Exchange Online without mfa: none."),
        (&open, &[], 1, "Ways to Exchange Online without mfa: 1"),
        (
            &closed,
            &["--time-limit", "0"],
            3,
            "Ways to Exchange Online without mfa: none found so far.\n\nNOT COMPLETE: the time was up after 0 of",
        ),
        (&open, &["--time-limit", "0"], 1, "NOT COMPLETE"),
        (&disabled, &[], 1, "Ways to Exchange Online without mfa: 1"),
        (&disabled, &["--assume-enabled"], 0, "none."),
        (&[], &[], 1, "everyone (6 users)"),
    ];
    for (policies, more, status, expected) in table {
        bench.policies("old", policies.to_vec());
        let output = gaps(&bench, &[&["--resource", "Exchange Online", "--require", "mfa"], more].concat());
        assert_eq!(output.status.code(), Some(status), "{policies:?} {more:?}");
        assert!(text(&output).contains(expected), "{expected}: {}", text(&output));
    }
}

#[test]
fn an_answer_that_is_not_complete_says_so_in_json_too() {
    let bench = Bench::new();
    bench.policies("old", vec![policy("Second factor", json!({"includeUsers": ["All"]}), json!(["mfa"]))]);
    let output = gaps(&bench, &["--require", "mfa", "--time-limit", "0", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["complete"], &answer["requirementsLookedAt"]), (&json!(false), &json!(0)));
    assert_eq!(answer["regions"], json!([]));
}

#[test]
fn any_of_several_controls_is_enough_and_block_asks_who_gets_in_at_all() {
    let bench = Bench::new();
    let either = vec![policy("Either", json!({"includeUsers": ["All"]}), json!(["mfa", "compliantDevice"]))];
    let nobody = vec![policy("Nobody", json!({"includeUsers": ["All"]}), json!(["block"]))];
    let table = [
        (&either, "mfa,compliantDevice", 0, "without mfa or compliantDevice: none."),
        (&either, "mfa", 1, "device          compliant"),
        (&either, "compliantDevice", 1, "signed in       with a second factor"),
        (&either, "block", 1, "Ways to Exchange Online: 2"),
        (&nobody, "block", 0, "Ways to Exchange Online: none."),
        (&nobody, "mfa", 0, "none."),
    ];
    for (policies, required, status, expected) in table {
        bench.policies("old", policies.clone());
        let output = gaps(&bench, &["--resource", "Exchange Online", "--require", required]);
        assert_eq!(output.status.code(), Some(status), "{required}: {}", text(&output));
        assert!(text(&output).contains(expected), "{expected}: {}", text(&output));
    }
}

#[test]
fn people_are_told_by_what_they_are_in() {
    // Who is refused, and who is left.
    let role = "62e90394-69f5-4237-9190-012177145e10";
    let table = [
        (json!({"includeUsers": ["nobody"]}), "everyone (6 users)"),
        (json!({"includeGroups": ["field"]}), "everyone but Field staff (4 of 6 users)"),
        (json!({"includeUsers": ["GuestsOrExternalUsers", "ann"]}), "everyone but guests, ann@contoso.example (4 of 6 users)"),
        (json!({"includeUsers": ["All"], "excludeGroups": ["field"]}), "Field staff (2 users)"),
        (json!({"includeUsers": ["All"], "excludeUsers": ["GuestsOrExternalUsers"]}), "guests (1 user)"),
        (json!({"includeUsers": ["All"], "excludeRoles": [role]}), "role 62e90394-69f5-4237-9190-012177145e10 (1 user)"),
        (json!({"includeUsers": ["All"], "excludeUsers": ["ann"]}), "ann@contoso.example (1 user)"),
    ];
    for (refused, left) in table {
        let bench = Bench::new();
        bench.policies("old", vec![policy("Refused", refused, json!(["block"]))]);
        let text = text(&gaps(&bench, &["--resource", MAIL, "--require", "mfa"]));
        assert!(text.contains(&format!("  1. {left}\n")), "{left}: {text}");
    }
}

#[test]
fn a_kind_of_device_that_a_filter_cuts_through_is_said_to_be_partly_in() {
    let bench = Bench::new();
    let filter = json!({"deviceFilter": {"mode": "include", "rule": "device.model -eq \"Pixel 9\""}});
    bench.policies("old", vec![with(policy("No Pixels", json!({"includeUsers": ["All"]}), json!(["block"])), &[("devices", filter)])]);
    for format in ["table", "json"] {
        let text = text(&gaps(&bench, &["--resource", MAIL, "--require", "mfa", "--format", format]));
        assert!(text.contains("registered only (some)") && !text.contains("not registered (some)"), "{text}");
    }
}

#[test]
fn a_place_is_told_by_the_named_location_that_it_is_or_is_not() {
    let table = [
        (json!({"includeLocations": ["office"]}), "any but Office"),
        (json!({"includeLocations": ["All"], "excludeLocations": ["home"]}), "Home"),
        (json!({"includeLocations": ["office", "six"]}), "outside every named location, Home"),
    ];
    for (locations, told) in table {
        let bench = Bench::new();
        bench.policies("old", vec![with(policy("Place", json!({"includeUsers": ["All"]}), json!(["block"])), &[("locations", locations)])]);
        let text = text(&gaps(&bench, &["--resource", MAIL, "--require", "mfa"]));
        assert!(text.contains(&format!("     from            {told}\n")), "{told}: {text}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_and_not_answered_with_none() {
    let bench = Bench::new();
    bench.policies("old", phones());
    let table: [(&[&str], &str); 4] = [
        (&["--require", "mfa", "--resource", "Exchange Onlin"], "near that: \"Exchange Online\""),
        (&["--require", "mfa", "--resource", "Twin"], "name one by id: twin-1, twin-2"),
        (&["--require", "prayer"], "known are block, mfa, compliantDevice"),
        (&[], "--require"),
    ];
    for (more, expected) in table {
        let told = refusal(&gaps(&bench, more));
        assert!(told.contains(expected), "{told}");
    }
    bench.change_directory(|directory| directory["applications"] = json!([]));
    assert!(refusal(&gaps(&bench, &["--require", "mfa"])).contains("the directory has no applications"));
    bench.change_directory(|directory| directory["users"] = json!([]));
    assert!(refusal(&gaps(&bench, &["--require", "mfa"])).contains("the directory has no users"));
}

#[test]
fn a_resource_that_is_named_twice_is_looked_at_once() {
    let bench = Bench::new();
    bench.policies("old", vec![]);
    let text = text(&gaps(&bench, &["--require", "mfa", "--resource", MAIL, "Exchange Online"]));
    assert!(text.starts_with("Ways to Exchange Online without mfa: 1\n"), "{text}");
}

#[test]
fn eval_grants_every_example() {
    let all = || json!({"includeUsers": ["All"]});
    let strength = |id: &str| json!({"operator": "OR", "authenticationStrength": {"id": id}});
    let asks = |name: &str, grant: Value, conditions: &[(&str, Value)]| {
        let mut policy = with(policy(name, all(), json!([])), conditions);
        policy["grantControls"] = grant;
        policy
    };
    let filter = json!({"deviceFilter": {"mode": "exclude", "rule": "device.model -startsWith \"Pixel\" -and device.extensionAttribute3 -eq \"kiosk\""}});
    let place = |id: &str| json!({"includeLocations": ["All"], "excludeLocations": [id]});
    let blocked = |name: &str, conditions: &[(&str, Value)]| with(policy(name, all(), json!(["block"])), conditions);
    let table = [
        ("device filter", vec![blocked("filter", &[("devices", filter)])], "model"),
        ("IPv6 only", vec![blocked("six", &[("locations", place("six"))])], "ipAddress"),
        ("country", vec![blocked("country", &[("locations", place("home"))])], "country"),
        ("strength", vec![asks("strength", strength(RESISTANT), &[]), asks("own", strength(STRONG), &[])], "authenticationMethods"),
        ("terms of use", vec![asks("terms", json!({"operator": "AND", "termsOfUse": ["t1", "t2"]}), &[])], "termsOfUseAccepted"),
        (
            "password",
            vec![asks(
                "password",
                json!({"operator": "AND", "builtInControls": ["mfa", "passwordChange"]}),
                &[("userRiskLevels", json!(["high", "none"]))],
            )],
            "passwordChanged",
        ),
        ("phones", phones(), "devicePlatform"),
    ];
    for (name, policies, shown) in table {
        let bench = Bench::new();
        bench.policies("old", policies);
        let output = gaps(&bench, &["--require", "compliantDevice", "--witnesses", "examples.jsonl"]);
        assert_eq!(output.status.code(), Some(1), "{name}: {}", text(&output));
        let decisions = bench.decisions("old", "examples.jsonl");
        assert!(!decisions.is_empty() && decisions.iter().all(|(_, decision)| decision == "grant"), "{name}: {decisions:?}");
        assert!(bench.read("examples.jsonl").contains(shown), "{name}");
    }
}

#[test]
fn the_file_and_the_json_show_the_same_examples() {
    let bench = Bench::new();
    bench.policies("old", phones());
    let output = gaps(&bench, &["--require", "approvedApplication", "--witnesses", "examples.jsonl", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<_> = answer["regions"].as_array().unwrap().iter().map(|region| region["witness"].clone()).collect();
    let written: Vec<Value> = bench.read("examples.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told, written);
    assert_eq!(answer["complete"], true);
}
