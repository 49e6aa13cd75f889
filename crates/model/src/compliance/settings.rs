//! Compliance settings of a tenant.

use serde::{Deserialize, Serialize};

/// Graph `deviceManagementSettings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComplianceSettings {
    /// A managed device that no policy is for is not compliant.
    pub secure_by_default: bool,
    /// Days after which a report says nothing any more.
    pub device_compliance_checkin_threshold_days: u32,
    /// Actions other than blocking are taken.
    pub is_scheduled_action_enabled: bool,
}

impl ComplianceSettings {
    /// The days that may be set.
    pub const THRESHOLD_DAYS: std::ops::RangeInclusive<u32> = 1..=120;
}

impl Default for ComplianceSettings {
    /// Of a new tenant: strict where the vendor's default is lenient.
    fn default() -> Self {
        Self { secure_by_default: true, device_compliance_checkin_threshold_days: 30, is_scheduled_action_enabled: true }
    }
}
