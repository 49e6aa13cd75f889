//! One line of the sign-in log in the making.

use doorward_model::application::Application;
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use doorward_model::tenant::Tenant;
use doorward_model::{CorrelationId, JsonText, SignInId, TenantId, rng};
use doorward_policy::conditional_access::Decided;
use jiff::Timestamp;

use super::facts::Gathered;
use super::request::{Request, Subject};
use crate::caller::Caller;
use crate::context::Context;
use crate::error::Refusal;

/// Characters of a sign-in name that are kept: strangers type what they like.
const LONGEST_LOGIN: usize = 320;

/// A sign-in whose end is not known yet. It is recorded once, by [`Self::granted`] or [`Self::refused`].
#[must_use = "a sign-in that is not recorded leaves no trace"]
#[derive(Debug)]
pub struct Attempt {
    tenant: TenantId,
    id: SignInId,
    begun: Timestamp,
    correlation_id: CorrelationId,
    circumstances: Box<Circumstances>,
}

impl Attempt {
    pub(super) fn begin(ctx: &Context, request: &Request<'_>, gathered: &Gathered<'_>, decided: &Decided, policy_set: &str) -> Self {
        let login = match request.subject {
            Subject::User(user) => user.user_principal_name.as_str(),
            Subject::Workload => "",
        };
        let mut this = Self::without_decision(ctx, request.tenant, request.caller, request.grant, Some(request.client), login);
        let circumstances = &mut this.circumstances;
        circumstances.user_id = match request.subject {
            Subject::User(user) => Some(user.id),
            Subject::Workload => None,
        };
        circumstances.resource_id = Some(request.resource.app_id);
        circumstances.resource_display_name.clone_from(&request.resource.display_name);
        circumstances.device_id = request.device.map(|device| device.id);
        // Plain strings and enums always serialise.
        circumstances.facts = JsonText::of(&gathered.as_sign_in()).unwrap_or_default();
        circumstances.applied_policies = decided.policies.clone();
        policy_set.clone_into(&mut circumstances.policy_set);
        this
    }

    pub(super) fn without_decision(
        ctx: &Context,
        tenant: &Tenant,
        caller: &Caller,
        grant: &'static str,
        client: Option<&Application>,
        login: &str,
    ) -> Self {
        let now = ctx.now();
        let circumstances = Circumstances {
            user_id: None,
            user_principal_name: shortened(login).to_owned(),
            app_id: client.map(|client| client.app_id),
            app_display_name: client.map(|client| client.display_name.clone()).unwrap_or_default(),
            resource_id: None,
            resource_display_name: String::new(),
            grant: grant.to_owned(),
            ip_address: caller.ip.to_string(),
            user_agent: caller.user_agent.clone(),
            device_id: None,
            outcome: SignInOutcome::Granted,
            error_code: 0,
            failure_reason: String::new(),
            facts: JsonText::default(),
            applied_policies: JsonText::default(),
            policy_set: String::new(),
        };
        Self {
            tenant: tenant.id,
            id: SignInId(rng::ordered_uuid(ctx.rng.as_ref(), now)),
            begun: now,
            correlation_id: caller.correlation_id,
            circumstances: Box::new(circumstances),
        }
    }

    /// Id of the record, shown to the client as trace id.
    #[must_use]
    pub fn id(&self) -> SignInId {
        self.id
    }

    pub(super) fn set_outcome(&mut self, outcome: SignInOutcome) {
        self.circumstances.outcome = outcome;
    }

    /// Leaves no record: what was granted is no token yet, and is decided again when it becomes one.
    pub fn deferred(self) {
        drop(self);
    }

    /// Records that the token was issued.
    pub async fn granted(self, ctx: &Context) {
        self.record(ctx).await;
    }

    pub(super) async fn refused(mut self, ctx: &Context, refusal: &Refusal) {
        self.circumstances.error_code = refusal.code.0;
        self.circumstances.failure_reason.clone_from(&refusal.message);
        self.record(ctx).await;
    }

    async fn record(self, ctx: &Context) {
        let log = &ctx.sign_in_log;
        let record = SignInRecord {
            id: self.id,
            created_date_time: self.begun,
            correlation_id: self.correlation_id,
            circumstances: log.told.share(self.circumstances),
        };
        log.append(self.tenant, record).await;
    }
}

fn shortened(login: &str) -> &str {
    login.char_indices().nth(LONGEST_LOGIN).and_then(|(end, _)| login.get(..end)).unwrap_or(login)
}
