//! Nested app authentication: an app in the pages of another gets its tokens through it, and nobody else does.

use std::sync::Arc;

use axum::http::StatusCode;
use doorward_model::AppId;
use doorward_model::application::{Application, ConsentPolicy, PlatformIdentity, RedirectPlatform, RedirectUri};
use doorward_service::setup::{self, NewTenant};
use doorward_wire::prt::{self, KdfVersion, RedemptionClaims, ResponseEncryption};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::uuid;

use super::second_factor::everywhere;
use super::sign_in_pages::{sign_in, verifier};
use crate::registration::{by_broker, code_of, nonce, phone_with_prt, signed};
use crate::world::{Answer, MAIL_APP, World};

/// The app in the pages.
const INNER: AppId = AppId(uuid!("11111111-0000-4000-8000-0000000000b1"));
/// Another hub that it allows.
const CHAT: AppId = AppId(uuid!("11111111-0000-4000-8000-0000000000b2"));
/// An app that it does not allow.
const NOTES: AppId = AppId(uuid!("11111111-0000-4000-8000-0000000000b3"));
const INNER_REDIRECT: &str = "brk-11111111-0000-4000-8000-000000000001://pages.contoso.example";
const MAIL_REDIRECT: &str = "msauth.com.contoso.mail://auth";
const MAIL_ID: &str = "11111111-0000-4000-8000-000000000001";
const CHAT_ID: &str = "11111111-0000-4000-8000-0000000000b2";
const NOTES_ID: &str = "11111111-0000-4000-8000-0000000000b3";

/// The mail app is a hub of an app that is made of pages.
async fn world() -> World {
    let world = World::new().await;
    let now = world.ctx.now();
    let blank = |id, name: &str| Application { consent: ConsentPolicy::Preauthorized, ..Application::new(id, name, now) };
    let redirect = |uri: &str| RedirectUri { uri: uri.into(), platform: RedirectPlatform::Spa };
    let on_ios = |bundle: &str| vec![PlatformIdentity::Ios { bundle_id: bundle.into() }];
    let redirects = [
        INNER_REDIRECT,
        "brk-multihub://pages.contoso.example",
        "brk-11111111-0000-4000-8000-0000000000b2://pages.contoso.example",
        "https://pages.contoso.example/",
    ];
    let inner = Application {
        hub_applications: vec![MAIL_APP, CHAT],
        redirect_uris: redirects.map(redirect).to_vec(),
        approved: true,
        ..blank(INNER, "Pages")
    };
    let chat = Application { platform_identities: on_ios("com.contoso.chat"), ..blank(CHAT, "Chat") };
    let notes = Application { platform_identities: on_ios("com.contoso.notes"), ..blank(NOTES, "Notes") };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    for application in [inner, chat, notes] {
        unit.applications().create(&application).await.unwrap();
    }
    unit.commit().await.unwrap();
    world
}

const HUB: [(&str, &str); 2] = [("brk_client_id", MAIL_ID), ("brk_redirect_uri", MAIL_REDIRECT)];

/// A sign-in for the inner app.
async fn code(world: &World, verifier: &str, more: &[(&str, &str)]) -> Answer {
    let inner = INNER.to_string();
    let mut fields = vec![("client_id", inner.as_str()), ("redirect_uri", INNER_REDIRECT)];
    fields.extend_from_slice(more);
    sign_in(world, verifier, &fields).await.0
}

async fn redeem(world: &World, verifier: &str, code: &str, more: &[(&str, &str)]) -> Answer {
    let inner = INNER.to_string();
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", inner.as_str()),
        ("code", code),
        ("redirect_uri", INNER_REDIRECT),
        ("code_verifier", verifier),
    ];
    fields.extend_from_slice(more);
    world.token(&fields).await
}

async fn refresh(world: &World, token: &str, more: &[(&str, &str)]) -> Answer {
    let inner = INNER.to_string();
    let mut fields = vec![("grant_type", "refresh_token"), ("client_id", inner.as_str()), ("refresh_token", token)];
    fields.extend_from_slice(more);
    world.token(&fields).await
}

