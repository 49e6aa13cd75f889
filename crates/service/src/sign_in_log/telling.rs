//! What a sign-in says beside its time and ids, before it is written down.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use doorward_model::sign_in_record::{Circumstances, SignInOutcome};
use doorward_model::{AppId, DeviceId, JsonText, UserId};

use super::as_sign_in::{AsSignIn, own};

/// The circumstances of a sign-in, most of them borrowed from the request: what was said lately need not be copied to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Telling<'a> {
    pub(crate) user_id: Option<UserId>,
    pub(crate) user_principal_name: Cow<'a, str>,
    pub(crate) app_id: Option<AppId>,
    pub(crate) app_display_name: Cow<'a, str>,
    pub(crate) resource_id: Option<AppId>,
    pub(crate) resource_display_name: Cow<'a, str>,
    pub(crate) grant: &'static str,
    pub(crate) ip_address: IpAddr,
    pub(crate) user_agent: Cow<'a, str>,
    pub(crate) device_id: Option<DeviceId>,
    pub(crate) outcome: SignInOutcome,
    pub(crate) error_code: u32,
    pub(crate) failure_reason: Cow<'a, str>,
    /// None when no decision was asked for.
    pub(crate) facts: Option<AsSignIn<'a>>,
    /// None when no decision was asked for.
    pub(crate) applied_policies: Option<Cow<'a, JsonText>>,
    pub(crate) policy_set: Cow<'a, str>,
}

/// Without what follows from the rest, most of the time: names, reasons and what policies said.
impl Hash for Telling<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.user_id, self.app_id, self.resource_id, self.device_id).hash(state);
        (self.grant, self.ip_address, &self.user_agent, self.outcome, self.error_code, &self.facts).hash(state);
    }
}

impl Telling<'_> {
    pub(super) fn written_down(&self) -> Circumstances {
        Circumstances {
            user_id: self.user_id,
            user_principal_name: self.user_principal_name.clone().into_owned(),
            app_id: self.app_id,
            app_display_name: self.app_display_name.clone().into_owned(),
            resource_id: self.resource_id,
            resource_display_name: self.resource_display_name.clone().into_owned(),
            grant: self.grant.to_owned(),
            ip_address: self.ip_address.to_string(),
            user_agent: self.user_agent.clone().into_owned(),
            device_id: self.device_id,
            outcome: self.outcome,
            error_code: self.error_code,
            failure_reason: self.failure_reason.clone().into_owned(),
            // Plain strings and enums always serialise.
            facts: self.facts.as_ref().and_then(|facts| JsonText::of(facts).ok()).unwrap_or_default(),
            applied_policies: self.applied_policies.as_deref().cloned().unwrap_or_default(),
            policy_set: self.policy_set.clone().into_owned(),
        }
    }

    pub(super) fn into_owned(self) -> Telling<'static> {
        Telling {
            user_id: self.user_id,
            user_principal_name: own(self.user_principal_name),
            app_id: self.app_id,
            app_display_name: own(self.app_display_name),
            resource_id: self.resource_id,
            resource_display_name: own(self.resource_display_name),
            grant: self.grant,
            ip_address: self.ip_address,
            user_agent: own(self.user_agent),
            device_id: self.device_id,
            outcome: self.outcome,
            error_code: self.error_code,
            failure_reason: own(self.failure_reason),
            facts: self.facts.map(AsSignIn::into_owned),
            applied_policies: self.applied_policies.map(|policies| Cow::Owned(policies.into_owned())),
            policy_set: own(self.policy_set),
        }
    }
}
