//! The conditions of a policy, and how each stands to a sign-in.

use serde::Serialize;

/// A condition, in the order in which conditions are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Condition {
    /// The person or workload.
    Identity,
    /// The resource, user action or authentication context.
    Target,
    /// The platform.
    DevicePlatform,
    /// The registered device.
    Devices,
    /// The kind of client.
    ClientApps,
    /// The place.
    Location,
    /// Risk of the sign-in.
    SignInRisk,
    /// Risk of the user.
    UserRisk,
    /// Risk of the service principal.
    ServicePrincipalRisk,
    /// Insider risk.
    InsiderRisk,
    /// The way of transfer.
    AuthenticationFlow,
}

impl Condition {
    /// Every condition, in order.
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Target,
        Self::DevicePlatform,
        Self::Devices,
        Self::ClientApps,
        Self::Location,
        Self::SignInRisk,
        Self::UserRisk,
        Self::ServicePrincipalRisk,
        Self::InsiderRisk,
        Self::AuthenticationFlow,
    ];
}

/// How one condition of one policy stands to a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ConditionState {
    /// The policy says nothing about it.
    NotConfigured,
    /// Met.
    Matched,
    /// The sign-in is among the exclusions.
    Excluded,
    /// The sign-in is not among the inclusions.
    NotMatched,
}

impl ConditionState {
    /// An include list and an exclude list: exclusion is absolute.
    pub(super) fn of(included: bool, excluded: bool) -> Self {
        match (included, excluded) {
            (_, true) => Self::Excluded,
            (true, false) => Self::Matched,
            (false, false) => Self::NotMatched,
        }
    }

    pub(super) fn is_met(self) -> bool {
        matches!(self, Self::NotConfigured | Self::Matched)
    }
}
