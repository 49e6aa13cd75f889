//! A service that wants a device under management, seen from a phone.

use axum::http::{StatusCode, header};
use rstest::rstest;
use serde_json::json;

use super::second_factor::everywhere;
use super::sign_in_pages::{authorize, verifier};
use crate::world::{CLI, PASSWORD, World};

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 16; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

/// Anna signs in where a compliant device is asked for; the `Location` of the answer, if it leads on, and its body.
async fn refused(world: &World, headers: &[(&str, &str)]) -> (Option<String>, String) {
    everywhere(world, json!({ "operator": "OR", "builtInControls": ["compliantDevice"] })).await;
    let page = world.get(&authorize(world, &verifier(world), &[("login_hint", "anna@contoso.example")]), headers).await;
    let cookies = page.cookies();
    let mut all = headers.to_vec();
    all.push(("cookie", &cookies));
    let (ctx, flow_token, canary) = (page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary"));
    let fields =
        [("ctx", ctx.as_str()), ("flowToken", &flow_token), ("canary", &canary), ("login", "anna@contoso.example"), ("passwd", PASSWORD)];
    let answer = world.post(&world.path("login"), &all, &fields).await;
    (answer.headers.get(header::LOCATION).map(|location| location.to_str().unwrap().to_owned()), answer.body)
}

#[tokio::test]
async fn a_web_view_of_android_leaves_for_the_browser_and_the_app_learns_why() {
    let world = World::new().await;
    let (location, _) = refused(&world, &[("user-agent", ANDROID), ("x-client-SKU", "MSAL.Android")]).await;
    let location = location.unwrap();
    let place = format!("browser://login.contoso.example/{}/managed?", world.tenant.id);
    assert!(location.starts_with(&place) && location.ends_with("&ismdmurl=1"), "{location}");
    // The browser opens the rest over TLS.
    let path = location.strip_prefix("browser://login.contoso.example").unwrap();
    let page = world.get(path, &[("user-agent", ANDROID)]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    for text in ["This device does not meet the rules", "on a phone that your company manages", "AADSTS53000", "Command line"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let record = world.sign_ins().await.into_iter().find(|record| record.circumstances.error_code == 53000).unwrap();
    assert!(page.body.contains(&record.id.to_string()), "the help desk finds the record");
}

#[rstest]
#[case::iphone(&[("user-agent", IPHONE), ("x-client-SKU", "MSAL.iOS")])]
#[case::browser_on_android(&[("user-agent", ANDROID)])]
#[case::computer(&[])]
#[tokio::test]
async fn everywhere_else_the_page_says_what_to_do(#[case] headers: &[(&str, &str)]) {
    let world = World::new().await;
    let (location, body) = refused(&world, headers).await;
    assert_eq!(location, None);
    assert!(body.contains("This device does not meet the rules"), "{body}");
}

#[rstest]
#[case("")]
#[case("?client_id=nonsense&request_id=%3Cscript%3E&correlation_id=x")]
#[case("?client_id=99999999-0000-4000-8000-000000000000")]
#[tokio::test]
async fn an_address_that_was_made_up_shows_nothing_of_it(#[case] query: &str) {
    let world = World::new().await;
    let page = world.get(&format!("{}{query}", world.path("managed")), &[]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!page.body.contains("nonsense") && !page.body.contains("<script>") && !page.body.contains(&CLI.to_string()), "{}", page.body);
}
