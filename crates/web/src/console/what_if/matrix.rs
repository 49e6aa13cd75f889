//! Each policy, condition by condition and control by control: what decides comes first.

use doorward_policy::conditional_access::{Condition, ConditionState, Control, Explained, PolicyOutcome, Reason, Standing, Wanted};
use doorward_service::access::Tried;
use serde::Serialize;

use super::situation::{Named, named};
use crate::console::words::{self, Badge};

/// The table.
pub(super) struct Matrix {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
    /// A second sign-in stands beside the first.
    pub(super) compares: bool,
}

/// One policy.
pub(super) struct Row {
    pub(super) policy: Named,
    pub(super) said: Said,
    /// What it says to the second sign-in, if that is something else.
    pub(super) otherwise: Option<Said>,
    /// Class of the style sheet: it decides, it applies, or it stands aside.
    pub(super) class: &'static str,
    pub(super) cells: Vec<Cell>,
}

/// What a policy said, and what it asks for.
#[derive(PartialEq)]
pub(super) struct Said {
    pub(super) badge: Badge,
    /// Why it does not apply.
    pub(super) reason: &'static str,
    /// What the controls have in common: `All of`, `One of`.
    pub(super) of: &'static str,
    pub(super) controls: Vec<Asked>,
}

/// A control, and how the sign-in stands to it.
#[derive(PartialEq)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) look: Look,
}

/// A mark with its words, so that colour is never all there is.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Look {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) words: &'static str,
}

/// How a condition stands.
pub(super) struct Cell {
    pub(super) column: &'static str,
    pub(super) look: Look,
    /// To the second sign-in, if that is something else.
    pub(super) otherwise: Option<Look>,
    /// For this the policy does not apply.
    pub(super) is_why: bool,
}

impl Matrix {
    /// The first sign-in, with the second beside it.
    pub(super) fn of(first: &Tried, second: Option<&Tried>) -> Self {
        let beside = |id: &str| second.and_then(|second| second.policies().find(|(policy, _)| policy.id() == id));
        let is_set =
            |condition: &Condition| first.policies().any(|(policy, _)| policy.condition(*condition) != ConditionState::NotConfigured);
        let conditions: Vec<Condition> = Condition::ALL.into_iter().filter(is_set).collect();
        let mut rows: Vec<(u8, Row)> =
            first.policies().map(|(policy, wanted)| (rank(&policy), row(&policy, wanted, beside(policy.id()), &conditions))).collect();
        rows.sort_by_key(|(rank, _)| *rank);
        Self {
            columns: conditions.iter().map(|condition| heading(*condition)).collect(),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            compares: second.is_some(),
        }
    }
}

/// What is not met decides; what is met has had its say; policies on trial would have.
fn rank(policy: &Explained<'_>) -> u8 {
    match policy.result() {
        PolicyOutcome::Failure => 0,
        PolicyOutcome::Success => 1,
        PolicyOutcome::ReportOnlyFailure | PolicyOutcome::ReportOnlyInterrupted => 2,
        PolicyOutcome::ReportOnlySuccess => 3,
        PolicyOutcome::NotApplied | PolicyOutcome::ReportOnlyNotApplied => 4,
        PolicyOutcome::NotEnabled => 5,
    }
}

fn row(policy: &Explained<'_>, wanted: &Wanted, beside: Option<(Explained<'_>, &Wanted)>, conditions: &[Condition]) -> Row {
    let said = said(policy, wanted);
    let otherwise = beside.map(|(policy, wanted)| self::said(&policy, wanted)).filter(|otherwise| *otherwise != said);
    let why = policy.reason().and_then(condition_of);
    let cell = |condition: &Condition| {
        let look = look(policy.condition(*condition));
        let otherwise = beside.map(|(policy, _)| self::look(policy.condition(*condition))).filter(|otherwise| *otherwise != look);
        Cell { column: heading(*condition), look, otherwise, is_why: why == Some(*condition) }
    };
    Row {
        policy: named(policy),
        class: match (rank(policy), otherwise.is_some()) {
            (0, _) => "decides",
            (_, true) => "differs",
            (1..=3, false) => "applies",
            (_, false) => "aside",
        },
        said,
        otherwise,
        cells: conditions.iter().map(cell).collect(),
    }
}

/// The word by which logs and answers of the API know a value.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn said(policy: &Explained<'_>, wanted: &Wanted) -> Said {
    let reason = policy.reason();
    let (of, controls) = match wanted {
        // That there is nothing to meet is not held against it.
        Wanted::Nothing => ("", Vec::new()),
        Wanted::Block => ("", vec![Asked { name: "Block", look: UNMET }]),
        Wanted::All(controls) => (if controls.len() > 1 { "All of" } else { "" }, controls.iter().map(asked).collect()),
        Wanted::Any(controls) => (if controls.len() > 1 { "One of" } else { "" }, controls.iter().map(asked).collect()),
    };
    Said {
        badge: words::result(&word(policy.result())),
        reason: reason.map(|reason| words::reason(&word(reason))).unwrap_or_default(),
        of,
        controls,
    }
}

const UNMET: Look = Look { class: "unmet", mark: "✗", words: "Not met" };

fn asked((control, standing): &(Control, Standing)) -> Asked {
    Asked {
        name: match control {
            Control::Mfa => "Second factor",
            Control::AuthenticationStrength => "Authentication strength",
            Control::CompliantDevice => "Compliant device",
            Control::DomainJoinedDevice => "Domain-joined device",
            Control::ApprovedApplication => "Approved app",
            Control::CompliantApplication => "App protection",
            Control::PasswordChange => "Password change",
            Control::TermsOfUse => "Terms of use",
            Control::Custom => "Control of a third party",
        },
        look: match standing {
            Standing::Satisfied => Look { class: "met", mark: "✓", words: "Met" },
            Standing::Promptable => Look { class: "out", mark: "?", words: "Can be asked for" },
            Standing::Final => UNMET,
        },
    }
}

fn look(state: ConditionState) -> Look {
    let (class, mark, words) = match state {
        ConditionState::NotConfigured => ("open", "·", "Any"),
        ConditionState::Matched => ("met", "✓", "Matched"),
        ConditionState::Excluded => ("out", "–", "Excluded"),
        ConditionState::NotMatched => ("unmet", "✗", "Not matched"),
    };
    Look { class, mark, words }
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

/// The condition that a reason is about.
fn condition_of(reason: Reason) -> Option<Condition> {
    Some(match reason {
        Reason::PolicyNotEnabled | Reason::EmptyPolicy | Reason::AlternativeMet => return None,
        Reason::Users | Reason::WorkloadIdentities => Condition::Identity,
        Reason::Application | Reason::UserActions | Reason::AuthenticationContext => Condition::Target,
        Reason::DevicePlatform => Condition::DevicePlatform,
        Reason::Devices => Condition::Devices,
        Reason::ClientApps => Condition::ClientApps,
        Reason::Location => Condition::Location,
        Reason::SignInRisk => Condition::SignInRisk,
        Reason::UserRisk => Condition::UserRisk,
        Reason::ServicePrincipalRisk => Condition::ServicePrincipalRisk,
        Reason::InsiderRisk => Condition::InsiderRisk,
        Reason::AuthenticationFlow => Condition::AuthenticationFlow,
    })
}
