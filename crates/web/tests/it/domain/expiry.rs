//! Accounts of a domain that expire: time alone shuts them, and no run of the sync tells the server of that.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use doorward_model::user::User;
use doorward_service::domain::{Account, DomainUser};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::forest::{Forest, person};
use crate::console::browser::Browser;
use crate::world::{CLI, PASSWORD, World};

const USER_DISABLED: u32 = 50057;
const SESSION_REVOKED: u32 = 50133;

/// A world that follows a domain of one person, who has a password here and whose account expires in an hour.
async fn expiring() -> (World, Forest, User) {
    let (world, mut forest) = (World::new().await, Forest::new());
    extend(&world, &mut forest, Some(3600)).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let user = unit.users().find_by_object_guid(Uuid::from_u128(1)).await.unwrap().unwrap();
    let user = User { password_hash: world.anna.password_hash.clone(), ..Arc::unwrap_or_clone(user) };
    unit.users().update(&user).await.unwrap();
    unit.commit().await.unwrap();
    (world, forest, user)
}

/// Lets the account expire so many seconds from now, or never, and follows the domain.
async fn extend(world: &World, forest: &mut Forest, seconds: Option<i64>) {
    let expires: Option<Timestamp> = seconds.map(|seconds| world.ctx.now() + SignedDuration::from_secs(seconds));
    forest.put(Account::User(DomainUser { expires, ..person(1, "p1@contoso.example") }));
    forest.followed(world).await;
}

/// Signs in by name and password.
async fn sign_in(world: &World) -> Value {
    let fields = [("grant_type", "password"), ("username", "p1@contoso.example"), ("password", PASSWORD)];
    ask(world, &fields, "https://graph.microsoft.com/.default openid offline_access").await
}

async fn refresh(world: &World, token: &Value) -> Value {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
    ask(world, &fields, "openid").await
}

async fn ask(world: &World, fields: &[(&str, &str)], scope: &str) -> Value {
    let client = CLI.to_string();
    world.token(&[fields, &[("client_id", client.as_str()), ("scope", scope)]].concat()).await.json()
}

async fn me(world: &World, token: &Value) -> StatusCode {
    world.json(Method::GET, "/v1.0/me", token.as_str().unwrap(), &json!(null)).await.status
}

#[tokio::test]
async fn an_account_opens_nothing_from_the_moment_on_at_which_it_expires() {
    let (world, _forest, _) = expiring().await;
    world.clock.advance(3000);
    let tokens = sign_in(&world).await;
    world.clock.advance(599);
    assert_eq!(me(&world, &tokens["access_token"]).await, StatusCode::OK);
    assert!(refresh(&world, &tokens["refresh_token"]).await["access_token"].is_string());
    world.clock.advance(1);
    assert_eq!(me(&world, &tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
    for answer in [refresh(&world, &tokens["refresh_token"]).await, sign_in(&world).await] {
        assert_eq!(answer["error_codes"], json!([USER_DISABLED]), "{answer}");
        assert!(answer["error_description"].as_str().unwrap().contains("has expired"), "{answer}");
    }
}

#[tokio::test]
async fn who_is_extended_signs_in_anew() {
    for late in [false, true] {
        let (world, mut forest, _) = expiring().await;
        let tokens = sign_in(&world).await;
        world.clock.advance(if late { 3600 } else { 3599 });
        extend(&world, &mut forest, None).await;
        let refreshed = refresh(&world, &tokens["refresh_token"]).await;
        if late {
            assert_eq!(refreshed["error_codes"], json!([SESSION_REVOKED]), "nothing that had ended comes back: {refreshed}");
        } else {
            assert!(refreshed["access_token"].is_string(), "who was extended in time notices nothing: {refreshed}");
        }
        world.clock.advance(1);
        assert!(sign_in(&world).await["access_token"].is_string());
    }
}

#[tokio::test]
async fn whose_time_is_cut_is_out_at_once_and_the_audit_says_so() {
    let (world, mut forest, user) = expiring().await;
    let tokens = sign_in(&world).await;
    world.clock.advance(1);
    extend(&world, &mut forest, Some(0)).await;
    assert_eq!(me(&world, &tokens["access_token"]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&world).await["error_codes"], json!([USER_DISABLED]));
    let audit = world.audits().await.into_iter().find(|audit| audit.target_id == user.id.to_string()).unwrap();
    assert_eq!((&audit.before["accountExpires"], &audit.after["accountExpires"]), (&json!(user.account_expires), &json!(world.ctx.now())));
}

#[tokio::test]
async fn the_pages_of_people_say_when_an_account_expires_and_that_it_has() {
    let (world, mut forest, user) = expiring().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let path = format!("/console/users/{}", user.id);
    let list = format!("/console/users?search={}", user.user_principal_name);
    let (enabled, expired) = (r#"badge good">Enabled"#, r#"badge bad">Expired"#);
    for (seconds, badge, tells) in [(Some(1), enabled, true), (Some(0), expired, true), (None, enabled, false)] {
        extend(&world, &mut forest, seconds).await;
        let page = admin.get(&world, &path).await.body;
        assert!(page.contains(badge), "{seconds:?}: {page}");
        assert_eq!(page.contains("Account expires"), tells, "{seconds:?}");
        let page = admin.get(&world, &list).await.body;
        assert!(page.contains(badge), "{seconds:?}: {page}");
    }
}
