//! What a sign-in says beside its time and ids, before it is written down.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use doorward_model::sign_in_record::{Circumstances, SignInOutcome};
use doorward_model::{AppId, DeviceId, JsonText, UserId};

use super::as_sign_in::AsSignIn;

/// The circumstances of a sign-in, borrowed from the request: what was said lately need not be copied to be found.
#[derive(Debug, Clone)]
pub(crate) struct Telling<'a> {
    pub(crate) user_id: Option<UserId>,
    pub(crate) user_principal_name: &'a str,
    pub(crate) app_id: Option<AppId>,
    pub(crate) app_display_name: &'a str,
    pub(crate) resource_id: Option<AppId>,
    pub(crate) resource_display_name: &'a str,
    pub(crate) grant: &'a str,
    pub(crate) ip_address: IpAddr,
    pub(crate) user_agent: &'a str,
    pub(crate) device_id: Option<DeviceId>,
    pub(crate) outcome: SignInOutcome,
    pub(crate) error_code: u32,
    pub(crate) failure_reason: &'a str,
    /// None when no decision was asked for.
    pub(crate) facts: Option<AsSignIn<'a>>,
    /// None when there are no facts.
    pub(crate) applied_policies: Option<&'a JsonText>,
    pub(crate) policy_set: &'a str,
}

/// Everything but what policies said: that is long, and written down already.
impl Hash for Telling<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            user_id,
            user_principal_name,
            app_id,
            app_display_name,
            resource_id,
            resource_display_name,
            grant,
            ip_address,
            user_agent,
            device_id,
            outcome,
            error_code,
            failure_reason,
            facts,
            applied_policies: _,
            policy_set,
        } = self;
        (user_id, user_principal_name, app_id, app_display_name, resource_id, resource_display_name, grant, ip_address).hash(state);
        (user_agent, device_id, outcome, error_code, failure_reason, facts, policy_set).hash(state);
    }
}

impl Telling<'_> {
    pub(super) fn written_down(&self) -> Circumstances {
        Circumstances {
            user_id: self.user_id,
            user_principal_name: self.user_principal_name.to_owned(),
            app_id: self.app_id,
            app_display_name: self.app_display_name.to_owned(),
            resource_id: self.resource_id,
            resource_display_name: self.resource_display_name.to_owned(),
            grant: self.grant.to_owned(),
            ip_address: self.ip_address.to_string(),
            user_agent: self.user_agent.to_owned(),
            device_id: self.device_id,
            outcome: self.outcome,
            error_code: self.error_code,
            failure_reason: self.failure_reason.to_owned(),
            // Plain strings and enums always serialise.
            facts: self.facts.as_ref().and_then(|facts| JsonText::of(facts).ok()).unwrap_or_default(),
            applied_policies: self.applied_policies.cloned().unwrap_or_default(),
            policy_set: self.policy_set.to_owned(),
        }
    }
}
