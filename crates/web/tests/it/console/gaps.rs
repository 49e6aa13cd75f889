//! Gaps in the console: what the search finds, that its examples are true, and what is said when it has not ended.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use doorward_model::conditional_access::GrantControl;
use doorward_service::gaps::{self, Progress, Question};
use serde_json::{Value, json};

use super::browser::Browser;
use crate::world::{Answer, MAIL, World};

/// Everybody needs a second factor for mail, except in one case.
fn mail_mfa(except: &Value) -> Value {
    let mut policy = json!({
        "id": "mfa", "displayName": "Second factor", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": [MAIL]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    policy["conditions"].as_object_mut().unwrap().extend(except.as_object().unwrap().clone());
    policy
}

async fn gaps_world(except: &Value) -> World {
    let world = World::new().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let made = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, &mail_mfa(except)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    world
}

async fn ask(world: &World, browser: &mut Browser, query: &str) -> Answer {
    for _ in 0..60 {
        let page = browser.get(world, &format!("/console/gaps?{query}")).await;
        if !page.headers.contains_key("refresh") {
            return page;
        }
    }
    panic!("the search does not end");
}

fn verdict(page: &Answer) -> &str {
    page.body.split("<h2 id=\"verdict\">").nth(1).unwrap_or_else(|| panic!("{}", page.body)).split("</h2>").next().unwrap()
}

#[tokio::test]
async fn a_requirement_that_holds_everywhere_has_no_gaps() {
    let world = gaps_world(&json!({})).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = ask(&world, &mut browser, &format!("require=mfa&service={MAIL}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(verdict(&page), "Ways to Contoso Mail service without second factor: none");
    assert!(page.body.contains("3 people looked at.") && page.body.contains("class=\"heat\""), "{}", page.body);
}

#[tokio::test]
async fn each_gap_is_told_with_its_people_and_an_example_that_what_if_grants() {
    let anna_is_left_out = |world: &World| json!({"users": {"includeUsers": ["All"], "excludeUsers": [world.anna.id]}});
    let world = gaps_world(&json!({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["linux"]}})).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let query = format!("require=mfa&service={MAIL}");
    let page = ask(&world, &mut browser, &query).await;
    assert_eq!(verdict(&page), "Ways to Contoso Mail service without second factor: 1");
    assert!(page.body.contains("everyone (3 users)") && page.body.contains("<dt>platform</dt><dd>Linux</dd>"), "{}", page.body);
    // Another policy is another question, with another answer at once.
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let changed = json!({"conditions": {
        "applications": {"includeApplications": [MAIL]}, "users": anna_is_left_out(&world)["users"], "clientAppTypes": ["all"],
    }});
    world.json(Method::PATCH, "/v1.0/identity/conditionalAccess/policies/mfa", &token, &changed).await;
    let page = ask(&world, &mut browser, &query).await;
    assert!(page.body.contains("anna@contoso.example (1 user)") && page.body.contains("1 person of 3 people concerned"), "{}", page.body);
    let link = page.body.split("href=\"/console/what-if?").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let what_if = browser.get(&world, &format!("/console/what-if?{link}")).await;
    assert!(verdict(&what_if).contains("Granted"), "{}", what_if.body);
}

#[tokio::test]
async fn a_question_that_is_none_is_told_and_the_form_stays() {
    let world = gaps_world(&json!({})).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    assert_eq!(browser.get(&world, "/console/gaps").await.status, StatusCode::OK);
    for (query, problem) in [
        ("ask=1", "Choose what every sign-in"),
        ("require=spaceship", "Choose what every sign-in"),
        ("require=mfa&service=%3Cscript%3Ealert(1)%3C/script%3E", "a service that is none"),
        ("require=mfa&service=11111111-9999-4000-8000-000000000000", "a service that is not here"),
    ] {
        let page = browser.get(&world, &format!("/console/gaps?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.body.contains(problem) && !page.body.contains("<script>alert"), "{query}: {}", page.body);
    }
}

#[tokio::test]
async fn who_asks_before_the_end_is_told_so_and_finds_the_same_search_later() {
    let world = gaps_world(&json!({})).await;
    let question = Question { require: vec![GrantControl::Mfa], services: vec![MAIL] };
    let ask = async |patience| gaps::search(&world.ctx, world.tenant.id, &question, patience).await.unwrap();
    assert!(matches!(ask(Duration::ZERO).await, Progress::Searching { .. }));
    world.clock.advance(60);
    let Progress::Done(search) = ask(Duration::from_secs(60)).await else { panic!("it does not end") };
    assert_eq!(search.begun().to_string(), "2026-11-23T09:00:00Z", "it is the one that was begun");
    assert!(search.answer().unwrap().gaps.is_complete());
}
