//! Apps that must apply a protection policy: who is told so in which words.

use std::sync::Arc;

use axum::http::StatusCode;
use doorward_model::application::Application;
use doorward_wire::oauth::client_info;
use rstest::rstest;
use serde_json::{Value, json};

use super::second_factor::everywhere;
use crate::registration::{Device, JSON, by_broker, code_of, with_prt};
use crate::world::{Answer, CLI, MAIL_APP, PASSWORD, World};

const PROT_APP: &str = r#"{"access_token":{"xms_cc":{"values":["CP1","ProtApp"]}}}"#;
const OTHERS: &str = r#"{"access_token":{"xms_cc":{"values":["CP1","protapp"]}}}"#;

fn protected() -> Value {
    json!({ "operator": "OR", "builtInControls": ["compliantApplication"] })
}

async fn redeem(world: &World, code: &str, claims: Option<&str>) -> Answer {
    let client = MAIL_APP.to_string();
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", code),
        ("redirect_uri", "msauth.com.contoso.mail://auth"),
    ];
    fields.extend(claims.map(|claims| ("claims", claims)));
    world.token(&fields).await
}

fn assert_told_to_protect(world: &World, answer: &Answer) {
    let body = answer.json();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!((&body["error"], &body["suberror"]), (&json!("unauthorized_client"), &json!("protection_policy_required")), "{body}");
    assert_eq!(body["client_info"], json!(client_info::encode(world.anna.id, world.tenant.id)));
    assert_eq!((&body["adi"], code_of(answer)), (&json!("anna@contoso.example"), 53005));
}

fn assert_told_to_interact(answer: &Answer) {
    let body = answer.json();
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!((&body["error"], &body["suberror"]), (&json!("interaction_required"), &json!("additional_action")), "{body}");
    assert_eq!((&body["client_info"], &body["adi"], code_of(answer)), (&Value::Null, &Value::Null, 53005));
}

#[rstest]
#[case::ios("iOS", "msauth.com.contoso.mail://auth")]
#[case::android("Android", "msauth.com.contoso.mail://auth")]
#[tokio::test]
async fn an_app_that_can_protect_is_told_so_at_the_token_endpoint(#[case] system: &'static str, #[case] redirect: &str) {
    let world = World::new().await;
    let phone = with_prt(&world, Device { system, ..Device::new() }).await;
    everywhere(&world, protected()).await;
    let answer = by_broker(&world, &phone, &[("claims", PROT_APP), ("redirect_uri", redirect)], &[]).await;
    let code = answer.location_parameter("code").unwrap_or_else(|| panic!("the pages say nothing: {}", answer.body));
    assert_told_to_protect(&world, &redeem(&world, &code, None).await);
}

#[tokio::test]
async fn others_are_told_at_the_pages() {
    let world = World::new().await;
    let phone = with_prt(&world, Device::new()).await;
    everywhere(&world, protected()).await;
    for claims in [OTHERS, ""] {
        let page = by_broker(&world, &phone, &[("claims", claims)], &[]).await;
        assert!(page.body.contains("\"sErrorCode\":\"53005\""), "{}", page.body);
        assert_told_to_interact(&by_broker(&world, &phone, &[("claims", claims)], &[JSON]).await);
    }
}

#[tokio::test]
async fn a_refresh_is_answered_by_what_the_client_can_do() {
    let world = World::new().await;
    let phone = with_prt(&world, Device::new()).await;
    let code = by_broker(&world, &phone, &[], &[]).await.location_parameter("code").unwrap();
    let token = redeem(&world, &code, None).await.json()["refresh_token"].as_str().unwrap().to_owned();
    everywhere(&world, protected()).await;
    let client = MAIL_APP.to_string();
    let refresh = async |claims: &str| {
        let fields = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", &token), ("claims", claims)];
        world.token(&fields).await
    };
    assert_told_to_protect(&world, &refresh(PROT_APP).await);
    for claims in [OTHERS, "", "nonsense"] {
        assert_told_to_interact(&refresh(claims).await);
    }
}

/// The desktop client, as an administrator describes it.
async fn cli(world: &World, how: impl FnOnce(&mut Application)) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut application = Arc::unwrap_or_clone(unit.applications().get(CLI).await.unwrap().unwrap());
    how(&mut application);
    unit.applications().update(&application).await.unwrap();
    unit.commit().await.unwrap();
}

async fn by_password(world: &World, claims: &str) -> Answer {
    let client = CLI.to_string();
    let fields = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", "anna@contoso.example"),
        ("password", PASSWORD),
        ("scope", "api://contoso-mail/Mail.Read"),
        ("claims", claims),
    ];
    world.token(&fields).await
}

#[tokio::test]
async fn a_library_that_does_not_say_that_it_is_on_a_phone_is_told_so_as_well() {
    let world = World::new().await;
    everywhere(&world, protected()).await;
    assert_eq!(code_of(&by_password(&world, PROT_APP).await), 53002, "an app that cannot protect");
    cli(&world, |app| app.protectable = true).await;
    assert_told_to_protect(&world, &by_password(&world, PROT_APP).await);
    assert_eq!(code_of(&by_password(&world, OTHERS).await), 53002, "one that does not say that it can");
}

#[tokio::test]
async fn what_an_app_lacks_beside_protection_is_said_first() {
    let world = World::new().await;
    everywhere(&world, json!({ "operator": "AND", "builtInControls": ["approvedApplication", "compliantApplication"] })).await;
    cli(&world, |app| app.protectable = true).await;
    assert_eq!(code_of(&by_password(&world, PROT_APP).await), 53002, "it is not on the list");
}
