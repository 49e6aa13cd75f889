//! What is remembered is what would be decided anew.

use std::sync::Arc;

use doorward_model::conditional_access::{GrantControl, GrantOperator};
use doorward_policy::conditional_access::{Decided, DecisionCache, DeviceFacts, Facts, Outcome, PolicySet, compile, decide};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

use super::build::*;
use super::generate::{any_sign_in, any_tenant, hold, trimmed};

/// Room for nothing but the decision made last, for a few, and for all.
const ROOMS: &[usize] = &[0, 40, 200, 1_000_000];

/// One sign-in, and the same with each of its facts in turn as another has it.
fn with_each_fact_of(facts: &Facts, other: &Facts) -> Vec<Facts> {
    let Facts {
        subject,
        resources,
        user_action,
        authentication_context,
        client,
        client_app_type,
        device_platform,
        ip,
        country,
        sign_in_risk,
        user_risk,
        service_principal_risk,
        insider_risk,
        transfer_method,
        device,
        broker_present,
        app_protection_applied,
        attestation_missing,
        mfa,
        authentication_methods,
        password_changed,
        terms_of_use_accepted,
        waived_controls,
    } = other.clone();
    let as_compliant = facts.device.clone().map(|device| DeviceFacts { is_compliant: Some(true), is_managed: Some(true), ..device });
    vec![
        facts.clone(),
        Facts { subject, ..facts.clone() },
        Facts { resources, ..facts.clone() },
        Facts { user_action, ..facts.clone() },
        Facts { authentication_context, ..facts.clone() },
        Facts { client, ..facts.clone() },
        Facts { client_app_type, ..facts.clone() },
        Facts { device_platform, ..facts.clone() },
        Facts { ip, ..facts.clone() },
        Facts { country, ..facts.clone() },
        Facts { sign_in_risk, ..facts.clone() },
        Facts { user_risk, ..facts.clone() },
        Facts { service_principal_risk, ..facts.clone() },
        Facts { insider_risk, ..facts.clone() },
        Facts { transfer_method, ..facts.clone() },
        Facts { device, ..facts.clone() },
        Facts { device: as_compliant, ..facts.clone() },
        Facts { broker_present, ..facts.clone() },
        Facts { app_protection_applied, ..facts.clone() },
        Facts { attestation_missing, ..facts.clone() },
        Facts { mfa, ..facts.clone() },
        Facts { authentication_methods, ..facts.clone() },
        Facts { password_changed, ..facts.clone() },
        Facts { terms_of_use_accepted, ..facts.clone() },
        Facts { waived_controls, ..facts.clone() },
    ]
}

#[expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
fn as_decided_anew(cache: &DecisionCache, set: &PolicySet, facts: &Facts) -> Result<(), TestCaseError> {
    let (remembered, expected) = (cache.decide(facts), decide(set, facts));
    let Decided { decision, policies } = &*remembered;
    prop_assert!(*decision == expected, "remembered: {}\ndecided: {}", trimmed(decision), trimmed(&expected));
    prop_assert_eq!(policies.as_str(), serde_json::to_string(&expected.policies).unwrap());
    Ok(())
}

#[test]
fn a_remembered_decision_is_the_one_that_would_be_made_however_often_the_cache_starts_afresh() {
    let cases = (any_tenant(0..=12), vec((any_sign_in(), any_sign_in()), 1..=4), select(ROOMS));
    hold(200, RngSeed::Fixed(2016), &cases, |(tenant, pairs, room)| {
        let set = Arc::new(tenant.compile().map_err(|error| TestCaseError::fail(error.to_string()))?);
        let cache = DecisionCache::new(set.clone(), *room);
        let sign_ins: Vec<Facts> = pairs.iter().flat_map(|(facts, other)| with_each_fact_of(facts, other)).collect();
        // Back again, so that most of them have been met before.
        sign_ins.iter().chain(sign_ins.iter().rev()).try_for_each(|facts| as_decided_anew(&cache, &set, facts))
    });
}

