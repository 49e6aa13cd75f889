//! One sign-in from facts to a decision.

use doorward_model::conditional_access::PolicyState;

use super::classes::Classes;
use super::compile::PolicySet;
use super::decision::{Decision, PolicyResult};
use super::explain::Explanation;
use super::facts::Facts;
use super::fits::Fits;
use super::session;

/// Decides one sign-in. Every enforced policy that applies must be satisfied on its own; the others have no say.
#[must_use]
pub fn decide(set: &PolicySet, facts: &Facts) -> Decision {
    decide_fitting(set, Fits::of(set, facts))
}

/// Decides a sign-in to which the policies of the set stand so.
pub(super) fn decide_fitting(set: &PolicySet, fits: Fits) -> Decision {
    let mut classes = Classes::new(set);
    let sign_in = classes.fitting(fits);
    let mut explanation = Explanation::new(set);
    classes.explain(&sign_in, &mut explanation);
    explanation.decision(set)
}

impl Explanation {
    /// The explanation as the decision that is recorded and printed.
    #[must_use]
    pub fn decision(&self, set: &PolicySet) -> Decision {
        let answer = self.answer();
        let enforced = self.policies(set).filter(|policy| policy.state() == PolicyState::Enabled && policy.reason().is_none());
        let controls = session::merge(enforced.map(|policy| policy.session()));
        let result = |policy: super::explain::Explained<'_>| PolicyResult {
            id: policy.id().to_owned(),
            display_name: policy.display_name().map(str::to_owned),
            result: policy.result(),
            reason: policy.reason(),
        };
        Decision {
            outcome: answer.outcome,
            error_code: answer.error.map(|code| code.0),
            next_control: answer.next_control,
            policies: self.policies(set).map(result).collect(),
            session_controls: session::to_graph(&controls),
            sign_in_frequency: controls.sign_in_frequency,
        }
    }
}
