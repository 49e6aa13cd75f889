//! Enrolment: a user's app on a device becomes known, with the key that proves it from then on.

use std::sync::Arc;

use doorward_model::RegistrationId;
use doorward_model::application::Application;
use doorward_model::protection::{
    AppState, Ended, Ending, Evidence, ManagedAppRegistration, MobileAppIdentifier, ProofKey, ProtectionState,
};
use doorward_model::tenant::Tenant;
use doorward_store::Unit;

use super::answer::{Answer, prepare};
use super::error::{ProtectionError, Result};
use super::{Principal, SentEvidence, attestation, registration, state};
use crate::context::Context;

/// What an app sends to enrol.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The app as the operating system names it.
    pub app_identifier: MobileAppIdentifier,
    /// Relates the apps of one device.
    pub device_tag: String,
    /// The key that will sign its requests.
    pub proof_key: ProofKey,
    /// What the phone's maker says of it.
    pub evidence: Option<SentEvidence>,
    /// Its state.
    pub state: AppState,
}

/// Enrols, or finds the same enrolment again (false beside the answer).
///
/// Finding it changes nothing: a public key proves nothing, so neither state nor time of the last check-in may come this way. The same
/// user with another key replaces the registration, and what it still has to do moves over.
///
/// # Errors
/// [`ProtectionError`].
pub async fn enrol(ctx: &Context, tenant: &Tenant, principal: &Principal, enrolment: Enrolment) -> Result<(Answer, bool)> {
    ctx.protection_limits.enrolment(tenant.id, principal.user)?;
    state::check(&enrolment.state, &enrolment.app_identifier)?;
    state::check_tag(&enrolment.device_tag)?;
    state::check_key(&enrolment.proof_key)?;
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let application = check_app(unit.as_mut(), principal, &enrolment.app_identifier).await?;

    let mut mine = None;
    for other in registration::all(unit.as_mut()).await? {
        let same_place = other.ended.is_none() && other.app_id == principal.app && other.device_tag == enrolment.device_tag;
        if same_place && other.user_id != principal.user {
            return Err(ProtectionError::AnotherUserEnrolled);
        }
        if same_place {
            mine = Some(other);
        }
    }
    if let Some(known) = mine.take_if(|known| known.proof_key.as_ref() == Some(&enrolment.proof_key)) {
        return Ok((prepare(ctx, unit.as_mut(), tenant, known).await?, false));
    }
    let now = ctx.now();
    let evidence = match &enrolment.evidence {
        Some(sent) => {
            let Enrolment { app_identifier, proof_key, .. } = &enrolment;
            Some(attestation::at_enrolment(ctx, unit.as_mut(), tenant, &application, app_identifier, proof_key, sent).await?)
        }
        None => None,
    };
    let mut registration = new_registration(ctx, principal, enrolment, evidence);
    if let Some(mut before) = mine {
        registration.operations = std::mem::take(&mut before.operations);
        before.ended = Some(Ended { at: now, how: Ending::Replaced });
        registration::update(unit.as_mut(), &before, now).await?;
    }
    let answer = prepare(ctx, unit.as_mut(), tenant, registration).await?;
    registration::create(unit.as_mut(), &answer.registration, now).await?;
    unit.commit().await?;
    Ok((answer, true))
}

fn new_registration(ctx: &Context, principal: &Principal, enrolment: Enrolment, evidence: Option<Evidence>) -> ManagedAppRegistration {
    let now = ctx.now();
    ManagedAppRegistration {
        id: RegistrationId::random(ctx.rng.as_ref()),
        user_id: principal.user,
        app_id: principal.app,
        app_identifier: enrolment.app_identifier,
        device_tag: enrolment.device_tag,
        device_id: principal.device,
        proof_key: Some(enrolment.proof_key),
        evidence,
        state: enrolment.state,
        protection: ProtectionState::NotTargeted,
        intended: None,
        applied_tag: None,
        applied_policies: Vec::new(),
        operations: Vec::new(),
        created_date_time: now,
        last_sync_date_time: now,
        ended: None,
    }
}

/// The app is known by its token; what it says of itself must agree.
async fn check_app(unit: &mut dyn Unit, principal: &Principal, identifier: &MobileAppIdentifier) -> Result<Arc<Application>> {
    let application: Option<Arc<Application>> = unit.applications().get(principal.app).await?.filter(|application| application.enabled);
    let Some(application) = application
        .filter(|application| application.platform_identities.iter().any(|identity| MobileAppIdentifier::from(identity) == *identifier))
    else {
        return Err(ProtectionError::AppMismatch(identifier.identifier().chars().take(128).collect()));
    };
    if application.protectable { Ok(application) } else { Err(ProtectionError::AppNotProtectable(application.display_name.clone())) }
}
