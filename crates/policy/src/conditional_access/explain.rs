//! Why: the result of each policy, the first condition that does not fit, and the state of every condition.

use doorward_model::conditional_access::{PolicyState, SessionControls};

use super::classes::Classes;
use super::compile::{Entry, PolicySet};
use super::condition::{Condition, ConditionState};
use super::decision::{PolicyOutcome, Reason};
use super::layout::{Rule, Unit};
use super::mask::{Block, has, insert_word};
use super::outcome::{Answer, Bits, Lacks, Scan};
use super::proof::{Applying, Verdict};
use super::sign_in::SignIn;

/// An answer with all its reasons: for each condition the policies that it fits, for each result the policies that came to it. Reused from
/// sign-in to sign-in, it allocates nothing.
#[derive(Debug, Clone)]
pub struct Explanation {
    answer: Answer,
    is_workload: bool,
    /// By condition, then by block.
    matched: Vec<Block>,
    excluded: Vec<Block>,
    applied: Vec<Block>,
    satisfied: Vec<Block>,
    promptable: Vec<Block>,
    /// Parts of service policies that are not met and need not be.
    alternative: Vec<Block>,
}

/// What one policy said.
#[derive(Debug, Clone, Copy)]
pub struct Explained<'a> {
    entry: &'a Entry,
    position: usize,
    set: &'a PolicySet,
    explanation: &'a Explanation,
}

impl Explanation {
    /// Room for an explanation by the policies of a set.
    #[must_use]
    pub fn new(set: &PolicySet) -> Self {
        let width = set.live.row().len();
        let room = || Vec::with_capacity(width);
        Self {
            answer: Answer::GRANTED,
            is_workload: false,
            matched: Vec::with_capacity(width * Condition::ALL.len()),
            excluded: Vec::with_capacity(width * Condition::ALL.len()),
            applied: room(),
            satisfied: room(),
            promptable: room(),
            alternative: room(),
        }
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.answer
    }

    /// What each policy said, in the order in which policies were compiled, service policies last.
    pub fn policies<'a>(&'a self, set: &'a PolicySet) -> impl Iterator<Item = Explained<'a>> {
        set.output.iter().filter_map(move |position| {
            let entry = set.entries.get(*position)?.as_ref()?;
            Some(Explained { entry, position: *position, set, explanation: self })
        })
    }

    fn clear(&mut self) {
        let rows = [&mut self.matched, &mut self.excluded, &mut self.applied, &mut self.satisfied, &mut self.promptable];
        rows.into_iter().chain([&mut self.alternative]).for_each(Vec::clear);
    }

    fn add(&mut self, matched: &[Block], excluded: &[Block]) {
        self.matched.extend_from_slice(matched);
        self.excluded.extend_from_slice(excluded);
    }

    fn row<'a>(&self, blocks: &'a [Block], condition: Condition) -> &'a [Block] {
        let width = self.applied.len();
        let start = condition as usize * width;
        blocks.get(start..start + width).unwrap_or_default()
    }
}

impl<'a> Explained<'a> {
    /// Id of the policy.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.entry.id
    }

    /// Its name.
    #[must_use]
    pub fn display_name(&self) -> Option<&'a str> {
        self.entry.display_name.as_deref()
    }

    /// Whether it acts.
    #[must_use]
    pub fn state(&self) -> PolicyState {
        self.entry.state
    }

    /// What it said.
    #[must_use]
    pub fn result(&self) -> PolicyOutcome {
        let says = |blocks: &[Block]| has(blocks, self.position);
        let (satisfied, promptable) = (says(&self.explanation.satisfied), says(&self.explanation.promptable));
        match (self.entry.state, self.reason().is_none()) {
            (PolicyState::Disabled, _) => PolicyOutcome::NotEnabled,
            (PolicyState::Enabled, false) => PolicyOutcome::NotApplied,
            (PolicyState::Enabled, true) if satisfied => PolicyOutcome::Success,
            (PolicyState::Enabled, true) => PolicyOutcome::Failure,
            (PolicyState::ReportOnly, false) => PolicyOutcome::ReportOnlyNotApplied,
            (PolicyState::ReportOnly, true) if satisfied => PolicyOutcome::ReportOnlySuccess,
            (PolicyState::ReportOnly, true) if promptable => PolicyOutcome::ReportOnlyInterrupted,
            (PolicyState::ReportOnly, true) => PolicyOutcome::ReportOnlyFailure,
        }
    }

    /// Why it does not apply; none when it does.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        let explanation = self.explanation;
        if self.entry.dead.is_some() {
            return self.entry.dead;
        }
        if has(&explanation.applied, self.position) {
            return has(&explanation.alternative, self.position).then_some(Reason::AlternativeMet);
        }
        let fits = |condition: &Condition| has(explanation.row(&explanation.matched, *condition), self.position);
        let condition = Condition::ALL.into_iter().find(|condition| !fits(condition))?;
        Some(match condition {
            Condition::Identity => self.set.subjects.reason(self.position, explanation.is_workload),
            Condition::Target => self.set.targets.reason(self.position),
            Condition::DevicePlatform => Reason::DevicePlatform,
            Condition::Devices => Reason::Devices,
            Condition::ClientApps => Reason::ClientApps,
            Condition::Location => Reason::Location,
            Condition::SignInRisk => Reason::SignInRisk,
            Condition::UserRisk => Reason::UserRisk,
            Condition::ServicePrincipalRisk => Reason::ServicePrincipalRisk,
            Condition::InsiderRisk => Reason::InsiderRisk,
            Condition::AuthenticationFlow => Reason::AuthenticationFlow,
        })
    }

    /// How one of its conditions stands to the sign-in, whatever the others say.
    #[must_use]
    pub fn condition(&self, condition: Condition) -> ConditionState {
        if !self.set.is_configured(condition, self.position) {
            return ConditionState::NotConfigured;
        }
        let says = |blocks: &[Block]| has(self.explanation.row(blocks, condition), self.position);
        ConditionState::of(says(&self.explanation.matched), says(&self.explanation.excluded))
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn session(&self) -> &'a SessionControls {
        &self.entry.session
    }
}

