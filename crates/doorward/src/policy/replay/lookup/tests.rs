use doorward_policy::conditional_access::{Classes, PolicySet, Waived, compile, decide};
use doorward_wire::policy_file::{Json, conditional_access, named_location};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Lookup, Pair};
use crate::policy::sign_in::tests::{directory, line};
use crate::policy::sign_in::{Fields, read_line};

/// Policies that look at everything that lines differ in.
fn set() -> PolicySet {
    let locations = [json!({"id": "six", "displayName": "Six", "ipRanges": [{"cidrAddress": "2001:db8::/32"}]})];
    let conditions = [
        (json!({"users": {"includeGroups": ["staff"]}, "applications": {"includeApplications": ["Office365"]}}), "mfa"),
        (
            json!({"users": {"includeUsers": ["All"]}, "applications": {"includeUserActions": ["urn:user:registerdevice"]}}),
            "approvedApplication",
        ),
        (all(json!({"platforms": {"includePlatforms": ["iOS"]}})), "compliantDevice"),
        (all(json!({"locations": {"includeLocations": ["six"]}, "clientAppTypes": ["browser"]})), "block"),
        (all(json!({"signInRiskLevels": ["high"]})), "passwordChange"),
        (
            all(json!({"devices": {"deviceFilter": {"mode": "include", "rule": "device.extensionAttribute3 -eq \"x\""}}})),
            "domainJoinedDevice",
        ),
    ];
    let policy = |(conditions, control): (Value, &str)| {
        let document = Json::from(&json!({"id": control, "state": "enabled", "conditions": conditions,
            "grantControls": {"operator": "OR", "builtInControls": [control]}}));
        conditional_access::read_node(&document.root(), "p").unwrap().policy.unwrap()
    };
    let policies: Vec<_> = conditions.into_iter().map(policy).collect();
    let locations: Vec<_> = locations.iter().map(|one| named_location::read_node(&Json::from(one).root()).unwrap()).collect();
    compile(&policies, &[], &locations, &[]).unwrap()
}

fn all(mut conditions: Value) -> Value {
    conditions["users"] = json!({"includeUsers": ["All"]});
    conditions["applications"] = json!({"includeApplications": ["All"]});
    conditions
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_met_before_is_decided_as_if_it_were_new(lines in prop::collection::vec(line(), 60)) {
        let (directory, set) = (directory(), set());
        let mut lookup = Lookup::new(&directory, Pair { new: Classes::new(&set), old: Some(Classes::new(&set)) });
        for line in lines {
            let expected = read_line(&line, &directory).ok().map(|sign_in| decide(&set, &sign_in.facts));
            let known = |rest: &[u8]| lookup.devices.at_start_of(rest);
            let fields = Fields::read_knowing(&line, &known).ok().filter(|fields| fields.id().is_ok());
            let found = fields.and_then(|fields| lookup.sign_in(&fields, Waived::default()).ok().flatten());
            let answers = found.map(|found| lookup.sets.as_ref().zip(found.sign_ins).map(|(classes, sign_in)| classes.outcome(&sign_in)));
            prop_assert_eq!(answers.map(|answers| answers.new), answers.and_then(|answers| answers.old));
            let answer = answers.map(|answers| (answers.new.outcome, answers.new.error, answers.new.next_control));
            prop_assert_eq!(answer, expected.map(|decision| (decision.outcome, decision.error(), decision.next_control)), "{}", line);
        }
    }
}
