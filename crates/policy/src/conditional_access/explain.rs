//! Why: the result of each policy, the first condition that does not fit, and the state of every condition.

use doorward_model::conditional_access::{PolicyState, SessionControls};

use super::classes::Classes;
use super::compile::{Entry, PolicySet};
use super::condition::{Condition, ConditionState};
use super::decision::{PolicyOutcome, Reason};
use super::grant::{Lack, Standing, Verdict, approved_app};
use super::layout::{Rule, Unit};
use super::mask::{Block, Mask, has};
use super::outcome::{Answer, Lacks, Scan};
use super::sign_in::SignIn;

/// An answer with all its reasons. Reused from sign-in to sign-in, it allocates nothing.
#[derive(Debug, Clone)]
pub struct Explanation {
    answer: Answer,
    /// By position, as is where nothing applies.
    untouched: Vec<Row>,
    /// By position.
    rows: Vec<Row>,
    /// By condition, then by block.
    matched: Vec<Block>,
    excluded: Vec<Block>,
    applied: Vec<Block>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    result: PolicyOutcome,
    reason: Option<Reason>,
}

/// What one policy said.
#[derive(Debug, Clone, Copy)]
pub struct Explained<'a> {
    entry: &'a Entry,
    position: usize,
    row: Row,
    set: &'a PolicySet,
    explanation: &'a Explanation,
}

impl Explanation {
    /// Room for an explanation by the policies of a set.
    #[must_use]
    pub fn new(set: &PolicySet) -> Self {
        Self {
            answer: Lacks::default().answer(),
            untouched: set.entries.iter().map(|entry| Row::untouched(entry.as_ref())).collect(),
            rows: Vec::new(),
            matched: Vec::new(),
            excluded: Vec::new(),
            applied: Vec::new(),
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
            let (entry, row) = (set.entries.get(*position)?.as_ref()?, *self.rows.get(*position)?);
            Some(Explained { entry, position: *position, row, set, explanation: self })
        })
    }

    fn begin(&mut self) {
        self.rows.clear();
        self.rows.extend_from_slice(&self.untouched);
        self.matched.clear();
        self.excluded.clear();
        self.applied.clear();
    }

    fn add(&mut self, matched: &[Block], excluded: &[Block]) {
        self.matched.extend_from_slice(matched);
        self.excluded.extend_from_slice(excluded);
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
        self.row.result
    }

    /// Why it does not apply; none when it does.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.row.reason
    }

    /// How one of its conditions stands to the sign-in, whatever the others say.
    #[must_use]
    pub fn condition(&self, condition: Condition) -> ConditionState {
        if !self.set.is_configured(condition, self.position) {
            return ConditionState::NotConfigured;
        }
        let width = self.explanation.applied.len();
        let start = condition as usize * width;
        let row = |blocks: &[Block]| blocks.get(start..start + width).is_some_and(|row| has(row, self.position));
        ConditionState::of(row(&self.explanation.matched), row(&self.explanation.excluded))
    }

    pub(super) fn session(&self) -> &'a SessionControls {
        &self.entry.session
    }
}

impl Row {
    /// The row of a policy that does not apply.
    fn untouched(entry: Option<&Entry>) -> Self {
        let result = match entry.map_or(PolicyState::Disabled, |entry| entry.state) {
            PolicyState::Disabled => PolicyOutcome::NotEnabled,
            PolicyState::Enabled => PolicyOutcome::NotApplied,
            PolicyState::ReportOnly => PolicyOutcome::ReportOnlyNotApplied,
        };
        Self { result, reason: entry.and_then(|entry| entry.dead) }
    }
}

