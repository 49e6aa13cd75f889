//! Service access: the form, what it will do, and two administrators at once.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{Browser, path_of};
use crate::world::{Answer, MAIL, World};

/// The policy of the mail service.
pub(super) fn mail_policy(group: &str) -> Value {
    json!({ "id": "mail", "resource": MAIL, "appAccess": { "state": "enabled", "restrictedGroups": [group] } })
}

/// The world with a group of Anna's and app access to mail for it; the group's id.
pub(crate) async fn service_world() -> (World, String) {
    let world = World::new().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let group = world.json(Method::POST, "/v1.0/groups", &token, &json!({ "displayName": "Mail people" })).await;
    let group = group.json()["id"].as_str().unwrap().to_owned();
    let member = json!({ "@odata.id": world.anna.id });
    world.json(Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), &token, &member).await;
    let made = world.json(Method::POST, "/v1.0/doorward/servicePolicies", &token, &mail_policy(&group)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    (world, group)
}

async fn stored(world: &World, id: &str) -> Value {
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    let kind = doorward_model::document::DocumentKind::ServicePolicy;
    unit.documents().get(kind, id).await.unwrap().map_or(Value::Null, |document| document.body)
}

/// The form of a page as a browser would send it, with changes.
fn form<'a>(page: &'a Answer, more: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for name in ["form_token", "version"] {
        fields.push((name.to_owned(), page.body.split("data-guard").nth(1).map_or_else(|| page.hidden(name), |rest| hidden(rest, name))));
    }
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

fn hidden(body: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    body.split(&mark).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn send(world: &World, browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send_form(world, path, &fields).await
}

const PAGE: &str = "/console/services/mail";
const DRAFT: &str = "/console/services/mail/draft";

#[tokio::test]
async fn groups_are_added_and_removed_in_the_form_and_nothing_is_saved_by_that() {
    let (world, group) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, PAGE).await;
    assert!(page.body.contains("Mail people"));
    let remove = format!("remove:restricted:{group}");
    let on = [("app_state", "enabled"), ("allowed_apps", "supportAppProtection"), ("restricted", group.as_str())];
    let removed = send(&world, &mut browser, DRAFT, &form(&page, &[&on[..], &[("do", &remove)]].concat())).await;
    assert!(!removed.body.contains(&format!("name=\"restricted\" value=\"{group}\"")), "{}", removed.body);
    let add = [("add_exempted", group.as_str()), ("do", "add:exempted")];
    let added = send(&world, &mut browser, DRAFT, &form(&page, &[&on[..], &add].concat())).await;
    assert!(added.body.contains(&format!("name=\"exempted\" value=\"{group}\"")), "{}", added.body);
    assert_eq!(stored(&world, "mail").await, mail_policy(&group));
}

#[tokio::test]
async fn what_nobody_can_mean_is_told_at_the_field() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, PAGE).await;
    for (fields, problem) in [
        (vec![("app_state", "enabled"), ("allowed_apps", "supportAppProtection")], "switch app access off"),
        (vec![("app_state", "disabled"), ("device_state", "enabled"), ("platforms", "all"), ("targets", "groups")], "choose everyone"),
        (vec![("device_state", "enabled"), ("platforms", "some"), ("targets", "everyone")], "at least one platform"),
    ] {
        for path in [DRAFT, PAGE] {
            let answer = send(&world, &mut browser, path, &form(&page, &[&fields[..], &[("do", "preview")]].concat())).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
            assert!(answer.body.contains(problem), "{problem}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_preview_says_whom_it_covers_and_which_recorded_sign_ins_would_end_otherwise() {
    let (world, group) = service_world().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let off = json!({ "appAccess": { "state": "disabled", "restrictedGroups": [group] } });
    world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &token, &off).await;
    world.access_token(&world.anna, "api://contoso-mail/Mail.Read").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, PAGE).await;
    let on = [("app_state", "enabled"), ("allowed_apps", "supportAppProtection"), ("restricted", group.as_str()), ("do", "preview")];
    let preview = send(&world, &mut browser, DRAFT, &form(&page, &on)).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    for text in ["<strong>1 sign-in</strong>", "anna@contoso.example", "Command line", "1 person", "now 0 people", "App access › State"] {
        assert!(preview.body.contains(text), "{text}: {}", preview.body);
    }
    assert_eq!(stored(&world, "mail").await["appAccess"]["state"], "disabled", "looking saves nothing");
    // With the same policy as now, nothing would change.
    let same = [("app_state", "disabled"), ("allowed_apps", "supportAppProtection"), ("restricted", group.as_str()), ("do", "preview")];
    let preview = send(&world, &mut browser, DRAFT, &form(&page, &same)).await;
    assert!(preview.body.contains("<strong>None</strong>"), "{}", preview.body);
}

