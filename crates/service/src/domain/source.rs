//! What is asked of a domain controller.

use std::collections::BTreeSet;

use async_trait::async_trait;
use doorward_model::domain::{DomainComputer, OnPremises};
use jiff::Timestamp;
use uuid::Uuid;

/// Where a domain controller has got to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// `invocationId` of its database: another controller, or one restored from a backup, has another one and counts differently.
    pub database: Uuid,
    /// `highestCommittedUSN`.
    pub usn: u64,
}

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainUser {
    /// What the domain calls it.
    pub account: OnPremises,
    /// `userPrincipalName`.
    pub user_principal_name: String,
    /// Name for people.
    pub display_name: String,
    /// The account may be used.
    pub enabled: bool,
    /// `accountExpires`; none for never.
    pub expires: Option<Timestamp>,
}

/// An account of the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// A person.
    User(DomainUser),
    /// A computer.
    Computer(DomainComputer),
}

impl Account {
    /// Its `objectGUID`.
    #[must_use]
    pub fn object_guid(&self) -> Uuid {
        match self {
            Self::User(user) => user.account.object_guid,
            Self::Computer(computer) => computer.object_guid,
        }
    }
}

/// The domain cannot be read: names the server and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);

/// One domain controller, for the length of a run. Only accounts within the configured containers are told of.
#[async_trait]
pub trait Source: Send {
    /// Where the controller has got to.
    async fn position(&mut self) -> Result<Position, SourceError>;
    /// Accounts whose last change has a number after `after` and up to `through`.
    async fn changed(&mut self, after: u64, through: u64) -> Result<Vec<Account>, SourceError>;
    /// Those of these accounts that there are.
    async fn accounts(&mut self, object_guids: &[Uuid]) -> Result<Vec<Account>, SourceError>;
    /// The `objectGUID` of every account. A list that may not be whole is an error.
    async fn present(&mut self) -> Result<BTreeSet<Uuid>, SourceError>;
}
