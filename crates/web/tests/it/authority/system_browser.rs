//! Where an app is sent that needs the broker: by the form of address that whoever shows the pages acts on.

use axum::http::StatusCode;
use rstest::rstest;
use serde_json::json;

use super::second_factor::everywhere;
use super::sign_in_pages::{authorize, verifier};
use crate::world::{Answer, CLI, CLI_REDIRECT, MAIL_APP, PASSWORD, World};

const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1";
const WEB_VIEW: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 PKeyAuth/1.0";
const MAIL: &str = "msauth.com.contoso.mail://auth";

/// Anna signs in where only approved apps are let in, in a browser without a broker: with what the app adds to the address of the pages.
async fn sent_to(world: &World, user_agent: &str, more: &[(&str, &str)]) -> Answer {
    everywhere(world, json!({ "operator": "OR", "builtInControls": ["approvedApplication"] })).await;
    let agent = ("user-agent", user_agent);
    let page = world.get(&authorize(world, &verifier(world), more), &[agent]).await;
    let (ctx, flow_token, canary, cookies) = (page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary"), page.cookies());
    let typed = [("login", "anna@contoso.example"), ("passwd", PASSWORD)];
    let hidden = [("ctx", ctx.as_str()), ("flowToken", flow_token.as_str()), ("canary", canary.as_str())];
    let answer = world.post(&world.path("login"), &[agent, ("cookie", &cookies)], &[&hidden[..], &typed].concat()).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let form_action = policy.split("; ").find(|directive| directive.starts_with("form-action")).unwrap();
    if answer.status == StatusCode::FOUND {
        assert!(form_action.contains(&format!("{}:", answer.location().scheme())), "browsers follow it: {form_action}");
    }
    answer
}

fn mail(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
    let own = [("client_id", MAIL_APP.to_string()), ("redirect_uri", MAIL.to_owned()), ("login_hint", "anna@contoso.example".to_owned())];
    own.into_iter().chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect()
}

#[rstest]
#[case::web_view(WEB_VIEW, "msauth://wpj")]
#[case::system_browser(SAFARI, "msauth.com.contoso.mail://auth/msauth/wpj")]
#[tokio::test]
async fn a_library_is_told_of_the_broker_at_the_address_that_it_listens_to(#[case] user_agent: &str, #[case] address: &str) {
    let world = World::new().await;
    let fields = mail(&[("x-client-SKU", "MSAL.iOS")]);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = sent_to(&world, user_agent, &fields).await;
    let location = answer.location();
    assert_eq!(location.as_str().split('?').next().unwrap(), address);
    let parameter = |name: &str| answer.location_parameter(name).unwrap_or_default();
    assert_eq!((parameter("username").as_str(), parameter("error_code").as_str()), ("anna@contoso.example", "50127"));
    assert_eq!(parameter("state"), "s1", "the library knows by it that its own request is answered");
    assert!(parameter("app_link").starts_with("https://"), "{location}");
}

#[rstest]
#[case::nobody_listens(mail(&[]))]
#[case::another_library(mail(&[("x-client-SKU", "MSAL.Android")]))]
#[case::no_app_of_a_phone(vec![("client_id", CLI.to_string()), ("redirect_uri", CLI_REDIRECT.to_owned()), ("x-client-SKU", "MSAL.iOS".to_owned())])]
#[tokio::test]
async fn where_no_library_of_the_platform_listens_the_page_says_what_to_do(#[case] fields: Vec<(&'static str, String)>) {
    let world = World::new().await;
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = sent_to(&world, SAFARI, &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
}
