//! What holds for every set of policies and every sign-in.

use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantControl, GrantOperator, PlatformCondition, PolicyState};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{ClientFacts, DeviceFacts, Facts, Outcome};
use proptest::prelude::*;

use super::build::*;

fn any_policy() -> impl Strategy<Value = ConditionalAccessPolicy> {
    let controls = proptest::sample::subsequence(GrantControl::ALL.to_vec(), 0..=3);
    let platforms = proptest::sample::subsequence(PlatformCondition::ALL.to_vec(), 0..=2);
    let users = proptest::sample::select(vec!["All", USER, "someone-else", "None"]);
    let state = proptest::sample::select(PolicyState::ALL.to_vec());
    (controls, platforms, users, state, any::<bool>()).prop_map(|(controls, platforms, user, state, or)| {
        let mut policy = asking("p", if or { GrantOperator::Or } else { GrantOperator::And }, &controls);
        policy.conditions.platforms.include = platforms;
        policy.conditions.users.include_users = strings(&[user]);
        policy.state = state;
        policy
    })
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let client = proptest::option::of(proptest::sample::select(ClientAppType::ALL.to_vec()));
    let platform = proptest::option::of(proptest::sample::select(DevicePlatform::ALL.to_vec()));
    let device = proptest::option::of((any::<bool>(), any::<bool>()));
    (client, platform, device, any::<[bool; 5]>()).prop_map(|(client_type, platform, device, [listed, broker, applied, mfa, password])| {
        Facts {
            client: Some(ClientFacts { app_id: "app".to_owned(), approved: listed, protectable: listed }),
            client_app_type: client_type,
            device_platform: platform,
            device: device.map(|(managed, compliant)| DeviceFacts {
                is_managed: Some(managed),
                is_compliant: Some(compliant),
                ..DeviceFacts::default()
            }),
            broker_present: broker,
            app_protection_applied: applied,
            mfa,
            password_changed: password,
            ..facts()
        }
    })
}

fn any_policies() -> impl Strategy<Value = Vec<ConditionalAccessPolicy>> {
    proptest::collection::vec(any_policy(), 0..6)
}

proptest! {
    #[test]
    fn the_order_of_policies_does_not_matter(policies in any_policies(), facts in any_facts()) {
        let forward = decided(&policies, &facts);
        let backward = decided(&policies.into_iter().rev().collect::<Vec<_>>(), &facts);
        prop_assert_eq!((forward.outcome, forward.error_code, forward.next_control), (backward.outcome, backward.error_code, backward.next_control));
    }

    #[test]
    fn report_only_policies_change_nothing(policies in any_policies(), facts in any_facts()) {
        let enforced: Vec<_> = policies.iter().filter(|policy| policy.state != PolicyState::ReportOnly).cloned().collect();
        let (all, without) = (decided(&policies, &facts), decided(&enforced, &facts));
        prop_assert_eq!((all.outcome, all.error_code, all.next_control), (without.outcome, without.error_code, without.next_control));
    }

    #[test]
    fn a_block_for_everyone_always_blocks(policies in any_policies(), facts in any_facts()) {
        let policies = [policies, vec![asking("block", GrantOperator::Or, &[GrantControl::Block])]].concat();
        let decision = decided(&policies, &facts);
        prop_assert_eq!((decision.outcome, decision.error_code), (Outcome::Block, Some(53003)));
    }

    #[test]
    fn one_more_policy_never_opens_a_door(policies in any_policies(), more in any_policy(), facts in any_facts()) {
        let before = decided(&policies, &facts).outcome;
        let after = decided(&[policies, vec![more]].concat(), &facts).outcome;
        let strictness = |outcome| match outcome { Outcome::Grant => 0, Outcome::Interrupt => 1, Outcome::Block => 2 };
        prop_assert!(strictness(after) >= strictness(before));
    }

    #[test]
    fn an_excluded_user_is_not_concerned(policy in any_policy(), facts in any_facts()) {
        let mut policy = policy;
        policy.conditions.users.exclude_users = strings(&[USER]);
        prop_assert_eq!(decided(&[policy], &facts).outcome, Outcome::Grant);
    }

    #[test]
    fn a_refusal_names_its_error_and_a_grant_none(policies in any_policies(), facts in any_facts()) {
        let decision = decided(&policies, &facts);
        prop_assert_eq!(decision.outcome == Outcome::Grant, decision.error_code.is_none());
        prop_assert_eq!(decision.outcome == Outcome::Interrupt, decision.next_control.is_some());
        prop_assert_eq!(decision.outcome == Outcome::Grant, decision.failing().count() == 0);
    }

    #[test]
    fn no_text_upsets_the_filter_parser(rule in "[ a-z().\\[\\]\"`,-]{0,60}|device\\.(model|isCompliant) -(eq|in) .{0,20}") {
        let _any_answer = doorward_policy::conditional_access::filter::Filter::parse(&rule);
    }
}
