//! What keeps a person's apps from being protected, test by test: Graph `managedAppDiagnosticStatus`.

use doorward_model::protection::ManagedAppOperation;
use doorward_model::{TenantId, UserId};
use doorward_store::Unit;

use super::applied::of_registration;
use super::{policies, registration};
use crate::context::Context;
use crate::error::Result;

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// What is tested.
    pub name: &'static str,
    /// It is in order.
    pub passed: bool,
    /// What mends it.
    pub mend: &'static str,
}

/// Tests a person's account and apps.
///
/// # Errors
/// Storage failure.
pub async fn diagnose(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, user: UserId) -> Result<Vec<Diagnosis>> {
    let enabled = unit.users().get(user).await?.is_some_and(|user| user.is_active_at(ctx.now()));
    let assigned = !policies::of_user(unit, user).await?.is_empty();
    let mut apps = registration::of_user(unit, user).await?;
    apps.retain(|registration| registration.ended.is_none());
    let mut applied = !apps.is_empty();
    for registration in &apps {
        applied &= of_registration(ctx, unit, tenant, registration).await?.applied;
    }
    let wiped = apps.iter().any(|registration| registration.operations.iter().any(ManagedAppOperation::is_open_wipe));
    let sound = apps.iter().all(|registration| registration.state.flagged_reasons().is_empty());
    let test = |name, passed, mend| Diagnosis { name, passed, mend };
    Ok(vec![
        test("accountEnabled", enabled, "Enable the account, or extend it in the domain when it has expired."),
        test("policyAssigned", assigned, "Assign an app protection policy to a group of the person."),
        test("appCheckedIn", !apps.is_empty(), "Have the person open a managed app and sign in with the work account."),
        test("deviceNotFlagged", sound, "The device is rooted or its bootloader is unlocked: restore its original system."),
        test("noWipePending", !wiped, "Wait until the app has removed the data, or take the wipe back."),
        test("policyApplied", applied, "Have the person open each managed app while online; see its registration for what it fails."),
    ])
}
