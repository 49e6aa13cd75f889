//! The database file: kept over a restart, private, never touched by an older program, and honest about damage.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use doorward_model::TenantId;
use doorward_model::rng::SeededRng;
use doorward_model::tenant::Tenant;
use doorward_store::{Store as _, StoreError};
use doorward_store_sql::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

pub(crate) fn tenant() -> Tenant {
    Tenant {
        id: TenantId::random(&SeededRng::new(1)),
        display_name: "One".into(),
        domains: vec!["one.example".into()],
        certificate_based_authentication: false,
        tells_whether_accounts_exist: false,
        device_limit: 20,
        broker_store_link_ios: String::new(),
        broker_store_link_android: String::new(),
        created: "2026-01-01T00:00:00Z".parse().unwrap(),
    }
}

async fn raw(path: &Path, statement: &'static str) {
    let mut connection: SqliteConnection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_restart_keeps_everything_and_others_cannot_read_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.create_tenant(&tenant()).await.unwrap();
    store.close().await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.tenants().await.unwrap(), [tenant()]);
    store.ping().await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_advice_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    SqliteStore::open(&path).await.unwrap().close().await;
    raw(&path, "PRAGMA journal_mode = DELETE; PRAGMA user_version = 999").await;
    let before = std::fs::read(&path).unwrap();
    let error = SqliteStore::open(&path).await.err().unwrap();
    assert!(matches!(error, StoreError::NewerSchema { found: 999, .. }), "{error}");
    assert!(error.to_string().contains("newer Doorward"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_row_names_table_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.create_tenant(&tenant()).await.unwrap();
    raw(&path, "UPDATE tenants SET body = '{\"id\": 5}'").await;
    match store.tenants().await {
        Err(StoreError::Inconsistent { table, id, .. }) => assert_eq!((table, id), ("tenants", tenant().id.to_string())),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_only_looks_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert!(SqliteStore::open_read_only(&path).await.is_err(), "a missing database is not made");
    assert!(names().is_empty());

    let running = SqliteStore::open(&path).await.unwrap();
    running.create_tenant(&tenant()).await.unwrap();
    let (with_log, looking) = (names(), SqliteStore::open_read_only(&path).await.unwrap());
    assert_eq!(looking.tenants().await.unwrap(), [tenant()], "what a running server has written is seen");
    assert!(looking.create_tenant(&Tenant { id: TenantId::random(&SeededRng::new(2)), ..tenant() }).await.is_err());
    looking.close().await;
    assert_eq!(names(), with_log);
    running.close().await;

    let before = names();
    let looking = SqliteStore::open_read_only(&path).await.unwrap();
    assert_eq!(looking.tenants().await.unwrap(), [tenant()]);
    looking.close().await;
    assert_eq!(names(), before);

    raw(&path, "PRAGMA user_version = 0").await;
    assert!(matches!(SqliteStore::open_read_only(&path).await, Err(StoreError::OlderSchema { found: 0, .. })));
}
