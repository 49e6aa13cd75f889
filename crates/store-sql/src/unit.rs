//! A unit of work: one transaction, scoped to one tenant.

use async_trait::async_trait;
use doorward_model::TenantId;
use doorward_store::{
    ApplicationRepository, AuthenticationMethodRepository, DeviceRepository, DocumentRepository, GrantRepository, GroupRepository,
    KeyRepository, LogRepository, ManagedDeviceRepository, OneTimeRepository, Result, SessionRepository, StoreError, TenantRepository,
    Unit, UserRepository,
};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Sqlite, Transaction};

use crate::row::engine;

/// A transaction that knows whose data it may see.
pub(crate) struct SqlUnit {
    transaction: Transaction<'static, Sqlite>,
    tenant: TenantId,
    writes: bool,
}

/// What a repository works with: the connection of its unit, and the tenant as text.
pub(crate) struct Scope<'u> {
    pub(crate) connection: &'u mut SqliteConnection,
    pub(crate) tenant: String,
    writes: bool,
}

impl Scope<'_> {
    /// Writes must not even be tried on a unit that was opened for reading.
    pub(crate) fn may_write(&self) -> Result<()> {
        if self.writes { Ok(()) } else { Err(StoreError::ReadOnly) }
    }

    /// Tells caches that something decisions depend on has changed.
    pub(crate) async fn raise_generation(&mut self) -> Result<()> {
        sqlx::query("UPDATE tenants SET generation = generation + 1 WHERE tenant_id = $1")
            .bind(&self.tenant)
            .execute(&mut *self.connection)
            .await
            .map(drop)
            .map_err(engine)
    }
}

impl SqlUnit {
    pub(crate) fn new(transaction: Transaction<'static, Sqlite>, tenant: TenantId, writes: bool) -> Self {
        Self { transaction, tenant, writes }
    }

    fn scope(&mut self) -> Box<Scope<'_>> {
        Box::new(Scope { connection: &mut self.transaction, tenant: self.tenant.to_string(), writes: self.writes })
    }
}

#[async_trait]
impl Unit for SqlUnit {
    fn tenant(&mut self) -> Box<dyn TenantRepository + '_> {
        self.scope()
    }
    fn users(&mut self) -> Box<dyn UserRepository + '_> {
        self.scope()
    }
    fn groups(&mut self) -> Box<dyn GroupRepository + '_> {
        self.scope()
    }
    fn applications(&mut self) -> Box<dyn ApplicationRepository + '_> {
        self.scope()
    }
    fn devices(&mut self) -> Box<dyn DeviceRepository + '_> {
        self.scope()
    }
    fn managed_devices(&mut self) -> Box<dyn ManagedDeviceRepository + '_> {
        self.scope()
    }
    fn keys(&mut self) -> Box<dyn KeyRepository + '_> {
        self.scope()
    }
    fn sessions(&mut self) -> Box<dyn SessionRepository + '_> {
        self.scope()
    }
    fn authentication_methods(&mut self) -> Box<dyn AuthenticationMethodRepository + '_> {
        self.scope()
    }
    fn grants(&mut self) -> Box<dyn GrantRepository + '_> {
        self.scope()
    }
    fn one_time(&mut self) -> Box<dyn OneTimeRepository + '_> {
        self.scope()
    }
    fn documents(&mut self) -> Box<dyn DocumentRepository + '_> {
        self.scope()
    }
    fn logs(&mut self) -> Box<dyn LogRepository + '_> {
        self.scope()
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.transaction.commit().await.map_err(engine)
    }
}
