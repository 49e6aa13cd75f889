//! Whether a policy applies, dimension by dimension in the order of the reasons.

use doorward_model::conditional_access::{ConditionalAccessPolicy, PolicyState};
use doorward_policy::conditional_access::{Facts, Reason};

use super::{Oracle, conditions, identity, target};

impl Oracle<'_> {
    /// The first dimension that does not match.
    pub(super) fn reason(&self, policy: &ConditionalAccessPolicy, facts: &Facts) -> Option<Reason> {
        let conditions = &policy.conditions;
        if policy.state == PolicyState::Disabled {
            return Some(Reason::PolicyNotEnabled);
        }
        // Rule 10.
        if !identity::has_users(&conditions.users) && !identity::has_workloads(&conditions.client_applications) {
            return Some(Reason::EmptyPolicy);
        }
        let Some(target_reason) = target::first_kind(&conditions.applications) else {
            return Some(Reason::EmptyPolicy);
        };
        if let Some(reason) = identity::mismatch(conditions, &facts.subject) {
            return Some(reason);
        }
        if !target::matches(&conditions.applications, facts) {
            return Some(target_reason);
        }
        if !conditions::platform(&conditions.platforms, facts.device_platform) {
            return Some(Reason::DevicePlatform);
        }
        if !self.devices(&conditions.devices, facts.device.as_ref()) {
            return Some(Reason::Devices);
        }
        if !conditions::client_app(&conditions.client_app_types, facts.client_app_type) {
            return Some(Reason::ClientApps);
        }
        if !self.location(&conditions.locations, facts) {
            return Some(Reason::Location);
        }
        if !conditions::risk(&conditions.sign_in_risk_levels, facts.sign_in_risk) {
            return Some(Reason::SignInRisk);
        }
        if !conditions::risk(&conditions.user_risk_levels, facts.user_risk) {
            return Some(Reason::UserRisk);
        }
        if !conditions::risk(&conditions.service_principal_risk_levels, facts.service_principal_risk) {
            return Some(Reason::ServicePrincipalRisk);
        }
        if !conditions::insider_risk(&conditions.insider_risk_levels, facts.insider_risk) {
            return Some(Reason::InsiderRisk);
        }
        if !conditions::transfer(&conditions.transfer_methods, facts.transfer_method) {
            return Some(Reason::AuthenticationFlow);
        }
        None
    }
}
