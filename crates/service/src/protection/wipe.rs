//! Selective wipe: an administrator asks the apps of somebody on one device to remove the organisation's data, and only that. Each app
//! hears of it at its next check-in, does it, and says so.

use doorward_model::protection::{
    Ended, Ending, ManagedAppOperation, ManagedAppRegistration, OperationEnding, OperationKind, OperationState,
};
use doorward_model::tenant::Tenant;
use doorward_model::{RegistrationId, TenantId, UserId, rng};
use doorward_store::Unit;
use jiff::SignedDuration;

use super::error::{ProtectionError, Result};
use super::proof::{self, Proven};
use super::registration;
use crate::context::Context;
use crate::directory::audit::{Change, record, shown};
use crate::directory::{Actor, DirectoryError};

/// So long after its end an instance may still say that it has wiped.
const LATE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// Longest reason of an app, in characters.
const REASON: usize = 256;
const KIND: &str = "managedAppRegistration";
/// What the person reads.
const WHY: &str = "Your organisation removed its data from this app.";

/// Asks every app of a user on the device with that tag to remove the organisation's data, and takes their refresh tokens. An app that
/// has been asked and has not done it is not asked again. How many apps were asked.
///
/// # Errors
/// [`DirectoryError::NotFound`] when no app of the user is registered with that tag, or storage failure.
pub async fn request_wipe(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    user: UserId,
    device_tag: &str,
) -> std::result::Result<usize, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let on_device = registration::of_user(unit.as_mut(), user).await?;
    let on_device: Vec<_> = on_device.into_iter().filter(|one| one.ended.is_none() && one.device_tag == device_tag).collect();
    if on_device.is_empty() {
        return Err(DirectoryError::NotFound(format!("a managed app registration of this user with the device tag {device_tag:?}")));
    }
    let now = ctx.now();
    let mut asked = 0;
    for before in on_device.into_iter().filter(|one| !one.operations.iter().any(ManagedAppOperation::is_open_wipe)) {
        let mut after = before.clone();
        after.operations.push(ManagedAppOperation {
            id: rng::uuid(ctx.rng.as_ref()).to_string(),
            kind: OperationKind::Wipe,
            reason: WHY.to_owned(),
            issued: now,
            state: OperationState::Pending,
            ending: None,
        });
        registration::update(unit.as_mut(), &after, now).await?;
        unit.grants().revoke_for_app(user, after.app_id, now).await?;
        audited(ctx, unit.as_mut(), actor, "Wipe", &before, &after).await?;
        asked += 1;
    }
    unit.commit().await?;
    Ok(asked)
}

/// Takes back an operation that the app has not heard of yet.
///
/// # Errors
/// [`DirectoryError::NotFound`]; [`DirectoryError::Conflict`] when it is too late; storage failure.
pub async fn cancel_operation(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: RegistrationId,
    operation: &str,
) -> std::result::Result<(), DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = registration::find(unit.as_mut(), id).await?;
    let before = before.ok_or_else(|| DirectoryError::NotFound(format!("managed app registration {id}")))?;
    let mut after = before.clone();
    let found = after.operations.iter_mut().find(|known| known.id == operation);
    let found = found.ok_or_else(|| DirectoryError::NotFound(format!("operation {operation}")))?;
    if found.state != OperationState::Pending {
        return Err(DirectoryError::Conflict("the app has been told already: only an operation that is pending can be cancelled".into()));
    }
    found.state = OperationState::Canceled;
    found.ending = Some(OperationEnding { at: ctx.now(), reason: String::new() });
    registration::update(unit.as_mut(), &after, ctx.now()).await?;
    audited(ctx, unit.as_mut(), actor, "Cancel operation of", &before, &after).await?;
    Ok(unit.commit().await?)
}

async fn audited(
    ctx: &Context,
    unit: &mut dyn Unit,
    actor: &Actor,
    activity: &'static str,
    before: &ManagedAppRegistration,
    after: &ManagedAppRegistration,
) -> std::result::Result<(), DirectoryError> {
    let change = Change {
        activity,
        kind: KIND,
        id: before.id.to_string(),
        before: shown(&before.operations),
        after: shown(&after.operations),
        actor,
    };
    Ok(record(ctx, unit, change).await?)
}

/// What an app says of an operation.
#[derive(Debug, Clone)]
pub struct Acknowledgement {
    /// It did what it was asked to do.
    pub done: bool,
    /// Why not.
    pub reason: String,
}

/// Notes what became of an operation; a wipe that is done ends the registration. Saying so again changes nothing.
///
/// The signature of the instance is enough, until a week after its end: whoever has wiped may have no token any more.
///
/// # Errors
/// [`ProtectionError`].
pub async fn acknowledge(
    ctx: &Context,
    tenant: &Tenant,
    id: RegistrationId,
    operation: &str,
    proven: &Proven<'_>,
    said: Acknowledgement,
) -> Result<()> {
    let now = ctx.now();
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let mut registration = registration::find(unit.as_mut(), id).await?.ok_or(ProtectionError::NotFound)?;
    proof::check(ctx, unit.as_mut(), tenant, registration.proof_key.as_ref(), proven).await?;
    if registration.ended.is_some_and(|ended| now.duration_since(ended.at) > LATE) {
        return Err(ProtectionError::Ended);
    }
    let found = registration.operations.iter_mut().find(|known| known.id == operation).ok_or(ProtectionError::NotFound)?;
    if found.is_open() {
        found.state = if said.done { OperationState::Done } else { OperationState::Failed };
        let reason = if said.done { String::new() } else { said.reason.chars().take(REASON).collect() };
        found.ending = Some(OperationEnding { at: now, reason });
        if said.done && found.kind == OperationKind::Wipe && registration.ended.is_none() {
            registration.ended = Some(Ended { at: now, how: Ending::Wiped });
        }
        registration::update(unit.as_mut(), &registration, now).await?;
    }
    // The proof was used, and that must be remembered.
    Ok(unit.commit().await?)
}
