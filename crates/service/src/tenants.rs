//! Which tenant a request is for.

use std::sync::Arc;

use doorward_model::tenant::Tenant;
use doorward_model::{ErrorCode, TenantId};
use jiff::SignedDuration;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::read_lately::ReadLately;

/// Tenants as read from the store a moment ago.
pub struct TenantCache(ReadLately<(), Arc<[Arc<Tenant>]>>);

impl Default for TenantCache {
    fn default() -> Self {
        // Tenants come and go rarely; five seconds keep another node's change from staying unseen.
        Self(ReadLately::new(1, SignedDuration::from_secs(5)))
    }
}

impl TenantCache {
    /// Forgets what was read, after a change made on this node.
    pub fn invalidate(&self) {
        self.0.forget(&());
    }
}

async fn all(ctx: &Context) -> Result<Arc<[Arc<Tenant>]>> {
    let now = ctx.now();
    if let Some(known) = ctx.tenants.0.get(&(), now) {
        return Ok(known);
    }
    let tenants: Arc<[_]> = ctx.store.tenants().await?.into_iter().map(Arc::new).collect();
    ctx.tenants.0.put((), now, Arc::clone(&tenants));
    Ok(tenants)
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
