//! From policies to the device: severity, grace, built-in checks, actions, and what time does.

use doorward_model::compliance::{ActionOutcome, ActionType, ComplianceSettings, Standing, Word};
use doorward_policy::compliance::PolicyKind::{AndroidWorkProfile, Ios, Windows10};
use doorward_policy::compliance::{Action, CompliancePolicy, Operand, conclude, judge};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Situation, facts, hours, monday, policy, text, with_grace, word};

/// A policy for each way to stand, under the facts of [`mixed`].
fn passing() -> CompliancePolicy {
    policy("passing", Ios, &[("passcodeRequired", Operand::On)])
}
fn failing() -> CompliancePolicy {
    policy("failing", Ios, &[("passcodeMinimumLength", Operand::Number(8))])
}
fn unanswered() -> CompliancePolicy {
    policy("unanswered", Ios, &[("securityBlockJailbrokenDevices", Operand::On)])
}
fn broken() -> CompliancePolicy {
    policy("broken", Ios, &[("osMinimumVersion", text("soon"))])
}
fn empty() -> CompliancePolicy {
    policy("empty", Ios, &[])
}

fn mixed(policies: Vec<CompliancePolicy>) -> Situation {
    Situation::new(Ios, policies, facts(&[("passwordSet", json!(true)), ("passwordLength", json!(6)), ("osVersion", json!("17.0"))]))
}

#[test]
fn the_most_severe_policy_wins() {
    let cases = [
        (vec![unanswered()], Standing::Unknown),
        (vec![empty()], Standing::NotApplicable),
        (vec![unanswered(), empty()], Standing::NotApplicable),
        (vec![passing(), unanswered()], Standing::Compliant),
        (vec![unanswered(), passing(), with_grace(failing(), 24)], Standing::InGracePeriod),
        (vec![passing(), failing()], Standing::NonCompliant),
        (vec![passing(), broken()], Standing::Error),
        (vec![failing(), broken()], Standing::Error),
    ];
    for (policies, expected) in cases {
        let names: Vec<String> = policies.iter().map(|policy| policy.id.clone()).collect();
        assert_eq!(mixed(policies).standing(monday()), expected, "{names:?}");
    }
}

#[test]
fn only_compliant_and_in_grace_count_as_compliant() {
    let met: Vec<Standing> = Standing::ALL.iter().copied().filter(|standing| standing.is_compliant()).collect();
    assert_eq!(met, [Standing::Compliant, Standing::InGracePeriod]);
    let words: Vec<&str> = Standing::ALL.iter().map(|standing| standing.compliance_state()).collect();
    assert_eq!(words, ["unknown", "unknown", "compliant", "inGracePeriod", "noncompliant", "error"]);
}

#[test]
fn a_policy_for_another_platform_is_no_policy() {
    for (secure_by_default, expected) in [(true, Standing::NonCompliant), (false, Standing::Compliant)] {
        for policies in [vec![], vec![policy("pc", Windows10, &[("bitLockerEnabled", Operand::On)])]] {
            let mut phone = Situation::new(AndroidWorkProfile, policies, facts(&[]));
            phone.settings = ComplianceSettings { secure_by_default, ..ComplianceSettings::default() };
            let judged = phone.judged(monday());
            assert_eq!((judged.standing, judged.policies.len()), (expected, 0));
            assert_eq!(judged.built_in[0].reason.as_deref(), Some("noPolicy"));
        }
    }
}

#[test]
fn a_failure_is_held_against_the_device_at_the_end_of_the_grace_period_without_a_report() {
    let mut phone = mixed(vec![with_grace(failing(), 72)]);
    let judged = phone.report(monday());
    assert_eq!((judged.standing, judged.grace_ends, judged.compliant_until), (Standing::InGracePeriod, Some(hours(72)), Some(hours(72))));
    assert_eq!(judged.next, Some(hours(72)));
    let at = |moment| conclude(&phone.case(), moment).settled(|_| ActionOutcome::Done).standing;
    assert_eq!(at(hours(72)), Standing::InGracePeriod);
    assert_eq!(at(hours(72) + SignedDuration::from_millis(1)), Standing::NonCompliant);
}

