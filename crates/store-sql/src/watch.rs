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
