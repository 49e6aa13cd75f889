//! The overview and the log pages.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use doorward_model::SignInId;
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use jiff::SignedDuration;
use serde_json::json;

use super::browser::Browser;
use super::services::service_world;
use crate::world::World;

async fn fail_to_sign_in(world: &World, login: &str) {
    let client = crate::world::CLI.to_string();
    let fields =
        [("grant_type", "password"), ("client_id", client.as_str()), ("username", login), ("password", "wrong"), ("scope", "User.Read")];
    assert_eq!(world.token(&fields).await.status, StatusCode::BAD_REQUEST);
}

/// Rows of the table of a page.
fn rows(body: &str) -> usize {
    body.matches("class=\"row-link\"").count()
}

#[tokio::test]
async fn the_log_is_filtered_by_person_outcome_and_code() {
    let world = World::new().await;
    fail_to_sign_in(&world, "anna@contoso.example").await;
    world.access_token(&world.anna, "User.Read").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    for (query, expected) in [
        ("", 3),
        ("person=ANNA", 2),
        ("person=anna&outcome=granted", 1),
        ("outcome=refused", 1),
        ("code=50126", 1),
        ("code=aadsts50126", 1),
        ("code=53003", 0),
        ("person=nobody", 0),
        ("time=hour", 3),
        ("time=2026-11-23", 3),
        ("time=2026-11-22", 0),
        ("time=2026-11-24", 0),
    ] {
        let page = browser.get(&world, &format!("/console/sign-ins?{query}")).await;
        assert_eq!((page.status, rows(&page.body)), (StatusCode::OK, expected), "{query}: {}", page.body);
    }
    world.clock.advance(2 * 3600);
    let mut later = Browser::signed_in(&world, &world.admin).await;
    assert_eq!(rows(&later.get(&world, "/console/sign-ins?time=hour").await.body), 1);
    let wrong = later.get(&world, "/console/sign-ins?code=abc").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.body.contains("aria-invalid=\"true\"") && wrong.body.contains("value=\"abc\""));
}

#[tokio::test]
async fn the_newest_page_follows_the_log_and_keeps_its_filters() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let still = browser.get(&world, "/console/sign-ins?outcome=granted").await;
    assert!(!still.body.contains("data-live") && !still.body.contains("http-equiv"), "{}", still.body);
    assert!(still.body.contains("href=\"/console/sign-ins?outcome=granted&#38;live=1\""), "{}", still.body);
    let live = browser.get(&world, "/console/sign-ins?outcome=granted&live=1").await;
    assert!(live.body.contains("data-live") && live.body.contains("<noscript><meta http-equiv=\"refresh\""), "{}", live.body);
    assert!(live.body.contains("href=\"/console/sign-ins?outcome=granted\""), "{}", live.body);
}

#[tokio::test]
async fn pages_of_the_log_follow_each_other_without_gap_or_double() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    world.ctx.sign_in_log.flush().await;
    drop(unit);
    let records = world.sign_ins().await;
    let copies: Vec<_> = (0..119)
        .map(|_| doorward_model::sign_in_record::SignInRecord {
            id: doorward_model::SignInId::random(world.ctx.rng.as_ref()),
            ..records[0].clone()
        })
        .collect();
    unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.logs().append_sign_ins(&copies).await.unwrap();
    unit.commit().await.unwrap();
    let mut path = "/console/sign-ins?person=admin".to_owned();
    let mut seen = std::collections::BTreeSet::new();
    let mut sizes = Vec::new();
    loop {
        let page = browser.get(&world, &path).await;
        let ids: Vec<&str> = page.body.split("class=\"row-link\" href=\"/console/sign-ins/").skip(1).map(|rest| &rest[..36]).collect();
        sizes.push(ids.len());
        assert!(ids.iter().all(|id| seen.insert((*id).to_owned())), "no record twice");
        let Some(older) = page.body.split("rel=\"next\"").next().filter(|_| page.body.contains("rel=\"next\"")) else { break };
        path = older.rsplit("href=\"").next().unwrap().split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        assert!(path.contains("person=admin"), "{path}");
    }
    assert_eq!((sizes, seen.len()), (vec![50, 50, 20], 120));
}

#[tokio::test]
async fn a_search_without_a_match_so_far_says_back_to_when_it_has_looked() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let sample = world.sign_ins().await[0].clone();
    // More of either kind than one page looks at; none is of both.
    let record = |number: u32| SignInRecord {
        id: SignInId::random(world.ctx.rng.as_ref()),
        created_date_time: sample.created_date_time - SignedDuration::from_secs(number.into()),
        correlation_id: sample.correlation_id,
        circumstances: Arc::new(Circumstances {
            outcome: if number.is_multiple_of(2) { SignInOutcome::Granted } else { SignInOutcome::Refused },
            error_code: if number.is_multiple_of(2) { 0 } else { 53003 },
            // From everywhere, so that no two have the same.
            ip_address: format!("10.{}.{}.{}", number / 65536, number / 256 % 256, number % 256),
            ..sample.circumstances.as_ref().clone()
        }),
    };
    let records: Vec<_> = (1..=20_100).map(record).collect();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.logs().append_sign_ins(&records).await.unwrap();
    unit.commit().await.unwrap();
    let mut page = browser.get(&world, "/console/sign-ins?outcome=granted&code=53003").await;
    // A page looks at ten thousand.
    for _ in 0..2 {
        assert!(page.body.contains("The log has no match back to"), "{}", page.body);
        let older = page.body.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        page = browser.get(&world, &older.replace("&amp;", "&").replace("&#38;", "&")).await;
    }
    assert!(page.body.contains("Change or clear the filter") && !page.body.contains("rel=\"next\""), "{}", page.body);
}

