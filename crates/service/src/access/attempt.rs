//! One line of the sign-in log in the making.

use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_model::tenant::Tenant;
use doorward_model::{SignInId, TenantId, rng};

use crate::caller::Caller;
use crate::context::Context;
use crate::error::Refusal;
use crate::sign_in_log::Telling;

/// A sign-in that may go on. It is recorded once, by [`Self::granted`], when it has come to its end.
#[must_use = "a sign-in that is not recorded leaves no trace"]
#[derive(Debug)]
pub struct Attempt {
    tenant: TenantId,
    record: SignInRecord,
}

impl Attempt {
    pub(super) fn new(ctx: &Context, tenant: &Tenant, caller: &Caller, telling: &Telling<'_>) -> Self {
        let now = ctx.now();
        let record = SignInRecord {
            id: SignInId(rng::ordered_uuid(ctx.rng.as_ref(), now)),
            created_date_time: now,
            correlation_id: caller.correlation_id,
            circumstances: ctx.sign_in_log.told.circumstances(telling),
        };
        Self { tenant: tenant.id, record }
    }

    /// Id of the record, shown to the client as trace id.
    #[must_use]
    pub fn id(&self) -> SignInId {
        self.record.id
    }

    /// Leaves no record: what was granted is no token yet, and is decided again when it becomes one.
    pub fn deferred(self) {
        drop(self);
    }

    /// Records that the token was issued.
    pub async fn granted(self, ctx: &Context) {
        ctx.sign_in_log.append(self.tenant, self.record).await;
    }
}

/// Records a sign-in that may not go on, and makes the record's id the trace id.
pub(super) async fn refused(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    telling: Telling<'_>,
    outcome: SignInOutcome,
    refusal: &mut Refusal,
) {
    let telling = Telling { outcome, error_code: refusal.code.0, failure_reason: &refusal.message, ..telling };
    let attempt = Attempt::new(ctx, tenant, caller, &telling);
    refusal.trace_id = Some(attempt.id());
    ctx.sign_in_log.append(attempt.tenant, attempt.record).await;
}
