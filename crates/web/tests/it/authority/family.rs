//! The family of clients: apps that share their refresh tokens, and what does not come with them.

use std::sync::Arc;

use axum::http::StatusCode;
use doorward_model::AppId;
use doorward_model::application::{Application, ConsentPolicy, PlatformIdentity};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::uuid;

use super::second_factor::everywhere;
use crate::registration::{by_broker, code_of, phone_with_prt};
use crate::world::{Answer, CLI, MAIL_APP, PASSWORD, WEB_APP, WEB_SECRET, World};

const FILES: AppId = AppId(uuid!("11111111-0000-4000-8000-0000000000c1"));

/// The command line, the mail app and a files app, of which some are members.
async fn world(members: &[AppId]) -> World {
    let world = World::new().await;
    let files = Application {
        consent: ConsentPolicy::Preauthorized,
        approved: true,
        platform_identities: vec![PlatformIdentity::Ios { bundle_id: "com.contoso.files".into() }],
        ..Application::new(FILES, "Contoso Files", world.ctx.now())
    };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.applications().create(&files).await.unwrap();
    unit.commit().await.unwrap();
    set_members(&world, members, true).await;
    world
}

async fn set_members(world: &World, apps: &[AppId], family_member: bool) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    for id in apps {
        let app = unit.applications().get(*id).await.unwrap().unwrap();
        unit.applications().update(&Application { family_member, ..Arc::unwrap_or_clone(app) }).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// Anna's tokens of the command line.
async fn tokens(world: &World) -> Value {
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

async fn refresh(world: &World, client: AppId, token: &Value, more: &[(&str, &str)]) -> Answer {
    let client = client.to_string();
    let mut fields = vec![("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", token.as_str().unwrap())];
    fields.extend_from_slice(more);
    world.token(&fields).await
}

#[tokio::test]
async fn members_redeem_each_others_refresh_tokens_and_know_that_they_are_members() {
    let world = world(&[CLI, FILES]).await;
    let first = tokens(&world).await;
    assert_eq!(first["foci"], "1");
    let answer = refresh(&world, FILES, &first["refresh_token"], &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let second = answer.json();
    assert_eq!(second["foci"], "1");
    let claims = doorward_wire::jwt::unverified_payload(second["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["azp"], json!(FILES), "the tokens are of the app that came");
    assert_eq!(refresh(&world, CLI, &second["refresh_token"], &[]).await.status, StatusCode::OK, "and back");
}

#[tokio::test]
async fn who_is_no_member_has_no_family() {
    let world = world(&[]).await;
    let tokens = tokens(&world).await;
    assert_eq!(tokens["foci"], Value::Null);
    let answer = refresh(&world, FILES, &tokens["refresh_token"], &[]).await;
    assert_eq!((code_of(&answer), &answer.json()["suberror"]), (70000, &Value::Null), "it was never one of a family");
}

#[tokio::test]
async fn who_is_no_member_learns_it_and_keeps_its_own_tokens() {
    let world = world(&[CLI]).await;
    let token = tokens(&world).await["refresh_token"].clone();
    let answer = refresh(&world, FILES, &token, &[]).await;
    let body = answer.json();
    assert_eq!((&body["error"], &body["suberror"], code_of(&answer)), (&json!("invalid_grant"), &json!("client_mismatch"), 70000));
    assert_eq!(refresh(&world, CLI, &token, &[]).await.status, StatusCode::OK);
}

#[derive(Debug, Clone, Copy)]
enum Change {
    /// The app that the token was made for leaves the family.
    MakerLeaves,
    /// It is switched off.
    MakerIsDisabled,
    /// The app that comes leaves it.
    ComerLeaves,
    /// It is switched off.
    ComerIsDisabled,
}

#[rstest]
#[case(Change::MakerLeaves, 70000)]
#[case(Change::MakerIsDisabled, 70000)]
#[case(Change::ComerLeaves, 70000)]
#[case(Change::ComerIsDisabled, 7_000_112)]
#[tokio::test]
async fn membership_counts_as_it_is_now(#[case] change: Change, #[case] code: u64) {
    let world = world(&[CLI, FILES]).await;
    let token = tokens(&world).await["refresh_token"].clone();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let (id, leaves) = match change {
        Change::MakerLeaves => (CLI, true),
        Change::MakerIsDisabled => (CLI, false),
        Change::ComerLeaves => (FILES, true),
        Change::ComerIsDisabled => (FILES, false),
    };
    let app = unit.applications().get(id).await.unwrap().unwrap();
    unit.applications().update(&Application { family_member: !leaves, enabled: leaves, ..Arc::unwrap_or_clone(app) }).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(code_of(&refresh(&world, FILES, &token, &[]).await), code, "{change:?}");
}

#[tokio::test]
async fn a_token_from_before_is_no_token_of_the_family() {
    let world = world(&[FILES]).await;
    let token = tokens(&world).await["refresh_token"].clone();
    set_members(&world, &[CLI], true).await;
    assert_eq!(code_of(&refresh(&world, FILES, &token, &[]).await), 70000);
    let fresh = refresh(&world, CLI, &token, &[]).await.json();
    assert_eq!(refresh(&world, FILES, &fresh["refresh_token"], &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_app_that_must_prove_itself_shares_nothing_whatever_its_registration_says() {
    let world = world(&[CLI, WEB_APP]).await;
    let token = tokens(&world).await["refresh_token"].clone();
    let answer = refresh(&world, WEB_APP, &token, &[("client_secret", WEB_SECRET)]).await;
    assert_eq!((code_of(&answer), &answer.json()["suberror"]), (70000, &json!("client_mismatch")));
}

#[tokio::test]
async fn the_proof_of_one_apps_identity_is_none_of_another() {
    let world = world(&[MAIL_APP, FILES]).await;
    let phone = phone_with_prt(&world).await;
    everywhere(&world, json!({ "operator": "OR", "builtInControls": ["approvedApplication"] })).await;
    let code = by_broker(&world, &phone, &[], &[]).await.location_parameter("code").unwrap();
    let client = MAIL_APP.to_string();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", &code),
        ("redirect_uri", "msauth.com.contoso.mail://auth"),
    ];
    let tokens = world.token(&fields).await.json();
    assert_eq!(tokens["foci"], "1");
    let token = &tokens["refresh_token"];
    let on_phone = [("x-client-SKU", "MSAL.iOS"), ("x-client-brkrver", "1.0")];
    let files = FILES.to_string();
    let form = [("grant_type", "refresh_token"), ("client_id", files.as_str()), ("refresh_token", token.as_str().unwrap())];
    let answer = world.post(&world.path("oauth2/v2.0/token"), &on_phone, &form).await;
    assert_eq!(code_of(&answer), 50129, "as of an app that no broker vouches for: {}", answer.body);
    assert_eq!(refresh(&world, MAIL_APP, token, &[]).await.status, StatusCode::OK, "the broker vouched for this one");
}

#[tokio::test]
async fn a_second_factor_or_consent_of_one_app_is_asked_for_another_as_well() {
    let world = world(&[CLI, FILES]).await;
    let token = tokens(&world).await["refresh_token"].clone();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let files = unit.applications().get(FILES).await.unwrap().unwrap();
    unit.applications().update(&Application { consent: ConsentPolicy::User, ..Arc::unwrap_or_clone(files) }).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(code_of(&refresh(&world, FILES, &token, &[]).await), 65001);
}
