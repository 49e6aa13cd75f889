//! What If in the console: the question stands in the address, and the answer says why.

use axum::http::{Method, StatusCode};
use doorward_model::role::Role;
use doorward_service::resource;
use serde_json::{Value, json};

use super::browser::Browser;
use super::form::decoded;
use super::services::service_world;
use crate::world::{Answer, CLI, MAIL, MAIL_APP, World};

async fn ask(world: &World, browser: &mut Browser, more: &str) -> Answer {
    let person = &world.anna.user_principal_name;
    browser.get(world, &format!("/console/what-if?person={person}&service={MAIL}&app={MAIL_APP}{more}")).await
}

/// The text between two marks.
fn between<'a>(page: &'a Answer, from: &str, to: &str) -> &'a str {
    page.body.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap_or_else(|| panic!("no {from} in {}", page.body))
}

#[tokio::test]
async fn the_answer_follows_the_facts_of_the_question() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let phone = "&platform=iOS&device=registered&broker=1&protection=1";
    let cases = [
        (phone.to_owned(), "Granted", ""),
        ("&platform=iOS&device=registered".to_owned(), "Asked first", "50127"),
        ("&platform=iOS&broker=1".to_owned(), "Asked first", "50129"),
        (format!("{phone}&kind=activeSync"), "Refused", "53003"),
        ("&platform=windows&device=registered&broker=1&protection=1".to_owned(), "Refused", "53002"),
    ];
    for (more, badge, code) in cases {
        let page = ask(&world, &mut browser, &more).await;
        assert_eq!(page.status, StatusCode::OK, "{more}: {}", page.body);
        assert_eq!(verdict(&page, "verdict"), (badge.to_owned(), code.to_owned()), "{more}");
    }
    let elsewhere =
        browser.get(&world, &format!("/console/what-if?person={}&service={}", world.anna.user_principal_name, resource::GRAPH)).await;
    assert_eq!(verdict(&elsewhere, "verdict").0, "Granted");
    assert!(elsewhere.body.contains("It is not for this service."), "{}", elsewhere.body);
}

/// The badge and the error of a verdict, by the id of its heading.
fn verdict(page: &Answer, id: &str) -> (String, String) {
    let heading = between(page, &format!("<h2 id=\"{id}\">"), "</h2>");
    let badge = heading.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
    let code = heading.split("AADSTS").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    (badge, code.unwrap_or_default())
}

/// The text of a part of a page, without tags.
fn text(html: &str) -> String {
    let words = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    decoded(&words.collect::<Vec<_>>().join(" ")).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A world with a policy of its own beside the service policy for mail.
async fn with_policy(policy: &Value) -> World {
    let (world, _) = service_world().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let made = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, policy).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    world
}

