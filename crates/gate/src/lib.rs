//! Gates: what stands in front of a mail server. Modern apps come with a token, built-in mail clients with name and password;
//! both are let in by the same decision.

mod active_sync;
mod mail_api;
mod mailbox;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use doorward_model::{AppId, TenantId};
use doorward_service::Context;

pub use mailbox::{Mailbox, Message};

/// What a gate protects.
#[derive(Clone)]
pub struct Gate {
    /// Use cases.
    pub context: Arc<Context>,
    /// Tenant whose people may come in.
    pub tenant: TenantId,
    /// The mail service: the audience of tokens, and the resource of decisions.
    pub service: AppId,
    /// The mail behind the gate.
    pub mailbox: Arc<Mailbox>,
}

/// Routes of a gate: the mail API and ActiveSync.
pub fn routes(gate: Gate) -> Router {
    Router::new()
        .route("/mail/v1.0/messages", get(mail_api::messages))
        .route("/Microsoft-Server-ActiveSync", any(active_sync::handle))
        .with_state(gate)
}
