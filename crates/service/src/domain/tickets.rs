//! Kerberos tickets of a domain as proof of who somebody, or what computer, is.

use arc_swap::ArcSwapOption;
use doorward_model::TenantId;
use doorward_wire::hex;
use doorward_wire::kerberos::{self, Keytab, Ticket, TicketError};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time;

/// The tickets that a node accepts: for which tenant, by which keys.
#[derive(Debug, Default)]
pub struct Tickets(ArcSwapOption<(TenantId, Keytab)>);

impl Tickets {
    /// Accepts tickets for a tenant from now on.
    pub fn accept(&self, tenant: TenantId, keytab: Keytab) {
        self.0.store(Some((tenant, keytab).into()));
    }

    /// Whether a tenant accepts tickets.
    #[must_use]
    pub fn are_accepted(&self, tenant: TenantId) -> bool {
        self.0.load().as_ref().is_some_and(|accepted| accepted.0 == tenant)
    }
}

/// Why a ticket proves nothing; for the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unproven {
    /// The tenant accepts no tickets.
    #[error("the tenant accepts no tickets")]
    NotAccepted,
    /// The ticket is not good.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// It came before.
    #[error("the ticket of {0} came before with the same proof")]
    Replayed(String),
    /// Something inside failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Whom a client's token proves it to be. The proof is spent whatever comes of it.
pub(crate) async fn prove(ctx: &Context, tenant: TenantId, token: &[u8]) -> std::result::Result<Ticket, Unproven> {
    let accepted = ctx.tickets.0.load_full();
    let (_, keytab) = accepted.as_deref().filter(|accepted| accepted.0 == tenant).ok_or(Unproven::NotAccepted)?;
    let ticket = kerberos::accept(token, keytab, ctx.now())?;
    if spend(ctx, tenant, &ticket).await? { Ok(ticket) } else { Err(Unproven::Replayed(ticket.principal)) }
}

async fn spend(ctx: &Context, tenant: TenantId, ticket: &Ticket) -> Result<bool> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let is_new = one_time::use_once(unit.as_mut(), &format!("kerberos proof {}", hex(&ticket.proof)), ticket.proof_expires).await?;
    unit.commit().await?;
    Ok(is_new)
}
