//! Who asks: an extractor that every handler of the API takes.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use doorward_model::TenantId;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::directory::{Actor, Task, authorize};
use doorward_service::token::verify::{self, TokenError};
use doorward_service::{Context, resource, tenants};
use doorward_wire::jwt;

use super::error::GraphError;
use crate::bearer;

/// A signed-in person, their tenant, and the scopes of their token.
pub(super) struct Admin {
    pub(super) ctx: Arc<Context>,
    pub(super) tenant: Tenant,
    pub(super) user: User,
    scopes: Vec<String>,
}

impl Admin {
    /// Checks the token's scope and the person's role for a task.
    pub(super) fn may(&self, task: Task) -> Result<(), GraphError> {
        self.has_scope(scope(task))?;
        Ok(authorize(&self.user, task)?)
    }

    /// Checks the token's scope alone.
    pub(super) fn has_scope(&self, wanted: &'static str) -> Result<(), GraphError> {
        if self.scopes.iter().any(|scope| scope == wanted) { Ok(()) } else { Err(GraphError::Scope(wanted)) }
    }

    /// Who to name in the audit.
    pub(super) fn actor(&self) -> Actor {
        Actor::user(&self.user)
    }
}

/// The delegated scope that covers a task.
fn scope(task: Task) -> &'static str {
    match task {
        Task::ManageDirectory => "User.ReadWrite.All",
        Task::ManageAccess => "Policy.ReadWrite.ConditionalAccess",
        Task::ManageProtection => "DeviceManagementApps.ReadWrite.All",
        Task::Read => "Directory.Read.All",
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
        drop(unit);
        // Applications acting for themselves have no role here yet.
        let user = authenticated.user.ok_or_else(invalid)?;
        Ok(Self { ctx: ctx.clone(), tenant, user, scopes: authenticated.scopes })
    }
}
