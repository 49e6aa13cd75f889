//! `grant_type=refresh_token`: bound, and decided again each time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::{Method, StatusCode};
use doorward_model::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::world::{CLI, MAIL_APP, PASSWORD, World};

async fn first_tokens(world: &World) -> serde_json::Value {
    let client = CLI.to_string();
    let fields = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", "anna@contoso.example"),
        ("password", PASSWORD),
        ("scope", "openid offline_access api://contoso-mail/Mail.Read"),
    ];
    world.token(&fields).await.json()
}

async fn refresh(world: &World, client: &str, token: &str) -> crate::world::Answer {
    world.token(&[("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)]).await
}

#[tokio::test]
async fn a_refresh_token_gives_new_tokens_more_than_once() {
    let world = World::new().await;
    let tokens = first_tokens(&world).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    let mut seen = vec![tokens["access_token"].clone()];
    for _ in 0..2 {
        let answer = refresh(&world, &CLI.to_string(), token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.json()["scope"], "openid offline_access api://contoso-mail/Mail.Read");
        assert!(!seen.contains(&answer.json()["access_token"]), "each answer has an access token of its own");
        seen.push(answer.json()["access_token"].clone());
    }
}

#[tokio::test]
async fn granted_is_what_was_asked_for_once_and_then_what_default_stands_for() {
    const DEFAULT: &str = "api://contoso-mail/.default";
    const READ: &str = "api://contoso-mail/Mail.Read";
    const SEND: &str = "api://contoso-mail/Mail.Send";
    let world = World::new().await;
    let token = first_tokens(&world).await["refresh_token"].as_str().unwrap().to_owned();
    let client = CLI.to_string();
    for (asked, granted) in [
        (format!("{READ} openid {READ}"), format!("{READ} openid")),
        (format!("{DEFAULT} offline_access"), format!("{DEFAULT} offline_access {READ} {SEND}")),
        (format!("{SEND} {DEFAULT} openid"), format!("{SEND} {DEFAULT} openid {READ}")),
        (format!("{DEFAULT} API://contoso-mail//.default"), format!("{DEFAULT} API://contoso-mail//.default {READ} {SEND}")),
    ] {
        let fields = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", &token), ("scope", &asked)];
        assert_eq!(world.token(&fields).await.json()["scope"], granted, "{asked}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_kept_for_a_day_and_for_what_it_was_issued_for() {
    let world = World::new().await;
    let first = first_tokens(&world).await["refresh_token"].as_str().unwrap().to_owned();
    let client = CLI.to_string();
    let ask = async |token: &str, scope: &str| {
        let fields = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", token), ("scope", scope)];
        let answer = world.token(&fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["refresh_token"].as_str().map(str::to_owned)
    };
    let same = "openid offline_access api://contoso-mail/Mail.Read";
    assert_eq!(ask(&first, "").await.as_ref(), Some(&first));
    assert_eq!(ask(&first, same).await.as_ref(), Some(&first));
    let other = ask(&first, "openid offline_access").await.unwrap();
    assert_ne!(other, first, "a token for another resource is another token");
    assert_eq!(ask(&other, "").await, Some(other), "and is kept then");
    assert_eq!(ask(&first, "openid api://contoso-mail/Mail.Read").await, None, "nobody gets what was not asked for");
    world.clock.advance(24 * 60 * 60 - 1);
    assert_eq!(ask(&first, "").await.as_ref(), Some(&first));
    world.clock.advance(1);
    let second = ask(&first, "").await.unwrap();
    assert_ne!(second, first, "whoever uses an app gets a token that lasts longer in time");
    assert_eq!(ask(&second, "").await.as_ref(), Some(&second));
    assert_ne!(ask(&first, "").await.as_ref(), Some(&first), "the old one still works");
}

/// A second later each time that it is looked at.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.fetch_add(1, Ordering::SeqCst)).unwrap()
    }
}

#[tokio::test]
async fn a_refresh_token_that_becomes_a_day_old_on_the_way_gives_tokens_all_the_same() {
    let world = World::new().await;
    let token = first_tokens(&world).await["refresh_token"].as_str().unwrap().to_owned();
    let a_day_later = world.ctx.now().as_second() + 24 * 60 * 60;
    let clock = Arc::new(Ticking(AtomicI64::new(0)));
    let world = world.by_clock(clock.clone());
    for seconds in 0..30 {
        clock.0.store(a_day_later - seconds, Ordering::SeqCst);
        let answer = refresh(&world, &CLI.to_string(), &token).await;
        assert_eq!(answer.status, StatusCode::OK, "{seconds} seconds before: {}", answer.body);
    }
}

#[tokio::test]
async fn a_refresh_token_of_one_client_is_no_use_to_another() {
    let world = World::new().await;
    let tokens = first_tokens(&world).await;
    let answer = refresh(&world, &MAIL_APP.to_string(), tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(answer.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn disabling_the_user_or_voiding_the_sessions_ends_refreshing() {
    for disable in [true, false] {
        let world = World::new().await;
        let tokens = first_tokens(&world).await;
        world.clock.advance(1);
        let mut anna = world.anna.clone();
        if disable {
            anna.account_enabled = false;
        } else {
            anna.sign_in_sessions_valid_from = world.ctx.now();
        }
        let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
        unit.users().update(&anna).await.unwrap();
        unit.commit().await.unwrap();
        let answer = refresh(&world, &CLI.to_string(), tokens["refresh_token"].as_str().unwrap()).await;
        assert_eq!(answer.json()["error_codes"][0], if disable { 50057 } else { 50133 }, "{}", answer.body);
    }
}

#[tokio::test]
async fn what_changes_about_policies_counts_in_the_next_refresh() {
    let world = World::new().await;
    let (client, tokens) = (CLI.to_string(), first_tokens(&world).await);
    let token = tokens["refresh_token"].as_str().unwrap();
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let change = async |method: Method, path: &str, body: Value| {
        let answer = world.json(method, &format!("/v1.0/{path}"), &admin, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
        if answer.body.is_empty() { String::new() } else { answer.json()["id"].as_str().unwrap_or_default().to_owned() }
    };
    // Twice, because the second answer may come from memory.
    let refreshes = async |expected: StatusCode, when: &str| {
        for time in ["first", "second"] {
            world.clock.advance(1);
            let answer = refresh(&world, &client, token).await;
            assert_eq!(answer.status, expected, "{when}, {time}: {}", answer.body);
        }
        let records = world.sign_ins().await;
        assert_eq!(records[0].circumstances.applied_policies, records[1].circumstances.applied_policies, "{when}");
    };
    let range = |network: &str| json!({ "displayName": "Lab", "isTrusted": false, "ipRanges": [{ "cidrAddress": network }] });

    refreshes(StatusCode::OK, "without policies").await;
    let lab = change(Method::POST, "identity/conditionalAccess/namedLocations", range("198.51.100.0/24")).await;
    let group = change(Method::POST, "groups", json!({ "displayName": "Staff" })).await;
    let conditions = |users: Value| {
        let applications = json!({ "includeApplications": ["All"] });
        json!({ "users": users, "applications": applications, "clientAppTypes": ["all"], "locations": { "includeLocations": [lab] } })
    };
    let block = json!({
        "displayName": "Nobody from the lab", "state": "enabled",
        "conditions": conditions(json!({ "includeGroups": [group] })),
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    let policies = "identity/conditionalAccess/policies";
    let policy = format!("{policies}/{}", change(Method::POST, policies, block).await);
    refreshes(StatusCode::OK, "with a policy for others elsewhere").await;
    let anna = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/users/{}", world.anna.id) });
    change(Method::POST, &format!("groups/{group}/members/$ref"), anna).await;
    refreshes(StatusCode::OK, "with a policy for elsewhere").await;
    change(Method::PATCH, &format!("identity/conditionalAccess/namedLocations/{lab}"), range("192.0.2.0/24")).await;
    refreshes(StatusCode::BAD_REQUEST, "where the location has come here").await;
    change(Method::DELETE, &format!("groups/{group}/members/{}/$ref", world.anna.id), Value::Null).await;
    refreshes(StatusCode::OK, "out of the group").await;
    change(Method::PATCH, &policy, json!({ "conditions": conditions(json!({ "includeUsers": [world.anna.id] })) })).await;
    refreshes(StatusCode::BAD_REQUEST, "named by the policy").await;
    change(Method::PATCH, &policy, json!({ "state": "enabledForReportingButNotEnforced" })).await;
    refreshes(StatusCode::OK, "on trial").await;
    change(Method::PATCH, &policy, json!({ "state": "enabled" })).await;
    refreshes(StatusCode::BAD_REQUEST, "enforced again").await;
    change(Method::DELETE, &policy, Value::Null).await;
    refreshes(StatusCode::OK, "without the policy").await;
}