#[test]
fn mending_forgets_the_failure_and_a_later_one_begins_anew() {
    let mut phone = mixed(vec![with_grace(failing(), 72)]);
    phone.report(monday());
    phone.facts = facts(&[("passwordLength", json!(8))]);
    let mended = phone.report(hours(24));
    assert_eq!((mended.standing, mended.policies[0].failing_since), (Standing::Compliant, None));
    phone.facts = facts(&[("passwordLength", json!(4))]);
    assert_eq!(phone.report(hours(48)).grace_ends, Some(hours(48 + 72)));
}

#[test]
fn changing_a_policy_restarts_no_grace_while_the_device_fails() {
    let mut phone = mixed(vec![with_grace(failing(), 72)]);
    phone.report(monday());
    let mut stricter = with_grace(failing(), 72);
    stricter.settings.insert("passcodeMinimumLength", Operand::Number(10));
    phone.policies = vec![stricter];
    assert_eq!(phone.report(hours(24)).grace_ends, Some(hours(72)));
}

#[test]
fn each_policy_has_its_own_clock_and_the_earliest_end_is_shown() {
    let mut phone = mixed(vec![with_grace(failing(), 72)]);
    phone.report(monday());
    let second = CompliancePolicy { id: "second".into(), ..with_grace(failing(), 24) };
    phone.policies.push(second);
    let judged = phone.report(hours(12));
    let ends: Vec<_> = judged.policies.iter().map(|policy| policy.grace_ends).collect();
    assert_eq!((ends, judged.grace_ends), (vec![Some(hours(72)), Some(hours(36))], Some(hours(36))));
}

#[test]
fn a_policy_that_no_report_has_answered_is_unknown_and_one_that_is_gone_says_nothing() {
    let mut phone = mixed(vec![failing()]);
    assert_eq!(phone.report(monday()).standing, Standing::NonCompliant);
    let now = |phone: &Situation| conclude(&phone.case(), hours(1)).settled(|_| ActionOutcome::Done);
    phone.policies = vec![failing(), passing()];
    assert_eq!(now(&phone).policies[1].standing, Standing::Unknown);
    assert_eq!(now(&phone).standing, Standing::NonCompliant);
    phone.policies = vec![passing()];
    assert_eq!(now(&phone).standing, Standing::Unknown);
}

#[test]
fn a_report_counts_for_as_many_days_as_the_tenant_says() {
    for (days, age_hours, expected) in [
        (30, 30 * 24, Standing::Compliant),
        (30, 30 * 24 + 1, Standing::NonCompliant),
        (1, 23, Standing::Compliant),
        (120, 120 * 24 + 1, Standing::NonCompliant),
    ] {
        let mut phone = mixed(vec![with_grace(passing(), 72)]);
        phone.settings.device_compliance_checkin_threshold_days = days;
        let judged = phone.report(monday());
        assert_eq!(judged.compliant_until, Some(hours(i64::from(days) * 24)));
        let later = conclude(&phone.case(), hours(age_hours)).settled(|_| ActionOutcome::Done);
        assert_eq!((later.standing, later.grace_ends), (expected, None), "{days} days, {age_hours} hours");
    }
}

#[test]
fn a_device_whose_owner_may_not_sign_in_does_not_comply() {
    for (owner, expected) in [(Some(true), Standing::Compliant), (None, Standing::Compliant), (Some(false), Standing::NonCompliant)] {
        let mut phone = mixed(vec![passing()]);
        phone.owner_enabled = owner;
        assert_eq!(phone.standing(monday()), expected, "{owner:?}");
    }
}

#[test]
fn the_word_of_a_partner_counts_like_a_policy_until_it_expires() {
    let expiring = |standing| Word { expires: Some(hours(24)), ..word("Other", standing) };
    let cases = [
        // Own policies still count, unless the partner's word is all that counts.
        (vec![failing()], expiring(Standing::Compliant), false, monday(), Standing::NonCompliant),
        (vec![failing()], expiring(Standing::Compliant), true, monday(), Standing::Compliant),
        (vec![passing()], expiring(Standing::NonCompliant), false, monday(), Standing::NonCompliant),
        (vec![], expiring(Standing::Compliant), false, hours(24), Standing::Compliant),
        (vec![], expiring(Standing::Compliant), false, hours(25), Standing::Unknown),
        (vec![passing()], expiring(Standing::NonCompliant), false, hours(25), Standing::Compliant),
    ];
    for (policies, word, authoritative, now, expected) in cases {
        let mut phone = mixed(policies);
        phone.words = vec![word];
        phone.words_are_authoritative = authoritative;
        assert_eq!(phone.standing(now), expected, "{:?} at {now}", phone.words);
    }
    let mut phone = mixed(vec![]);
    phone.words = vec![expiring(Standing::Compliant)];
    let judged = phone.judged(monday());
    assert_eq!((judged.compliant_until, judged.policies[0].policy_id.as_str()), (Some(hours(24)), "partner:Other"));
}