#[tokio::test]
async fn a_sign_in_is_decided_again_under_the_present_policies() {
    let world = World::new().await;
    world.access_token(&world.anna, "api://contoso-mail/Mail.Read").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, "/console/sign-ins?person=anna").await;
    let id = page.body.split("href=\"/console/sign-ins/").nth(1).unwrap()[..36].to_owned();
    let same = browser.get(&world, &format!("/console/sign-ins/{id}?again=1")).await;
    assert!(same.body.contains("It would end the same way now"), "{}", same.body);
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let policy = json!({
        "displayName": "No mail",
        "state": "enabled",
        "conditions": {
            "users": { "includeUsers": [world.anna.id] },
            "applications": { "includeApplications": [crate::world::MAIL] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, &policy).await;
    let other = browser.get(&world, &format!("/console/sign-ins/{id}?again=1")).await;
    assert!(other.body.contains("It would end otherwise now") && other.body.contains("AADSTS53003"), "{}", other.body);
    assert!(other.body.contains("No mail") && other.body.contains("Not there yet"));
    let log = browser.get(&world, "/console/sign-ins?person=anna").await;
    assert_eq!(rows(&log.body), 1, "deciding again records nothing");
}

#[tokio::test]
async fn under_the_same_policies_every_recorded_sign_in_is_decided_as_it_was() {
    let (world, group) = service_world().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let trial = json!({
        "displayName": "Trial",
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "users": { "includeGroups": [group] },
            "applications": { "includeApplications": ["All"] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa", "compliantDevice"] },
    });
    world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, &trial).await;
    world.clock.advance(1);
    Browser::signed_in(&world, &world.anna).await;
    let client = crate::world::CLI.to_string();
    let mail = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", "anna@contoso.example"),
        ("password", crate::world::PASSWORD),
        ("scope", "api://contoso-mail/Mail.Read"),
    ];
    assert_eq!(world.token(&mail).await.status, StatusCode::BAD_REQUEST, "app access refuses the command line");
    let web = crate::world::WEB_APP.to_string();
    let workload = [
        ("grant_type", "client_credentials"),
        ("client_id", web.as_str()),
        ("client_secret", crate::world::WEB_SECRET),
        ("scope", "api://contoso-mail/.default"),
    ];
    assert_eq!(world.token(&workload).await.status, StatusCode::OK);
    world.ctx.sign_in_log.flush().await;
    let mut records = world.sign_ins().await;
    records.retain(|record| record.created_date_time >= world.ctx.now());
    let refused = records.iter().filter(|record| record.circumstances.error_code != 0).count();
    assert_eq!((records.len(), refused), (3, 1));
    for record in records {
        let again = doorward_service::access::decide_again(&world.ctx, world.tenant.id, &record).await.unwrap().unwrap();
        assert_eq!(
            serde_json::to_value(&again.policies).unwrap(),
            record.circumstances.applied_policies.value(),
            "{}",
            record.circumstances.grant
        );
        assert_eq!(again.error_code.unwrap_or(0), record.circumstances.error_code, "{}", record.circumstances.grant);
    }
}

#[tokio::test]
async fn the_overview_counts_by_outcome_and_tells_what_to_mend() {
    let (world, _) = service_world().await;
    fail_to_sign_in(&world, "anna@contoso.example").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, "/console").await;
    let figures: Vec<&str> = page.body.split("class=\"figure\">").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    // The administrator's token for the admin API, the console's, and the failure.
    assert_eq!(figures, ["3", "2", "0", "1"], "{}", page.body);
    assert!(page.body.contains("<svg class=\"chart wide\""));
    assert!(!page.body.contains("only one Global Administrator"), "there are two");
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    world.json(Method::DELETE, "/v1.0/users/root@contoso.example", &token, &serde_json::Value::Null).await;
    let emptied = json!({ "appAccess": { "state": "enabled", "restrictedGroups": ["22222222-2222-4222-8222-222222222222"] } });
    world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &token, &emptied).await;
    let page = browser.get(&world, "/console").await;
    assert!(page.body.contains("only one Global Administrator"));
    assert!(page.body.contains("names a group that does not exist"), "{}", page.body);
}

#[tokio::test]
async fn the_audit_log_shows_before_and_after_with_names_for_ids() {
    let (world, _) = service_world().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    world.clock.advance(1);
    let off = json!({ "appAccess": { "state": "disabled" } });
    world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &token, &off).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let list = browser.get(&world, "/console/audit").await;
    assert!(list.body.contains("Update service policy"), "{}", list.body);
    let id = list.body.split("href=\"/console/audit/").nth(1).unwrap()[..36].to_owned();
    let one = browser.get(&world, &format!("/console/audit/{id}")).await;
    for text in ["App access › State", "enabled", "disabled", "App access › Restricted groups", "Mail people", "not set"] {
        assert!(one.body.contains(text), "{text}: {}", one.body);
    }
    assert_eq!(browser.get(&world, "/console/audit/nothing").await.status, StatusCode::NOT_FOUND);
}
