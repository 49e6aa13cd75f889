//! Who asks: an extractor that every handler of the API takes.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_model::TenantId;
use doorward_model::tenant::Tenant;
use doorward_service::directory::{Actor, Principal, Task};
use doorward_service::token::verify::{self, TokenError};
use doorward_service::{Context, resource, tenants};
use doorward_store::Unit;
use doorward_wire::jwt;

use super::error::GraphError;
use crate::bearer;

/// The caller, and their tenant.
pub(super) struct Admin {
    pub(super) ctx: Arc<Context>,
    pub(super) tenant: Arc<Tenant>,
    pub(super) principal: Principal,
}

impl Admin {
    /// Checks token and roles for a task.
    pub(super) fn may(&self, task: Task) -> Result<(), GraphError> {
        Ok(self.principal.may(task)?)
    }

    /// Who to name in the audit.
    pub(super) fn actor(&self) -> Actor {
        self.principal.actor()
    }

    /// The data of the tenant, to read.
    pub(super) async fn read(&self) -> Result<Box<dyn Unit>, GraphError> {
        Ok(self.ctx.store.tenant(self.tenant.id).read().await?)
    }
}

impl FromRequestParts<Arc<Context>> for Admin {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, GraphError> {
        let invalid = || GraphError::Token(TokenError::Invalid);
        let token = bearer::token(&parts.headers).ok_or_else(invalid)?;
        // The tenant only says whose keys to verify with; what the token says is believed after that.
        let tenant: TenantId = jwt::unverified_claim(&token, "tid").and_then(|tenant| tenant.parse().ok()).ok_or_else(invalid)?;
        let tenant = tenants::by_id(ctx, tenant).await.map_err(|_| invalid())?;
        let mut unit = ctx.store.tenant(tenant.id).read().await?;
        let authenticated = verify::access_token(ctx, unit.as_mut(), &tenant, &token, resource::GRAPH).await?.map_err(GraphError::Token)?;
        let principal = match authenticated.user {
            Some(user) => Principal::person(user, authenticated.scopes),
            None => {
                let application = unit.applications().get(authenticated.app_id).await?;
                Principal::application(application.ok_or_else(invalid)?, authenticated.app_roles)
            }
        };
        drop(unit);
        ctx.admin_limits.take(tenant.id, principal.id()).map_err(GraphError::TooMany)?;
        Ok(Self { ctx: ctx.clone(), tenant, principal })
    }
}
