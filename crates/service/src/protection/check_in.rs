//! Check-in, and what else a registered instance asks: its own registration, and its end.

use doorward_model::RegistrationId;
use doorward_model::protection::{AppState, Ended, Ending, ManagedAppRegistration};
use doorward_model::tenant::Tenant;
use doorward_store::Unit;

use super::answer::{Answer, prepare};
use super::error::{ProtectionError, Result};
use super::proof::{self, Proven};
use super::{Principal, SentEvidence, attestation, registration, state};
use crate::context::Context;

/// What an app sends at a check-in.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// Its state.
    pub state: AppState,
    /// The tag of the policy it enforces.
    pub applied_tag: Option<String>,
    /// What the phone's maker says of it.
    pub evidence: Option<SentEvidence>,
}

/// Takes the state of an instance and tells it what to enforce.
///
/// # Errors
/// [`ProtectionError`].
pub async fn check_in(
    ctx: &Context,
    tenant: &Tenant,
    principal: &Principal,
    id: RegistrationId,
    proven: &Proven<'_>,
    check_in: CheckIn,
) -> Result<Answer> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let (mut registration, nonce) = live(ctx, unit.as_mut(), tenant, principal, id, proven).await?;
    ctx.protection_limits.check_in(tenant.id, id)?;
    state::check(&check_in.state, &registration.app_identifier)?;
    registration.state = check_in.state;
    note_applied(&mut registration, check_in.applied_tag);
    if let Some(application) = unit.applications().get(registration.app_id).await? {
        let requirement = &application.attestation;
        attestation::at_check_in(ctx, tenant.id, requirement, &mut registration, &nonce, check_in.evidence.as_ref());
    }
    registration.device_id = principal.device.or(registration.device_id);
    let answer = prepare(ctx, unit.as_mut(), tenant, registration).await?;
    registration::update(unit.as_mut(), &answer.registration, ctx.now()).await?;
    unit.commit().await?;
    Ok(answer)
}

/// Keeps which policies stand behind the tag that the app says it enforces.
fn note_applied(registration: &mut ManagedAppRegistration, tag: Option<String>) {
    match &registration.intended {
        Some(told) if tag.as_ref() == Some(&told.tag) => registration.applied_policies.clone_from(&told.policies),
        _ if tag == registration.applied_tag => {}
        _ => registration.applied_policies.clear(),
    }
    registration.applied_tag = tag;
}

/// The registration of an instance, as it asks for it itself.
///
/// # Errors
/// [`ProtectionError`].
pub async fn get(
    ctx: &Context,
    tenant: &Tenant,
    principal: &Principal,
    id: RegistrationId,
    proven: &Proven<'_>,
) -> Result<ManagedAppRegistration> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let (registration, _) = live(ctx, unit.as_mut(), tenant, principal, id, proven).await?;
    // The proof was used, and that must be remembered.
    unit.commit().await?;
    Ok(registration)
}

/// Ends a registration because the person removed the account; `wiped` says that the organisation's data is gone.
///
/// # Errors
/// [`ProtectionError`].
pub async fn unenrol(
    ctx: &Context,
    tenant: &Tenant,
    principal: &Principal,
    id: RegistrationId,
    proven: &Proven<'_>,
    wiped: bool,
) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let (mut registration, _) = live(ctx, unit.as_mut(), tenant, principal, id, proven).await?;
    let how = if wiped { Ending::Wiped } else { Ending::Unenrolled };
    registration.ended = Some(Ended { at: ctx.now(), how });
    registration::update(unit.as_mut(), &registration, ctx.now()).await?;
    Ok(unit.commit().await?)
}

/// The registration that the token and the proof are for, unless it has ended, with the nonce of the proof.
async fn live(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    principal: &Principal,
    id: RegistrationId,
    proven: &Proven<'_>,
) -> Result<(ManagedAppRegistration, String)> {
    let found = registration::find(unit, id).await?;
    let registration = found.filter(|found| found.user_id == principal.user).ok_or(ProtectionError::NotFound)?;
    if registration.app_id != principal.app {
        return Err(ProtectionError::AppMismatch(registration.app_identifier.identifier().to_owned()));
    }
    let nonce = proof::check(ctx, unit, tenant, registration.proof_key.as_ref(), proven).await?;
    match registration.ended.map(|ended| ended.how) {
        None => Ok((registration, nonce)),
        Some(Ending::Replaced) => Err(ProtectionError::Replaced),
        Some(Ending::Wiped | Ending::Unenrolled) => Err(ProtectionError::Ended),
    }
}
