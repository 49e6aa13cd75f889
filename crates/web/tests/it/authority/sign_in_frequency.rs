//! Sign-in frequency: whoever signed in too long ago signs in again, at the pages and with tokens.

use axum::http::{Method, StatusCode};
use doorward_model::sign_in_record::SignInOutcome;
use serde_json::{Value, json};

use super::second_factor::{Browser, assert_page};
use crate::world::{Answer, CLI, PASSWORD, World};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A policy for Anna that says how old her sign-ins may be.
async fn policy(world: &World, frequency: Value, grant: Value) {
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let body = json!({
        "displayName": "Sign in again",
        "state": "enabled",
        "conditions": {
            "users": { "includeUsers": [world.anna.id] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"],
        },
        "grantControls": grant,
        "sessionControls": { "signInFrequency": frequency },
    });
    let answer = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
}

async fn hourly(world: &World) {
    let frequency = json!({ "isEnabled": true, "value": 1, "type": "hours", "frequencyInterval": "timeBased" });
    policy(world, frequency, Value::Null).await;
}

async fn every_time(world: &World, authentication: &str, grant: Value) {
    let frequency = json!({ "isEnabled": true, "frequencyInterval": "everyTime", "authenticationType": authentication });
    policy(world, frequency, grant).await;
}

async fn refresh(world: &World, tokens: &Value) -> Answer {
    let (client, token) = (CLI.to_string(), tokens["refresh_token"].as_str().unwrap());
    world.token(&[("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", token)]).await
}

#[tokio::test]
async fn a_browser_that_signed_in_too_long_ago_is_asked_for_the_password_again() {
    let world = World::new().await;
    hourly(&world).await;
    let (anna, granted) = Browser::sign_in(&world, &[]).await;
    assert_eq!(granted.status, StatusCode::FOUND, "{}", granted.body);
    world.clock.advance(HOUR);
    assert_eq!(anna.again(&[]).await.status, StatusCode::FOUND, "an hour is not over yet");
    world.clock.advance(MINUTE);
    let page = anna.again(&[]).await;
    assert_page(&page, "Enter your password");
    assert!(page.body.contains("sign in again from time to time"), "{}", page.body);
    let record = &world.sign_ins().await[0];
    assert_eq!((record.circumstances.outcome, record.circumstances.error_code), (SignInOutcome::Interrupted, 70044));
    let granted = anna.post(&page, &[("login", &world.anna.user_principal_name), ("passwd", PASSWORD)]).await;
    assert!(anna.tokens(&granted).await["access_token"].is_string());
}

#[tokio::test]
async fn without_prompts_the_client_is_told_that_a_sign_in_is_needed() {
    let world = World::new().await;
    hourly(&world).await;
    let (anna, _) = Browser::sign_in(&world, &[]).await;
    world.clock.advance(HOUR + MINUTE);
    let answer = anna.again(&[("prompt", "none")]).await;
    assert_eq!(answer.location_parameter("error").as_deref(), Some("login_required"), "{}", answer.location());
}

#[tokio::test]
async fn a_refresh_token_does_not_outlive_the_period() {
    let world = World::new().await;
    hourly(&world).await;
    let (anna, granted) = Browser::sign_in(&world, &[("scope", "openid offline_access api://contoso-mail/Mail.Read")]).await;
    let first = anna.tokens(&granted).await;
    world.clock.advance(HOUR);
    let second = refresh(&world, &first).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.body);
    world.clock.advance(MINUTE);
    for tokens in [first, second.json()] {
        let answer = refresh(&world, &tokens).await.json();
        assert_eq!((&answer["error"], &answer["suberror"]), (&json!("invalid_grant"), &json!("token_expired")), "{answer}");
        assert_eq!(answer["error_codes"][0], 70043, "{answer}");
    }
}

#[tokio::test]
async fn every_time_is_not_asked_twice_in_one_sign_in() {
    let world = World::new().await;
    every_time(&world, "primaryAndSecondaryAuthentication", Value::Null).await;
    let (anna, granted) = Browser::sign_in(&world, &[]).await;
    assert!(anna.tokens(&granted).await["access_token"].is_string());
    world.clock.advance(6 * MINUTE);
    assert_page(&anna.again(&[]).await, "Enter your password");
}

#[tokio::test]
async fn where_only_the_second_factor_is_too_old_it_alone_is_asked_for() {
    let world = World::new().await;
    every_time(&world, "secondaryAuthentication", json!({ "operator": "OR", "builtInControls": ["mfa"] })).await;
    let (anna, page) = Browser::sign_in(&world, &[("scope", "openid offline_access api://contoso-mail/Mail.Read")]).await;
    let (_, codes, granted) = anna.register_app(&page).await;
    let tokens = anna.tokens(&granted).await;
    world.clock.advance(6 * MINUTE);
    let refused = refresh(&world, &tokens).await.json();
    assert_eq!(refused["error"], "interaction_required", "{refused}");
    let page = anna.again(&[]).await;
    assert_page(&page, "Enter the code from your app");
    let page = anna.post(&page, &[("instead", "recoveryCode")]).await;
    let granted = anna.post(&page, &[("recovery", &codes[0])]).await;
    assert!(anna.tokens(&granted).await["access_token"].is_string());
}

#[tokio::test]
async fn applications_that_act_for_themselves_do_not_sign_in() {
    let world = World::new().await;
    hourly(&world).await;
    world.clock.advance(2 * HOUR);
    let client = crate::world::WEB_APP.to_string();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", crate::world::WEB_SECRET),
        ("scope", "api://contoso-mail/.default"),
    ];
    assert_eq!(world.token(&fields).await.status, StatusCode::OK);
}
