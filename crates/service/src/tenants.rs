//! Which tenant a request is for.

use std::sync::Arc;
use std::time::Duration;

use doorward_model::tenant::Tenant;
use doorward_model::{ErrorCode, TenantId};
use moka::future::Cache;

use crate::context::Context;
use crate::error::{Error, Result};

/// Tenants as read from the store a moment ago.
pub struct TenantCache(Cache<(), Arc<[Arc<Tenant>]>>);

impl Default for TenantCache {
    fn default() -> Self {
        // Tenants come and go rarely; five seconds keep another node's change from staying unseen.
        Self(Cache::builder().max_capacity(1).time_to_live(Duration::from_secs(5)).build())
    }
}

impl TenantCache {
    /// Forgets what was read, after a change made on this node.
    pub fn invalidate(&self) {
        self.0.invalidate_all();
    }
}

async fn all(ctx: &Context) -> Result<Arc<[Arc<Tenant>]>> {
    if let Some(known) = ctx.tenants.0.get(&()).await {
        return Ok(known);
    }
    ctx.tenants
        .0
        .try_get_with((), async { ctx.store.tenants().await.map(|tenants| tenants.into_iter().map(Arc::new).collect()) })
        .await
        .map_err(|error| Error::internal("reading tenants", &error))
}

/// The tenant that a path segment names: its GUID or one of its domains.
///
/// `common` and `organizations` say "whichever tenant the account is in". That is well defined when `account` (a sign-in
/// name or login hint) carries a domain of a tenant, or when there is only one tenant.
///
/// # Errors
/// [`ErrorCode::TENANT_NOT_FOUND`], or storage failure.
pub async fn resolve(ctx: &Context, segment: &str, account: Option<&str>) -> Result<Arc<Tenant>> {
    let tenants = all(ctx).await?;
    let found = match segment.parse() {
        Ok(id) => with_id(&tenants, id),
        Err(_) => named(&tenants, &segment.to_lowercase(), account),
    };
    found.cloned().ok_or_else(|| not_found(segment))
}

/// The tenant with that id.
///
/// # Errors
/// As [`resolve`].
pub async fn by_id(ctx: &Context, id: TenantId) -> Result<Arc<Tenant>> {
    with_id(&all(ctx).await?, id).cloned().ok_or_else(|| not_found(&id.to_string()))
}

fn with_id(tenants: &[Arc<Tenant>], id: TenantId) -> Option<&Arc<Tenant>> {
    tenants.iter().find(|tenant| tenant.id == id)
}

fn named<'a>(tenants: &'a [Arc<Tenant>], name: &str, account: Option<&str>) -> Option<&'a Arc<Tenant>> {
    let with_domain = |domain: &str| tenants.iter().find(|tenant| tenant.domains.iter().any(|known| known == domain));
    if name != "common" && name != "organizations" {
        return with_domain(name);
    }
    let domain = account.and_then(|account| account.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
    domain.and_then(|domain| with_domain(&domain)).or(match tenants {
        [only] => Some(only),
        _ => None,
    })
}

fn not_found(segment: &str) -> Error {
    let segment: String = segment.chars().take(80).collect();
    Error::refused(
        ErrorCode::TENANT_NOT_FOUND,
        format!("Tenant '{segment}' not found. Use the tenant's id or one of its domains in the address."),
    )
}
