//! Device authorization grant.

use axum::http::StatusCode;

use super::sign_in_pages::{sign_in, verifier};
use crate::world::{Answer, CLI, World};

async fn start(world: &World) -> serde_json::Value {
    let client = CLI.to_string();
    let scope = "openid profile offline_access api://contoso-mail/Mail.Read";
    world.post(&world.path("oauth2/v2.0/devicecode"), &[], &[("client_id", &client), ("scope", scope)]).await.json()
}

async fn poll(world: &World, code: &str, grant_type: &str) -> Answer {
    let client = CLI.to_string();
    world.token(&[("grant_type", grant_type), ("client_id", &client), ("device_code", code)]).await
}

async fn post(world: &World, page: &Answer, cookies: &str, fields: &[(&str, &str)]) -> Answer {
    let (ctx, canary) = (page.hidden("ctx"), page.hidden("canary"));
    let mut all = vec![("ctx", ctx.as_str()), ("canary", canary.as_str())];
    all.extend_from_slice(fields);
    world.post(&world.path("oauth2/deviceauth"), &[("cookie", cookies)], &all).await
}

#[tokio::test]
async fn the_person_approves_on_another_screen_and_the_client_gets_tokens_once() {
    let world = World::new().await;
    let started = start(&world).await;
    let (device, user) = (started["device_code"].as_str().unwrap(), started["user_code"].as_str().unwrap());
    let pending = poll(&world, device, "urn:ietf:params:oauth:grant-type:device_code").await;
    assert_eq!((pending.json()["error"].as_str(), pending.json()["error_codes"][0].as_u64()), (Some("authorization_pending"), Some(70016)));
    let (_, cookies) = sign_in(&world, &verifier(&world), &[]).await;
    let page = world.get(&world.path("oauth2/deviceauth"), &[("cookie", &cookies)]).await;
    let typed = format!("{}-{}", &user[..4].to_lowercase(), &user[4..]);
    let confirm = post(&world, &page, &cookies, &[("user_code", &typed)]).await;
    assert!(confirm.body.contains("Command line"), "the page names the app: {}", confirm.body);
    let done = post(&world, &confirm, &cookies, &[("user_code", user), ("answer", "continue")]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    world.clock.advance(6);
    let tokens = poll(&world, device, "device_code").await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    assert_eq!(poll(&world, device, "device_code").await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn declining_polling_fast_and_waiting_too_long_end_as_the_rfc_says() {
    let world = World::new().await;
    let started = start(&world).await;
    let (device, user) = (started["device_code"].as_str().unwrap(), started["user_code"].as_str().unwrap());
    poll(&world, device, "device_code").await;
    assert_eq!(poll(&world, device, "device_code").await.json()["error"], "slow_down");
    let (_, cookies) = sign_in(&world, &verifier(&world), &[]).await;
    let page = world.get(&world.path("oauth2/deviceauth"), &[("cookie", &cookies)]).await;
    let confirm = post(&world, &page, &cookies, &[("user_code", user)]).await;
    post(&world, &confirm, &cookies, &[("user_code", user), ("answer", "cancel")]).await;
    assert_eq!(poll(&world, device, "device_code").await.json()["error"], "access_denied");
    let other = start(&world).await;
    world.clock.advance(16 * 60);
    assert_eq!(poll(&world, other["device_code"].as_str().unwrap(), "device_code").await.json()["error"], "expired_token");
}
