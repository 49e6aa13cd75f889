//! `grant_type=client_credentials`.

use axum::http::StatusCode;

use crate::world::{CLI, WEB_APP, WEB_SECRET, World};

async fn ask(world: &World, client: &str, secret: &str, scope: &str) -> crate::world::Answer {
    world.token(&[("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", scope)]).await
}

#[tokio::test]
async fn a_confidential_client_gets_a_token_with_the_permissions_assigned_to_it() {
    let world = World::new().await;
    let answer = ask(&world, &WEB_APP.to_string(), WEB_SECRET, "api://contoso-mail/.default").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let claims = doorward_wire::jwt::unverified_payload(answer.json()["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(claims["roles"], serde_json::json!(["Mail.Read.All"]));
    assert!(answer.json().get("refresh_token").is_none());
}

#[tokio::test]
async fn a_wrong_secret_a_public_client_and_a_single_scope_are_refused() {
    let world = World::new().await;
    let web = WEB_APP.to_string();
    for (client, secret, scope, code) in [
        (web.as_str(), "wrong", "api://contoso-mail/.default", 7_000_215),
        (&CLI.to_string(), "wrong", "api://contoso-mail/.default", 7_000_215),
        (web.as_str(), WEB_SECRET, "api://contoso-mail/Mail.Read", 70011),
        (web.as_str(), WEB_SECRET, "api://nowhere/.default", 500_011),
    ] {
        let answer = ask(&world, client, secret, scope).await;
        assert_eq!(answer.json()["error_codes"][0], code, "{client} {scope}: {}", answer.body);
    }
}
