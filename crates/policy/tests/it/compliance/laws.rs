//! What holds whatever the policies and facts are.

use doorward_model::compliance::{ComplianceStatus, Facts, Standing};
use doorward_policy::compliance::{Action, CompliancePolicy, Operand, PolicyKind, catalogue, conclude};
use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Situation, facts, monday, policy, text};

fn kind() -> impl Strategy<Value = PolicyKind> {
    prop::sample::select(PolicyKind::ALL.to_vec())
}

/// Operands that fit, and some that nothing fits.
fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![
        Just(Operand::On),
        (0u32..20).prop_map(Operand::Number),
        prop::sample::select(vec![
            "10.0",
            "6.3",
            "numeric",
            "alphanumeric",
            "low",
            "secured",
            "2026-01-01",
            "22F66",
            "customPassword",
            "x"
        ])
        .prop_map(text),
    ]
}

fn one_policy(kind: PolicyKind) -> impl Strategy<Value = CompliancePolicy> {
    let names: Vec<&'static str> = catalogue::of(kind).map(|setting| setting.name).collect();
    let settings = prop::collection::vec((prop::sample::select(names), operand()), 0..5);
    (settings, prop::sample::select(vec![0u32, 24, 72]), "[a-z]{8}")
        .prop_map(move |(settings, hours, id)| CompliancePolicy { actions: vec![Action::block(hours)], ..policy(&id, kind, &settings) })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(|flag| json!(flag)),
        (0u32..20).prop_map(|number| json!(number)),
        prop::sample::select(vec!["10.0.1", "6.3", "numeric", "low", "2026-06-01", "22F70", "x"]).prop_map(|text| json!(text)),
    ]
}

fn known() -> impl Strategy<Value = Facts> {
    let names: Vec<&'static str> = catalogue::facts().into_iter().collect();
    prop::collection::vec((prop::sample::select(names), value()), 0..20).prop_map(|values| facts(&values))
}

fn situation() -> impl Strategy<Value = Situation> {
    kind().prop_flat_map(|kind| {
        (prop::collection::vec(one_policy(kind), 1..4), known()).prop_map(move |(policies, known)| Situation::new(kind, policies, known))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn adding_a_policy_never_makes_the_standing_less_severe(mut phone in situation(), hours in 0i64..200) {
        let now = monday() + SignedDuration::from_hours(hours);
        let all = phone.standing(now);
        let last = phone.policies.pop();
        if !phone.policies.is_empty() {
            prop_assert!(phone.standing(now) <= all, "without {last:?}");
        }
    }

    #[test]
    fn the_order_of_policies_does_not_matter(phone in situation()) {
        let mut other = phone.clone();
        other.policies.reverse();
        let (one, other) = (phone.judged(monday()), other.judged(monday()));
        prop_assert_eq!((one.standing, one.grace_ends, one.compliant_until, one.next), (other.standing, other.grace_ends, other.compliant_until, other.next));
    }

    #[test]
    fn what_is_not_configured_has_no_result(phone in situation()) {
        for (policy, state) in phone.policies.iter().zip(&phone.judged(monday()).policies) {
            for setting in &state.settings {
                let name = setting.setting.split(['.', '[']).next().unwrap();
                prop_assert!(policy.settings.contains_key(name), "{}", setting.setting);
            }
        }
    }

    #[test]
    fn knowing_nothing_never_makes_a_device_compliant(phone in situation()) {
        let ignorant = Situation { facts: Facts::default(), ..phone };
        prop_assert!(!ignorant.standing(monday()).is_compliant());
    }

    #[test]
    fn a_device_is_compliant_up_to_the_moment_that_is_said_and_no_longer(mut phone in situation()) {
        let judged = phone.report(monday());
        prop_assert_eq!(judged.compliant_until.is_some(), judged.standing.is_compliant());
        let Some(end) = judged.compliant_until else { return Ok(()) };
        let at = |moment| conclude(&phone.case(), moment).settled(|_| doorward_model::compliance::ActionOutcome::Done).standing;
        prop_assert!(at(end).is_compliant());
        prop_assert!(!at(end + SignedDuration::from_millis(1)).is_compliant());
    }

    #[test]
    fn saying_again_what_was_judged_changes_nothing_while_no_time_passes(mut phone in situation()) {
        let judged = phone.report(monday());
        let again = conclude(&phone.case(), monday()).settled(|_| doorward_model::compliance::ActionOutcome::Done);
        prop_assert_eq!(judged, again);
    }

    #[test]
    fn a_policy_is_as_good_as_the_worst_of_its_settings(phone in situation()) {
        for state in &phone.judged(monday()).policies {
            let has = |status| state.settings.iter().any(|setting| setting.status == status);
            let expected = if has(ComplianceStatus::Error) {
                Standing::Error
            } else if has(ComplianceStatus::NonCompliant) {
                if state.grace_ends.is_some() { Standing::InGracePeriod } else { Standing::NonCompliant }
            } else if has(ComplianceStatus::Unknown) {
                Standing::Unknown
            } else if state.settings.iter().any(|setting| setting.status != ComplianceStatus::NotApplicable) {
                Standing::Compliant
            } else {
                Standing::NotApplicable
            };
            prop_assert_eq!(state.standing, expected);
        }
    }
}
