//! A unit of work: one transaction, scoped to one tenant.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::TenantId;
use doorward_store::{
    ApplicationRepository, AuthenticationMethodRepository, DeviceRepository, DocumentRepository, DomainRepository, GrantRepository,
    GroupRepository, KeyRepository, LogRepository, ManagedDeviceRepository, OneTimeRepository, Result, SessionRepository, StoreError,
    TenantRepository, Unit, UserRepository,
};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Sqlite, Transaction};

use crate::memory::{Change, Doubts, Kind, Memory, Objects};
use crate::row::engine;
use crate::sqlite::Database;

/// A transaction that knows whose data it may see. It is every repository itself, each in the file of its noun.
pub(crate) struct SqlUnit {
    // Before the doubts, because fields are dropped in this order: what is given up is over before it is believed again.
    pub(crate) connection: Connection,
    /// The tenant as text, as rows name it.
    pub(crate) tenant: String,
    pub(crate) tenant_id: TenantId,
    writes: bool,
    /// Nothing was written yet: what is read is what others would read.
    untouched: bool,
    began: u64,
    doubts: Option<Doubts>,
}

/// The connection of a unit: a reader takes one only when its memory does not have the answer.
pub(crate) struct Connection {
    transaction: Option<Transaction<'static, Sqlite>>,
    database: Arc<Database>,
}

impl Connection {
    /// The open transaction.
    ///
    /// # Errors
    /// When no connection comes free in time.
    pub(crate) async fn open(&mut self) -> Result<&mut SqliteConnection> {
        match &mut self.transaction {
            Some(transaction) => Ok(transaction),
            none => Ok(none.insert(self.database.readers.begin().await.map_err(engine)?)),
        }
    }
}

impl SqlUnit {
    /// A unit that holds the writer with its transaction, or one for reading.
    pub(crate) fn new(database: Arc<Database>, transaction: Option<Transaction<'static, Sqlite>>, tenant: TenantId) -> Self {
        Self {
            tenant: tenant.to_string(),
            tenant_id: tenant,
            writes: transaction.is_some(),
            untouched: true,
            // A writer that began before the last change was over may still have waited for it: it remembers nothing older than now.
            began: database.memory.now(),
            doubts: None,
            connection: Connection { transaction, database },
        }
    }

    /// What was read lately.
    pub(crate) fn memory(&self) -> &Memory {
        &self.connection.database.memory
    }

    /// Writes must say first what they change of what is remembered, and not even be tried on a unit that was opened for reading.
    pub(crate) fn will_change(&mut self, changes: &[Change]) -> Result<()> {
        if !self.writes {
            return Err(StoreError::ReadOnly);
        }
        self.untouched = false;
        if !changes.is_empty() {
            let memory = &self.connection.database.memory;
            let doubts = self.doubts.get_or_insert_with(|| Doubts::none(memory.clone()));
            changes.iter().for_each(|change| doubts.add(self.tenant_id, *change));
        }
        Ok(())
    }

    /// What is remembered under a key, if that still holds, or else what `read` makes of the rows of the query that `ask` makes for
    /// the tenant.
    pub(crate) async fn known<K, V, Q>(
        &mut self,
        objects: fn(&Memory) -> &Objects<K, V>,
        key: &Q,
        ask: impl FnOnce(&str) -> Query<'static, Sqlite, SqliteArguments>,
        read: impl FnOnce(&[SqliteRow]) -> Result<Option<V>>,
    ) -> Result<Option<V>>
    where
        K: Borrow<Q> + Hash + Eq,
        V: Clone,
        Q: ToOwned<Owned = K> + Hash + Eq + ?Sized,
    {
        if let Some(known) = self.memory().recall(objects(self.memory()), self.tenant_id, key) {
            return Ok(Some(known));
        }
        // In a box of its own, so that what is remembered is given out without making room for what asks the database.
        Box::pin(async move {
            let query = ask(&self.tenant);
            let rows = query.fetch_all(self.connection.open().await?).await.map_err(engine)?;
            let found = read(&rows)?;
            self.remember(objects(self.memory()), key.to_owned(), found.as_ref());
            Ok(found)
        })
        .await
    }

    /// Remembers what this unit has read, if there was anything. After its first write a unit may see what never comes to be.
    fn remember<K, V>(&self, objects: &Objects<K, V>, key: K, found: Option<&V>)
    where
        K: Hash + Eq,
        V: Clone,
    {
        if self.untouched
            && let Some(value) = found
        {
            self.memory().remember(objects, self.tenant_id, key, self.began, value.clone());
        }
    }

    /// Tells caches that something decisions depend on has changed.
    pub(crate) async fn raise_generation(&mut self) -> Result<()> {
        self.will_change(&[Kind::Generation.any()])?;
        sqlx::query("UPDATE tenants SET generation = generation + 1 WHERE tenant_id = $1")
            .bind(&self.tenant)
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(engine)
    }
}

#[async_trait]
impl Unit for SqlUnit {
    fn tenant(&mut self) -> &mut dyn TenantRepository {
        self
    }
    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }
    fn groups(&mut self) -> &mut dyn GroupRepository {
        self
    }
    fn applications(&mut self) -> &mut dyn ApplicationRepository {
        self
    }
    fn devices(&mut self) -> &mut dyn DeviceRepository {
        self
    }
    fn managed_devices(&mut self) -> &mut dyn ManagedDeviceRepository {
        self
    }
    fn keys(&mut self) -> &mut dyn KeyRepository {
        self
    }
    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self
    }
    fn authentication_methods(&mut self) -> &mut dyn AuthenticationMethodRepository {
        self
    }
    fn grants(&mut self) -> &mut dyn GrantRepository {
        self
    }
    fn one_time(&mut self) -> &mut dyn OneTimeRepository {
        self
    }
    fn domain(&mut self) -> &mut dyn DomainRepository {
        self
    }
    fn documents(&mut self) -> &mut dyn DocumentRepository {
        self
    }
    fn logs(&mut self) -> &mut dyn LogRepository {
        self
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let Self { connection, doubts, .. } = *self;
        let Some(transaction) = connection.transaction else { return Ok(()) };
        let Some(doubts) = doubts else { return transaction.commit().await.map_err(engine) };
        // Nobody may stop this half-way: the database would commit, and what was changed would be believed again before it did.
        let committing = tokio::spawn(async move {
            let result = transaction.commit().await.map_err(engine);
            drop(doubts);
            result
        });
        committing.await.map_err(|error| StoreError::Engine(Box::new(error)))?
    }
}
