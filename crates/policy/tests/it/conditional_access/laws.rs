//! What holds for every set of policies and every sign-in, whatever the rules say in detail.

mod exclusion;
mod letter_case;

use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantControl, PolicyState};
use doorward_policy::conditional_access::{ClientFacts, Control, Decision, DeviceFacts, Facts, Outcome, PolicyOutcome, decide};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::build::*;
use super::generate::{Tenant, any_policy, any_sign_in, any_tenant, hold};

/// What becomes of the sign-in, without the reasons.
type Verdict = (Outcome, Option<u32>, Option<Control>);

fn verdict(decision: &Decision) -> Verdict {
    (decision.outcome, decision.error_code, decision.next_control)
}

fn strictness(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Grant => 0,
        Outcome::Interrupt => 1,
        Outcome::Block => 2,
    }
}

/// Tries a law on two hundred tenants with ten sign-ins each on the average.
fn law<E: std::fmt::Debug>(extra: impl Strategy<Value = E>, law: impl Fn(&Tenant, &E, &Facts) -> Result<(), TestCaseError>) {
    let cases = (any_tenant(0..=8), extra, vec(any_sign_in(), 1..=20));
    hold(200, RngSeed::Fixed(2016), &cases, |(tenant, extra, sign_ins)| sign_ins.iter().try_for_each(|facts| law(tenant, extra, facts)));
}

#[expect(clippy::unwrap_used, reason = "the policies of tests compile")]
fn judged(tenant: &Tenant, facts: &Facts) -> Decision {
    decide(&tenant.compile().unwrap(), facts)
}

/// A policy and its filter's meaning, of which the laws need only the policy.
fn one_policy() -> impl Strategy<Value = ConditionalAccessPolicy> {
    any_policy().prop_map(|(policy, _)| policy)
}

#[test]
fn the_order_of_policies_does_not_matter() {
    let shuffled = Just((0..8).collect::<Vec<usize>>()).prop_shuffle();
    law(shuffled, |tenant, order, facts| {
        let order: Vec<usize> = order.iter().copied().filter(|index| *index < tenant.policies.len()).collect();
        let before = judged(tenant, facts);
        let after = judged(&tenant.with(order.iter().map(|index| tenant.policies[*index].clone()).collect()), facts);
        prop_assert_eq!(verdict(&before), verdict(&after));
        for (row, index) in after.policies.iter().zip(order) {
            prop_assert_eq!(row, &before.policies[index]);
        }
        Ok(())
    });
}

#[test]
fn report_only_policies_change_nothing() {
    law(Just(()), |tenant, (), facts| {
        let is_enforced = |policy: &&ConditionalAccessPolicy| policy.state != PolicyState::ReportOnly;
        let all = judged(tenant, facts);
        let without = judged(&tenant.with(tenant.policies.iter().filter(is_enforced).cloned().collect()), facts);
        prop_assert_eq!(verdict(&all), verdict(&without));
        prop_assert_eq!(&all.session_controls, &without.session_controls);
        let rows: Vec<_> = all.policies.into_iter().filter(|row| without.policies.iter().any(|other| other.id == row.id)).collect();
        prop_assert_eq!(rows, without.policies);
        Ok(())
    });
}

#[test]
fn one_more_policy_never_opens_a_door() {
    law(one_policy(), |tenant, more, facts| {
        let before = judged(tenant, facts).outcome;
        let after = judged(&tenant.with([&tenant.policies[..], std::slice::from_ref(more)].concat()), facts).outcome;
        prop_assert!(strictness(after) >= strictness(before), "{before:?} became {after:?}");
        Ok(())
    });
}

#[test]
fn a_block_that_applies_blocks() {
    law(one_policy(), |tenant, block, facts| {
        let mut block = ConditionalAccessPolicy { state: PolicyState::Enabled, ..block.clone() };
        block.grant_controls.built_in_controls.push(GrantControl::Block);
        let before = judged(tenant, facts);
        // First, so that its row is easy to find.
        let after = judged(&tenant.with([std::slice::from_ref(&block), &tenant.policies[..]].concat()), facts);
        if after.policies[0].result == PolicyOutcome::Failure {
            prop_assert_eq!(verdict(&after), (Outcome::Block, Some(53003), None));
        } else {
            prop_assert_eq!(verdict(&after), verdict(&before));
        }
        Ok(())
    });
}