fn policy(name: &str, conditions: &Value, controls: &Value) -> Value {
    let mut all = json!({ "users": { "includeUsers": ["All"], "excludeRoles": [Role::GlobalAdministrator.template_id().to_string()] },
        "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] });
    all.as_object_mut().unwrap().extend(conditions.as_object().unwrap().clone());
    json!({ "displayName": name, "state": "enabled", "conditions": all, "grantControls": controls })
}

#[tokio::test]
async fn the_matrix_and_the_funnel_tell_of_the_same_policies() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = ask(&world, &mut browser, "&platform=iOS").await;
    let funnel = text(between(&page, "<table class=\"funnel\">", "</table>"));
    assert_eq!(funnel, "How many policies are left after each question Question Policies left Drawing All policies 1 Verdict");
    assert_eq!(text(between(&page, "<ul class=\"ends\">", "</ul>")), "Not met: 1 mail: app access Met: 0 Report-only: 0");
    let matrix = between(&page, "<table class=\"stack matrix\">", "</table>");
    let row = text(matrix.split("<tbody>").nth(1).unwrap());
    assert_eq!(row, "mail: app access Not satisfied ✓ Matched ✓ Matched ? Approved app : Can be asked for");
    assert!(matrix.contains("<tr class=\"decides\">") && matrix.contains("href=\"/console/services/mail\""), "{matrix}");
}

#[tokio::test]
async fn the_matrix_marks_the_condition_for_which_a_policy_does_not_apply() {
    let world = with_policy(&policy(
        "Windows needs a second factor",
        &json!({ "platforms": { "includePlatforms": ["windows"] } }),
        &json!({ "operator": "AND", "builtInControls": ["mfa", "compliantDevice"] }),
    ))
    .await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = ask(&world, &mut browser, "&platform=iOS&proof=app").await;
    let row = between(&page, "Windows needs a second factor</bdi></a></th>", "</tr>");
    assert!(row.contains("<td class=\"unmet why\" data-label=\"Platform\">"), "{row}");
    assert!(text(row).ends_with("All of ✓ Second factor : Met ✗ Compliant device : Not met"), "{row}");
    assert!(text(between(&page, "<table class=\"funnel\">", "</table>")).contains("For this platform and device 1 left out Windows needs"));
}

#[tokio::test]
async fn what_to_do_names_the_app_the_device_and_the_factor() {
    let world = with_policy(&policy(
        "Second factor in browsers",
        &json!({ "clientAppTypes": ["browser"] }),
        &json!({ "operator": "OR", "builtInControls": ["mfa"] }),
    ))
    .await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let anna = world.anna.user_principal_name.clone();
    let cases = [
        (format!("service={MAIL}&app={MAIL_APP}&platform=iOS"), "Install the broker on the iPhone or iPad"),
        (format!("service={MAIL}&app={MAIL_APP}&platform=android&broker=1"), "Register the Android phone in the broker"),
        (format!("service={MAIL}&app={CLI}&platform=iOS"), "Use an approved app: Contoso Mail."),
        (format!("service={MAIL}&app={MAIL_APP}&platform=windows"), "Approved apps count on iOS, iPadOS and Android alone"),
        (format!("service={}&kind=browser", resource::GRAPH), "They have no second factor yet"),
    ];
    for (question, advice) in cases {
        let page = browser.get(&world, &format!("/console/what-if?person={anna}&{question}")).await;
        let steps = text(between(&page, "<ul class=\"steps\">", "</ul>"));
        assert!(steps.contains(advice), "{question}: {steps}");
    }
}

#[tokio::test]
async fn the_least_change_that_lets_somebody_in_is_found_by_deciding() {
    let ios = |changes: &str| format!("person=anna@contoso.example&service={MAIL}&app={MAIL_APP}&platform=iOS{changes}");
    let high_risk =
        policy("High risk", &json!({ "signInRiskLevels": ["high"] }), &json!({ "operator": "OR", "builtInControls": ["block"] }));
    let world = with_policy(&high_risk).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let cases = [
        (ios("&broker=1"), vec!["On a registered device."], vec![]),
        (ios("&device=registered"), vec!["With the broker taking part."], vec![]),
        (ios(""), vec!["With the broker taking part and on a registered device."], vec![]),
        // A block is never met: only a sign-in that it does not apply to gets past it.
        (ios("&broker=1&device=registered&sign_in_risk=high"), vec![], vec!["Without risk of the sign-in."]),
    ];
    for (question, meet, avoid) in cases {
        let page = browser.get(&world, &format!("/console/what-if?{question}")).await;
        for (class, expected) in [("ways meet", meet), ("ways avoid", avoid)] {
            let list = page.body.split(&format!("<ul class=\"{class}\">")).nth(1).map(|rest| rest.split("</ul>").next().unwrap());
            let ways = list.into_iter().flat_map(|list| list.split("<li><span>").skip(1)).map(|way| way.split('<').next().unwrap());
            assert_eq!(ways.collect::<Vec<_>>(), expected, "{question} {class}");
        }
        let link = decoded(between(&page, "</span> <a href=\"", "\""));
        let compared = browser.get(&world, &link).await;
        assert_eq!(verdict(&compared, "verdict-otherwise").0, "Granted", "{link}: {}", compared.body);
    }
    let granted = browser.get(&world, &format!("/console/what-if?{}", ios("&broker=1&device=registered"))).await;
    assert!(!granted.body.contains("id=\"ways\""), "nothing stands in the way");
}

#[tokio::test]
async fn a_second_sign_in_stands_beside_the_first() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = ask(&world, &mut browser, "&platform=iOS&vs_broker=1&vs_device=compliant").await;
    assert_eq!(verdict(&page, "verdict").0, "Asked first");
    assert_eq!(verdict(&page, "verdict-otherwise").0, "Granted");
    let matrix = text(between(&page, "<table class=\"stack matrix\">", "</table>"));
    assert!(matrix.contains("mail: app access Not satisfied Otherwise Satisfied"), "{matrix}");
    // What is otherwise counts alone when it becomes the question.
    let on = decoded(between(&page, "<p class=\"foot\"><a href=\"", "\""));
    assert_eq!(verdict(&browser.get(&world, &on).await, "verdict").0, "Granted");
    let admin = world.admin.user_principal_name.clone();
    let other = ask(&world, &mut browser, &format!("&platform=iOS&vs_person={admin}")).await;
    assert_eq!(verdict(&other, "verdict-otherwise").0, "Granted", "the policy is not for {admin}");
}

