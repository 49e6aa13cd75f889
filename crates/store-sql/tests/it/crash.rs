//! A crash at any point loses no write that was acknowledged.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use doorward_store::Store as _;
use doorward_store_sql::SqliteStore;

use crate::file::tenant;

/// Variable that turns a run of this test into the process that is killed.
const VICTIM: &str = "DOORWARD_CRASH_VICTIM";

#[tokio::test]
async fn a_killed_process_has_lost_nothing_it_acknowledged() {
    if let Ok(path) = std::env::var(VICTIM) {
        return commit_until_killed(Path::new(&path)).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    for enough in [1, 7, 23] {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::a_killed_process_has_lost_nothing_it_acknowledged", "--nocapture"])
            .env(VICTIM, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        for line in lines.map_while(Result::ok) {
            if let Some(value) = line.strip_prefix("committed ") {
                acknowledged.push(value.parse::<u32>().unwrap());
            }
            if acknowledged.len() == enough {
                // SIGKILL: no destructor runs, no buffer is written.
                victim.kill().unwrap();
                break;
            }
        }
        victim.wait().unwrap();
        assert_eq!(acknowledged.len(), enough, "the victim ended too early");
        let store = SqliteStore::open(&path).await.unwrap();
        let mut unit = store.tenant(tenant().id).write().await.unwrap();
        for value in acknowledged {
            let is_new = unit.one_time().use_once(&hash(value), "2027-01-01T00:00:00Z".parse().unwrap()).await.unwrap();
            assert!(!is_new, "write {value} was acknowledged and is gone");
        }
    }
}

async fn commit_until_killed(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    // The second and third victims find the tenant of the first.
    drop(store.create_tenant(&tenant()).await);
    for value in std::process::id().wrapping_mul(100_000).. {
        let mut unit = store.tenant(tenant().id).write().await.unwrap();
        assert!(unit.one_time().use_once(&hash(value), "2027-01-01T00:00:00Z".parse().unwrap()).await.unwrap());
        unit.commit().await.unwrap();
        println!("committed {value}");
    }
}

fn hash(value: u32) -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&value.to_be_bytes());
    hash
}
