//! Whether an app applies its policy: a fact for access decisions.

use doorward_model::protection::ManagedAppRegistration;
use doorward_model::{AppId, DeviceId, RegistrationId, TenantId, UserId};
use doorward_policy::protection::{Criterion, Standing, applied as failed_criteria, current_since};
use doorward_store::Unit;
use jiff::Timestamp;

use super::effective::of_instance;
use super::registration;
use crate::context::Context;
use crate::error::Result;

/// What is known about an app instance, for the decision and for the sign-in log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppliedFacts {
    /// The app applies its policy.
    pub applied: bool,
    /// The registration that was looked at; none when the app never enrolled on this device.
    pub registration: Option<RegistrationId>,
    /// Its last check-in.
    pub last_sync: Option<Timestamp>,
    /// The tag it says it enforces.
    pub tag: Option<String>,
    /// What it fails, empty when `applied`.
    pub failed: Vec<Criterion>,
}

/// Whether the user's instance of the app on that device applies its policy. Without a device the answer is no. `enrolment` is the id of
/// the one instance that counts, as the client gave it; none: any of them.
///
/// # Errors
/// Storage failure.
pub async fn applied(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: TenantId,
    (user, app, device): (UserId, AppId, Option<DeviceId>),
    enrolment: Option<&str>,
) -> Result<AppliedFacts> {
    let Some(device_id) = device else { return Ok(AppliedFacts::default()) };
    let mut best: Option<AppliedFacts> = None;
    for registration in registration::of_user(unit, user).await? {
        let is_meant = enrolment.is_none_or(|id| id.parse() == Ok(registration.id));
        if !is_meant || registration.app_id != app || registration.device_id != Some(device_id) || registration.user_id != user {
            continue;
        }
        let facts = of_registration(ctx, unit, tenant, &registration).await?;
        // One instance that passes is enough; of those that do not, the one that fails least is the one to tell about.
        if best.as_ref().is_none_or(|best| facts.failed.len() < best.failed.len()) {
            best = Some(facts);
        }
    }
    Ok(best.unwrap_or_default())
}

/// The facts of one instance.
pub(super) async fn of_registration(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: TenantId,
    registration: &ManagedAppRegistration,
) -> Result<AppliedFacts> {
    let current = of_instance(ctx, unit, tenant, registration).await?;
    let standing = current.as_ref().map(|current| Standing {
        settings: &current.effective.settings,
        tag: &current.tag,
        since: current_since(registration, &current.tag, current.changed),
    });
    let failed = failed_criteria(registration, standing.as_ref(), ctx.now());
    Ok(AppliedFacts {
        applied: failed.is_empty(),
        registration: Some(registration.id),
        last_sync: Some(registration.last_sync_date_time),
        tag: registration.applied_tag.clone(),
        failed,
    })
}