impl Classes<'_> {
    /// Decides one sign-in and says why, into room made for the same set.
    pub fn explain(&self, sign_in: &SignIn, explanation: &mut Explanation) {
        let set = self.set;
        explanation.begin();
        let [platform, client, risks @ ..] = set.columns.views(&sign_in.circumstances.values);
        let subject = sign_in.subject.class;
        // In the order of `Condition::ALL`.
        explanation.add(self.subjects.matched(subject), self.subjects.excluded(subject));
        explanation.add(self.targets.matched(sign_in.target), self.targets.excluded(sign_in.target));
        explanation.add(platform.matched, platform.excluded);
        explanation.add(self.devices.matched(sign_in.device.class), self.devices.excluded(sign_in.device.class));
        explanation.add(client.matched, client.excluded);
        explanation.add(self.places.matched(sign_in.place), self.places.excluded(sign_in.place));
        risks.iter().for_each(|view| explanation.add(view.matched, view.excluded));
        self.reasons(sign_in, explanation);
        explanation.answer = self.verdicts(sign_in, explanation);
    }

    /// The first condition that does not fit, for each policy that is looked at.
    fn reasons(&self, sign_in: &SignIn, explanation: &mut Explanation) {
        let width = self.set.live.row().len();
        for (index, live) in self.set.live.row().iter().enumerate() {
            let mut left = *live;
            for condition in Condition::ALL {
                let matched = explanation.matched.get(condition as usize * width + index).copied().unwrap_or_default();
                for position in (left & !matched).positions(index) {
                    if let Some(row) = explanation.rows.get_mut(position) {
                        row.reason = Some(self.reason(condition, position, sign_in));
                    }
                }
                left = left & matched;
            }
            explanation.applied.push(left);
        }
    }

    fn reason(&self, condition: Condition, position: usize, sign_in: &SignIn) -> Reason {
        match condition {
            Condition::Identity => self.set.subjects.reason(position, sign_in.subject.is_workload),
            Condition::Target => self.set.targets.reason(position),
            Condition::DevicePlatform => Reason::DevicePlatform,
            Condition::Devices => Reason::Devices,
            Condition::ClientApps => Reason::ClientApps,
            Condition::Location => Reason::Location,
            Condition::SignInRisk => Reason::SignInRisk,
            Condition::UserRisk => Reason::UserRisk,
            Condition::ServicePrincipalRisk => Reason::ServicePrincipalRisk,
            Condition::InsiderRisk => Reason::InsiderRisk,
            Condition::AuthenticationFlow => Reason::AuthenticationFlow,
        }
    }

    /// The results of the policies that apply, and the answer of those that are enforced.
    fn verdicts(&self, sign_in: &SignIn, explanation: &mut Explanation) -> Answer {
        let nothing = Mask::empty(0);
        let factors = self.met(sign_in.factors).unwrap_or(&nothing);
        let mut lacks = Lacks::default();
        let mut scan = Scan::new(self);
        let Explanation { applied, rows, .. } = explanation;
        for (index, block) in applied.iter().enumerate() {
            scan.block(index, *block, sign_in, factors, |unit, verdict| {
                if unit.start < self.set.enforced_end {
                    lacks.add(verdict);
                }
                for position in unit.start..unit.end {
                    if has(applied, position)
                        && let (Some(Some(entry)), Some(row)) = (self.set.entries.get(position), rows.get_mut(position))
                    {
                        row.settle(entry, unit, position, verdict, sign_in, factors);
                    }
                }
                false
            });
        }
        lacks.answer()
    }
}

impl Row {
    fn settle(&mut self, entry: &Entry, unit: &Unit, position: usize, verdict: Verdict, sign_in: &SignIn, factors: &Mask) {
        // Of a service policy that is met, the part that is not gives way to the other.
        if let (Rule::Service(rule), Verdict::Satisfied) = (unit.rule, verdict) {
            let standing = if position == unit.start { approved_app(sign_in, factors) } else { rule.standing(sign_in) };
            if standing != Standing::Satisfied {
                self.reason = Some(Reason::AlternativeMet);
                return;
            }
        }
        self.result = match (entry.state, verdict) {
            (PolicyState::Disabled, _) => PolicyOutcome::NotEnabled,
            (PolicyState::Enabled, Verdict::Satisfied) => PolicyOutcome::Success,
            (PolicyState::Enabled, Verdict::Blocked | Verdict::Unsatisfied(_)) => PolicyOutcome::Failure,
            (PolicyState::ReportOnly, Verdict::Satisfied) => PolicyOutcome::ReportOnlySuccess,
            (PolicyState::ReportOnly, Verdict::Unsatisfied(Lack::Promptable(_))) => PolicyOutcome::ReportOnlyInterrupted,
            (PolicyState::ReportOnly, Verdict::Blocked | Verdict::Unsatisfied(Lack::Final(_))) => PolicyOutcome::ReportOnlyFailure,
        };
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