/// `None` switches off the list that it stands in, so it goes into both halves.
#[test]
fn two_policies_for_half_of_the_users_each_are_as_good_as_one() {
    law(0..=3_usize, |tenant, at, facts| {
        let halves = tenant.policies.iter().flat_map(|policy| {
            let (mut first, mut second) = (policy.clone(), policy.clone());
            let users = &policy.conditions.users.include_users;
            if users.iter().any(|user| user.eq_ignore_ascii_case("None")) {
                return [first, second];
            }
            let (some, others) = users.split_at(users.len().min(*at));
            first.conditions.users.include_users = some.to_vec();
            second.conditions.users.include_users = others.to_vec();
            [first, second]
        });
        let (before, after) = (judged(tenant, facts), judged(&tenant.with(halves.collect()), facts));
        prop_assert_eq!(verdict(&before), verdict(&after));
        prop_assert_eq!(before.session_controls, after.session_controls);
        Ok(())
    });
}

#[test]
fn more_evidence_never_makes_it_worse() {
    type Evidence = (&'static str, fn(&mut Facts));
    const EVIDENCE: &[Evidence] = &[
        ("mfa", |facts| facts.mfa = true),
        ("broker", |facts| facts.broker_present = true),
        ("applied protection", |facts| facts.app_protection_applied = true),
        ("attestation", |facts| facts.attestation_missing = false),
        ("changed password", |facts| facts.password_changed = true),
        ("more methods", |facts| facts.authentication_methods.extend(strings(&["fido2", "password", "sms", "deviceBasedPush"]))),
        ("more terms", |facts| facts.terms_of_use_accepted.extend(strings(&["terms-1", "terms-2"]))),
        ("listed app", |facts| facts.client = Some(ClientFacts { app_id: "client".to_owned(), approved: true, protectable: true })),
        ("good device", |facts| facts.device = Some(good_device(facts.device.take()))),
        ("waived", |facts| facts.waived_controls.extend([GrantControl::CompliantDevice, GrantControl::ApprovedApplication])),
    ];
    law(Just(()), |tenant, (), facts| {
        // Device conditions tell devices apart, so another device may well meet other policies.
        let mut policies = tenant.policies.clone();
        policies.iter_mut().for_each(|policy| policy.conditions.devices = Default::default());
        let tenant = tenant.with(policies);
        let before = judged(&tenant, facts).outcome;
        for (name, add) in EVIDENCE {
            let mut more = facts.clone();
            add(&mut more);
            let after = judged(&tenant, &more).outcome;
            prop_assert!(strictness(after) <= strictness(before), "with {name} {before:?} became {after:?}");
        }
        Ok(())
    });
}

fn good_device(device: Option<DeviceFacts>) -> DeviceFacts {
    let trust_type = Some(doorward_model::device::TrustType::ServerAd);
    DeviceFacts { is_managed: Some(true), is_compliant: Some(true), trust_type, ..device.unwrap_or_default() }
}

#[test]
fn a_refusal_names_its_error_and_a_grant_none() {
    law(Just(()), |tenant, (), facts| {
        let decision = judged(tenant, facts);
        prop_assert_eq!(decision.outcome == Outcome::Grant, decision.error_code.is_none());
        prop_assert_eq!(decision.outcome == Outcome::Interrupt, decision.next_control.is_some());
        prop_assert_eq!(decision.outcome == Outcome::Grant, decision.failing().count() == 0);
        Ok(())
    });
}

#[test]
fn no_text_upsets_the_filter_parser() {
    let rules = "[ a-z().\\[\\]\"`,-]{0,60}|device\\.(model|isCompliant) -(eq|in) .{0,20}";
    hold(1000, RngSeed::Fixed(2016), &rules, |rule| {
        let _any_answer = doorward_policy::conditional_access::filter::Filter::parse(rule);
        Ok(())
    });
}
