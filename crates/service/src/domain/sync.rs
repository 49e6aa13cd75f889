//! Following a domain: what changed since the last run, what is gone, and what could not be taken.
//!
//! Changes are read in stretches of the controller's update sequence numbers. How far they were taken is written in the unit of work of the
//! changes themselves, so a run that is cut off is carried on by the next one. What is gone is found by calling the roll: that needs no
//! right to see deleted objects, and sees accounts that left the configured containers as well.

use std::collections::BTreeSet;

use doorward_model::TenantId;
use doorward_model::domain::{DomainSync, Unsettled};
use doorward_model::tenant::Tenant;
use doorward_store::{StoreError, Unit};
use uuid::Uuid;

use super::source::{Account, Source, SourceError};
use super::{computers, people};
use crate::context::Context;
use crate::directory::{Actor, DirectoryError};
use crate::error::Error;
use crate::tenants;

/// Numbers in the first stretch; later ones are longer or shorter, so that each holds a fair number of accounts.
const FIRST_STRETCH: u64 = 4096;
/// A stretch with more accounts is followed by a shorter one, with fewer than a quarter by a longer one.
const FULL: usize = 400;
/// Accounts asked for by name at a time.
const CHUNK: usize = 50;
/// So many accounts may always go, however few there are.
const ALWAYS: usize = 5;

/// How a run is made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Reads every account again, not only what changed.
    pub full: bool,
    /// Writes nothing.
    pub dry_run: bool,
    /// Percentage of the accounts known here that may go in one run; more stop the run before any goes. 100: no limit.
    pub deletion_limit: u8,
}

/// What a run did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// Made, changed and deleted.
    pub users: Tally,
    /// Made, changed and deleted.
    pub computers: Tally,
    /// What waits for an administrator.
    pub unsettled: Vec<Unsettled>,
}

/// How many of a kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// New here.
    pub created: u64,
    /// Changed here.
    pub updated: u64,
    /// Gone.
    pub deleted: u64,
}

/// Why a run did not go through.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The domain cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Suspiciously many accounts are gone. Changes were taken all the same, so that nobody keeps what the domain took away.
    #[error(
        "{gone} of {known} accounts are gone from the domain, more than {limit}%: nothing was deleted. If that is right, run `doorward sync --accept-deletions`; if not, look at the configured containers and the rights of the account that reads"
    )]
    TooManyGone {
        /// Accounts that are gone.
        gone: usize,
        /// Accounts known here.
        known: usize,
        /// The limit.
        limit: u8,
    },
    /// Somebody else follows the domain at the same time.
    #[error("another run is under way, which goes on")]
    Overtaken,
    /// Something inside failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// A refusal of the directory that no account answers for.
impl From<DirectoryError> for SyncError {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Failure(error) => Self::Failed(error),
            other => Self::Failed(Error::internal("directory sync", &other)),
        }
    }
}

/// Takes over what has changed in the domain.
///
/// # Errors
/// [`SyncError`]; what was taken before it stays.
pub async fn sync(ctx: &Context, tenant: TenantId, source: &mut dyn Source, options: Options) -> Result<Report, SyncError> {
    let tenant = tenants::by_id(ctx, tenant).await?;
    let position = source.position().await?;
    let present = source.present().await?;
    let mut run = Run::begin(ctx, &tenant, options).await?;
    let stored = run.kept.clone().unwrap_or_default();
    let anew = options.full || stored.database != position.database || stored.usn > position.usn;
    run.state = DomainSync { database: position.database, usn: if anew { 0 } else { stored.usn }, ..stored };
    let refused = run.delete_gone(&present, options.deletion_limit).await?;
    let mut stretch = FIRST_STRETCH;
    while run.state.usn < position.usn {
        let through = run.state.usn.saturating_add(stretch).min(position.usn);
        let accounts = source.changed(run.state.usn, through).await?;
        stretch = match accounts.len() {
            many if many > FULL => (stretch / 2).max(1),
            few if few < FULL / 4 => stretch.saturating_mul(4),
            _ => stretch,
        };
        run.state.usn = through;
        run.take(&accounts).await?;
    }
    // Accounts that waited, and those that came into sight without a change, for example because a container was added.
    let waiting: Vec<Uuid> = run.waiting(&present).await?;
    for chunk in waiting.chunks(CHUNK) {
        let accounts = source.accounts(chunk).await?;
        run.take(&accounts).await?;
    }
    run.state.refused = refused.as_ref().map(ToString::to_string);
    if refused.is_none() {
        run.state.completed = Some(ctx.now());
    }
    run.take(&[]).await?;
    if let Some(refused) = refused {
        return Err(refused);
    }
    run.report.unsettled = run.state.unsettled.into_values().collect();
    Ok(run.report)
}

