//! Users, groups, devices and apps in the console: what is typed, what comes of it, and two administrators at once.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use doorward_model::UserId;
use doorward_model::user::User;
use serde_json::{Value, json};

use super::browser::{Browser, path_of};
use crate::world::{Answer, MAIL_APP, World, person};

/// Posts to a page as a browser would: with its hidden fields, and what was typed.
pub(crate) async fn post(world: &World, browser: &mut Browser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let hidden: Vec<(String, String)> = ["form_token", "tag", "base"]
        .into_iter()
        .filter(|name| page.body.contains(&format!("name=\"{name}\" value=\"")))
        .map(|name| (name.to_owned(), unescaped(&last_hidden(page, name))))
        .collect();
    let mut all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend_from_slice(fields);
    browser.send_form(world, path, &all).await
}

fn last_hidden(page: &Answer, name: &str) -> String {
    page.body.rsplit(&format!("name=\"{name}\" value=\"")).next().unwrap().split('"').next().unwrap().to_owned()
}

fn unescaped(text: &str) -> String {
    ["&#34;\"", "&#39;'", "&#60;<", "&#62;>", "&#38;&"].iter().fold(text.to_owned(), |text, entity| {
        let (from, to) = entity.split_at(entity.len() - 1);
        text.replace(from, to)
    })
}

async fn user(world: &World, id: UserId) -> Option<Arc<User>> {
    world.ctx.store.tenant(world.tenant.id).read().await.unwrap().users().get(id).await.unwrap()
}

/// Another Global Administrator, who changes things behind the first one's back.
async fn graph(world: &World, method: Method, path: &str, body: Value) -> Answer {
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let answer = world.json(method, path, &token, &body).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    answer
}

