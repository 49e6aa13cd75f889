//! Settings of the tenant.

use doorward_model::TenantId;
use doorward_model::document::DocumentKind;
use doorward_model::service_policy::check_certificate_conflict;
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use doorward_wire::policy_file;

use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::tag::check_tag;
use crate::context::Context;

/// The tenant as it is now.
///
/// # Errors
/// [`DirectoryError::NotFound`], or storage failure.
pub async fn tenant(ctx: &Context, id: TenantId) -> Result<Tenant> {
    get(ctx.store.tenant(id).read().await?.as_mut(), id).await
}

/// Gives the tenant another name, which the sign-in pages show; with `expected`, only while it has that entity tag.
///
/// # Errors
/// [`DirectoryError`].
pub async fn rename_tenant(ctx: &Context, id: TenantId, actor: &Actor, name: &str, expected: Option<&str>) -> Result<Tenant> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 256 {
        return Err(DirectoryError::invalid("displayName", "must have 1 to 256 characters"));
    }
    let mut unit = ctx.store.tenant(id).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    let after = Tenant { display_name: name.to_owned(), ..before.clone() };
    update(ctx, unit.as_mut(), actor, &before, &after).await?;
    unit.commit().await?;
    ctx.tenants.invalidate();
    Ok(after)
}

/// Settings of the tenant that change; what is none stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct TenantPatch {
    /// Users may sign in with a certificate of their own.
    pub certificate_based_authentication: Option<bool>,
    /// Brokers are told whether an account exists.
    pub tells_whether_accounts_exist: Option<bool>,
}

/// Changes settings of the tenant. Certificate-based authentication excludes app access: an app that signs in with a certificate of the
/// device would pass by the broker that vouches for it.
///
/// # Errors
/// [`DirectoryError::Conflict`] when certificate-based authentication is switched on while a service policy has app access enabled.
pub async fn update_tenant(ctx: &Context, tenant: TenantId, actor: &Actor, patch: TenantPatch) -> Result<Tenant> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), tenant).await?;
    let after = Tenant {
        certificate_based_authentication: patch.certificate_based_authentication.unwrap_or(before.certificate_based_authentication),
        tells_whether_accounts_exist: patch.tells_whether_accounts_exist.unwrap_or(before.tells_whether_accounts_exist),
        ..before.clone()
    };
    if after.certificate_based_authentication != before.certificate_based_authentication {
        let mut services = Vec::new();
        for document in unit.documents().list(DocumentKind::ServicePolicy).await? {
            let policy = policy_file::service_policy::read(&document.body).map_err(|error| DirectoryError::Conflict(error.to_string()))?;
            services.push(policy);
        }
        check_certificate_conflict(&services, after.certificate_based_authentication)
            .map_err(|conflict| DirectoryError::Conflict(conflict.to_string()))?;
    }
    update(ctx, unit.as_mut(), actor, &before, &after).await?;
    unit.commit().await?;
    ctx.tenants.invalidate();
    Ok(after)
}

async fn get(unit: &mut dyn Unit, id: TenantId) -> Result<Tenant> {
    unit.tenant().get().await?.ok_or_else(|| DirectoryError::NotFound(format!("tenant {id}")))
}

async fn update(ctx: &Context, unit: &mut dyn Unit, actor: &Actor, before: &Tenant, after: &Tenant) -> Result<()> {
    unit.tenant().update(after).await?;
    let id = before.id.to_string();
    Ok(record(ctx, unit, Change { activity: "Update", kind: "tenant", id, before: shown(before), after: shown(after), actor }).await?)
}
