//! Lists on a file of the first schema, and on a large one.

use doorward_model::user::User;
use doorward_store::query::{Comparison, Filter, Query, UserField};
use doorward_store::{Store as _, Unit};
use doorward_store_sql::SqliteStore;
use sqlx::Connection as _;

use crate::earlier::file_of;
use crate::file::tenant;

#[tokio::test]
async fn what_was_there_before_lists_had_columns_is_found_by_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let mut connection = file_of(1, &path).await;
    let tenant = tenant();
    let id = tenant.id.to_string();
    let body = |user: &str| {
        format!(
            r#"{{"id":"{user}","userPrincipalName":"Anna@one.example","displayName":"Anna","accountEnabled":false,"userType":"Guest",
            "forceChangePassword":false,"roles":["GlobalAdministrator","SecurityReader"],
            "signInSessionsValidFrom":"2026-01-01T00:00:00Z","created":"2026-01-02T03:04:05.678Z"}}"#
        )
    };
    let user = "11111111-0000-4000-8000-000000000001";
    sqlx::query("INSERT INTO users (tenant_id, id, upn_key, body) VALUES ($1, $2, 'anna@one.example', $3)")
        .bind(&id)
        .bind(user)
        .bind(body(user))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();

    let store = SqliteStore::open(&path).await.unwrap();
    let mut unit = store.tenant(tenant.id).read().await.unwrap();
    let made: jiff::Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
    for filter in [
        Filter::equal(UserField::DisplayName, "anna"),
        Filter::equal(UserField::AccountEnabled, false),
        Filter::equal(UserField::UserType, "Guest"),
        Filter::equal(UserField::Roles, "GlobalAdministrator"),
        Filter::equal(UserField::Roles, "SecurityReader"),
        Filter::equal(UserField::Created, made),
    ] {
        assert_eq!(found(unit.as_mut(), filter.clone()).await.len(), 1, "{filter:?}");
    }
    for filter in
        [Filter::equal(UserField::Roles, "IntuneAdministrator"), Filter::Compare(UserField::Created, Comparison::Greater, made.into())]
    {
        assert!(found(unit.as_mut(), filter.clone()).await.is_empty(), "{filter:?}");
    }
}

async fn found(unit: &mut dyn Unit, filter: Filter<UserField>) -> Vec<User> {
    unit.users().page(&Query::of(filter)).await.unwrap().items
}
