//! The engines that are compared. Each is built from the same policies and facts, in the way that suits it best, before any time is taken.

pub(crate) mod cedar;
pub(crate) mod doorward;
pub(crate) mod evidence;
pub(crate) mod naive;
pub(crate) mod rego;

use anyhow::ensure;
use doorward_model::ErrorCode;
use doorward_model::authentication_strength::{AuthenticationStrengthPolicy, built_in};
use doorward_model::conditional_access::{ConditionalAccessPolicy, MembershipKind, RequiredStrength};
use doorward_model::named_location::NamedLocation;
use doorward_policy::conditional_access::{Control, Facts, Outcome};

/// What every engine is given.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) policies: &'a [ConditionalAccessPolicy],
    pub(crate) locations: &'a [NamedLocation],
    pub(crate) strengths: &'a [AuthenticationStrengthPolicy],
    pub(crate) facts: &'a [Facts],
}

/// An engine that has been told its policies and sign-ins.
pub(crate) trait Engine {
    /// Name in the figures.
    fn name(&self) -> &'static str;

    /// Decides a sign-in, by its number.
    fn decide(&mut self, sign_in: usize) -> Answer;

    /// Decides several, and counts those that may go ahead. Each engine has its own copy of this loop, without indirect calls.
    fn decide_all(&mut self, sign_ins: std::ops::Range<usize>) -> usize {
        sign_ins.filter(|sign_in| std::hint::black_box(self.decide(*sign_in)).access() == Some(true)).count()
    }
}

/// What an engine says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// An engine that knows what to do about a refusal.
    Full { outcome: Outcome, code: Option<ErrorCode>, next: Option<Control> },
    /// An engine that knows yes and no.
    Access(bool),
    /// It could not decide.
    Failed,
}

impl Answer {
    /// The sign-in may go ahead; none when the engine failed.
    pub(crate) fn access(self) -> Option<bool> {
        match self {
            Self::Full { outcome, .. } => Some(outcome == Outcome::Grant),
            Self::Access(access) => Some(access),
            Self::Failed => None,
        }
    }

    /// Both say the same, as far as both can say it.
    pub(crate) fn agrees(self, other: Self) -> bool {
        match (self, other) {
            (Self::Full { .. }, Self::Full { .. }) => self == other,
            _ => self.access().is_some() && self.access() == other.access(),
        }
    }
}

/// The other engines know the conditions that the generator makes, and refuse any other rather than ignoring it.
fn check(policy: &ConditionalAccessPolicy) -> anyhow::Result<()> {
    let (conditions, grant) = (&policy.conditions, &policy.grant_controls);
    let all_tenants = [&conditions.users.include_guests, &conditions.users.exclude_guests]
        .into_iter()
        .flatten()
        .all(|guests| guests.tenants == MembershipKind::All);
    ensure!(
        all_tenants
            && conditions.client_applications.include_service_principals.is_empty()
            && conditions.applications.include_authentication_contexts.is_empty()
            && conditions.service_principal_risk_levels.is_empty()
            && conditions.devices.devices.is_empty()
            && conditions.devices.states.is_empty()
            && grant.custom_authentication_factors.is_empty(),
        "policy {:?} has a condition or control that the engines compared with are not taught",
        policy.id
    );
    Ok(())
}

/// The combinations of a strength, each a list of methods.
fn combinations<'a>(required: &'a RequiredStrength, strengths: &'a [AuthenticationStrengthPolicy]) -> Vec<Vec<&'a str>> {
    let listed = strengths.iter().find(|strength| strength.id == required.id).map(|strength| &strength.allowed_combinations);
    let methods = |combination: &'a str| combination.split(',').collect();
    match listed {
        Some(listed) => listed.iter().map(|combination| methods(combination)).collect(),
        None => built_in(&required.id).unwrap_or_default().iter().map(|combination| methods(combination)).collect(),
    }
}
