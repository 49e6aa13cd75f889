//! `requested_token_use=on_behalf_of`.

use axum::http::StatusCode;
use doorward_model::consent::Consent;
use serde_json::Value;

use crate::registration::code_of;
use crate::world::{Answer, CLI, MAIL, WEB_APP, WEB_SECRET, World};

const MAIL_SCOPE: &str = "openid offline_access api://contoso-mail/Mail.Read";

pub(crate) async fn exchange(world: &World, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let client = WEB_APP.to_string();
    let mut fields = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("requested_token_use", "on_behalf_of"),
        ("client_id", client.as_str()),
        ("client_secret", WEB_SECRET),
        ("assertion", assertion),
        ("scope", MAIL_SCOPE),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    world.token(&fields).await
}

/// A token with which Anna's app calls the web application.
pub(crate) async fn called_with(world: &World) -> String {
    world.access_token(&world.anna, &format!("{WEB_APP}/.default")).await
}

pub(crate) async fn agree(world: &World) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let consent = Consent { user_id: world.anna.id, app_id: WEB_APP, resource: MAIL, scopes: vec!["Mail.Read".into()] };
    unit.grants().put_consent(&consent).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_service_gets_a_token_for_the_next_one_of_the_same_person_and_sign_in() {
    let world = World::new().await;
    let assertion = called_with(&world).await;
    assert_eq!(code_of(&exchange(&world, &assertion, &[]).await), 65001, "Anna has not agreed");
    agree(&world).await;
    let answer = exchange(&world, &assertion, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let claims = |token: &str| doorward_wire::jwt::parse(token).unwrap().unverified_claims::<Value>().unwrap();
    let (before, after) = (claims(&assertion), claims(answer.json()["access_token"].as_str().unwrap()));
    assert_eq!((&after["oid"], &after["sid"], &after["amr"]), (&before["oid"], &before["sid"], &before["amr"]));
    assert_eq!((after["azp"].as_str(), after["aud"].as_str()), (Some(WEB_APP.to_string().as_str()), Some(MAIL.to_string().as_str())));
    assert!(answer.json()["refresh_token"].is_string());
}

#[tokio::test]
async fn an_assertion_must_be_a_good_token_of_a_person_made_for_this_client() {
    let world = World::new().await;
    agree(&world).await;
    let good = called_with(&world).await;
    let client = WEB_APP.to_string();
    let for_itself = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("client_secret", WEB_SECRET),
        ("scope", &format!("{WEB_APP}/.default")),
    ];
    let application = world.token(&for_itself).await.json()["access_token"].as_str().unwrap().to_owned();
    let other = world.access_token(&world.anna, MAIL_SCOPE).await;
    let (head, signature) = good.rsplit_once('.').unwrap();
    let altered = format!("{}A.{signature}", &head[..head.len() - 1]);
    for (name, assertion) in
        [("another audience", other.as_str()), ("an application's", &application), ("altered", &altered), ("nonsense", "a.b.c")]
    {
        assert_eq!(code_of(&exchange(&world, assertion, &[]).await), 50013, "{name}");
    }
    let cli = CLI.to_string();
    assert_eq!(code_of(&exchange(&world, &good, &[("client_id", &cli), ("client_secret", "")]).await), 7_000_218, "a public client");
    assert_eq!(code_of(&exchange(&world, &good, &[("client_secret", "wrong")]).await), 7_000_215);
    world.clock.advance(2 * 3600);
    assert_eq!(code_of(&exchange(&world, &good, &[]).await), 50013, "expired");
    let later = called_with(&world).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut anna = world.anna.clone();
    anna.account_enabled = false;
    unit.users().update(&anna).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(code_of(&exchange(&world, &later, &[]).await), 50013, "disabled");
}
