//! Our engine, three ways.

use doorward_policy::conditional_access::{Answer as Decided, Classes, Explanation, Facts, PolicySet, SignIn};

use super::{Answer, Engine};

/// Outcome, error code and next control, of sign-ins whose classes have been looked up.
pub(crate) struct Doorward<'a> {
    classes: Classes<'a>,
    sign_ins: Vec<SignIn>,
}

/// The same with the state of every condition of every policy.
pub(crate) struct DoorwardExplained<'a> {
    inner: Doorward<'a>,
    explanation: Explanation,
}

/// The same as the first, with the looking up.
pub(crate) struct DoorwardFromFacts<'a> {
    classes: Classes<'a>,
    facts: &'a [Facts],
}

impl<'a> Doorward<'a> {
    pub(crate) fn new(set: &'a PolicySet, facts: &[Facts]) -> Self {
        let mut classes = Classes::new(set);
        let sign_ins = facts.iter().map(|facts| classes.sign_in(facts)).collect();
        Self { classes, sign_ins }
    }
}

impl<'a> DoorwardExplained<'a> {
    pub(crate) fn new(set: &'a PolicySet, facts: &[Facts]) -> Self {
        Self { inner: Doorward::new(set, facts), explanation: Explanation::new(set) }
    }
}

impl<'a> DoorwardFromFacts<'a> {
    pub(crate) fn new(set: &'a PolicySet, facts: &'a [Facts]) -> Self {
        Self { classes: Classes::new(set), facts }
    }
}

impl Engine for Doorward<'_> {
    fn name(&self) -> &'static str {
        "doorward"
    }

    fn decide(&mut self, sign_in: usize) -> Answer {
        self.sign_ins.get(sign_in).map_or(Answer::Failed, |sign_in| self.classes.outcome(sign_in).into())
    }
}

impl Engine for DoorwardExplained<'_> {
    fn name(&self) -> &'static str {
        "doorward_explained"
    }

    fn decide(&mut self, sign_in: usize) -> Answer {
        let Some(sign_in) = self.inner.sign_ins.get(sign_in) else { return Answer::Failed };
        self.inner.classes.explain(sign_in, &mut self.explanation);
        std::hint::black_box(&self.explanation).answer().into()
    }
}

impl Engine for DoorwardFromFacts<'_> {
    fn name(&self) -> &'static str {
        "doorward_from_facts"
    }

    fn decide(&mut self, sign_in: usize) -> Answer {
        let Some(facts) = self.facts.get(sign_in) else { return Answer::Failed };
        let sign_in = self.classes.sign_in(facts);
        self.classes.outcome(&sign_in).into()
    }
}

impl From<Decided> for Answer {
    fn from(decided: Decided) -> Self {
        Self::Full { outcome: decided.outcome, code: decided.error, next: decided.next_control }
    }
}
