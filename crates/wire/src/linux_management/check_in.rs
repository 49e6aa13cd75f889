//! Check-in: what the computer is, what is asked of it, and how it stands to that by its own word.

use serde::{Deserialize, Serialize};

/// What a computer says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Details {
    /// Id of the device in management.
    pub device_id: String,
    /// `ID` of os-release.
    #[serde(rename = "OSDistribution", default)]
    pub os_distribution: String,
    /// Name and version of the system, as people know them.
    #[serde(rename = "OSVersion", default)]
    pub os_version: String,
}

/// The policies for a computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// Each.
    pub policies: Vec<Policy>,
}

/// A policy. Clients take no null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Tenant.
    pub account_id: String,
    /// Name for people.
    pub description: String,
    /// Id.
    pub policy_id: String,
    /// `Compliance`.
    pub policy_type: String,
    /// Grows with each change.
    pub version: u32,
    /// What it asks for.
    pub policy_settings: Vec<PolicySetting>,
}

/// One thing that a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicySetting {
    /// Where it stands; settings of one distribution share its number.
    pub csp_path: String,
    /// The same as an id.
    pub csp_path_id: String,
    /// Names it in a report.
    pub rule_id: String,
    /// What it is.
    pub setting_definition_item_id: String,
    /// What is asked for.
    pub value: String,
}

/// How a computer stands to a setting by its own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportedState {
    /// Met.
    Compliant,
    /// Not met, or it could not be found out.
    NonCompliant,
    /// Not known yet.
    Unknown,
}

/// A report; the answer has the same form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Status {
    /// Id of the device in management.
    #[serde(alias = "deviceId")]
    pub device_id: String,
    /// Each policy.
    #[serde(default, alias = "policyStatuses")]
    pub policy_statuses: Vec<PolicyStatus>,
}

/// How it stands to a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyStatus {
    /// Id of the policy.
    #[serde(alias = "policyId")]
    pub policy_id: String,
    /// When it looked, by its own clock.
    #[serde(default, alias = "lastStatusDateTime")]
    pub last_status_date_time: String,
    /// Each setting.
    #[serde(default, alias = "details")]
    pub details: Vec<SettingStatus>,
}

/// How it stands to a setting. What the client sent beside it is sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SettingStatus {
    /// Names the setting.
    #[serde(alias = "ruleId")]
    pub rule_id: String,
    /// What it is.
    #[serde(default, alias = "settingDefinitionItemId")]
    pub setting_definition_item_id: String,
    /// What the client was asked for.
    #[serde(default, alias = "expectedValue")]
    pub expected_value: String,
    /// What it found; may be empty.
    #[serde(default, alias = "actualValue")]
    pub actual_value: String,
    /// `Compliant`, `NonCompliant`, `Error` or `Unknown`.
    #[serde(default, alias = "newComplianceState")]
    pub new_compliance_state: String,
    /// What it was before.
    #[serde(default, alias = "oldComplianceState")]
    pub old_compliance_state: String,
    /// Of an error.
    #[serde(default, alias = "errorType", skip_serializing_if = "Option::is_none")]
    pub error_type: Option<i32>,
    /// Of an error.
    #[serde(default, alias = "errorCode", skip_serializing_if = "Option::is_none")]
    pub error_code: Option<i32>,
}

impl SettingStatus {
    /// The state. A word that is not known, and an error, count as not met.
    #[must_use]
    pub fn state(&self) -> ReportedState {
        let is = |word: &str| self.new_compliance_state.eq_ignore_ascii_case(word);
        if is("Compliant") {
            ReportedState::Compliant
        } else if is("Unknown") || self.new_compliance_state.is_empty() {
            ReportedState::Unknown
        } else {
            ReportedState::NonCompliant
        }
    }
}