#[tokio::test]
async fn saving_changes_what_the_form_says_and_nothing_else_and_is_told_once() {
    let (world, group) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, PAGE).await;
    let fields = [
        ("app_state", "enabled"),
        ("allowed_apps", "supportAppProtection"),
        ("restricted", group.as_str()),
        ("device_state", "enabled"),
        ("platforms", "some"),
        ("platform", "iOS"),
        ("platform", "android"),
        ("targets", "everyone"),
        ("windows", "compliant"),
    ];
    let saved = send(&world, &mut browser, PAGE, &form(&page, &fields)).await;
    assert_eq!((saved.status, path_of(&saved).as_str()), (StatusCode::SEE_OTHER, "/console/services"));
    let policy = stored(&world, "mail").await;
    assert_eq!(policy["appAccess"]["restrictedGroups"], json!([group]));
    assert_eq!(
        policy["deviceAccess"],
        json!({ "state": "enabled", "platforms": ["android", "iOS"], "targetsAllUsers": true, "windows": "compliant" })
    );
    assert!(browser.get(&world, "/console/services").await.body.contains("class=\"flash\""));
    assert!(!browser.get(&world, "/console/services").await.body.contains("class=\"flash\""));
}

#[tokio::test]
async fn a_service_without_a_policy_gets_one() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let path = format!("/console/services/{MAIL}");
    assert!(browser.get(&world, "/console/services").await.body.contains(&path));
    let page = browser.get(&world, &path).await;
    let saved = send(&world, &mut browser, &path, &form(&page, &[("app_state", "enabled"), ("allowed_apps", "all")])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let policy = stored(&world, &MAIL.to_string()).await;
    assert_eq!((&policy["resource"], &policy["appAccess"]["state"]), (&json!(MAIL), &json!("enabled")));
    assert!(policy.get("deviceAccess").is_none(), "what was never set up is not written: {policy}");
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_what_changed_and_keeps_the_input() {
    let (world, group) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, PAGE).await;
    let base = mail_policy(&group).to_string();
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let other = json!({ "appAccess": { "state": "enabled", "restrictedGroups": [group], "exemptedGroups": [group] } });
    world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &token, &other).await;
    let mine = [("base", base.as_str()), ("app_state", "disabled"), ("restricted", group.as_str())];
    let told = send(&world, &mut browser, PAGE, &form(&page, &mine)).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.body.contains("Somebody else saved") && told.body.contains("App access › Exempted groups"), "{}", told.body);
    assert!(told.body.contains("value=\"disabled\" checked"), "the input is kept");
    assert_eq!(stored(&world, "mail").await["appAccess"]["state"], "enabled");
    // Knowing it, the administrator saves all the same.
    let again = send(&world, &mut browser, PAGE, &form(&told, &mine)).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(stored(&world, "mail").await["appAccess"]["state"], "disabled");
}

#[tokio::test]
async fn a_contradiction_with_certificates_is_told_and_the_input_kept() {
    let (world, group) = service_world().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &token, &json!({ "appAccess": { "state": "disabled" } })).await;
    world.json(Method::PATCH, "/v1.0/organization", &token, &json!({ "certificateBasedAuthentication": true })).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, PAGE).await;
    let on = [("app_state", "enabled"), ("allowed_apps", "supportAppProtection"), ("restricted", group.as_str())];
    let refused = send(&world, &mut browser, PAGE, &form(&page, &on)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("certificate-based authentication") && refused.body.contains(&group), "{}", refused.body);
}
