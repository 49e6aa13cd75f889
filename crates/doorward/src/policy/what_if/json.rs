//! The decision of `eval`, with the state of every condition beside each policy.

use doorward_policy::conditional_access::{Condition, ConditionState, Control, Explained, Outcome, PolicyResult};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Answer;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    decision: Outcome,
    error_code: Option<u32>,
    next_control: Option<Control>,
    policies: Vec<Row>,
    session_controls: Map<String, Value>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    result: PolicyResult,
    conditions: Conditions,
}

/// In the order in which conditions are looked at.
struct Conditions(Vec<(Condition, ConditionState)>);

impl Report {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        let decision = answer.explanation.decision(answer.set);
        let applies = |result: &PolicyResult| !answer.applied_only || result.reason.is_none();
        let results = decision.policies.into_iter().filter(applies);
        Self {
            decision: decision.outcome,
            error_code: decision.error_code,
            next_control: decision.next_control,
            policies: results.zip(answer.policies()).map(|(result, policy)| Row { result, conditions: Conditions::of(&policy) }).collect(),
            session_controls: decision.session_controls,
        }
    }
}

impl Conditions {
    fn of(policy: &Explained<'_>) -> Self {
        Self(Condition::ALL.into_iter().map(|condition| (condition, policy.condition(condition))).collect())
    }
}

impl Serialize for Conditions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
