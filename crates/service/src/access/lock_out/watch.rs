//! The guard for changes of people, groups, roles and second factors: the policies stay, and who they are for or what somebody can show
//! changes.

use std::sync::Arc;

use doorward_model::TenantId;
use doorward_model::user::User;
use doorward_store::Unit;

use super::console::{Advice, is_open, refusing, told};
use crate::access::second_factor::rules;
use crate::context::Context;
use crate::directory::{DirectoryError, is_active_administrator};
use crate::error::{Error, Result};
use crate::policies::{self, TenantPolicies};
use crate::resource;

/// Looks at the way into the console on both sides of a change. It is begun in the unit of work before anything is written there, and
/// ended before the commit.
///
/// Nobody is watched over who was locked out before: whoever mends that must not be stopped.
#[must_use = "a change is guarded only when the watch over it is ended"]
pub(crate) struct Watch(Option<Arc<TenantPolicies>>);

impl Watch {
    /// No watch, over a change that decides nothing about the console.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// A watch over any change.
    ///
    /// # Errors
    /// Storage failure.
    pub(crate) async fn begin(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<Self> {
        let policies = match policies::current(ctx, unit, tenant).await {
            Ok(policies) => policies,
            Err(error @ Error::Store(_)) => return Err(error),
            // A policy that cannot be read refuses everybody.
            Err(_) => return Ok(Self::none()),
        };
        let Some(console) = unit.applications().get(resource::CONSOLE).await? else { return Ok(Self::none()) };
        let is_open = is_open(ctx, unit, rules(&policies), &console).await?;
        Ok(Self(is_open.then_some(policies)))
    }

    /// A watch over a change of one person, which matters only of an active Global Administrator.
    ///
    /// # Errors
    /// Storage failure.
    pub(crate) async fn over(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, user: &User) -> Result<Self> {
        if is_active_administrator(user, ctx.now()) { Self::begin(ctx, unit, tenant).await } else { Ok(Self::none()) }
    }

    /// Refuses the change when nobody is able to sign in to the console after it.
    ///
    /// # Errors
    /// [`DirectoryError::Conflict`], which names the policies in the way and says what to do; storage failure.
    pub(crate) async fn end(self, ctx: &Context, unit: &mut dyn Unit, advice: Advice) -> std::result::Result<(), DirectoryError> {
        let Some(policies) = self.0 else { return Ok(()) };
        // The console's own registration may be what changed, so it is read again.
        let Some(console) = unit.applications().get(resource::CONSOLE).await? else { return Ok(()) };
        if is_open(ctx, unit, rules(&policies), &console).await? {
            return Ok(());
        }
        let refusing = refusing(ctx, unit, rules(&policies), &console).await?;
        Err(DirectoryError::Conflict(told(&refusing, advice)))
    }
}
