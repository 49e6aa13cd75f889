//! What policies did, counted from the sign-in log.

use std::collections::HashMap;

use doorward_model::sign_in_record::SignInRecord;
use serde_json::Value;

/// What one policy did at some sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect {
    /// Sign-ins it was for.
    pub applied: u64,
    /// Of these, those it did not let pass.
    pub refused: u64,
    /// On trial: those it would have refused.
    pub would_refuse: u64,
    /// On trial: those it would have asked something.
    pub would_ask: u64,
}

impl Effect {
    /// The effects of all policies, by id.
    pub(crate) fn of(records: &[SignInRecord]) -> HashMap<&str, Self> {
        let mut effects: HashMap<&str, Self> = HashMap::new();
        let applied = records.iter().filter_map(|record| record.applied_policies.as_array()).flatten();
        for policy in applied {
            let text = |member: &str| policy.get(member).and_then(Value::as_str);
            if let (Some(id), Some(result)) = (text("id"), text("result")) {
                effects.entry(id).or_default().add(result);
            }
        }
        effects
    }

    fn add(&mut self, result: &str) {
        let more = match result {
            "success" | "reportOnlySuccess" => None,
            "failure" => Some(&mut self.refused),
            "reportOnlyFailure" => Some(&mut self.would_refuse),
            "reportOnlyInterrupted" => Some(&mut self.would_ask),
            // It did not apply.
            _ => return,
        };
        for number in more.into_iter().chain([&mut self.applied]) {
            *number = number.saturating_add(1);
        }
    }
}
