//! Whether an account exists, for brokers that must know before they ask for a password.

use doorward_model::tenant::Tenant;
use doorward_wire::sign_in_page::IfExists;

use crate::caller::Caller;
use crate::context::Context;
use crate::error::Result;

/// Says whether an account exists, if the tenant wants that told; else every name in its domains is said to exist, and the password
/// decides. Each address can ask so often only.
///
/// # Errors
/// Storage failure.
pub async fn existence(ctx: &Context, tenant: &Tenant, caller: &Caller, name: &str) -> Result<IfExists> {
    let domain = name.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
    if !domain.is_some_and(|domain| tenant.domains.contains(&domain)) {
        return Ok(IfExists::NotFound);
    }
    if !tenant.tells_whether_accounts_exist {
        return Ok(IfExists::Exists);
    }
    if !ctx.attempts.allow_question(caller.ip) {
        return Ok(IfExists::Throttled);
    }
    let found = ctx.store.tenant(tenant.id).read().await?.users().find(name).await?;
    Ok(if found.is_some() { IfExists::Exists } else { IfExists::NotFound })
}
