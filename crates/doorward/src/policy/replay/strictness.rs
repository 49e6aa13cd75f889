//! Which of two outcomes lets less through.

use doorward_policy::conditional_access::Outcome;

/// All outcomes, from what lets most through to what lets nothing.
pub(super) const OUTCOMES: [Outcome; 3] = [Outcome::Grant, Outcome::Interrupt, Outcome::Block];

/// The place of an outcome among [`OUTCOMES`].
pub(super) fn rank(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Grant => 0,
        Outcome::Interrupt => 1,
        Outcome::Block => 2,
    }
}

/// The second lets less through than the first.
pub(super) fn is_stricter(old: Outcome, new: Outcome) -> bool {
    rank(new) > rank(old)
}
