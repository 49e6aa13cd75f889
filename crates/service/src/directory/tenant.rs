//! Settings of the tenant.

use doorward_model::TenantId;
use doorward_model::document::DocumentKind;
use doorward_model::service_policy::check_certificate_conflict;
use doorward_model::tenant::Tenant;
use doorward_wire::policy_file;

use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use crate::context::Context;

/// Switches certificate-based authentication. It excludes app access: an app that signs in with a certificate of the device would
/// pass by the broker that vouches for it.
///
/// # Errors
/// [`DirectoryError::Conflict`] while a service policy has app access enabled.
pub async fn set_certificate_based_authentication(ctx: &Context, tenant: TenantId, actor: &Actor, enabled: bool) -> Result<Tenant> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = unit.tenant().get().await?.ok_or_else(|| DirectoryError::NotFound(format!("tenant {tenant}")))?;
    let mut services = Vec::new();
    for document in unit.documents().list(DocumentKind::ServicePolicy).await? {
        let policy = policy_file::service_policy::read(&document.body).map_err(|error| DirectoryError::Conflict(error.to_string()))?;
        services.push(policy);
    }
    check_certificate_conflict(&services, enabled).map_err(|conflict| DirectoryError::Conflict(conflict.to_string()))?;
    let after = Tenant { certificate_based_authentication: enabled, ..before.clone() };
    unit.tenant().update(&after).await?;
    let change = Change { activity: "Update", kind: "tenant", id: tenant.to_string(), before: shown(&before), after: shown(&after), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    ctx.tenants.invalidate();
    Ok(after)
}