#[tokio::test]
async fn a_recorded_sign_in_is_where_a_question_begins() {
    let (world, _) = service_world().await;
    world.access_token(&world.anna, "https://graph.microsoft.com/.default").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let record = world.sign_ins().await.into_iter().find(|record| record.circumstances.user_id == Some(world.anna.id)).unwrap();
    let page = browser.get(&world, &format!("/console/sign-ins/{}", record.id)).await;
    let link = format!("/console/what-if?sign_in={}", record.id);
    assert!(page.body.contains(&link), "{}", page.body);
    let page = browser.get(&world, &link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(verdict(&page, "verdict").0, "Granted");
    let supposed = text(between(&page, "<p class=\"quiet\"><bdi>", "</bdi>"));
    assert!(supposed.starts_with("anna@contoso.example opens Doorward Graph with "), "{supposed}");
    for unknown in ["x", "00000000-0000-4000-8000-000000000000"] {
        let gone = browser.get(&world, &format!("/console/what-if?sign_in={unknown}")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn nonsense_is_told_at_the_field_and_what_was_typed_stays() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let (anna, asked) = (&world.anna.user_principal_name, format!("service={MAIL}"));
    let cases = [
        (format!("person=nobody@contoso.example&{asked}"), "person-problem"),
        (asked.clone(), "person-problem"),
        (format!("person={anna}"), "service-problem"),
        (format!("person={anna}&service=11111111-9999-4000-8000-000000000000"), "service-problem"),
        (format!("person={anna}&{asked}&app=x"), "app-problem"),
        (format!("person={anna}&{asked}&ip=300.1.1.1"), "ip-problem"),
        (format!("person={anna}&{asked}&country=Germany"), "country-problem"),
        (format!("person={anna}&{asked}&device=spaceship"), "does not offer"),
        (format!("person={anna}&{asked}&vs_device=spaceship"), "does not offer"),
        (format!("person={anna}&{asked}&vs_ip=300.1.1.1"), "vs_ip-problem"),
        (format!("person={anna}&{asked}&vs_person=nobody@contoso.example"), "vs_person-problem"),
    ];
    for (query, problem) in cases {
        let page = browser.get(&world, &format!("/console/what-if?{query}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(page.body.contains(problem) && !page.body.contains("id=\"verdict\""), "{query}: {}", page.body);
    }
    let script = browser.get(&world, "/console/what-if?person=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&ip=%3Cb%3E").await;
    assert!(!script.body.contains("<script>alert") && script.body.contains("alert(1)"), "{}", script.body);
}

#[tokio::test]
async fn a_supposed_sign_in_leaves_no_trace() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let before = (world.sign_ins().await.len(), world.audits().await.len());
    ask(&world, &mut browser, "&kind=activeSync").await;
    assert_eq!((world.sign_ins().await.len(), world.audits().await.len()), before);
}