fn claims(token: &Value) -> Value {
    doorward_wire::jwt::unverified_payload(token.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn the_tokens_are_the_inner_apps_and_stay_bound_to_the_pair() {
    let world = world().await;
    let verifier = verifier(&world);
    let answer = code(&world, &verifier, &HUB).await;
    assert!(answer.location().as_str().starts_with(&format!("{INNER_REDIRECT}?")), "{}", answer.location());
    let code = answer.location_parameter("code").unwrap();
    assert_eq!(code_of(&redeem(&world, &verifier, &code, &[]).await), 90014, "without the hub");
    let tokens = redeem(&world, &verifier, &code, &HUB).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let tokens = tokens.json();
    assert_eq!(claims(&tokens["access_token"])["azp"], json!(INNER));
    assert_eq!(claims(&tokens["id_token"])["aud"], json!(INNER));
    let token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(code_of(&refresh(&world, token, &[]).await), 70000, "without the hub");
    let chat = [("brk_client_id", CHAT_ID), ("brk_redirect_uri", "msauth.com.contoso.chat://auth")];
    assert_eq!(code_of(&refresh(&world, token, &chat).await), 70000, "another hub that may ask for the app");
    let again = refresh(&world, token, &HUB).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.body);
    assert_eq!(
        code_of(&refresh(&world, again.json()["refresh_token"].as_str().unwrap(), &[]).await),
        70000,
        "nor does the next one come free"
    );
}

#[tokio::test]
async fn a_token_that_the_app_got_by_itself_is_none_of_a_hub() {
    let world = world().await;
    let verifier = verifier(&world);
    let answer = code(&world, &verifier, &[("redirect_uri", "https://pages.contoso.example/")]).await;
    let code = answer.location_parameter("code").unwrap();
    let own = [("redirect_uri", "https://pages.contoso.example/")];
    let inner = INNER.to_string();
    let fields =
        [("grant_type", "authorization_code"), ("client_id", inner.as_str()), ("code", &code), ("code_verifier", &verifier), own[0]];
    let token = world.token(&fields).await.json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(code_of(&refresh(&world, &token, &HUB).await), 70000);
    assert_eq!(refresh(&world, &token, &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_account_may_be_chosen_in_the_pages_of_the_hub() {
    let world = world().await;
    let inner = INNER.to_string();
    let fields = [("client_id", inner.as_str()), ("redirect_uri", INNER_REDIRECT), HUB[0], HUB[1], ("login_hint", "anna@contoso.example")];
    let page = world.get(&super::sign_in_pages::authorize(&world, &verifier(&world), &fields), &[]).await;
    let again = page.body.split("href=\"").find(|part| part.contains("/authorize?")).unwrap().split('"').next().unwrap();
    let again = again.replace("&#38;", "&").replace("&amp;", "&").replace("https://login.contoso.example", "");
    let page = world.get(&again, &[]).await;
    assert!(page.status == StatusCode::OK && page.body.contains("<h1>Sign in</h1>"), "{again}: {}", page.body);
}

/// What a request says, and how it is refused: at this server, with nothing sent anywhere.
#[rstest]
#[case::hub_that_is_not_allowed(&[("brk_client_id", NOTES_ID), ("brk_redirect_uri", "msauth.com.contoso.notes://auth")], 700_025)]
#[case::hub_that_is_unknown(&[("brk_client_id", "99999999-0000-4000-8000-000000000000"), ("brk_redirect_uri", MAIL_REDIRECT)], 700_016)]
#[case::no_client_id(&[("brk_client_id", "mail"), ("brk_redirect_uri", MAIL_REDIRECT)], 700_016)]
#[case::hub_is_the_app_itself(&[("brk_client_id", "11111111-0000-4000-8000-0000000000b1"), ("brk_redirect_uri", INNER_REDIRECT)], 700_025)]
#[case::redirect_of_another_hub(&[("brk_client_id", MAIL_ID), ("brk_redirect_uri", "msauth.com.contoso.chat://auth")], 50011)]
#[case::hub_without_redirect(&[("brk_client_id", MAIL_ID)], 50011)]
#[case::redirect_without_hub(&[("brk_redirect_uri", MAIL_REDIRECT)], 90014)]
#[case::answer_for_another_hub(
    &[HUB[0], HUB[1], ("redirect_uri", "brk-11111111-0000-4000-8000-0000000000b2://pages.contoso.example")],
    50011
)]
#[case::answer_to_the_page_itself(&[HUB[0], HUB[1], ("redirect_uri", "https://pages.contoso.example/")], 50011)]
#[case::answer_to_the_hub(&[HUB[0], HUB[1], ("redirect_uri", MAIL_REDIRECT)], 50011)]
#[case::answer_elsewhere(&[HUB[0], HUB[1], ("redirect_uri", "brk-11111111-0000-4000-8000-000000000001://evil.example")], 50011)]
#[case::longer_host(&[HUB[0], HUB[1], ("redirect_uri", "brk-11111111-0000-4000-8000-000000000001://pages.contoso.example.evil")], 50011)]
#[case::user_in_front(&[HUB[0], HUB[1], ("redirect_uri", "brk-11111111-0000-4000-8000-000000000001://x@pages.contoso.example")], 50011)]
#[case::no_hub_at_all(&[], 90014)]
#[case::any_hub_without_one(&[("redirect_uri", "brk-multihub://pages.contoso.example")], 90014)]
#[tokio::test]
async fn who_may_not_ask_for_the_app_gets_nothing(#[case] more: &[(&str, &str)], #[case] expected: u32) {
    let world = world().await;
    let inner = INNER.to_string();
    let mut fields = vec![("client_id", inner.as_str()), ("redirect_uri", INNER_REDIRECT)];
    fields.extend_from_slice(more);
    let answer = world.get(&super::sign_in_pages::authorize(&world, &verifier(&world), &fields), &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(answer.body.contains(&format!("AADSTS{expected}")), "{}", answer.body);
}

#[tokio::test]
async fn an_app_may_be_open_to_each_hub_that_it_allows() {
    let world = world().await;
    let any = ("redirect_uri", "brk-multihub://pages.contoso.example");
    let verifier = verifier(&world);
    assert!(code(&world, &verifier, &[HUB[0], HUB[1], any]).await.location_parameter("code").is_some());
}

#[tokio::test]
async fn a_hub_of_another_tenant_is_nobody() {
    let world = world().await;
    let new =
        NewTenant { domain: "fabrikam.example".into(), display_name: "Fabrikam".into(), administrator: "root@fabrikam.example".into() };
    let other = setup::create_tenant(&world.ctx, &new).await.unwrap().tenant;
    let theirs = AppId(uuid!("22222222-0000-4000-8000-0000000000b1"));
    let mut unit = world.ctx.store.tenant(other.id).write().await.unwrap();
    let identity = PlatformIdentity::Ios { bundle_id: "com.fabrikam.hub".into() };
    let hub = Application { platform_identities: vec![identity], ..Application::new(theirs, "Hub", world.ctx.now()) };
    unit.applications().create(&hub).await.unwrap();
    unit.commit().await.unwrap();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut inner = Arc::unwrap_or_clone(unit.applications().get(INNER).await.unwrap().unwrap());
    // Not even its id in the registration helps.
    inner.hub_applications.push(theirs);
    let redirect = format!("brk-{theirs}://pages.contoso.example");
    inner.redirect_uris.push(RedirectUri { uri: redirect.clone(), platform: RedirectPlatform::Spa });
    unit.applications().update(&inner).await.unwrap();
    unit.commit().await.unwrap();
    let (inner, theirs) = (INNER.to_string(), theirs.to_string());
    let fields = [
        ("client_id", inner.as_str()),
        ("redirect_uri", &redirect),
        ("brk_client_id", &theirs),
        ("brk_redirect_uri", "msauth.com.fabrikam.hub://auth"),
    ];
    let answer = world.get(&super::sign_in_pages::authorize(&world, &verifier(&world), &fields), &[]).await;
    assert!(answer.status == StatusCode::BAD_REQUEST && answer.body.contains("AADSTS700016"), "{}", answer.body);
}

#[tokio::test]
async fn a_hub_that_is_taken_off_the_registration_is_out_at_once() {
    let world = world().await;
    let verifier = verifier(&world);
    let answer = code(&world, &verifier, &HUB).await;
    let code = answer.location_parameter("code").unwrap();
    let tokens = redeem(&world, &verifier, &code, &HUB).await.json();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut inner = Arc::unwrap_or_clone(unit.applications().get(INNER).await.unwrap().unwrap());
    inner.hub_applications.clear();
    unit.applications().update(&inner).await.unwrap();
    unit.commit().await.unwrap();
    let refused = refresh(&world, tokens["refresh_token"].as_str().unwrap(), &HUB).await;
    assert_eq!(code_of(&refused), 700_025);
}

#[tokio::test]
async fn the_broker_asks_for_an_inner_app_with_its_primary_refresh_token() {
    let world = world().await;
    let (_, token, session_key) = phone_with_prt(&world).await;
    let ask = async |hub: Option<&str>| {
        let claims = RedemptionClaims {
            refresh_token: token.clone(),
            request_nonce: nonce(&world).await,
            client_id: INNER.to_string(),
            scope: "openid offline_access api://contoso-mail/Mail.Read".into(),
            redirect_uri: Some(INNER_REDIRECT.into()),
            brk_client_id: hub.map(str::to_owned),
            brk_redirect_uri: hub.map(|_| MAIL_REDIRECT.to_owned()),
            grant_type: "refresh_token".into(),
            ..RedemptionClaims::default()
        };
        signed(&world, &prt::build_redemption(world.ctx.rng.as_ref(), &session_key, KdfVersion::V2, &claims).unwrap()).await
    };
    assert_eq!(code_of(&ask(None).await), 90014);
    assert_eq!(code_of(&ask(Some(NOTES_ID)).await), 700_025);
    let answer = ask(Some(MAIL_ID)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let plain: Value = serde_json::from_slice(
        &prt::decrypt_response(&session_key, &answer.body, ResponseEncryption::for_request(KdfVersion::V2)).unwrap(),
    )
    .unwrap();
    assert_eq!(claims(&plain["access_token"])["appid"], json!(INNER));
    assert_eq!(code_of(&refresh(&world, plain["refresh_token"].as_str().unwrap(), &[]).await), 70000, "bound to the pair");
}

/// Which of the two apps are on the list, and whether they get in.
#[rstest]
#[case(true, true, true)]
#[case(true, false, false)]
#[case(false, true, false)]
#[tokio::test]
async fn both_apps_must_be_on_the_list_of_approved_apps(#[case] inner: bool, #[case] hub: bool, #[case] granted: bool) {
    let world = world().await;
    let phone = phone_with_prt(&world).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    for (id, approved) in [(INNER, inner), (MAIL_APP, hub)] {
        let app = unit.applications().get(id).await.unwrap().unwrap();
        unit.applications().update(&Application { approved, ..Arc::unwrap_or_clone(app) }).await.unwrap();
    }
    unit.commit().await.unwrap();
    everywhere(&world, json!({ "operator": "OR", "builtInControls": ["approvedApplication"] })).await;
    let inner = INNER.to_string();
    let fields = [("client_id", inner.as_str()), ("redirect_uri", INNER_REDIRECT), HUB[0], HUB[1]];
    let answer = by_broker(&world, &phone, &fields, &[crate::registration::JSON]).await;
    match granted {
        true => assert!(answer.location_parameter("code").is_some(), "{}", answer.body),
        false => assert_eq!(code_of(&answer), 53002),
    }
}
