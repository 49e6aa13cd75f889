//! Whether it is worth asking a client for its device.

use doorward_model::device::TrustType;
use doorward_policy::conditional_access::{Decision, DeviceFacts, Facts, PolicyOutcome, Reason};
use doorward_store::Unit;

use super::facts;
use super::request::Request;
use crate::context::Context;
use crate::error::Result;
use crate::policies;

/// Whether a device that proved itself could change the decision about a request without one. Leaves no record.
///
/// Two questions: would a device that lacks nothing do better, and does a policy that is for this sign-in look at what the device is like?
/// Policies that only report disturb nobody.
///
/// # Errors
/// Storage failure.
pub async fn depends_on_device(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>) -> Result<bool> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, request).await?;
    let without = &set.decisions.decide(&gathered.facts).decision;
    // Beside a device the app's word for a broker counts no more.
    let with = Facts { device: Some(perfect()), broker_present: request.brokered, ..gathered.facts };
    let with = &set.decisions.decide(&with).decision;
    let told = |decision: &Decision| (decision.outcome, decision.failing().map(str::to_owned).collect::<Vec<_>>());
    let looks = without.policies.iter().any(|policy| {
        let enforced = matches!(policy.result, PolicyOutcome::Success | PolicyOutcome::Failure | PolicyOutcome::NotApplied);
        // What comes before the device in the order of conditions says that the policy is for somebody or something else.
        let reached = policy.reason.is_none_or(|reason| reason >= Reason::Devices);
        enforced && reached && set.about_devices.contains(&policy.id)
    });
    Ok(looks || told(without) != told(with))
}

/// A device that meets every requirement for devices.
pub(super) fn perfect() -> DeviceFacts {
    DeviceFacts {
        device_id: Some(uuid::Uuid::nil().to_string()),
        is_compliant: Some(true),
        is_managed: Some(true),
        trust_type: Some(TrustType::ServerAd),
        ..DeviceFacts::default()
    }
}
