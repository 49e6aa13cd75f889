//! What policies did, counted from the sign-in log.

use std::collections::HashMap;

use doorward_store::Tally;

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
    /// The effects of all policies, by id in small letters.
    pub(crate) fn of(results: &[Tally]) -> HashMap<String, Self> {
        let mut effects: HashMap<String, Self> = HashMap::new();
        for tally in results {
            effects.entry(tally.name.to_lowercase()).or_default().add(&tally.result, tally.sign_ins);
        }
        effects
    }

    fn add(&mut self, result: &str, sign_ins: u64) {
        let more = match result {
            "failure" => Some(&mut self.refused),
            "reportOnlyFailure" => Some(&mut self.would_refuse),
            "reportOnlyInterrupted" => Some(&mut self.would_ask),
            _ => None,
        };
        for number in more.into_iter().chain([&mut self.applied]) {
            *number = number.saturating_add(sign_ins);
        }
    }
}
