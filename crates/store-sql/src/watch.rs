//! Notices when another process writes to the database, a command line beside the server: then nothing that is remembered counts.

use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use tokio::sync::mpsc;

use crate::memory::Memory;

/// How long a write of another process may go unnoticed.
const INTERVAL: Duration = Duration::from_millis(100);

/// Looks after every interval in which something was asked of the memory, until the database is closed.
pub(crate) fn start(writer: SqlitePool, memory: &Arc<Memory>, woken: mpsc::Receiver<()>) {
    tokio::spawn(watch(writer, Arc::downgrade(memory), woken));
}

async fn watch(writer: SqlitePool, memory: Weak<Memory>, mut woken: mpsc::Receiver<()>) {
    let mut seen = None;
    while woken.recv().await.is_some() {
        while look(&writer, &memory, &mut seen).await {
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

/// Looks once; whether to go on looking.
async fn look(writer: &SqlitePool, memory: &Weak<Memory>, seen: &mut Option<i64>) -> bool {
    // The values of two connections do not compare. Looked at before the question: a connection made meanwhile is noticed next time.
    if memory.upgrade().is_none_or(|memory| memory.was_reconnected()) {
        *seen = None;
    }
    // What this process writes goes through the same connection, for which the value then stays as it is.
    let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(writer);
    let version = tokio::time::timeout(INTERVAL, version).await;
    let Some(memory) = memory.upgrade() else { return false };
    let Ok(Ok(version)) = version else {
        // The writer is busy or gone. Whoever asks next is sent to the database, and has it looked at again.
        memory.set_watched(false);
        return false;
    };
    if seen.replace(version) != Some(version) {
        memory.forget();
    }
    let go_on = memory.was_asked();
    memory.set_watched(go_on);
    go_on
}

#[cfg(test)]
mod tests {
    use doorward_model::TenantId;
    use doorward_model::rng::SeededRng;

    use super::*;
    use crate::SqliteStore;

    /// A database that only the test looks at, since nobody asks the watch of its own for anything.
    struct Looked {
        store: SqliteStore,
        folder: tempfile::TempDir,
        seen: Option<i64>,
    }

    impl Looked {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = SqliteStore::open(&folder.path().join("doorward.db")).await.unwrap();
            let mut looked = Self { store, folder, seen: None };
            // The connection that made the database counts otherwise than those after it.
            looked.renew_the_connection().await;
            for _ in 0..2 {
                looked.look().await;
            }
            looked
        }

        /// Looks after somebody has asked, again where the machine is too busy to answer in time.
        async fn look(&mut self) {
            loop {
                self.store.0.memory.set_watched(true);
                self.is_remembered();
                if look(&self.store.0.writer, &Arc::downgrade(&self.store.0.memory), &mut self.seen).await {
                    return;
                }
            }
        }

        async fn renew_the_connection(&self) {
            self.store.0.writer.acquire().await.unwrap().close().await.unwrap();
        }

        async fn write_elsewhere(&self, statement: &'static str) {
            let other = SqliteStore::open(&self.folder.path().join("doorward.db")).await.unwrap();
            sqlx::raw_sql(statement).execute(&other.0.writer).await.unwrap();
            other.0.writer.close().await;
        }

        fn remember(&self) {
            let memory = &self.store.0.memory;
            memory.remember(&memory.generations, tenant(), (), memory.now(), 1);
            assert!(self.is_remembered());
        }

        fn is_remembered(&self) -> bool {
            let memory = &self.store.0.memory;
            memory.recall(&memory.generations, tenant(), &()).is_some()
        }
    }

    fn tenant() -> TenantId {
        TenantId::random(&SeededRng::new(1))
    }

    #[tokio::test]
    async fn nothing_is_believed_that_was_read_before_the_writer_got_a_new_connection() {
        let mut database = Looked::new().await;
        let before = database.seen;
        database.remember();
        database.look().await;
        assert!(database.is_remembered(), "nobody has written");
        database.renew_the_connection().await;
        database.write_elsewhere("CREATE TABLE elsewhere (id)").await;
        database.look().await;
        assert_eq!(database.seen, before, "the value of the new connection does not tell that somebody has written");
        assert!(!database.is_remembered());
    }

    #[tokio::test]
    async fn nor_is_what_was_read_before_the_new_connection_was_looked_at_by_itself() {
        let mut database = Looked::new().await;
        // So that the value after another write is the one that the connection before had.
        database.write_elsewhere("CREATE TABLE earlier (id)").await;
        database.look().await;
        let before = database.seen;
        database.renew_the_connection().await;
        drop(database.store.0.writer.acquire().await.unwrap());
        database.remember();
        database.write_elsewhere("CREATE TABLE elsewhere (id)").await;
        database.look().await;
        assert_eq!(database.seen, before, "the value of the new connection does not tell that somebody has written");
        assert!(!database.is_remembered());
        database.remember();
        database.look().await;
        assert!(database.is_remembered(), "and from then on what is read counts again");
    }
}
