//! From facts and policies to a decision.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::PolicyState;

use super::compile::{Compiled, PolicySet};
use super::control::Control;
use super::decision::{Decision, Outcome, PolicyOutcome, PolicyResult};
use super::facts::Facts;
use super::grant::{Lack, Verdict};
use super::location::Atlas;
use super::session;

/// Decides one sign-in. Every enforced policy that applies must be satisfied on its own; the others have no say.
#[must_use]
pub fn decide(set: &PolicySet, facts: &Facts) -> Decision {
    let facts = facts.folded();
    let mut policies = Vec::with_capacity(set.policies.len());
    let mut verdicts = Vec::new();
    let mut sessions = Vec::new();
    for policy in &set.policies {
        let (result, verdict) = judge(policy, &set.atlas, &facts);
        policies.push(result);
        if let Some(verdict) = verdict {
            verdicts.push(verdict);
            sessions.push(&policy.session);
        }
    }
    for service in &set.services {
        let outcome = service.judge(&facts);
        policies.extend(outcome.rows);
        verdicts.extend(outcome.verdict);
    }
    let session_controls = session::to_graph(&session::merge(sessions.into_iter()));
    let answer = Answer::of(&verdicts);
    Decision { outcome: answer.outcome, error_code: answer.code.map(|code| code.0), next_control: answer.next, policies, session_controls }
}

/// The row of a policy, and its verdict when it is enforced and applies.
fn judge(policy: &Compiled, atlas: &Atlas, facts: &Facts) -> (PolicyResult, Option<Verdict>) {
    let reason = policy.mismatch(atlas, facts);
    let verdict = reason.is_none().then(|| policy.grant.judge(facts));
    let result = match (policy.state, verdict) {
        (PolicyState::Disabled, _) => PolicyOutcome::NotEnabled,
        (PolicyState::Enabled, None) => PolicyOutcome::NotApplied,
        (PolicyState::Enabled, Some(Verdict::Satisfied)) => PolicyOutcome::Success,
        (PolicyState::Enabled, Some(Verdict::Blocked | Verdict::Unsatisfied(_))) => PolicyOutcome::Failure,
        (PolicyState::ReportOnly, None) => PolicyOutcome::ReportOnlyNotApplied,
        (PolicyState::ReportOnly, Some(Verdict::Satisfied)) => PolicyOutcome::ReportOnlySuccess,
        (PolicyState::ReportOnly, Some(Verdict::Unsatisfied(Lack::Promptable(_)))) => PolicyOutcome::ReportOnlyInterrupted,
        (PolicyState::ReportOnly, Some(Verdict::Blocked | Verdict::Unsatisfied(Lack::Final(_)))) => PolicyOutcome::ReportOnlyFailure,
    };
    let row = PolicyResult { id: policy.id.clone(), display_name: policy.display_name.clone(), result, reason };
    (row, verdict.filter(|_| policy.state == PolicyState::Enabled))
}

struct Answer {
    outcome: Outcome,
    code: Option<ErrorCode>,
    next: Option<Control>,
}

impl Answer {
    /// A block beats everything, what nobody can do anything about beats what can be prompted for.
    fn of(verdicts: &[Verdict]) -> Self {
        if verdicts.contains(&Verdict::Blocked) {
            return Self { outcome: Outcome::Block, code: Some(ErrorCode::BLOCKED), next: None };
        }
        let lacks = || verdicts.iter().filter_map(|verdict| if let Verdict::Unsatisfied(lack) = verdict { Some(*lack) } else { None });
        let final_ = lacks().filter_map(|lack| if let Lack::Final(failing) = lack { Some(failing) } else { None }).min();
        if let Some(failing) = final_ {
            return Self { outcome: Outcome::Block, code: Some(failing.code), next: None };
        }
        let promptable = lacks().filter_map(|lack| if let Lack::Promptable(failing) = lack { Some(failing) } else { None }).min();
        if let Some(failing) = promptable {
            return Self { outcome: Outcome::Interrupt, code: Some(failing.code), next: Some(failing.control) };
        }
        Self { outcome: Outcome::Grant, code: None, next: None }
    }
}