#[test]
fn compliance_ends_where_it_ends_and_not_where_something_else_changes() {
    // The grace of one policy ends later than the word of a partner, which only keeps it from being better.
    let mut phone = mixed(vec![with_grace(failing(), 72)]);
    phone.words = vec![Word { expires: Some(hours(24)), ..word("Other", Standing::Compliant) }];
    let judged = phone.report(monday());
    assert_eq!((judged.next, judged.compliant_until), (Some(hours(24)), Some(hours(72))));
}

fn action(kind: ActionType, grace_period_hours: u32) -> Action {
    Action { kind, ..Action::block(grace_period_hours) }
}

/// Reports every hour, and what came up at which hour.
fn taken(phone: &mut Situation, reports: impl IntoIterator<Item = i64>) -> Vec<(i64, ActionType, bool)> {
    let mut taken = Vec::new();
    for hour in reports {
        phone.last_contact = hours(hour);
        let concluded = judge(&phone.case(), hours(hour));
        taken.extend(concluded.due.iter().map(|due| (hour, due.kind, due.stale)));
        phone.before = Some(concluded.settled(|_| ActionOutcome::Done));
    }
    taken
}

#[test]
fn actions_come_up_once_each_while_the_device_fails() {
    let actions = vec![
        Action::block(0),
        action(ActionType::Notification, 48),
        action(ActionType::Notification, 120),
        action(ActionType::Retire, 240),
        action(ActionType::Wipe, 1),
    ];
    let mut phone = mixed(vec![CompliancePolicy { actions, ..failing() }]);
    let came = taken(&mut phone, (0..300).step_by(12));
    assert_eq!(came, [(48, ActionType::Notification, false), (120, ActionType::Notification, false), (240, ActionType::Retire, false)]);
    // After a report that passes they may come up again.
    phone.facts = facts(&[("passwordLength", json!(8))]);
    assert_eq!(taken(&mut phone, [300]), []);
    phone.facts = facts(&[("passwordLength", json!(6))]);
    assert_eq!(taken(&mut phone, [301, 349]), [(349, ActionType::Notification, false)]);
}

#[test]
fn what_came_up_during_a_pause_comes_once_and_old_mail_is_marked() {
    let actions = vec![
        Action::block(0),
        action(ActionType::Retire, 48),
        action(ActionType::Notification, 24),
        action(ActionType::Notification, 300),
        action(ActionType::Notification, 300),
    ];
    let mut phone = mixed(vec![CompliancePolicy { actions, ..failing() }]);
    assert_eq!(taken(&mut phone, [0]), []);
    assert_eq!(
        taken(&mut phone, [301, 302]),
        [
            (301, ActionType::Notification, true),
            (301, ActionType::Retire, false),
            (301, ActionType::Notification, false),
            (301, ActionType::Notification, false),
        ]
    );
}

#[test]
fn a_tenant_without_scheduled_actions_only_blocks() {
    let actions = vec![Action::block(24), action(ActionType::Notification, 0)];
    let mut phone = mixed(vec![CompliancePolicy { actions, ..failing() }]);
    phone.settings.is_scheduled_action_enabled = false;
    assert_eq!(taken(&mut phone, [0, 48]), []);
    assert_eq!(phone.standing(hours(48)), Standing::NonCompliant);
}

#[test]
fn a_moment_is_one_that_a_clock_can_show() {
    let mut phone = mixed(vec![with_grace(failing(), Action::MOST_HOURS)]);
    phone.last_contact = Timestamp::MAX;
    assert_eq!(phone.judged(Timestamp::MAX).standing, Standing::InGracePeriod);
}
