//! The decision: a handful of ANDs over sets of policies, and a look at each distinct requirement among those that apply.

use doorward_model::ErrorCode;

use super::classes::Classes;
use super::control::Control;
use super::decision::Outcome;
use super::grant::{Failing, Lack, Verdict};
use super::layout::{Rule, Unit};
use super::mask::{Block, Mask};
use super::service::{self, Parts};
use super::sign_in::SignIn;

/// What becomes of a sign-in, and why not more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answer {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The error; none for a grant.
    pub error: Option<ErrorCode>,
    /// What the person must do next; only for an interrupt.
    pub next_control: Option<Control>,
}

impl Classes<'_> {
    /// Decides one sign-in. Nothing is allocated; the cost grows with the number of policies by 64 and with what applies.
    #[must_use]
    pub fn outcome(&self, sign_in: &SignIn) -> Answer {
        let Some(factors) = self.met(sign_in.factors) else { return Answer::BLOCKED };
        let rows = [
            self.circumstances.matched(sign_in.circumstances.class),
            self.subjects.matched(sign_in.subject.class),
            self.targets.matched(sign_in.target),
            self.places.matched(sign_in.place),
            self.devices.matched(sign_in.device.class),
        ];
        let [first, others @ ..] = rows;
        let mut lacks = Lacks::default();
        let mut scan = Scan::new(self);
        for (index, block) in first.iter().enumerate() {
            let applied = others.iter().fold(*block, |applied, row| applied & row.get(index).copied().unwrap_or(Block::FULL));
            let blocked = scan.block(index, applied, sign_in, factors, |_, verdict| lacks.add(verdict));
            if blocked {
                return Answer::BLOCKED;
            }
        }
        lacks.answer()
    }
}

impl Answer {
    const BLOCKED: Self = Self { outcome: Outcome::Block, error: Some(ErrorCode::BLOCKED), next_control: None };
}

/// What the policies that apply lack so far.
#[derive(Debug, Default)]
pub(super) struct Lacks {
    blocked: bool,
    final_: Option<Failing>,
    promptable: Option<Failing>,
}

impl Lacks {
    /// Says whether the matter is settled.
    pub(super) fn add(&mut self, verdict: Verdict) -> bool {
        let first = |known: Option<Failing>, failing| Some(known.map_or(failing, |known: Failing| known.min(failing)));
        match verdict {
            Verdict::Satisfied => {}
            Verdict::Blocked => self.blocked = true,
            Verdict::Unsatisfied(Lack::Final(failing)) => self.final_ = first(self.final_, failing),
            Verdict::Unsatisfied(Lack::Promptable(failing)) => self.promptable = first(self.promptable, failing),
        }
        self.blocked
    }

    /// A block beats everything, what nobody can do anything about beats what can be prompted for.
    pub(super) fn answer(&self) -> Answer {
        match (self.final_, self.promptable) {
            _ if self.blocked => Answer::BLOCKED,
            (Some(failing), _) => Answer { outcome: Outcome::Block, error: Some(failing.code), next_control: None },
            (None, Some(failing)) => Answer { outcome: Outcome::Interrupt, error: Some(failing.code), next_control: Some(failing.control) },
            (None, None) => Answer { outcome: Outcome::Grant, error: None, next_control: None },
        }
    }
}

/// A walk over the policies that apply, in the order of their positions. What asks for the same is judged once.
pub(super) struct Scan<'a> {
    classes: &'a Classes<'a>,
    /// Positions before this one have been judged.
    next: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(classes: &'a Classes<'a>) -> Self {
        Self { classes, next: 0 }
    }

    /// Judges what applies in one block and hands each verdict to `each`, which says whether to stop. Says whether it was stopped.
    pub(super) fn block(
        &mut self,
        index: usize,
        applied: Block,
        sign_in: &SignIn,
        factors: &Mask,
        mut each: impl FnMut(&Unit, Verdict) -> bool,
    ) -> bool {
        let set = self.classes.set;
        for (base, word) in applied.words(index) {
            let mut word = self.fresh(base, word);
            while word != 0 {
                let position = base + word.trailing_zeros() as usize;
                let Some(unit) = set.unit_of.get(position).and_then(|unit| set.units.get(*unit)) else { return true };
                let verdict = match unit.rule {
                    Rule::Free => Verdict::Satisfied,
                    Rule::Grant(grant) => set.grants.get(grant).map_or(Verdict::Blocked, |grant| grant.judge(sign_in, factors)),
                    Rule::Service(rule) => {
                        let has = |position: usize| word >> (position - base) & 1 == 1;
                        service::judge(rule, Parts { app: has(unit.start), device: has(unit.start + 1) }, sign_in, factors)
                    }
                };
                if each(unit, verdict) {
                    return true;
                }
                self.next = unit.end;
                word = self.fresh(base, word);
            }
        }
        false
    }

    /// The bits of a word that have not been judged.
    fn fresh(&self, base: usize, word: u64) -> u64 {
        match self.next.checked_sub(base) {
            None => word,
            Some(judged) => u32::try_from(judged).ok().and_then(|judged| u64::MAX.checked_shl(judged)).unwrap_or(0) & word,
        }
    }
}
