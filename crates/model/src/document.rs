//! Policies and what they refer to, kept as the JSON documents that administrators wrote.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The kinds of document. One store table serves all; each kind has its own type and validation above the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DocumentKind {
    /// Graph `conditionalAccessPolicy`.
    ConditionalAccessPolicy,
    /// Graph `namedLocation`.
    NamedLocation,
    /// Graph `authenticationStrengthPolicy`.
    AuthenticationStrengthPolicy,
    /// Graph `authenticationContextClassReference`.
    AuthenticationContextClassReference,
    /// Service policy (2016 model).
    ServicePolicy,
    /// Graph `iosManagedAppProtection` or `androidManagedAppProtection`.
    AppProtectionPolicy,
    /// Registration of a managed app.
    ManagedAppRegistration,
    /// Graph `deviceCompliancePolicy` of any platform.
    CompliancePolicy,
    /// Graph `deviceManagementSettings`; there is one.
    DeviceManagementSettings,
}

impl DocumentKind {
    /// Name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConditionalAccessPolicy => "conditionalAccessPolicy",
            Self::NamedLocation => "namedLocation",
            Self::AuthenticationStrengthPolicy => "authenticationStrengthPolicy",
            Self::AuthenticationContextClassReference => "authenticationContextClassReference",
            Self::ServicePolicy => "servicePolicy",
            Self::AppProtectionPolicy => "appProtectionPolicy",
            Self::ManagedAppRegistration => "managedAppRegistration",
            Self::CompliancePolicy => "compliancePolicy",
            Self::DeviceManagementSettings => "deviceManagementSettings",
        }
    }
}

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Id, unique within its kind.
    pub id: String,
    /// Counts changes from 1; the entity tag of the admin API.
    pub version: i64,
    /// The document, a JSON object.
    pub body: serde_json::Value,
    /// Second key by which documents are found (registrations: the user id); empty when unused.
    pub subject: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}
