//! Controls in the order in which a person is asked for them.

use serde::Serialize;

/// A control, ordered by the prompt order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Control {
    /// A second factor.
    Mfa,
    /// A combination of methods.
    AuthenticationStrength,
    /// A managed and compliant device.
    CompliantDevice,
    /// A domain-joined device.
    DomainJoinedDevice,
    /// An approved app.
    ApprovedApplication,
    /// An app that has applied its protection policy.
    CompliantApplication,
    /// A changed password.
    PasswordChange,
    /// Terms of use.
    TermsOfUse,
    /// A control of a third party.
    Custom,
}
