//! How sign-ins stand to all that the policies of a set ask for: worked out once for all sign-ins that have shown the same.

use std::collections::HashMap;

use super::circumstances::Circumstances;
use super::grant::{Requirement, Standing};
use super::mask::Mask;
use super::sign_in::{DeviceClass, Evidence, FactorsClass, Parts, ProofClass};

/// What requirements look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Shown {
    is_workload: bool,
    device: DeviceClass,
    circumstances: Circumstances,
    factors: FactorsClass,
    evidence: Evidence,
}

/// A word of 64 requirements: those that are satisfied, and those that can be prompted for. The others nobody can do anything about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct Word {
    satisfied: u64,
    promptable: u64,
}

/// The standings met so far.
#[derive(Debug, Clone)]
pub(super) struct Proofs {
    width: usize,
    words: Vec<Word>,
    shown: HashMap<Shown, ProofClass>,
    classes: HashMap<Vec<Word>, ProofClass>,
}

/// The standings of one sign-in.
#[derive(Clone, Copy)]
pub(super) struct Proof<'a>(&'a [Word]);

const WORD: usize = 64;

impl Proofs {
    pub(super) fn new(requirements: usize) -> Self {
        Self { width: requirements.div_ceil(WORD), words: Vec::new(), shown: HashMap::new(), classes: HashMap::new() }
    }

    pub(super) fn class(&mut self, sign_in: &Parts, requirements: &[Requirement], factors: &Mask) -> ProofClass {
        let shown = Shown {
            is_workload: sign_in.subject.is_workload,
            device: sign_in.device,
            circumstances: sign_in.circumstances.values,
            factors: sign_in.factors,
            evidence: sign_in.evidence,
        };
        if let Some(class) = self.shown.get(&shown) {
            return *class;
        }
        let words: Vec<Word> = requirements.chunks(WORD).map(|chunk| Word::of(chunk, sign_in, factors)).collect();
        let class = match self.classes.get(&words) {
            Some(class) => *class,
            None => {
                let class = ProofClass(self.classes.len());
                self.words.extend_from_slice(&words);
                self.classes.insert(words, class);
                class
            }
        };
        self.shown.insert(shown, class);
        class
    }

    pub(super) fn get(&self, class: ProofClass) -> Proof<'_> {
        let start = class.0 * self.width;
        // Nothing is satisfied in a proof of another set.
        Proof(self.words.get(start..start + self.width).unwrap_or_default())
    }
}

impl Word {
    fn of(requirements: &[Requirement], sign_in: &Parts, factors: &Mask) -> Self {
        requirements.iter().zip(0..).fold(Self::default(), |word, (requirement, bit)| match requirement.standing(sign_in, factors) {
            Standing::Satisfied => Self { satisfied: word.satisfied | 1 << bit, ..word },
            Standing::Promptable => Self { promptable: word.promptable | 1 << bit, ..word },
            Standing::Final => word,
        })
    }
}

impl Proof<'_> {
    pub(super) fn standing(self, requirement: usize) -> Standing {
        let word = self.0.get(requirement / WORD).copied().unwrap_or_default();
        let bit = requirement % WORD;
        if word.satisfied >> bit & 1 == 1 {
            Standing::Satisfied
        } else if word.promptable >> bit & 1 == 1 {
            Standing::Promptable
        } else {
            Standing::Final
        }
    }
}
