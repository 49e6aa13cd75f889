//! The answer: the verdict, the way of the policies to it, and how each condition of each policy stands.

use doorward_model::sign_in_record::SignInOutcome;
use doorward_policy::conditional_access::{Condition, ConditionState, Explained, Outcome, PolicyOutcome, Reason, advice};
use doorward_service::access::Tried;
use serde::Serialize;

use crate::console::words::{self, Badge};

/// What the page shows of a decision.
pub(super) struct Answer {
    pub(super) badge: Badge,
    pub(super) code: Option<u32>,
    /// What is missing, and how to mend it, as sentences.
    pub(super) advice: Option<(String, String)>,
    /// Policies that are not met.
    pub(super) failing: Vec<String>,
    pub(super) funnel: Vec<Step>,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
    pub(super) session: Vec<String>,
}

/// How many policies are left after a question.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) left: usize,
    pub(super) gone: usize,
    /// Of all, in percent.
    pub(super) width: usize,
}

/// One policy.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) badge: Badge,
    pub(super) reason: &'static str,
    pub(super) applies: bool,
    pub(super) cells: Vec<Cell>,
}

/// How a condition stands.
pub(super) struct Cell {
    pub(super) column: &'static str,
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) words: &'static str,
}

impl Answer {
    pub(super) fn of(tried: &Tried) -> Self {
        let decision = tried.decision();
        let outcome = match decision.outcome {
            Outcome::Grant => SignInOutcome::Granted,
            Outcome::Interrupt => SignInOutcome::Interrupted,
            Outcome::Block => SignInOutcome::Refused,
        };
        let policies: Vec<Explained<'_>> = tried.policies().collect();
        let is_set = |condition: &Condition| policies.iter().any(|policy| policy.condition(*condition) != ConditionState::NotConfigured);
        let conditions: Vec<Condition> = Condition::ALL.into_iter().filter(is_set).collect();
        let mut rows: Vec<Row> = policies.iter().map(|policy| row(policy, &conditions)).collect();
        // What decides comes first.
        rows.sort_by_key(|row| !row.applies);
        let failing = policies.iter().filter(|policy| policy.result() == PolicyOutcome::Failure);
        Self {
            badge: words::outcome(outcome),
            code: decision.error_code,
            advice: decision.error().map(|code| advice(code, decision.next_control)).map(|it| (sentence(it.missing), sentence(it.mend))),
            failing: failing.map(name).collect(),
            funnel: funnel(&policies),
            columns: conditions.iter().map(|condition| heading(*condition)).collect(),
            rows,
            session: decision.session_controls.keys().map(|name| words::member(name)).collect(),
        }
    }
}

fn sentence(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect()
}

fn name(policy: &Explained<'_>) -> String {
    words::policy(policy.display_name().unwrap_or(policy.id()))
}

/// The word by which logs and answers of the API know a value.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn row(policy: &Explained<'_>, conditions: &[Condition]) -> Row {
    let reason = policy.reason();
    Row {
        name: name(policy),
        badge: words::result(&word(policy.result())),
        reason: reason.map(|reason| words::reason(&word(reason))).unwrap_or_default(),
        applies: reason.is_none(),
        cells: conditions.iter().map(|condition| cell(*condition, policy.condition(*condition))).collect(),
    }
}

fn cell(condition: Condition, state: ConditionState) -> Cell {
    let (class, mark, words) = match state {
        ConditionState::NotConfigured => ("open", "·", "Any"),
        ConditionState::Matched => ("met", "✓", "Matched"),
        ConditionState::Excluded => ("out", "–", "Excluded"),
        ConditionState::NotMatched => ("unmet", "✗", "Not matched"),
    };
    Cell { column: heading(condition), class, mark, words }
}

fn heading(condition: Condition) -> &'static str {
    match condition {
        Condition::Identity => "Person",
        Condition::Target => "Service",
        Condition::DevicePlatform => "Platform",
        Condition::Devices => "Device",
        Condition::ClientApps => "Kind of app",
        Condition::Location => "Place",
        Condition::SignInRisk => "Sign-in risk",
        Condition::UserRisk => "Person’s risk",
        Condition::ServicePrincipalRisk => "App’s risk",
        Condition::InsiderRisk => "Insider risk",
        Condition::AuthenticationFlow => "Way of sign-in",
    }
}

const APPLY: &str = "Apply";

/// The questions in the order in which a policy is asked, with the reasons for which it can be left there.
const STEPS: [(&str, &[Reason]); 8] = [
    ("On, or on trial", &[Reason::PolicyNotEnabled, Reason::EmptyPolicy]),
    ("For this person", &[Reason::Users, Reason::WorkloadIdentities]),
    ("For this service", &[Reason::Application, Reason::UserActions, Reason::AuthenticationContext]),
    ("For this platform and device", &[Reason::DevicePlatform, Reason::Devices]),
    ("For this kind of app", &[Reason::ClientApps]),
    ("For this place", &[Reason::Location]),
    ("For this risk", &[Reason::SignInRisk, Reason::UserRisk, Reason::ServicePrincipalRisk, Reason::InsiderRisk]),
    (APPLY, &[Reason::AuthenticationFlow, Reason::AlternativeMet]),
];

/// From all policies to those that are not met. Policies on trial are counted until they apply, as they decide nothing.
fn funnel(policies: &[Explained<'_>]) -> Vec<Step> {
    let all = policies.len();
    let width = |left: usize| left.saturating_mul(100).checked_div(all).unwrap_or(0);
    let mut left = all;
    let mut funnel = vec![Step { title: "All policies", left, gone: 0, width: width(left) }];
    for (title, reasons) in STEPS {
        let gone = policies.iter().filter(|policy| policy.reason().is_some_and(|reason| reasons.contains(&reason))).count();
        left = left.saturating_sub(gone);
        // A question that every policy passes is no step of the way.
        if gone == 0 && title != APPLY {
            continue;
        }
        funnel.push(Step { title, left, gone, width: width(left) });
    }
    let unmet = policies.iter().filter(|policy| policy.result() == PolicyOutcome::Failure).count();
    funnel.push(Step { title: "Not met, and not on trial", left: unmet, gone: left.saturating_sub(unmet), width: width(unmet) });
    funnel
}
