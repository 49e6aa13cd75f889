//! A database file as an earlier release left it.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use crate::file::tenant;

const MIGRATIONS: [&str; 9] = [
    include_str!("../../migrations/0001_initial.sql"),
    include_str!("../../migrations/0002_authentication_methods.sql"),
    include_str!("../../migrations/0003_lists.sql"),
    include_str!("../../migrations/0004_group_owners.sql"),
    include_str!("../../migrations/0005_large_logs.sql"),
    include_str!("../../migrations/0006_compliance.sql"),
    include_str!("../../migrations/0007_group_members.sql"),
    include_str!("../../migrations/0008_permissions_and_credentials.sql"),
    include_str!("../../migrations/0010_domain.sql"),
];

/// Makes a file of that schema version with one tenant in it.
pub(crate) async fn file_of(version: usize, path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap();
    for migration in &MIGRATIONS[..version] {
        sqlx::raw_sql(*migration).execute(&mut connection).await.unwrap();
    }
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {version}"))).execute(&mut connection).await.unwrap();
    sqlx::query("INSERT INTO tenants VALUES ($1, 0, 0, $2)")
        .bind(tenant().id.to_string())
        .bind(serde_json::to_string(&tenant()).unwrap())
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}
