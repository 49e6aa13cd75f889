//! The contract of conditional access once more, as slow and as plain as it can be written: linear scans, no preparation, no sharing
//! with the engine but its public types. Where the engine and this disagree, the contract has been misread by one of them.

mod apply;
mod conditions;
mod filter;
mod grant;
mod identity;
mod requirement;
mod service;
mod session;
mod target;

use std::collections::HashMap;

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{ConditionalAccessPolicy, PolicyState};
use doorward_model::named_location::NamedLocation;
use doorward_model::service_policy::ServicePolicy;
use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{Decision, Facts, PolicyOutcome, PolicyResult, Subject};

pub(super) use filter::{Atom, Expression, Literal, Operator, Property};

use requirement::{Requirement, verdict};

/// Everything besides the sign-in that a decision depends on.
#[derive(Clone, Copy)]
pub(super) struct Oracle<'a> {
    pub(super) policies: &'a [ConditionalAccessPolicy],
    pub(super) services: &'a [ServicePolicy],
    pub(super) locations: &'a [NamedLocation],
    pub(super) strengths: &'a [AuthenticationStrengthPolicy],
    /// What the rules of device filters mean, by their text: the oracle has no parser that could share a mistake with the engine's.
    pub(super) filters: &'a HashMap<String, Expression>,
}

impl Oracle<'_> {
    pub(super) fn decide(&self, facts: &Facts) -> Decision {
        let mut rows = Vec::new();
        let mut enforced = Vec::new();
        let mut sessions = Vec::new();
        for policy in self.policies {
            let reason = self.reason(policy, facts);
            let requirement = reason.is_none().then(|| self.requirement(policy, facts));
            let result = result(policy.state, requirement.as_ref());
            rows.push(PolicyResult { id: policy.id.clone(), display_name: policy.display_name.clone(), result, reason });
            if policy.state == PolicyState::Enabled && reason.is_none() {
                enforced.extend(requirement);
                sessions.push(&policy.session_controls);
            }
        }
        for service in self.services {
            let (service_rows, requirement) = service::judge(service, facts);
            rows.extend(service_rows);
            enforced.extend(requirement);
        }
        let verdict = verdict(&enforced);
        let (session_controls, sign_in_frequency) = session::merge(&sessions);
        Decision {
            outcome: verdict.outcome,
            error_code: verdict.code,
            next_control: verdict.next,
            policies: rows,
            session_controls,
            sign_in_frequency,
        }
    }
}

/// Rule 18. What is asked for is none when the policy does not apply.
fn result(state: PolicyState, asked: Option<&Requirement>) -> PolicyOutcome {
    match (state, asked) {
        (PolicyState::Disabled, _) => PolicyOutcome::NotEnabled,
        (PolicyState::Enabled, None) => PolicyOutcome::NotApplied,
        (PolicyState::Enabled, Some(asked)) if asked.satisfied() => PolicyOutcome::Success,
        (PolicyState::Enabled, Some(_)) => PolicyOutcome::Failure,
        (PolicyState::ReportOnly, None) => PolicyOutcome::ReportOnlyNotApplied,
        (PolicyState::ReportOnly, Some(asked)) if asked.satisfied() => PolicyOutcome::ReportOnlySuccess,
        (PolicyState::ReportOnly, Some(asked)) if asked.promptable() => PolicyOutcome::ReportOnlyInterrupted,
        (PolicyState::ReportOnly, Some(_)) => PolicyOutcome::ReportOnlyFailure,
    }
}

/// Ids and words are the same whatever their letter case.
fn same(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() { one.eq_ignore_ascii_case(other) } else { one.to_lowercase() == other.to_lowercase() }
}

fn lists(list: &[String], id: &str) -> bool {
    list.iter().any(|entry| same(entry, id))
}

fn lists_any(list: &[String], ids: &[String]) -> bool {
    ids.iter().any(|id| lists(list, id))
}

/// Somebody is there to answer a prompt (rules 11 and 14, detail 7).
fn interactive(facts: &Facts) -> bool {
    matches!(facts.subject, Subject::User(_)) && !legacy(facts)
}

fn legacy(facts: &Facts) -> bool {
    matches!(facts.client_app_type, Some(ClientAppType::ExchangeActiveSync | ClientAppType::Other))
}

fn mobile(facts: &Facts) -> bool {
    matches!(facts.device_platform, Some(DevicePlatform::Ios | DevicePlatform::Android))
}
