//! The decision: a handful of ANDs over sets of policies, and a look at each distinct requirement among those that are not met.

use doorward_model::ErrorCode;

use super::asked::Asked;
use super::classes::Classes;
use super::control::Control;
use super::decision::Outcome;
use super::layout::{Rule, Unit};
use super::mask::Block;
use super::proof::{Applying, Proof, Verdict};
use super::sign_in::{Parts, SignIn};

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
    /// Decides one sign-in. Nothing is allocated; the cost grows with the number of policies by 64 and with what
    /// applies without being satisfied.
    #[must_use]
    pub fn outcome(&self, sign_in: &SignIn) -> Answer {
        let parts = &sign_in.parts;
        let first = self.circumstances.matched(parts.circumstances.class);
        let others = [
            self.subjects.matched(parts.subject.class),
            self.targets.matched(parts.target),
            self.places.matched(parts.place),
            self.devices.matched(parts.device.class),
            self.proofs.open(sign_in.proof),
        ];
        let mut lacks = Lacks::default();
        let mut scan = Scan::new(self, sign_in);
        for (index, block) in first.iter().enumerate() {
            // A row that is missing would be a fault; it must not take a policy away.
            let refusing = others.iter().fold(*block, |refusing, row| refusing & row.get(index).copied().unwrap_or(Block::FULL));
            scan.block(index, refusing, |_, verdict, _| lacks.add(verdict));
            if lacks.blocked {
                break;
            }
        }
        lacks.answer(&self.set.asked, parts)
    }
}

/// What the policies that apply lack so far.
#[derive(Debug, Default)]
pub(super) struct Lacks {
    blocked: bool,
    promptable: Option<u32>,
    final_: Option<u32>,
}

impl Lacks {
    pub(super) fn add(&mut self, verdict: Verdict) {
        let first = |known: Option<u32>, number: u32| Some(known.map_or(number, |known| known.min(number)));
        match verdict {
            Verdict::Satisfied => {}
            Verdict::Blocked => self.blocked = true,
            Verdict::Promptable(number) => self.promptable = first(self.promptable, number),
            Verdict::Final(number) => self.final_ = first(self.final_, number),
        }
    }

    /// A block beats everything, what nobody can do anything about beats what can be prompted for.
    pub(super) fn answer(&self, asked: &Asked, sign_in: &Parts) -> Answer {
        let failing = |number: u32| asked.requirements.get(number as usize).map(|requirement| requirement.failing(&sign_in.shown()));
        match (self.final_, self.promptable) {
            _ if self.blocked => Answer::BLOCKED,
            (Some(number), _) => failing(number).map_or(Answer::BLOCKED, |failing| Answer {
                outcome: Outcome::Block,
                error: Some(failing.code),
                next_control: None,
            }),
            (None, Some(number)) => failing(number).map_or(Answer::BLOCKED, |failing| Answer {
                outcome: Outcome::Interrupt,
                error: Some(failing.code),
                next_control: Some(failing.control),
            }),
            (None, None) => Answer::GRANTED,
        }
    }
}

impl Answer {
    pub(super) const GRANTED: Self = Self { outcome: Outcome::Grant, error: None, next_control: None };
    const BLOCKED: Self = Self { outcome: Outcome::Block, error: Some(ErrorCode::BLOCKED), next_control: None };
}

/// A walk over the policies that apply, in the order of their positions. What asks for the same is judged once.
pub(super) struct Scan<'a> {
    classes: &'a Classes<'a>,
    proof: Proof<'a>,
    /// The unit judged last, by its index.
    last: Option<(usize, Verdict)>,
}

/// Positions within one word: that of the lowest bit, and the bits.
pub(super) type Bits = (usize, u64);

impl<'a> Scan<'a> {
    pub(super) fn new(classes: &'a Classes<'a>, sign_in: &SignIn) -> Self {
        Self { classes, proof: classes.proofs.get(sign_in.proof), last: None }
    }

    /// Judges what applies in one block and hands over each verdict with the policies that it holds for.
    pub(super) fn block(&mut self, index: usize, applied: Block, mut each: impl FnMut(&Unit, Verdict, Bits)) {
        let set = self.classes.set;
        for (base, mut word) in applied.words(index) {
            while word != 0 {
                let position = base + word.trailing_zeros() as usize;
                let number = set.unit_of.get(position).copied().unwrap_or(usize::MAX);
                let Some(unit) = set.units.get(number) else { break };
                let verdict = match self.last {
                    Some((last, verdict)) if last == number => verdict,
                    _ => self.judge(unit, (base, word)),
                };
                self.last = Some((number, verdict));
                let here = word & below(unit.end - base);
                each(unit, verdict, (base, here));
                word &= !here;
            }
        }
    }

    fn judge(&self, unit: &Unit, (base, word): Bits) -> Verdict {
        match unit.rule {
            Rule::Free => Verdict::Satisfied,
            Rule::Grant(grant) => self.proof.grant(grant),
            // Both parts stand in one word.
            Rule::Service(service) => self.proof.service(service, Applying::of_bits(word >> (unit.start - base))),
        }
    }
}

/// The bits below one; all of them when it lies beyond the word.
fn below(bit: usize) -> u64 {
    if bit < 64 { (1 << bit) - 1 } else { u64::MAX }
}
