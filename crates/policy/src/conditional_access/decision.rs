//! The decision and how it came about.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::SignInFrequency;
use serde::Serialize;
use serde_json::{Map, Value};

use super::control::Control;

/// What becomes of the sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// Go ahead.
    Grant,
    /// The person can do something about it.
    Interrupt,
    /// No.
    Block,
}

/// The answer of the engine. Serialises to the JSON of `doorward policy eval`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// What becomes of the sign-in.
    #[serde(rename = "decision")]
    pub outcome: Outcome,
    /// Why not, as a number of [`ErrorCode`]; none for a grant.
    pub error_code: Option<u32>,
    /// What the person must do next; only for an interrupt.
    pub next_control: Option<Control>,
    /// Each policy, in the order of the set.
    pub policies: Vec<PolicyResult>,
    /// Session controls of all applicable enabled policies together, in Graph's shape.
    pub session_controls: Map<String, Value>,
    /// The sign-in frequency among these.
    #[serde(skip)]
    pub sign_in_frequency: Option<SignInFrequency>,
}

impl Decision {
    /// Ids of the enforced policies that are not satisfied.
    pub fn failing(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().filter(|policy| policy.result == PolicyOutcome::Failure).map(|policy| policy.id.as_str())
    }

    /// The error, as the protocol numbers it.
    #[must_use]
    pub fn error(&self) -> Option<ErrorCode> {
        self.error_code.map(ErrorCode)
    }
}

/// What one policy said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyResult {
    /// Id of the policy.
    pub id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// What it said.
    pub result: PolicyOutcome,
    /// Why it does not apply; none when it does.
    pub reason: Option<Reason>,
}

/// Result of one policy, in the words of the sign-in log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PolicyOutcome {
    /// Applies and is satisfied.
    Success,
    /// Applies and is not satisfied.
    Failure,
    /// Does not apply.
    NotApplied,
    /// Disabled.
    NotEnabled,
    /// Would be satisfied.
    ReportOnlySuccess,
    /// Would not be satisfied.
    ReportOnlyFailure,
    /// Would prompt.
    ReportOnlyInterrupted,
    /// Would not apply.
    ReportOnlyNotApplied,
}

/// The first dimension that did not match. Variants stand in the order in which dimensions are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The policy is disabled.
    PolicyNotEnabled,
    /// It is for nobody or nothing.
    EmptyPolicy,
    /// Not for this person.
    Users,
    /// Not for this workload.
    WorkloadIdentities,
    /// Not for these resources.
    Application,
    /// Not for this action.
    UserActions,
    /// Not for this authentication context.
    AuthenticationContext,
    /// Not for this platform.
    DevicePlatform,
    /// Not for this device.
    Devices,
    /// Not for this kind of client.
    ClientApps,
    /// Not from here.
    Location,
    /// Not at this risk of the sign-in.
    SignInRisk,
    /// Not at this risk of the user.
    UserRisk,
    /// Not at this risk of the service principal.
    ServicePrincipalRisk,
    /// Not at this insider risk.
    InsiderRisk,
    /// Not for this way of transfer.
    AuthenticationFlow,
    /// The other half of the service policy is met.
    AlternativeMet,
}
