//! Settings: the name of the organisation, signing keys, certificates against app access, roles.

use axum::http::{Method, StatusCode};
use doorward_model::key::KeySlot;
use doorward_model::role::Role;
use serde_json::json;

use super::browser::{Browser, path_of};
use super::directory::post;
use super::services::service_world;
use crate::world::World;

async fn keys(world: &World) -> Vec<(String, KeySlot)> {
    let keys = doorward_service::directory::signing_keys(&world.ctx, world.tenant.id).await.unwrap();
    keys.into_iter().map(|key| (key.kid, key.slot)).collect()
}

#[tokio::test]
async fn rotating_moves_every_key_one_slot_on_and_keeps_sessions_and_warns_when_done_twice() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let rotate = "/console/settings/keys/rotate";
    let before = keys(&world).await;
    let page = admin.get(&world, rotate).await;
    assert!(!page.body.contains("a short while ago"), "{}", page.body);
    let done = post(&world, &mut admin, &page, rotate, &[]).await;
    assert_eq!(path_of(&done), "/console/settings");
    let after = keys(&world).await;
    for (kid, slot) in &before {
        let now = after.iter().find(|(other, _)| other == kid).map(|(_, slot)| *slot);
        let expected = if *slot == KeySlot::Next { KeySlot::Current } else { KeySlot::Previous };
        assert_eq!(now, Some(expected), "{kid}");
    }
    assert_eq!(admin.get(&world, "/console/settings").await.status, StatusCode::OK, "what was signed before still counts");
    let shown = admin.get(&world, "/console/settings").await;
    assert!(after.iter().all(|(kid, _)| shown.body.contains(kid)) && shown.body.contains("Verifies only"), "{}", shown.body);
    assert!(admin.get(&world, rotate).await.body.contains("a short while ago"));
    let audit = world.audits().await.into_iter().find(|record| record.activity_display_name == "Rotate signing keys").unwrap();
    assert_eq!((audit.before.as_array().unwrap().len(), audit.after.as_array().unwrap().len()), (4, 6));
}

#[tokio::test]
async fn certificates_and_app_access_exclude_each_other() {
    let (world, _) = service_world().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let path = "/console/settings/certificates";
    let page = admin.get(&world, path).await;
    let refused = post(&world, &mut admin, &page, path, &[("switch", "on")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("app access cannot be enabled together"), "{}", refused.body);
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let off = json!({ "appAccess": { "state": "disabled" } });
    world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &token, &off).await;
    let before = world.audits().await.len();
    for _ in 0..2 {
        let done = post(&world, &mut admin, &page, path, &[("switch", "on")]).await;
        assert_eq!(path_of(&done), "/console/settings", "{}", done.body);
    }
    assert_eq!(world.audits().await.len(), before + 1, "sent twice, done once");
    assert!(admin.get(&world, path).await.body.contains("Switch off"));
    assert_eq!(post(&world, &mut admin, &page, path, &[("switch", "perhaps")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whether_accounts_exist_is_told_after_a_question_and_no_longer_after_another() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let path = "/console/settings/accounts";
    for (switch, told) in [("on", true), ("on", true), ("off", false)] {
        let page = admin.get(&world, path).await;
        let done = post(&world, &mut admin, &page, path, &[("switch", switch)]).await;
        assert_eq!(path_of(&done), "/console/settings", "{}", done.body);
        assert_eq!(admin.get(&world, "/console/settings").await.body.contains(">Told<"), told, "{switch}");
    }
    let changes = world.audits().await.into_iter().filter(|record| record.activity_display_name == "Update tenant").count();
    assert_eq!(changes, 2, "asked for what is so already, nothing changes");
    let page = admin.get(&world, path).await;
    assert_eq!(post(&world, &mut admin, &page, path, &[("switch", "perhaps")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_role_is_given_by_sign_in_name_and_taken_away_after_a_question() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let roles = "/console/settings/roles";
    let page = admin.get(&world, roles).await;
    let reader = Role::SecurityReader.template_id().to_string();
    let unknown = post(&world, &mut admin, &page, roles, &[("login", "nobody@contoso.example"), ("role", &reader)]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.body.contains("id=\"login-problem\"") && unknown.body.contains("value=\"nobody@contoso.example\""));
    let no_role = post(&world, &mut admin, &page, roles, &[("login", "anna@contoso.example"), ("role", "x")]).await;
    assert_eq!(no_role.status, StatusCode::NOT_FOUND);
    for _ in 0..2 {
        let given = post(&world, &mut admin, &page, roles, &[("login", "Anna@contoso.example"), ("role", &reader)]).await;
        assert_eq!(path_of(&given), roles, "{}", given.body);
    }
    let mut anna = Browser::signed_in(&world, &world.anna).await;
    let shown = anna.get(&world, roles).await;
    assert!(shown.body.contains("anna@contoso.example") && !shown.body.contains("/take\""), "a reader sees and cannot change");
    let take = format!("{roles}/{reader}/{}/take", world.anna.id);
    let question = admin.get(&world, &take).await;
    assert!(question.body.contains("will not be Security Reader any more"), "{}", question.body);
    for _ in 0..2 {
        let taken = post(&world, &mut admin, &question, &take, &[]).await;
        assert_eq!(path_of(&taken), roles, "{}", taken.body);
    }
    assert_eq!(anna.get(&world, roles).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_organisation_is_renamed_and_the_second_of_two_is_told() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let path = "/console/settings";
    let page = admin.get(&world, path).await;
    let nameless = post(&world, &mut admin, &page, path, &[("name", " ")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let first = post(&world, &mut admin, &page, path, &[("name", "Contoso Ltd")]).await;
    assert_eq!(path_of(&first), path, "{}", first.body);
    let second = post(&world, &mut admin, &page, path, &[("name", "Contoso plc")]).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.body.contains("Contoso Ltd") && second.body.contains("value=\"Contoso plc\""), "{}", second.body);
    let saved = post(&world, &mut admin, &second, path, &[("name", "Contoso plc")]).await;
    assert_eq!(path_of(&saved), path);
    assert!(admin.get(&world, path).await.body.contains("<bdi class=\"tenant\">Contoso plc</bdi>"));
}
