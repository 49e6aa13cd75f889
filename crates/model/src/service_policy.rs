//! Service policies: one per service, saying which apps may be used with it, for whom, and on which devices.

use crate::sign_in::DevicePlatform;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// What a Windows PC must be.
    enum WindowsRequirement {
        /// Either of the two below.
        DomainJoinedOrCompliant = "domainJoinedOrCompliant",
        /// Domain joined.
        DomainJoined = "domainJoined",
        /// Managed and compliant.
        Compliant = "compliant",
    }
}

/// The policy of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePolicy {
    /// Id, for example `exo`.
    pub id: String,
    /// App id of the service.
    pub resource: String,
    /// Which apps.
    pub app_access: Option<AppAccess>,
    /// On which devices.
    pub device_access: Option<DeviceAccess>,
}

/// App access: only approved apps, through the broker on a registered device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppAccess {
    /// `state` is enabled.
    pub enabled: bool,
    /// Every app is allowed, which restricts nothing.
    pub allows_all_apps: bool,
    /// Groups it is for.
    pub restricted_groups: Vec<String>,
    /// Groups it is not for, whatever else they are in.
    pub exempted_groups: Vec<String>,
}

/// Device access: only managed and compliant devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAccess {
    /// `state` is enabled.
    pub enabled: bool,
    /// Platforms it is for; none means every platform, the unsupported ones included.
    pub platforms: Option<Vec<DevicePlatform>>,
    /// It is for everyone.
    pub targets_all_users: bool,
    /// Groups it is for.
    pub targeted_groups: Vec<String>,
    /// Groups it is not for, whatever else they are in.
    pub exempted_groups: Vec<String>,
    /// What a Windows PC must be.
    pub windows: WindowsRequirement,
}

/// An enabled app access beside certificate-based authentication: two ways to identify a device that exclude each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("service policy {0:?}: app access cannot be enabled together with certificate-based authentication: disable one of the two")]
pub struct CertificateConflict(pub String);

/// Refuses an enabled app access where users sign in by certificate.
///
/// # Errors
/// Names the first such policy.
pub fn check_certificate_conflict(policies: &[ServicePolicy], certificate_based_authentication: bool) -> Result<(), CertificateConflict> {
    let conflict = |policy: &&ServicePolicy| policy.app_access.as_ref().is_some_and(|access| access.enabled);
    match policies.iter().find(conflict) {
        Some(policy) if certificate_based_authentication => Err(CertificateConflict(policy.id.clone())),
        _ => Ok(()),
    }
}
