//! Application registrations.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::{AppId, TenantId};
use doorward_store::Unit;
use serde_json::Value;

use super::application_rules::check;
use super::attestation;
use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::tag::check_tag;
use crate::access::{Advice, Watch};
use crate::context::Context;
use crate::resource;
use crate::setup;

pub(super) const KIND: &str = "application";

/// Makes a registration.
///
/// # Errors
/// [`DirectoryError`].
pub async fn create_application(ctx: &Context, tenant: TenantId, actor: &Actor, application: Application) -> Result<Application> {
    check(&application)?;
    attestation::check(ctx, tenant, &application)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    unit.applications().create(&application).await?;
    let id = application.app_id.to_string();
    let change = Change { activity: "Create", kind: KIND, id, before: Value::Null, after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(application)
}

/// Replaces a registration.
///
/// # Errors
/// [`DirectoryError`].
pub async fn update_application(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    application: Application,
    expected: Option<&str>,
) -> Result<Application> {
    check(&application)?;
    attestation::check(ctx, tenant, &application)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), application.app_id).await?;
    check_tag(&before, expected)?;
    let essentials = |app: &Application| (app.enabled, app.identifier_uris.clone(), app.scopes.clone(), app.app_roles.clone(), app.broker);
    if setup::is_built_in(application.app_id) && essentials(&before) != essentials(&application) {
        return Err(DirectoryError::Conflict(
            "this application belongs to every tenant: switching it off or renaming it would lock everybody out".into(),
        ));
    }
    // Secrets are added by their own call; one that came meanwhile must not be lost to an older copy.
    let application = Application { secrets: before.secrets.clone(), ..application };
    let watch = match application.app_id {
        resource::CONSOLE => Watch::begin(ctx, unit.as_mut(), tenant).await?,
        _ => Watch::none(),
    };
    unit.applications().update(&application).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    let id = application.app_id.to_string();
    let change = Change { activity: "Update", kind: KIND, id, before: without_hashes(&before), after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(application)
}

/// Deletes a registration with everything issued to it.
///
/// # Errors
/// [`DirectoryError`]; those that every tenant has stay.
pub async fn delete_application(ctx: &Context, tenant: TenantId, actor: &Actor, id: AppId, expected: Option<&str>) -> Result<()> {
    if setup::is_built_in(id) {
        return Err(DirectoryError::Conflict("this application belongs to every tenant and cannot be deleted".into()));
    }
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    unit.applications().delete(id).await?;
    let change = Change { activity: "Delete", kind: KIND, id: id.to_string(), before: without_hashes(&before), after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

pub(super) async fn get(unit: &mut dyn Unit, id: AppId) -> Result<Application> {
    unit.applications().get(id).await?.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("application {id}")))
}

/// A registration as the audit shows it: secrets by hint and end, not by hash.
#[must_use]
pub fn without_hashes(application: &Application) -> Value {
    let mut shown = shown(application);
    if let Some(Value::Array(secrets)) = shown.get_mut("secrets") {
        for secret in secrets.iter_mut().filter_map(Value::as_object_mut) {
            secret.remove("sha256");
        }
    }
    shown
}
