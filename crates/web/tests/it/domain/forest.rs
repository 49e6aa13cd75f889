//! A domain that tests change, behind the port that a domain controller stands behind.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use doorward_model::domain::{DomainComputer, OnPremises};
use doorward_service::domain::{Account, DomainUser, Options, Position, Report, Source, SourceError, SyncError, sync};
use uuid::Uuid;

use crate::world::World;

/// An incremental run, as the server makes it.
pub const USUAL: Options = Options { full: false, dry_run: false, deletion_limit: 20 };

/// The domain.
pub struct Forest {
    /// Which database it counts in.
    pub database: Uuid,
    /// Every account with the number of its last change.
    accounts: BTreeMap<Uuid, (u64, Account)>,
    usn: u64,
    /// The connection breaks when changes after this number are asked for.
    pub breaks_after: Option<u64>,
    /// What was asked for, in words.
    pub asked: Vec<String>,
}

impl Forest {
    /// An empty domain that has counted to a thousand already.
    pub fn new() -> Self {
        Self { database: Uuid::from_u128(1), accounts: BTreeMap::new(), usn: 1000, breaks_after: None, asked: Vec::new() }
    }

    /// Makes or changes an account.
    pub fn put(&mut self, account: Account) {
        self.usn += 1;
        self.accounts.insert(account.object_guid(), (self.usn, account));
    }

    /// Lets many changes pass that are about nothing of interest.
    pub fn idle(&mut self, changes: u64) {
        self.usn += changes;
    }

    /// Deletes an account.
    pub fn remove(&mut self, guid: u128) {
        self.usn += 1;
        self.accounts.remove(&Uuid::from_u128(guid)).unwrap();
    }

    /// Follows this domain.
    pub async fn follow(&mut self, world: &World, options: Options) -> Result<Report, SyncError> {
        sync(&world.ctx, world.tenant.id, self, options).await
    }

    /// Follows this domain, which must go through.
    pub async fn followed(&mut self, world: &World) -> Report {
        self.follow(world, USUAL).await.unwrap()
    }
}

#[async_trait]
impl Source for Forest {
    async fn position(&mut self) -> Result<Position, SourceError> {
        Ok(Position { database: self.database, usn: self.usn })
    }

    async fn changed(&mut self, after: u64, through: u64) -> Result<Vec<Account>, SourceError> {
        self.asked.push(format!("{after}..{through}"));
        if self.breaks_after.is_some_and(|limit| after > limit) {
            return Err(SourceError("the connection broke".into()));
        }
        Ok(self.accounts.values().filter(|(usn, _)| (after + 1..=through).contains(usn)).map(|(_, account)| account.clone()).collect())
    }

    async fn accounts(&mut self, object_guids: &[Uuid]) -> Result<Vec<Account>, SourceError> {
        Ok(object_guids.iter().filter_map(|guid| self.accounts.get(guid)).map(|(_, account)| account.clone()).collect())
    }

    async fn present(&mut self) -> Result<BTreeSet<Uuid>, SourceError> {
        Ok(self.accounts.keys().copied().collect())
    }
}

/// A person of the domain.
pub fn person(guid: u128, name: &str) -> DomainUser {
    DomainUser {
        account: OnPremises {
            object_guid: Uuid::from_u128(guid),
            security_identifier: format!("S-1-5-21-1-2-3-{guid}"),
            sam_account_name: name.split('@').next().unwrap().into(),
        },
        user_principal_name: name.into(),
        display_name: name.split('@').next().unwrap().into(),
        enabled: true,
        expires: None,
    }
}

/// A computer of the domain.
pub fn computer(guid: u128) -> DomainComputer {
    DomainComputer {
        object_guid: Uuid::from_u128(guid),
        security_identifier: format!("S-1-5-21-1-2-3-{guid}"),
        sam_account_name: format!("PC{guid}$"),
        host_name: format!("pc{guid}.corp.contoso.example"),
        operating_system: "Windows 11 Pro".into(),
        operating_system_version: "10.0 (26100)".into(),
        enabled: true,
    }
}
