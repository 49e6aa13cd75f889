//! Schema versions. Each migration runs in one transaction with the note that it ran.

use std::path::Path;

use doorward_store::{Result, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::row::engine;

/// Migrations in order; version `n` is the n-th.
const MIGRATIONS: [&str; 11] = [
    include_str!("../migrations/0001_initial.sql"),
    include_str!("../migrations/0002_authentication_methods.sql"),
    include_str!("../migrations/0003_lists.sql"),
    include_str!("../migrations/0004_group_owners.sql"),
    include_str!("../migrations/0005_large_logs.sql"),
    include_str!("../migrations/0006_compliance.sql"),
    include_str!("../migrations/0007_group_members.sql"),
    include_str!("../migrations/0008_permissions_and_credentials.sql"),
    include_str!("../migrations/0010_domain.sql"),
    include_str!("../migrations/0011_sign_in_circumstances.sql"),
    include_str!("../migrations/0012_short_sign_ins.sql"),
];

/// Refuses a database of a newer program before anything of it is touched, the journal mode included.
pub(crate) async fn refuse_newer(path: &Path) -> Result<()> {
    let (found, known) = (version(path).await?, known());
    if found > known { Err(StoreError::NewerSchema { found, known }) } else { Ok(()) }
}

/// Refuses a database that would have to be brought up to date first.
pub(crate) async fn refuse_older(path: &Path) -> Result<()> {
    let (found, known) = (version(path).await?, known());
    if found < known { Err(StoreError::OlderSchema { found, known }) } else { Ok(()) }
}

/// A connection that changes nothing, not even the files beside the database: SQLite makes a log for readers too unless told that
/// nobody writes, and nobody does where there is none.
pub(crate) fn looking_at(path: &Path) -> SqliteConnectOptions {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let nobody_writes = !Path::new(&log).exists();
    SqliteConnectOptions::new().filename(path).read_only(true).immutable(nobody_writes)
}

async fn version(path: &Path) -> Result<i64> {
    let mut connection = SqliteConnection::connect_with(&looking_at(path)).await.map_err(engine)?;
    let found = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.map_err(engine)?;
    connection.close().await.map_err(engine)?;
    Ok(found)
}

/// The newest version this program knows.
fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings the schema up to date. A database of a newer program is left untouched.
pub(crate) async fn run(options: SqliteConnectOptions) -> Result<()> {
    let known = known();
    // In a large database a migration takes its time. That is told in one line, and not as a slow statement with the whole of its text.
    let mut connection = options.disable_statement_logging().connect().await.map_err(engine)?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(engine)?;
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await.map_err(engine)?;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if 0 < found && found < known {
        tracing::info!(from = found, to = known, "bringing the database up to date, which may take minutes where its logs are large");
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await.map_err(engine)?;
    }
    if found < known {
        // A pragma takes no parameters; the number is ours.
        let statement = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {known}"));
        sqlx::raw_sql(statement).execute(&mut *transaction).await.map_err(engine)?;
    }
    transaction.commit().await.map_err(engine)?;
    connection.close().await.map_err(engine)
}
