//! The repository of what is known of an on-premises domain.

use async_trait::async_trait;
use doorward_model::domain::{DomainComputer, DomainSync};
use uuid::Uuid;

use crate::Result;

/// The tenant's domain: how far it is followed, and its computers. Its users are among the users.
#[async_trait]
pub trait DomainRepository: Send {
    /// How far the domain is followed; none before the first run.
    async fn sync(&mut self) -> Result<Option<DomainSync>>;
    /// Keeps how far the domain is followed.
    async fn put_sync(&mut self, sync: &DomainSync) -> Result<()>;
    /// A computer by its `objectGUID`.
    async fn computer(&mut self, object_guid: Uuid) -> Result<Option<DomainComputer>>;
    /// A computer by its security identifier.
    async fn computer_by_sid(&mut self, security_identifier: &str) -> Result<Option<DomainComputer>>;
    /// The `objectGUID` of every computer, in order.
    async fn computers(&mut self) -> Result<Vec<Uuid>>;
    /// Makes or replaces a computer. A security identifier belongs to one: `AlreadyExists`.
    async fn put_computer(&mut self, computer: &DomainComputer) -> Result<()>;
    /// Forgets a computer; the device that it is stays.
    async fn delete_computer(&mut self, object_guid: Uuid) -> Result<()>;
}