#[test]
fn threads_that_share_a_cache_get_the_decisions_that_would_be_made() {
    let cases = (any_tenant(0..=12), vec(any_sign_in(), 20..=40), select(ROOMS));
    hold(20, RngSeed::Fixed(2016), &cases, |(tenant, sign_ins, room)| {
        let set = Arc::new(tenant.compile().map_err(|error| TestCaseError::fail(error.to_string()))?);
        let cache = DecisionCache::new(set.clone(), *room);
        // Each begins elsewhere, so that one finds what another has just put away or thrown out.
        let decide_all = |start: usize| {
            sign_ins.iter().cycle().skip(start).take(2 * sign_ins.len()).try_for_each(|facts| as_decided_anew(&cache, &set, facts))
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || decide_all(thread * 5))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(TestCaseError::fail("a thread panicked"))))
        })
    });
}

/// A cache for one policy, which names a group.
#[expect(clippy::unwrap_used, reason = "the policies of tests compile")]
fn of_one_policy(room: usize) -> DecisionCache {
    let mut policy = asking("p", GrantOperator::Or, &[GrantControl::Mfa]);
    policy.conditions.users.include_users = Vec::new();
    policy.conditions.users.include_groups = strings(&[GROUP]);
    DecisionCache::new(Arc::new(compile(&[policy], &[], &[], &[]).unwrap()), room)
}

#[test]
fn sign_ins_that_no_policy_tells_apart_share_a_decision() {
    let cache = of_one_policy(1000);
    let first = cache.decide(&facts());
    let elsewhere = Facts { ip: Some("192.0.2.7".parse().unwrap()), country: Some("NL".to_owned()), ..facts() };
    let colleague = with_user(|user| user.id = "user-2".to_owned());
    let louder = with_user(|user| user.groups = vec![GROUP.to_uppercase()]);
    for same in [facts(), elsewhere, colleague, louder] {
        assert!(Arc::ptr_eq(&first, &cache.decide(&same)), "{same:?}");
    }
    let outsider = with_user(|user| user.groups = strings(&["group-2"]));
    let with_mfa = Facts { mfa: true, ..facts() };
    for other in [outsider, with_mfa] {
        assert!(!Arc::ptr_eq(&first, &cache.decide(&other)), "{other:?}");
    }
}

#[test]
fn a_cache_that_is_full_starts_afresh() {
    let sign_ins = [(false, false), (false, true), (true, false), (true, true)].map(|(mfa, password_changed)| Facts {
        mfa,
        password_changed,
        ..facts()
    });
    // A decision about one policy takes nine rows.
    for (room, fitting) in [(0, 1), (9, 1), (17, 1), (18, 2), (26, 2), (27, 3)] {
        let cache = of_one_policy(room);
        let decided: Vec<_> = sign_ins[..fitting].iter().map(|facts| cache.decide(facts)).collect();
        let is_known = |index: usize| Arc::ptr_eq(&cache.decide(&sign_ins[index]), &decided[index]);
        assert!((0..fitting).all(is_known), "{room}");
        let one_more = cache.decide(&sign_ins[fitting]);
        assert!(Arc::ptr_eq(&cache.decide(&sign_ins[fitting]), &one_more), "{room}");
        assert!(!is_known(0), "{room}");
    }
}

#[test]
fn a_person_and_an_app_to_whom_all_policies_stand_alike_are_told_apart() {
    let mut policy = asking("p", GrantOperator::Or, &[GrantControl::Mfa]);
    policy.conditions.client_applications.include_service_principals = strings(&["app"]);
    let set = Arc::new(compile(&[policy], &[], &[], &[]).unwrap());
    let cache = DecisionCache::new(set.clone(), 1000);
    let outcomes = [facts(), workload("app", true)].map(|facts| {
        as_decided_anew(&cache, &set, &facts).unwrap();
        cache.decide(&facts).decision.outcome
    });
    assert_eq!(outcomes, [Outcome::Interrupt, Outcome::Block]);
}
