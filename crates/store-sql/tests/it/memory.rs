//! What is remembered: without the database, not beyond a change, and not beyond a change made by another process.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use doorward_model::UserId;
use doorward_model::rng::SeededRng;
use doorward_model::user::{User, UserType};
use doorward_store::Store as _;
use doorward_store_sql::SqliteStore;

use crate::file::tenant;

fn anna() -> User {
    User {
        id: UserId::random(&SeededRng::new(2)),
        user_principal_name: "anna@one.example".into(),
        display_name: "Anna".into(),
        account_enabled: true,
        user_type: UserType::Member,
        password_hash: None,
        force_change_password: false,
        roles: vec![],
        sign_in_sessions_valid_from: tenant().created,
        on_premises: None,
        account_expires: None,
        created: tenant().created,
    }
}

/// A store in which Anna has been read until she is remembered.
async fn warm() -> (PathBuf, SqliteStore) {
    let path = tempfile::tempdir().unwrap().keep().join("doorward.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.create_tenant(&tenant()).await.unwrap();
    let mut unit = store.tenant(tenant().id).write().await.unwrap();
    unit.users().create(&anna()).await.unwrap();
    unit.commit().await.unwrap();
    let remembered = async {
        while !Arc::ptr_eq(&read(&store).await, &read(&store).await) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), remembered).await.unwrap();
    (path, store)
}

/// Anna, as one who comes to read is told of her.
async fn read(store: &SqliteStore) -> Arc<User> {
    let mut unit = store.tenant(tenant().id).read().await.unwrap();
    unit.users().get(anna().id).await.unwrap().unwrap()
}

/// Whether Anna may sign in, if she is there.
async fn found(store: &SqliteStore) -> Option<bool> {
    let mut unit = store.tenant(tenant().id).read().await.unwrap();
    unit.users().get(anna().id).await.unwrap().map(|user| user.account_enabled)
}

async fn disable(store: &SqliteStore) -> Box<dyn doorward_store::Unit> {
    let mut unit = store.tenant(tenant().id).write().await.unwrap();
    unit.users().update(&User { account_enabled: false, ..anna() }).await.unwrap();
    unit
}

#[tokio::test]
async fn what_was_read_lately_is_told_without_the_database() {
    let (_, store) = warm().await;
    let mut all = Vec::new();
    for _ in 0..4 {
        let mut unit = store.tenant(tenant().id).read().await.unwrap();
        unit.users().list(None, 1).await.unwrap();
        all.push(unit);
    }
    // No connection is left to read with.
    assert_eq!(tokio::time::timeout(Duration::from_secs(2), found(&store)).await.unwrap(), Some(true));
}

#[tokio::test]
async fn whoever_asks_again_is_given_the_same_object_and_no_copy() {
    let (_, store) = warm().await;
    let mut unit = store.tenant(tenant().id).read().await.unwrap();
    let once = unit.users().get(anna().id).await.unwrap().unwrap();
    let again = unit.users().get(anna().id).await.unwrap().unwrap();
    assert!(Arc::ptr_eq(&once, &again));
}

#[tokio::test]
async fn while_a_change_is_under_way_the_database_is_asked_and_afterwards_the_change_is_seen() {
    let (_, store) = warm().await;
    let unit = disable(&store).await;
    assert_eq!(found(&store).await, Some(true));
    unit.commit().await.unwrap();
    assert_eq!(found(&store).await, Some(false));
}

#[tokio::test]
async fn a_change_counts_also_when_nobody_waits_for_its_commit() {
    let (_, store) = warm().await;
    let unit = disable(&store).await;
    let mut commit = Box::pin(unit.commit());
    let begun = std::future::poll_fn(|context| std::task::Poll::Ready(commit.as_mut().poll(context))).await;
    assert!(begun.is_pending(), "the commit takes a while, in which its caller goes away");
    drop(commit);
    // The next writer waits for it.
    drop(store.tenant(tenant().id).write().await.unwrap());
    assert_eq!(found(&store).await, Some(false));
}

#[tokio::test]
async fn what_a_writer_saw_and_gave_up_is_not_remembered() {
    let (_, store) = warm().await;
    let mut unit = disable(&store).await;
    assert!(!unit.users().get(anna().id).await.unwrap().unwrap().account_enabled);
    drop(unit);
    for _ in 0..3 {
        assert_eq!(found(&store).await, Some(true));
    }
}

#[tokio::test]
async fn what_another_process_changes_is_noticed_within_a_second() {
    let (path, store) = warm().await;
    let other = SqliteStore::open(&path).await.unwrap();
    disable(&other).await.commit().await.unwrap();
    let noticed = async {
        while found(&store).await != Some(false) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), noticed).await.unwrap();
}