#[tokio::test]
async fn a_new_user_gets_a_one_time_password_that_is_shown_once_and_changed_at_the_first_sign_in() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let page = admin.get(&world, "/console/users/new").await;
    let made = post(&world, &mut admin, &page, "/console/users/new", &[("name", "Ben"), ("login", "ben@contoso.example")]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let password = made.body.split("data-copy>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(password.len() >= 16, "{password}");
    let ben = world.ctx.store.tenant(world.tenant.id).read().await.unwrap().users().find("ben@contoso.example").await.unwrap().unwrap();
    assert!(ben.force_change_password && ben.account_enabled && ben.roles.is_empty());
    assert!(world.ctx.passwords.verify(&password, ben.password_hash.as_deref()).await.unwrap());
    let page = admin.get(&world, &format!("/console/users/{}", ben.id)).await;
    assert!(page.body.contains("one-time, must be changed") && !page.body.contains(&password));
    let audit = json!(world.audits().await).to_string();
    assert!(!audit.contains(&password), "the audit holds no password");
}

#[tokio::test]
async fn what_is_wrong_with_a_new_user_is_told_at_the_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let page = admin.get(&world, "/console/users/new").await;
    let long = "x".repeat(257);
    for (name, login, field) in [
        ("", "ben@contoso.example", "name-problem"),
        (long.as_str(), "ben@contoso.example", "name-problem"),
        ("Ben", "ben@elsewhere.example", "login-problem"),
        ("Ben", "ben", "login-problem"),
        ("Ben", "ANNA@contoso.example", "login-problem"),
    ] {
        let answer = post(&world, &mut admin, &page, "/console/users/new", &[("name", name), ("login", login)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {login}");
        assert!(answer.body.contains(&format!("id=\"{field}\"")) && answer.body.contains(&format!("value=\"{login}\"")), "{}", answer.body);
    }
}

#[tokio::test]
async fn names_are_found_in_part_and_long_lists_come_in_pages_without_gap_or_double() {
    let world = World::new().await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    for number in 0..120 {
        let user = User {
            id: UserId::random(world.ctx.rng.as_ref()),
            user_principal_name: format!("worker{number:03}@contoso.example"),
            display_name: format!("Worker {number}"),
            account_enabled: number % 2 == 0,
            ..world.anna.clone()
        };
        unit.users().create(&user).await.unwrap();
    }
    unit.commit().await.unwrap();
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let rows = |page: &Answer| page.body.matches("class=\"row-link\"").count();
    for (query, lead, expected) in [
        ("search=ANNA", "1 person", 1),
        ("search=worker&state=disabled", "60 people", 50),
        ("search=%25", "0 people", 0),
        ("role=62e90394-69f5-4237-9190-012177145e10", "2 people", 2),
        ("role=nonsense&state=nonsense&after=nonsense", "123 people", 50),
    ] {
        let page = admin.get(&world, &format!("/console/users?{query}")).await;
        assert_eq!((page.status, rows(&page)), (StatusCode::OK, expected), "{query}");
        assert!(page.body.contains(&format!("<p class=\"lead\">{lead}</p>")), "{query}: {}", page.body);
    }
    let mut path = "/console/users?search=worker".to_owned();
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let page = admin.get(&world, &path).await;
        let ids = page.body.split("class=\"row-link\" href=\"/console/users/").skip(1).map(|rest| rest[..36].to_owned());
        assert!(ids.into_iter().all(|id| seen.insert(id)), "nobody twice");
        let Some(before) = page.body.split("\" rel=\"next\"").next().filter(|_| page.body.contains("rel=\"next\"")) else { break };
        path = unescaped(before.rsplit("href=\"").next().unwrap());
    }
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_what_changed_and_keeps_the_input() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let edit = format!("/console/users/{}/edit", world.anna.id);
    let page = admin.get(&world, &edit).await;
    graph(&world, Method::PATCH, &format!("/v1.0/users/{}", world.anna.id), json!({ "displayName": "Anna Other" })).await;
    let told = post(&world, &mut admin, &page, &edit, &[("name", "Anna Mine")]).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    for text in ["Somebody else changed this", "Display name", "Anna Other", "value=\"Anna Mine\""] {
        assert!(told.body.contains(text), "{text}: {}", told.body);
    }
    assert_eq!(user(&world, world.anna.id).await.unwrap().display_name, "Anna Other");
    let saved = post(&world, &mut admin, &told, &edit, &[("name", "Anna Mine")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(user(&world, world.anna.id).await.unwrap().display_name, "Anna Mine");
    // A question that was asked about an older state is asked again, with what changed.
    let disable = format!("/console/users/{}/disable", world.anna.id);
    let page = admin.get(&world, &disable).await;
    graph(&world, Method::PATCH, &format!("/v1.0/users/{}", world.anna.id), json!({ "displayName": "Anna Third" })).await;
    let told = post(&world, &mut admin, &page, &disable, &[]).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.body.contains("Display name: Anna Mine became Anna Third"), "{}", told.body);
    assert!(user(&world, world.anna.id).await.unwrap().account_enabled);
}

#[tokio::test]
async fn the_last_administrator_stays_whatever_page_asks() {
    let world = World::new().await;
    let root = world.ctx.store.tenant(world.tenant.id).read().await.unwrap().users().find("root@contoso.example").await.unwrap().unwrap();
    graph(&world, Method::DELETE, &format!("/v1.0/users/{}", root.id), Value::Null).await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let id = world.admin.id;
    let role = "62e90394-69f5-4237-9190-012177145e10";
    for path in [
        format!("/console/users/{id}/disable"),
        format!("/console/users/{id}/delete"),
        format!("/console/settings/roles/{role}/{id}/take"),
        format!("/console/users/{id}/edit"),
    ] {
        let page = admin.get(&world, &path).await;
        let refused = post(&world, &mut admin, &page, &path, &[("name", "Admin")]).await;
        assert!(refused.status.is_client_error(), "{path}");
        assert!(refused.body.contains("his is the last enabled Global Administrator"), "{path}: {}", refused.body);
    }
    assert_eq!(*user(&world, id).await.unwrap(), world.admin);
}

#[tokio::test]
async fn what_was_sent_twice_is_done_once() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let ben = person(&world.ctx, "ben", vec![]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&ben).await.unwrap();
    unit.commit().await.unwrap();
    let group = graph(&world, Method::POST, "/v1.0/groups", json!({ "displayName": "Mail people" })).await.json()["id"].clone();
    let group = group.as_str().unwrap();
    let app = graph(&world, Method::POST, "/v1.0/applications", json!({ "displayName": "Notes" })).await.json()["appId"].clone();
    let app = app.as_str().unwrap();
    let member = format!("user:{}", ben.id);
    let members = admin.get(&world, &format!("/console/groups/{group}/members?search=ben")).await;
    for _ in 0..2 {
        let added = post(&world, &mut admin, &members, &format!("/console/groups/{group}/members"), &[("member", &member)]).await;
        assert_eq!(path_of(&added), format!("/console/groups/{group}"), "{}", added.body);
    }
    for path in
        [format!("/console/users/{}/delete", ben.id), format!("/console/groups/{group}/delete"), format!("/console/apps/{app}/delete")]
    {
        let page = admin.get(&world, &path).await;
        let before = world.audits().await.len();
        for _ in 0..2 {
            let done = post(&world, &mut admin, &page, &path, &[]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.body);
        }
        assert_eq!(world.audits().await.len(), before + 1, "{path}");
    }
}

#[tokio::test]
async fn a_reset_password_ends_every_session_and_is_shown_once() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    world.clock.advance(1);
    let path = format!("/console/users/{}/reset-password", world.anna.id);
    let page = admin.get(&world, &path).await;
    let shown = post(&world, &mut admin, &page, &path, &[]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!(anna.get(&world, "/account").await.status, StatusCode::SEE_OTHER, "she is signed out");
    assert!(user(&world, world.anna.id).await.unwrap().force_change_password);
    // Sending it again must not make another one behind the first reader's back.
    let again = post(&world, &mut admin, &page, &path, &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
}

#[tokio::test]
async fn members_are_found_added_shown_through_nested_groups_and_removed() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let mut ids = Vec::new();
    for name in ["Outer", "Inner"] {
        let page = admin.get(&world, "/console/groups/new").await;
        let made = post(&world, &mut admin, &page, "/console/groups/new", &[("name", name), ("description", "For a test")]).await;
        ids.push(path_of(&made));
    }
    let (outer, inner) = (ids[0].clone(), ids[1].clone());
    let found = admin.get(&world, &format!("{outer}/members?search=inner")).await;
    let value = found.body.split("value=\"group:").nth(1).unwrap()[..36].to_owned();
    post(&world, &mut admin, &found, &format!("{outer}/members"), &[("member", &format!("group:{value}"))]).await;
    let anna = format!("user:{}", world.anna.id);
    post(&world, &mut admin, &found, &format!("{inner}/members"), &[("member", &anna)]).await;
    let direct = admin.get(&world, &outer).await;
    assert!(direct.body.contains("Inner") && !direct.body.contains("anna@contoso.example"), "{}", direct.body);
    let nested = admin.get(&world, &format!("{outer}?nested=1")).await;
    assert!(nested.body.contains("anna@contoso.example"), "{}", nested.body);
    let page = admin.get(&world, &format!("/console/users/{}", world.anna.id)).await;
    assert!(page.body.contains("Through another group") && page.body.contains("Outer"), "{}", page.body);
    for _ in 0..2 {
        let removed = post(&world, &mut admin, &direct, &format!("{inner}/members/remove"), &[("member", &anna)]).await;
        assert_eq!(path_of(&removed), inner);
    }
    assert!(admin.get(&world, &inner).await.body.contains("Nobody is in it"));
    for nonsense in ["", "user:x", "device:1", "user:11111111-9999-4000-8000-000000000000"] {
        let refused = post(&world, &mut admin, &direct, &format!("{inner}/members"), &[("member", nonsense)]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{nonsense}");
    }
}

#[tokio::test]
async fn an_app_is_registered_with_the_redirect_uris_that_follow_and_errors_at_their_fields() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let page = admin.get(&world, "/console/apps/new").await;
    let hash = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
    let android = format!("com.contoso.notes {hash}");
    for (fields, problem) in [
        (vec![("name", "")], "name-problem"),
        (vec![("name", "Notes"), ("ios", "no bundle")], "ios-problem"),
        (vec![("name", "Notes"), ("ios", "com.contoso.notes"), ("android", "com.contoso.notes")], "android-problem"),
        (vec![("name", "Notes"), ("ios", "com.contoso.notes"), ("android", "com.contoso.notes xyz")], "android-problem"),
        (vec![("name", "Notes"), ("public_client", "http://localhost"), ("spa", "http://notes.contoso.example")], "spa-problem"),
        (vec![("name", "Notes"), ("web", "https://notes.contoso.example/*")], "web-problem"),
        (vec![("name", "Notes"), ("scopes", "a b")], "scopes-problem"),
        (vec![("name", "Notes"), ("homepage", "javascript:alert(1)")], "homepage-problem"),
        (vec![("name", "Notes"), ("hubs", "Contoso Mail")], "hubs-problem"),
        (vec![("name", "Notes"), ("hubs", "11111111-0000-4000-8000-000000000001\n11111111-0000-4000-8000-000000000001")], "hubs-problem"),
        (vec![("name", "Notes"), ("identifier_uris", "api://contoso-mail")], "identifier_uris-problem"),
    ] {
        let answer = post(&world, &mut admin, &page, "/console/apps/new", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}: {}", answer.body);
        assert!(answer.body.contains(&format!("id=\"{problem}\"")), "{problem}: {}", answer.body);
    }
    let fields = [
        ("name", "Notes"),
        ("enabled", "on"),
        ("approved", "on"),
        ("ios", " com.contoso.notes \r\n\r\n"),
        ("android", &android),
        ("web", "https://notes.contoso.example/cb\r\nhttps://notes.contoso.example/cb2"),
        ("consent", "user"),
        ("algorithm", "ES256"),
        ("family", "on"),
        ("hubs", &MAIL_APP.to_string()),
    ];
    let made = post(&world, &mut admin, &page, "/console/apps/new", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let shown = admin.get(&world, &path_of(&made)).await;
    for text in [
        "msauth.com.contoso.notes://auth",
        "msauth://com.contoso.notes/2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D",
        "notes.contoso.example/cb2",
        "Approved",
        "shares its refresh tokens with the other members",
        &format!("<a href=\"/console/apps/{MAIL_APP}\"><bdi>Contoso Mail</bdi></a>"),
    ] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    // Saving the form as it is changes nothing.
    let edit = format!("{}/edit", path_of(&made));
    let form = admin.get(&world, &edit).await;
    let before = world.audits().await.len();
    let same = post(&world, &mut admin, &form, &edit, &fields).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER, "{}", same.body);
    assert_eq!(world.audits().await.len(), before);
}

#[tokio::test]
async fn a_client_secret_is_shown_once_works_and_is_gone_when_it_is_removed() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let page = admin.get(&world, &format!("/console/apps/{MAIL_APP}")).await;
    let shown = post(&world, &mut admin, &page, &format!("/console/apps/{MAIL_APP}/secrets"), &[]).await;
    let value = shown.body.split("data-copy>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let ask = async |secret: &str| {
        let (client, scope) = (MAIL_APP.to_string(), "https://graph.microsoft.com/.default");
        let fields = [("grant_type", "client_credentials"), ("client_id", client.as_str()), ("client_secret", secret), ("scope", scope)];
        world.token(&fields).await.status
    };
    assert_eq!(ask(&value).await, StatusCode::OK);
    let page = admin.get(&world, &format!("/console/apps/{MAIL_APP}")).await;
    assert!(!page.body.contains(&value) && page.body.contains(&format!("{}…", &value[..3])), "{}", page.body);
    let remove = page.body.split("/secrets/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let remove = format!("/console/apps/{MAIL_APP}/secrets/{remove}");
    let question = admin.get(&world, &remove).await;
    for _ in 0..2 {
        let gone = post(&world, &mut admin, &question, &remove, &[]).await;
        assert_eq!(path_of(&gone), format!("/console/apps/{MAIL_APP}"));
    }
    assert_ne!(ask(&value).await, StatusCode::OK);
    assert!(!json!(world.audits().await).to_string().contains(&value), "the audit holds no secret");
}

#[tokio::test]
async fn what_belongs_to_every_tenant_can_neither_be_deleted_nor_switched_off_nor_given_a_secret() {
    let world = World::new().await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let console = doorward_service::resource::CONSOLE;
    for path in [format!("/console/apps/{console}/delete"), format!("/console/apps/{console}/edit")] {
        let page = admin.get(&world, &path).await;
        let refused = post(&world, &mut admin, &page, &path, &[("name", "Renamed")]).await;
        assert!(refused.status.is_client_error(), "{path}");
        assert!(refused.body.contains("belongs to every tenant"), "{path}: {}", refused.body);
    }
    // With a secret every broker that has none would be refused.
    let broker = doorward_service::setup::BROKER;
    let page = admin.get(&world, &format!("/console/apps/{broker}")).await;
    assert!(!page.body.contains("Add secret"), "{}", page.body);
    let refused = post(&world, &mut admin, &page, &format!("/console/apps/{broker}/secrets"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
}

#[tokio::test]
async fn markup_in_any_text_stays_text_and_ids_that_mean_nothing_are_no_page() {
    let world = World::new().await;
    let hostile = "\"><script>alert(1)</script>";
    graph(&world, Method::PATCH, &format!("/v1.0/users/{}", world.anna.id), json!({ "displayName": hostile })).await;
    let group = graph(&world, Method::POST, "/v1.0/groups", json!({ "displayName": hostile, "description": hostile })).await;
    let group = group.json()["id"].as_str().unwrap().to_owned();
    let app = graph(&world, Method::POST, "/v1.0/applications", json!({ "displayName": hostile })).await;
    let app = app.json()["appId"].as_str().unwrap().to_owned();
    let phone = crate::account::routes::annas_phone(&world).await.id;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let query = serde_urlencoded::to_string([("search", hostile), ("state", hostile), ("system", hostile), ("role", hostile)]).unwrap();
    let anna = world.anna.id;
    for path in [
        "/console/users".to_owned(),
        format!("/console/users?{query}"),
        format!("/console/users/{anna}"),
        format!("/console/users/{anna}/edit"),
        format!("/console/users/{anna}/delete"),
        format!("/console/groups?{query}"),
        format!("/console/groups/{group}"),
        format!("/console/groups/{group}/members?{query}"),
        format!("/console/groups/{group}/delete"),
        format!("/console/devices?{query}"),
        format!("/console/devices/{phone}"),
        format!("/console/devices/{phone}/edit"),
        format!("/console/apps?{query}"),
        format!("/console/apps/{app}"),
        format!("/console/apps/{app}/edit"),
    ] {
        let page = admin.get(&world, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        assert!(!page.body.contains("<script>alert") && !page.body.contains("<b>phone"), "{path}: {}", page.body);
        assert!(page.body.len() < 200_000, "{path}: {} bytes", page.body.len());
    }
    let nobody = "11111111-9999-4000-8000-000000000000";
    for noun in ["users", "groups", "devices", "apps"] {
        for id in ["x", nobody, "%00", "..%2f.."] {
            for rest in ["", "/edit", "/delete"] {
                let page = admin.get(&world, &format!("/console/{noun}/{id}{rest}")).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{noun} {id} {rest}");
            }
        }
    }
    assert_eq!(admin.get(&world, &format!("/console/users/{anna}/explode")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_device_is_switched_off_marked_and_filtered_by_it() {
    let world = World::new().await;
    let phone = crate::account::routes::annas_phone(&world).await.id;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let edit = format!("/console/devices/{phone}/edit");
    let page = admin.get(&world, &edit).await;
    let fields = [("name", "Phone"), ("managed", "on"), ("compliant", "on"), ("eas", "ABC123")];
    let saved = post(&world, &mut admin, &page, &edit, &fields).await;
    assert_eq!(path_of(&saved), format!("/console/devices/{phone}"), "{}", saved.body);
    let shown = admin.get(&world, &format!("/console/devices/{phone}")).await;
    assert!(shown.body.contains("Disabled") && shown.body.contains("ABC123"), "{}", shown.body);
    let listed = |page: &Answer| page.body.contains(&phone.to_string());
    for (query, expected) in [
        ("", true),
        ("?state=disabled", true),
        ("?state=compliant", true),
        ("?state=unmanaged", false),
        ("?state=not-compliant", false),
        ("?system=iOS", true),
        ("?system=Android", false),
        ("?search=pho", true),
        ("?search=other", false),
    ] {
        assert_eq!(listed(&admin.get(&world, &format!("/console/devices{query}")).await), expected, "{query}");
    }
    // The form was made from an older state.
    let told = post(&world, &mut admin, &page, &edit, &[("name", "Mine"), ("enabled", "on")]).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.body.contains("Is managed") && told.body.contains("value=\"Mine\""), "{}", told.body);
    let nameless = post(&world, &mut admin, &told, &edit, &[("name", " ")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
}