/// How far a tenant follows its domain, and what is in the way; none where it follows none.
///
/// # Errors
/// Storage failure.
pub async fn standing(ctx: &Context, tenant: TenantId) -> Result<Option<DomainSync>, Error> {
    Ok(ctx.store.tenant(tenant).read().await?.domain().sync().await?)
}

/// A run on its way.
pub(super) struct Run<'a> {
    pub(super) ctx: &'a Context,
    pub(super) tenant: &'a Tenant,
    pub(super) actor: Actor,
    pub(super) report: Report,
    pub(super) state: DomainSync,
    /// The state as it is in the store.
    kept: Option<DomainSync>,
    dry_run: bool,
}

impl<'a> Run<'a> {
    async fn begin(ctx: &'a Context, tenant: &'a Tenant, options: Options) -> Result<Self, SyncError> {
        let kept = ctx.store.tenant(tenant.id).read().await?.domain().sync().await?;
        let (report, state) = (Report::default(), DomainSync::default());
        Ok(Self { ctx, tenant, actor: Actor::directory_sync(), report, state, kept, dry_run: options.dry_run })
    }

    /// Takes accounts, and notes in the same unit of work how far the run has come.
    async fn take(&mut self, accounts: &[Account]) -> Result<(), SyncError> {
        let mut unit = self.unit().await?;
        for account in accounts {
            self.state.unsettled.remove(&account.object_guid());
            match account {
                Account::User(user) => people::take(self, unit.as_mut(), user).await?,
                Account::Computer(computer) => computers::take(self, unit.as_mut(), computer).await?,
            }
        }
        self.commit(unit).await
    }

    /// Deletes what the domain no longer has, unless that is too much to be believed.
    async fn delete_gone(&mut self, present: &BTreeSet<Uuid>, limit: u8) -> Result<Option<SyncError>, SyncError> {
        let mut unit = self.unit().await?;
        let (users, computers) = known(unit.as_mut()).await?;
        let gone = |known: &[Uuid]| known.iter().copied().filter(|guid| !present.contains(guid)).collect::<Vec<_>>();
        let (users_gone, computers_gone) = (gone(&users), gone(&computers));
        let (gone, known) = (users_gone.len() + computers_gone.len(), users.len() + computers.len());
        self.state.unsettled.retain(|guid, _| present.contains(guid));
        let is_plausible = limit >= 100 || (gone <= ALWAYS && !present.is_empty()) || gone * 100 <= known * usize::from(limit);
        if !is_plausible {
            return Ok(Some(SyncError::TooManyGone { gone, known, limit }));
        }
        for guid in users_gone {
            people::delete(self, unit.as_mut(), guid).await?;
        }
        for guid in computers_gone {
            computers::delete(self, unit.as_mut(), guid).await?;
        }
        self.commit(unit).await?;
        Ok(None)
    }

    async fn waiting(&self, present: &BTreeSet<Uuid>) -> Result<Vec<Uuid>, SyncError> {
        let mut unit = self.ctx.store.tenant(self.tenant.id).read().await?;
        let (users, computers) = known(unit.as_mut()).await?;
        let known: BTreeSet<Uuid> = users.into_iter().chain(computers).collect();
        let waits = |guid: &&Uuid| !known.contains(guid) || self.state.unsettled.contains_key(guid);
        // A run that writes nothing knows them from the changes already.
        Ok(if self.dry_run { Vec::new() } else { present.iter().filter(waits).copied().collect() })
    }

    /// Notes that an account cannot be taken as it is.
    pub(super) fn unsettle(&mut self, object_guid: Uuid, name: &str, reason: String) {
        self.state.unsettled.insert(object_guid, Unsettled { name: name.to_owned(), reason });
    }

    async fn unit(&self) -> Result<Box<dyn Unit>, SyncError> {
        let mut unit = self.ctx.store.tenant(self.tenant.id).write().await?;
        if unit.domain().sync().await? == self.kept { Ok(unit) } else { Err(SyncError::Overtaken) }
    }

    async fn commit(&mut self, mut unit: Box<dyn Unit>) -> Result<(), SyncError> {
        if self.dry_run {
            return Ok(());
        }
        unit.domain().put_sync(&self.state).await?;
        unit.commit().await?;
        self.kept = Some(self.state.clone());
        Ok(())
    }
}

/// The accounts of the domain that are known here: users and computers.
async fn known(unit: &mut dyn Unit) -> Result<(Vec<Uuid>, Vec<Uuid>), SyncError> {
    let users = unit.users().object_guids().await?;
    let computers = unit.domain().computers().await?;
    Ok((users, computers))
}
