//! Registrations of an earlier release.

use std::collections::BTreeSet;

use doorward_model::application::{Application, MemberType, ScopeType};
use doorward_store::Store as _;
use doorward_store_sql::SqliteStore;
use sqlx::Connection as _;

use crate::earlier::file_of;
use crate::file::tenant;

const BODIES: [&str; 2] = [
    r#"{"appId":"11111111-0000-4000-8000-000000000001","displayName":"Orders","enabled":true,
        "redirectUris":[{"uri":"https://orders.example/cb","platform":"web"}],"platformIdentities":[],"identifierUris":["api://orders"],
        "scopes":["Orders.Read","Orders.Write"],"appRoles":["Writer"],
        "appRoleAssignments":[{"resource":"11111111-0000-4000-8000-000000000001","value":"Writer"}],
        "secrets":[{"sha256":"aa","hint":"abc","expires":"2027-03-04T05:06:07.123456789Z"},{"sha256":"bb","hint":"def","expires":"2027-01-01T00:00:00Z"}],
        "keyCredentials":[{"certificate":"AQID"}],"approved":true,"consent":"user","signingAlgorithm":"RS256","bundles":["Office365"],
        "homepage":"https://orders.example","created":"2026-01-02T03:04:05.678Z"}"#,
    // Of a release that did not know most members.
    r#"{"appId":"11111111-0000-4000-8000-000000000002","displayName":"Old","enabled":false,"created":"2026-01-02T03:04:05Z"}"#,
];

#[tokio::test]
async fn scopes_roles_and_credentials_that_were_there_get_ids_and_keep_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let mut connection = file_of(7, &path).await;
    let tenant = tenant();
    let id = tenant.id.to_string();
    for (number, body) in BODIES.iter().enumerate() {
        sqlx::query("INSERT INTO applications (tenant_id, id, display_name, body) VALUES ($1, $2, 'App', $3)")
            .bind(&id)
            .bind(format!("11111111-0000-4000-8000-00000000000{}", number + 1))
            .bind(*body)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();

    let read = async || {
        let store = SqliteStore::open(&path).await.unwrap();
        let mut unit = store.tenant(tenant.id).read().await.unwrap();
        let mut apps: Vec<Application> = unit.applications().list().await.unwrap();
        apps.sort_by_key(|app| app.app_id);
        apps
    };
    let apps = read().await;
    let [orders, old] = apps.as_slice() else { panic!("{apps:?}") };
    let values: Vec<&str> = orders.scopes.iter().map(|scope| scope.value.as_str()).collect();
    assert_eq!(values, ["Orders.Read", "Orders.Write"]);
    assert!(orders.scopes.iter().all(|scope| scope.is_enabled && scope.kind == ScopeType::User));
    let role = &orders.app_roles[0];
    assert_eq!((role.value.as_str(), role.is_enabled, role.is_for(MemberType::Application)), ("Writer", true, true));
    assert!(orders.offers_to_applications(&orders.app_role_assignments[0].value));
    let secrets: Vec<(&str, String, String)> =
        orders.secrets.iter().map(|secret| (secret.sha256.as_str(), secret.start.to_string(), secret.expires.to_string())).collect();
    assert_eq!(
        secrets,
        [
            ("aa", "2026-03-04T05:06:07.123Z".into(), "2027-03-04T05:06:07.123456789Z".into()),
            ("bb", "2026-01-01T00:00:00Z".into(), "2027-01-01T00:00:00Z".into()),
        ]
    );
    assert_eq!((orders.key_credentials[0].certificate.as_str(), orders.key_credentials[0].start), ("AQID", None));
    assert_eq!((orders.redirect_uris.len(), orders.approved, orders.bundles.len()), (1, true, 1));
    assert_eq!((old.enabled, old.scopes.len(), old.secrets.len()), (false, 0, 0));
    let ids = orders.scopes.iter().map(|scope| scope.id.0).chain([role.id.0, orders.key_credentials[0].key_id.0]);
    let ids: BTreeSet<_> = ids.chain(orders.secrets.iter().map(|secret| secret.key_id.0)).collect();
    assert_eq!(ids.len(), 6);
    assert!(ids.iter().all(|id| id.get_version_num() == 4), "{ids:?}");
    assert_eq!(read().await, apps, "the ids stay");
}
