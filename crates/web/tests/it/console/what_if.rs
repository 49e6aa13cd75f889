//! What If in the console: the question stands in the address, and the answer says why.

use axum::http::StatusCode;
use doorward_service::resource;

use super::browser::Browser;
use super::services::service_world;
use crate::world::{Answer, MAIL, MAIL_APP, World};

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
    let verdict = |page: &Answer| {
        let heading = between(page, "<h2 id=\"verdict\">", "</h2>");
        let badge = heading.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned();
        let code = heading.split("AADSTS").nth(1).map(|rest| rest.split('<').next().unwrap().to_owned());
        (badge, code.unwrap_or_default())
    };
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
        assert_eq!(verdict(&page), (badge.to_owned(), code.to_owned()), "{more}");
    }
    let elsewhere =
        browser.get(&world, &format!("/console/what-if?person={}&service={}", world.anna.user_principal_name, resource::GRAPH)).await;
    assert_eq!(verdict(&elsewhere).0, "Granted");
    assert!(elsewhere.body.contains("It is not for this service."), "{}", elsewhere.body);
}

#[tokio::test]
async fn the_matrix_and_the_funnel_tell_of_the_same_policies() {
    let (world, _) = service_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = ask(&world, &mut browser, "&platform=iOS").await;
    let steps: Vec<(&str, &str)> = between(&page, "<ol class=\"funnel\">", "</ol>")
        .split("<li>")
        .skip(1)
        .map(|step| {
            let of = |class: &str| step.split(&format!("class=\"{class}\">")).nth(1).unwrap().split('<').next().unwrap();
            (of("step"), of("left"))
        })
        .collect();
    assert_eq!(steps.first(), Some(&("All policies", "1")));
    assert_eq!(steps.last(), Some(&("Not met, and not on trial", "1")));
    let row = between(&page, "<tbody>", "</tbody>");
    assert!(row.contains("mail: app access") && row.contains("Not satisfied"), "{row}");
    assert!(row.contains("data-label=\"Person\"") && row.contains("Matched"), "{row}");
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
