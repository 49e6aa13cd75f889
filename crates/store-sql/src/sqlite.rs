//! Opening a SQLite database, and its two kinds of connection.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use doorward_model::TenantId;
use doorward_model::tenant::Tenant;
use doorward_store::{Result, Store, StoreError, TenantStore, Unit};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::memory::Memory;
use crate::row::engine;
use crate::unit::SqlUnit;
use crate::{migrate, tenants, watch};

/// Readers at a time. SQLite readers do not wait for the writer.
const READERS: u32 = 4;
/// How long a unit of work waits for its connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// A SQLite database.
#[derive(Clone)]
pub struct SqliteStore(pub(crate) Arc<Database>);

/// An open database: shared as one, because every unit of work has it.
pub(crate) struct Database {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) memory: Arc<Memory>,
}

impl SqliteStore {
    /// Opens a database file, makes it when missing (readable by its owner only), and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer program made it, or an engine failure.
    pub async fn open(path: &Path) -> Result<Self> {
        create_private(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on the disk before it is acknowledged, so that a crash loses nothing.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        // The writer keeps the pages that a batch of sign-in records touches, and writes those that many batches touch once for all of them.
        let writing = options.clone().pragma("cache_size", "-16384").pragma("temp_store", "MEMORY").pragma("wal_autocheckpoint", "4000");
        migrate::refuse_newer(path).await?;
        migrate::run(writing.clone()).await?;
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
        let (memory, woken) = Memory::new();
        let connected = memory.clone();
        let writer = pool(1).after_connect(move |_, _| {
            connected.reconnect();
            Box::pin(async { Ok(()) })
        });
        let writer = writer.connect_with(writing).await.map_err(engine)?;
        let readers = pool(READERS).connect_with(options.pragma("query_only", "ON")).await.map_err(engine)?;
        watch::start(writer.clone(), &memory, woken);
        Ok(Self(Arc::new(Database { writer, readers, memory })))
    }

    /// Opens a database file for looking at it: it must be there and up to date, and nothing of it is changed.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`], [`StoreError::OlderSchema`], or an engine failure.
    pub async fn open_read_only(path: &Path) -> Result<Self> {
        migrate::refuse_newer(path).await?;
        migrate::refuse_older(path).await?;
        let options = migrate::looking_at(path).busy_timeout(PATIENCE);
        let readers = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE);
        let readers = readers.connect_with(options).await.map_err(engine)?;
        // Nobody watches, so this memory is never believed.
        let (memory, _) = Memory::new();
        Ok(Self(Arc::new(Database { writer: readers.clone(), readers, memory })))
    }
}

/// Makes the file before SQLite does, with a mode that keeps others out; the log files beside it inherit the mode.
fn create_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(StoreError::Engine(Box::new(error))),
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn tenants(&self) -> Result<Vec<Tenant>> {
        let mut connection = self.0.readers.acquire().await.map_err(engine)?;
        tenants::list(&mut connection).await
    }

    async fn create_tenant(&self, tenant: &Tenant) -> Result<()> {
        let mut transaction = self.0.writer.begin_with("BEGIN IMMEDIATE").await.map_err(engine)?;
        tenants::create(&mut transaction, tenant).await?;
        transaction.commit().await.map_err(engine)
    }

    fn tenant(&self, id: TenantId) -> Arc<dyn TenantStore> {
        Arc::new(SqliteTenant { database: self.0.clone(), id })
    }

    async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.0.readers).await.map(drop).map_err(engine)
    }

    async fn close(&self) {
        self.0.readers.close().await;
        self.0.writer.close().await;
    }
}

struct SqliteTenant {
    database: Arc<Database>,
    id: TenantId,
}

#[async_trait]
impl TenantStore for SqliteTenant {
    async fn read(&self) -> Result<Box<dyn Unit>> {
        Ok(Box::new(SqlUnit::new(self.database.clone(), None, self.id)))
    }

    async fn write(&self) -> Result<Box<dyn Unit>> {
        let transaction = self.database.writer.begin_with("BEGIN IMMEDIATE").await.map_err(engine)?;
        Ok(Box::new(SqlUnit::new(self.database.clone(), Some(transaction), self.id)))
    }
}
