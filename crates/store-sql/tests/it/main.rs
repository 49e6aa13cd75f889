//! The SQLite engine against the behaviour suite, and what only a file can show.
#![cfg(test)]

mod applications;
mod crash;
mod earlier;
mod file;
mod large_log;
mod lists;
mod memory;
mod repeated_sign_ins;

use doorward_store_sql::SqliteStore;

doorward_store::behaviour_suite!(empty);

/// An empty store. Its folder stays behind until the system tidies up: a test runs in a process of its own.
async fn empty() -> SqliteStore {
    let folder = tempfile::tempdir().unwrap().keep();
    SqliteStore::open(&folder.join("doorward.db")).await.unwrap()
}