impl Classes<'_> {
    /// Decides one sign-in and says why, into room made for the same set.
    pub fn explain(&self, sign_in: &SignIn, explanation: &mut Explanation) {
        let set = self.set;
        let parts = &sign_in.parts;
        let [platform, client, risks @ ..] = set.columns.views(&parts.circumstances.values);
        let subject = parts.subject.class;
        explanation.clear();
        explanation.is_workload = parts.subject.is_workload;
        // In the order of `Condition::ALL`.
        explanation.add(self.subjects.matched(subject), self.subjects.excluded(subject));
        explanation.add(self.targets.matched(parts.target), self.targets.excluded(parts.target));
        explanation.add(platform.matched, platform.excluded);
        explanation.add(self.devices.matched(parts.device.class), self.devices.excluded(parts.device.class));
        explanation.add(client.matched, client.excluded);
        explanation.add(self.places.matched(parts.place), self.places.excluded(parts.place));
        risks.iter().for_each(|view| explanation.add(view.matched, view.excluded));

        let width = set.live.row().len();
        for (index, live) in set.live.row().iter().enumerate() {
            let rows = explanation.matched.iter().skip(index).step_by(width);
            explanation.applied.push(rows.fold(*live, |applied, row| applied & *row));
        }
        self.verdicts(sign_in, explanation);
    }

    /// The results of the policies that apply, and the answer of those that are enforced.
    fn verdicts(&self, sign_in: &SignIn, explanation: &mut Explanation) {
        let Explanation { applied, satisfied, promptable, alternative, .. } = explanation;
        for blocks in [&mut *satisfied, &mut *promptable, &mut *alternative] {
            blocks.resize(applied.len(), Block::default());
        }
        let mut lacks = Lacks::default();
        let mut scan = Scan::new(self, sign_in);
        for (index, block) in applied.iter().enumerate() {
            scan.block(index, *block, |unit, verdict, bits| {
                if unit.start < self.set.enforced_end {
                    lacks.add(verdict);
                }
                match verdict {
                    Verdict::Satisfied => insert_word(satisfied, bits),
                    Verdict::Promptable(_) => insert_word(promptable, bits),
                    Verdict::Blocked | Verdict::Final(_) => {}
                }
                if verdict == Verdict::Satisfied {
                    insert_word(alternative, self.given_way(sign_in, unit, bits));
                }
            });
        }
        explanation.answer = lacks.answer(&self.set.asked, &sign_in.parts);
    }

    /// Of a service policy that is met, the part that is not gives way to the other.
    fn given_way(&self, sign_in: &SignIn, unit: &Unit, (base, bits): Bits) -> Bits {
        let Rule::Service(service) = unit.rule else { return (base, 0) };
        let proof = self.proofs.get(sign_in.proof);
        let unmet = |part: Applying| u64::from(proof.service(service, part) != Verdict::Satisfied);
        (base, bits & (unmet(Applying::App) << (unit.start - base) | unmet(Applying::Device) << (unit.start + 1 - base)))
    }
}

impl PolicySet {
    fn is_configured(&self, condition: Condition, position: usize) -> bool {
        match condition {
            Condition::Devices => self.devices.is_configured(position),
            Condition::Location => self.places.is_configured(position),
            other => self.columns.is_configured(other, position),
        }
    }
}
