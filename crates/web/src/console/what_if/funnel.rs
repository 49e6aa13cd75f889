//! The way of the policies: from all of them, question by question, to those that are met or not.

use std::fmt;

use doorward_model::conditional_access::PolicyState;
use doorward_policy::conditional_access::{Explained, PolicyOutcome, Reason};
use doorward_service::access::Tried;

use super::situation::{Named, named};

/// The questions in the order in which a policy is asked, with the reasons for which it can be left there.
const STEPS: [(&str, &[Reason]); 8] = [
    ("On or report-only", &[Reason::PolicyNotEnabled, Reason::EmptyPolicy]),
    ("For this person", &[Reason::Users, Reason::WorkloadIdentities]),
    ("For this service", &[Reason::Application, Reason::UserActions, Reason::AuthenticationContext]),
    ("For this platform and device", &[Reason::DevicePlatform, Reason::Devices]),
    ("For this kind of app", &[Reason::ClientApps]),
    ("For this place", &[Reason::Location]),
    ("For this risk", &[Reason::SignInRisk, Reason::UserRisk, Reason::ServicePrincipalRisk, Reason::InsiderRisk]),
    ("For this way of signing in", &[Reason::AuthenticationFlow, Reason::AlternativeMet]),
];

/// The steps that leave something out, between the first and what the policies that apply say.
pub(super) struct Funnel {
    pub(super) steps: Vec<Step>,
    /// What those say that are left.
    pub(super) ends: Vec<End>,
    /// The last band of the drawing.
    pub(super) verdict: Band,
}

/// How many policies are left after a question.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) left: usize,
    /// The policies that are left out here.
    pub(super) gone: Vec<Named>,
    pub(super) band: Band,
}

/// Policies that come to the same.
pub(super) struct End {
    /// Class of the style sheet.
    pub(super) class: &'static str,
    pub(super) title: &'static str,
    pub(super) policies: Vec<Named>,
}

/// A stretch of the funnel, in percent of all policies: from a width to a width, or cut into parts.
pub(super) enum Band {
    Stretch(f64, f64),
    Parts(Vec<(&'static str, f64)>),
}

impl Funnel {
    pub(super) fn of(tried: &Tried) -> Self {
        let policies: Vec<Explained<'_>> = tried.policies().map(|(policy, _)| policy).collect();
        let all = policies.len().max(1) as f64;
        let percent = |count: usize| count as f64 * 100.0 / all;
        let mut left = policies.len();
        let mut steps = vec![Step { title: "All policies", left, gone: Vec::new(), band: Band::Stretch(percent(left), percent(left)) }];
        for (title, reasons) in STEPS {
            let is_gone = |policy: &&Explained<'_>| policy.reason().is_some_and(|reason| reasons.contains(&reason));
            let gone: Vec<Named> = policies.iter().filter(is_gone).map(named).collect();
            // A question that every policy passes is no step of the way.
            if gone.is_empty() {
                continue;
            }
            let before = left;
            left = left.saturating_sub(gone.len());
            steps.push(Step { title, left, gone, band: Band::Stretch(percent(before), percent(left)) });
        }
        let end = |class, title, is_it: fn(&Explained<'_>) -> bool| End {
            class,
            title,
            policies: policies.iter().filter(|policy| policy.reason().is_none() && is_it(policy)).map(named).collect(),
        };
        let ends = vec![
            end("unmet", "Not met", |policy| policy.result() == PolicyOutcome::Failure),
            end("met", "Met", |policy| policy.result() == PolicyOutcome::Success),
            end("trial", "Report-only", |policy| policy.state() == PolicyState::ReportOnly),
        ];
        let verdict = Band::Parts(ends.iter().map(|end| (end.class, percent(end.policies.len()))).collect());
        Self { steps, ends, verdict }
    }

    /// There are no policies.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.left == 0)
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">")?;
        match self {
            Self::Stretch(from, to) => {
                let (a, b) = (50.0 - from / 2.0, 50.0 - to / 2.0);
                write!(f, "<polygon points=\"{a:.2},0 {:.2},0 {:.2},10 {b:.2},10\"/>", 100.0 - a, 100.0 - b)?;
            }
            Self::Parts(parts) => {
                let whole: f64 = parts.iter().map(|(_, width)| width).sum();
                let mut x = 50.0 - whole / 2.0;
                for (class, width) in parts.iter().filter(|(_, width)| *width > 0.0) {
                    write!(f, "<rect class=\"{class}\" x=\"{x:.2}\" width=\"{width:.2}\" height=\"10\"/>")?;
                    x += width;
                }
            }
        }
        f.write_str("</svg>")
    }
}

/// Made of numbers and names of classes.
impl askama::filters::HtmlSafe for Band {}
