//! Storage as traits. Services know these and nothing below them; `suite` is what every engine must pass.
//!
//! All access goes through [`Store::tenant`]: a repository cannot be had without saying whose data it is for. Work happens in a
//! [`Unit`] of work: writes become visible together at [`Unit::commit`] or not at all; a writer sees one snapshot, a reader each object
//! as it was committed last when it was looked at, or one snapshot that is no older.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::TenantId;
use doorward_model::tenant::Tenant;

mod domain;
mod managed_device;
pub mod query;
mod repository;
#[cfg(feature = "suite")]
pub mod suite;

pub use domain::DomainRepository;
pub use managed_device::{ListedDevice, ManagedDeviceRepository, PolicyCount};
pub use repository::*;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An object with that id or unique name exists.
    #[error("{0} already exists")]
    AlreadyExists(&'static str),
    /// The object changed since it was read (entity tag mismatch).
    #[error("{0} was changed by someone else")]
    Conflict(&'static str),
    /// The object does not exist.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A write on a unit of work that was opened for reading.
    #[error("the unit of work is read-only")]
    ReadOnly,
    /// The database was made by a newer version.
    #[error(
        "the database has schema version {found}, this program knows versions up to {known}: start it with a newer Doorward, or restore a backup"
    )]
    NewerSchema {
        /// Version found in the database.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// The database was made by an older version, and was opened for reading only.
    #[error("the database has schema version {found}, this program brings it up to version {known} at the next start of the server")]
    OlderSchema {
        /// Version found in the database.
        found: i64,
        /// Newest version this program knows.
        known: i64,
    },
    /// A row cannot be read back as what it should be.
    #[error("{table} row {id}: {reason}")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Key of the row.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The engine failed: disk full, file gone, lock not given in time.
    #[error("database: {0}")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Result of store operations.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A database.
#[async_trait]
pub trait Store: Send + Sync {
    /// Every tenant, oldest first.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Makes a tenant. Fails with [`StoreError::AlreadyExists`] when the id or one of the domains is taken.
    async fn create_tenant(&self, tenant: &Tenant) -> Result<()>;

    /// The data of one tenant. Cheap; the tenant need not exist (then everything is empty and writes fail).
    fn tenant(&self, id: TenantId) -> Arc<dyn TenantStore>;

    /// Proves that the engine answers: used by the readiness probe.
    async fn ping(&self) -> Result<()>;

    /// Finishes outstanding work and closes. Nothing may be used afterwards.
    async fn close(&self);
}

/// The data of one tenant.
#[async_trait]
pub trait TenantStore: Send + Sync {
    /// A unit of work for reading; writes fail with [`StoreError::ReadOnly`].
    async fn read(&self) -> Result<Box<dyn Unit>>;

    /// A unit of work that may write; waits for the writer before it.
    async fn write(&self) -> Result<Box<dyn Unit>>;
}

/// A unit of work. Dropping it without [`Unit::commit`] undoes everything.
///
/// Repositories are views of the unit and borrow it, so one unit cannot be used from two places at once.
#[async_trait]
pub trait Unit: Send {
    /// The tenant itself.
    fn tenant(&mut self) -> &mut dyn TenantRepository;
    /// Users.
    fn users(&mut self) -> &mut dyn UserRepository;
    /// Groups and their members.
    fn groups(&mut self) -> &mut dyn GroupRepository;
    /// Application registrations.
    fn applications(&mut self) -> &mut dyn ApplicationRepository;
    /// Registered devices.
    fn devices(&mut self) -> &mut dyn DeviceRepository;
    /// Devices under management.
    fn managed_devices(&mut self) -> &mut dyn ManagedDeviceRepository;
    /// Signing keys and the device certificate authority.
    fn keys(&mut self) -> &mut dyn KeyRepository;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionRepository;
    /// Second factors of users.
    fn authentication_methods(&mut self) -> &mut dyn AuthenticationMethodRepository;
    /// Codes, refresh tokens, device codes and consents.
    fn grants(&mut self) -> &mut dyn GrantRepository;
    /// One-time values: nonces and token ids that must not come twice.
    fn one_time(&mut self) -> &mut dyn OneTimeRepository;
    /// What is known of an on-premises domain.
    fn domain(&mut self) -> &mut dyn DomainRepository;
    /// Policy documents.
    fn documents(&mut self) -> &mut dyn DocumentRepository;
    /// Sign-in log and directory audit.
    fn logs(&mut self) -> &mut dyn LogRepository;

    /// Makes everything written visible and durable.
    async fn commit(self: Box<Self>) -> Result<()>;
}
