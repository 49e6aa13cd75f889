//! Registrations as administrators look for them.

use std::sync::Arc;

use doorward_model::device::Device;
use doorward_model::protection::{Assurance, EvidenceProblem, ManagedAppOperation, ManagedAppRegistration};
use doorward_model::user::User;
use doorward_model::{RegistrationId, TenantId};
use doorward_policy::protection::{Criterion, requires_attestation};
use doorward_store::Unit;

use super::applied::of_registration;
use super::attestation::assurance;
use super::effective::{Current, of_instance};
use super::registration;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::Result;

/// Registrations of one page.
const PAGE: usize = 50;

/// Which registrations to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Those that live.
    #[default]
    Living,
    /// Those that live on a device that says something is wrong with it.
    Flagged,
    /// Those with a wipe that is not done.
    Wipes,
    /// Those that have ended.
    Ended,
}

impl Show {
    fn shows(self, registration: &ManagedAppRegistration) -> bool {
        let lives = registration.ended.is_none();
        match self {
            Self::Living => lives,
            Self::Flagged => lives && !registration.state.flagged_reasons().is_empty(),
            Self::Wipes => has_open_wipe(registration),
            Self::Ended => !lives,
        }
    }
}

fn has_open_wipe(registration: &ManagedAppRegistration) -> bool {
    registration.ended.is_none() && registration.operations.iter().any(ManagedAppOperation::is_open_wipe)
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Sign-in name of the person; none: everybody.
    pub person: Option<String>,
    /// Which of them.
    pub show: Show,
    /// The last one of the page before.
    pub after: Option<RegistrationId>,
}

/// A page of registrations, latest check-in first.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Each with its person, where the person still exists.
    pub items: Vec<(ManagedAppRegistration, Option<Arc<User>>)>,
    /// There are more after this one.
    pub next: Option<RegistrationId>,
}

/// Looks for registrations.
///
/// # Errors
/// [`DirectoryError::NotFound`] when nobody has the sign-in name; storage failure.
pub async fn search(ctx: &Context, tenant: TenantId, search: &Search) -> std::result::Result<Listed, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let mut found = match &search.person {
        None => registration::all(unit.as_mut()).await?,
        Some(name) => {
            let user = unit.users().find(name).await?.ok_or_else(|| DirectoryError::NotFound(format!("user {name}")))?;
            registration::of_user(unit.as_mut(), user.id).await?
        }
    };
    found.retain(|registration| search.show.shows(registration));
    found.sort_by(|one, other| other.last_sync_date_time.cmp(&one.last_sync_date_time).then(one.id.0.cmp(&other.id.0)));
    if let Some(place) = found.iter().position(|registration| Some(registration.id) == search.after) {
        found.drain(..=place);
    }
    let next = (found.len() > PAGE).then(|| found.get(PAGE - 1).map(|last| last.id)).flatten();
    found.truncate(PAGE);
    let mut items = Vec::new();
    for registration in found {
        let user = unit.users().get(registration.user_id).await?;
        items.push((registration, user));
    }
    Ok(Listed { items, next })
}

/// How many apps have a wipe before them.
///
/// # Errors
/// Storage failure.
pub async fn open_wipes(unit: &mut dyn Unit) -> Result<usize> {
    Ok(registration::all(unit).await?.iter().filter(|registration| has_open_wipe(registration)).count())
}

/// A registration and what stands around it.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The registration.
    pub registration: ManagedAppRegistration,
    /// Its person, where they still exist.
    pub user: Option<Arc<User>>,
    /// The registered device, where there is one.
    pub device: Option<Arc<Device>>,
    /// The policy that it should enforce now.
    pub current: Option<Current>,
    /// What keeps it from counting as protected; empty: it does.
    pub failed: Vec<Criterion>,
    /// What stands for its identity; none: nothing does.
    pub assurance: Option<Assurance>,
    /// Why it does not have the identity that its application must have, if it must have one.
    pub missing_attestation: Option<EvidenceProblem>,
    /// The living registrations of the same person on the same device, this one included: what a wipe is for.
    pub on_device: Vec<ManagedAppRegistration>,
}

/// One registration.
///
/// # Errors
/// Storage failure.
pub async fn one(ctx: &Context, tenant: TenantId, id: RegistrationId) -> Result<Option<Registered>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let unit = unit.as_mut();
    let Some(registration) = registration::find(unit, id).await? else { return Ok(None) };
    let device = match registration.device_id {
        Some(device) => unit.devices().get(device).await?,
        None => None,
    };
    let mut on_device = registration::of_user(unit, registration.user_id).await?;
    on_device.retain(|other| other.ended.is_none() && other.device_tag == registration.device_tag);
    let user = unit.users().get(registration.user_id).await?;
    let (assurance, missing_attestation) = match unit.applications().get(registration.app_id).await? {
        Some(application) => {
            let (assurance, problem) = assurance(ctx, &application, &registration);
            (assurance, problem.filter(|_| requires_attestation(&application.attestation)))
        }
        None => (None, None),
    };
    Ok(Some(Registered {
        user,
        assurance,
        missing_attestation,
        current: of_instance(ctx, unit, tenant, &registration).await?,
        failed: of_registration(ctx, unit, tenant, &registration).await?.failed,
        device,
        on_device,
        registration,
    }))
}
