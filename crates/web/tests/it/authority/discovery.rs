//! Discovery documents, keys, instance discovery and user realm.

use axum::http::StatusCode;
use insta::assert_json_snapshot;
use serde_json::Value;

use crate::world::World;

fn without_tenant(world: &World, document: &Value) -> Value {
    serde_json::from_str(&document.to_string().replace(&world.tenant.id.to_string(), "{tenant}")).unwrap()
}

#[tokio::test]
async fn a_tenant_is_found_by_id_by_domain_and_as_the_only_one() {
    let world = World::new().await;
    for segment in
        [world.tenant.id.to_string(), "contoso.example".into(), "CONTOSO.example".into(), "common".into(), "organizations".into()]
    {
        let answer = world.get(&format!("/{segment}/v2.0/.well-known/openid-configuration"), &[]).await;
        assert_eq!(answer.json()["issuer"], format!("https://login.contoso.example/{}/v2.0", world.tenant.id), "{segment}");
    }
    let unknown = world.get("/nowhere.example/v2.0/.well-known/openid-configuration", &[]).await;
    assert_eq!((unknown.status, unknown.json()["error_codes"][0].as_u64()), (StatusCode::BAD_REQUEST, Some(90002)));
}

#[tokio::test]
async fn the_documents_are_these() {
    let world = World::new().await;
    let v2 = world.get(&world.path("v2.0/.well-known/openid-configuration"), &[]).await.json();
    assert_json_snapshot!("openid-configuration", without_tenant(&world, &v2));
    let instance = world.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=https://login.contoso.example/contoso.example/oauth2/v2.0/authorize", &[]).await;
    assert_json_snapshot!("instance", instance.json());
}

#[tokio::test]
async fn the_key_set_holds_current_and_next_keys_of_both_algorithms_and_no_private_part() {
    let world = World::new().await;
    let keys = world.get(&world.path("discovery/v2.0/keys"), &[]).await.json();
    let keys = keys["keys"].as_array().unwrap();
    let count = |kty: &str| keys.iter().filter(|key| key["kty"] == kty).count();
    assert_eq!((count("RSA"), count("EC")), (2, 2));
    assert!(keys.iter().all(|key| key.get("d").is_none() && key["use"] == "sig" && key["kid"].is_string()));
}

#[tokio::test]
async fn paths_match_in_any_case_and_with_a_doubled_slash() {
    let world = World::new().await;
    let answer = world.get(&format!("//{}/oAuth2/v2.0/Token", world.tenant.id), &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let nonce = world.post(&format!("/{}/OAUTH2/token", world.tenant.id), &[], &[("grant_type", "srv_challenge")]).await;
    assert!(nonce.json()["Nonce"].is_string());
}

#[tokio::test]
async fn the_user_realm_tells_of_the_domain_and_not_of_the_account() {
    let world = World::new().await;
    let anna = world.get("/common/userrealm/anna@contoso.example?api-version=1.0", &[]).await.json();
    let nobody = world.get("/common/userrealm/nobody@contoso.example?api-version=1.0", &[]).await.json();
    assert_eq!(anna["account_type"], "Managed");
    assert_eq!(anna, nobody);
}
