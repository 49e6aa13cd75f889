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
