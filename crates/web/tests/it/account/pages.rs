//! What My account asks for before a change, and what comes of it.

use axum::http::StatusCode;
use doorward_service::account;
use serde_json::{Value, json};

use crate::authenticator::{Answering, Authenticator};
use crate::authority::second_factor::{code_now, policy, secret_on, wrong_code};
use crate::console::browser::{Browser, path_of};
use crate::world::{Answer, PASSWORD, World};

/// Posts to a page with the hidden fields that it has.
async fn post(world: &World, browser: &mut Browser, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
    let hidden = |name: &str| if page.body.contains(&format!("name=\"{name}\" value=")) { page.hidden(name) } else { String::new() };
    let (token, state, back) = (page.hidden("form_token"), hidden("state"), hidden("return"));
    let mut all = vec![("form_token", token.as_str()), ("state", state.as_str()), ("return", back.as_str())];
    all.extend_from_slice(fields);
    browser.send_form(world, path, &all).await
}

/// A browser in which Anna has set up an authenticator app a moment ago; its secret and the recovery codes.
pub(crate) async fn with_app(world: &World) -> (Browser, Vec<u8>, Vec<String>) {
    let mut anna = Browser::at_account(world, &world.anna).await;
    let page = anna.get(world, "/account/app").await;
    let secret = secret_on(&page);
    let codes = post(world, &mut anna, &page, "/account/app", &[("newotc", &code_now(world, &secret))]).await;
    assert!(codes.body.contains("Save your recovery codes"), "{}", codes.body);
    let codes = codes.body.split("<ol class=\"codes\">").nth(1).unwrap().split("</ol>").next().unwrap();
    let codes: Vec<String> = codes.split("<li>").skip(1).map(|item| item.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (anna, secret, codes)
}

async fn newest(world: &World) -> String {
    world.audits().await[0].activity_display_name.clone()
}

#[tokio::test]
async fn an_app_is_added_with_its_first_code_and_a_wrong_one_keeps_the_key() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    let page = anna.get(&world, "/account/app").await;
    let secret = secret_on(&page);
    let again = post(&world, &mut anna, &page, "/account/app", &[("newotc", &wrong_code(&world, &secret))]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("The code is not right") && secret_on(&again) == secret, "{}", again.body);
    world.clock.advance(1);
    let codes = post(&world, &mut anna, &again, "/account/app", &[("newotc", &code_now(&world, &secret))]).await;
    assert!(codes.body.contains("Save your recovery codes"), "{}", codes.body);
    assert_eq!(newest(&world).await, "Register authentication method");
    let list = anna.get(&world, "/account").await;
    assert!(list.body.contains("Authenticator app") && list.body.contains("You have 10 left"), "{}", list.body);
}

#[tokio::test]
async fn a_passkey_is_added_for_the_challenge_of_its_page_alone() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    let page = anna.get(&world, "/account/passkey").await;
    let attribute =
        |page: &Answer, name: &str| page.body.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let wrong = Authenticator::new(b"another key").create(&Answering::to("AAAA", "webauthn.create"));
    let fields: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = post(&world, &mut anna, &page, "/account/passkey", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.body);
    let mut key = Authenticator::new(b"anna's key");
    key.user_handle = world.anna.id.0.as_bytes().to_vec();
    let right = key.create(&Answering::to(&attribute(&again, "data-challenge"), "webauthn.create"));
    let fields: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let codes = post(&world, &mut anna, &again, "/account/passkey", &fields).await;
    assert!(codes.body.contains("Save your recovery codes"), "{}", codes.body);
    // Ten minutes later the passkey itself is the proof.
    world.clock.advance(11 * 60);
    let confirm = anna.follow(&world, "/account/recovery-codes").await;
    let proof = key.prove(&Answering::to(&attribute(&confirm, "data-challenge"), "webauthn.get"));
    let fields: Vec<(&str, &str)> = proof.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let on = post(&world, &mut anna, &confirm, "/account/confirm", &fields).await;
    assert_eq!((on.status, path_of(&on).as_str()), (StatusCode::SEE_OTHER, "/account/recovery-codes"), "{}", on.body);
}

#[tokio::test]
async fn after_ten_minutes_a_change_asks_for_the_second_factor_first_and_goes_on_where_it_was_asked() {
    let world = World::new().await;
    let (mut anna, secret, codes) = with_app(&world).await;
    let method = account::second_factors(&world.ctx, world.tenant.id, &world.anna).await.unwrap().methods[0].id;
    let remove = format!("/account/methods/{method}/remove");
    assert_eq!(anna.get(&world, &remove).await.status, StatusCode::OK, "right after setting it up");
    world.clock.advance(10 * 60);
    for path in ["/account/app", "/account/passkey", "/account/recovery-codes", "/account/password", &remove] {
        let detour = anna.get(&world, path).await;
        assert!(path_of(&detour).starts_with("/account/confirm?return="), "{path}: {}", detour.body);
    }
    let token = anna.get(&world, "/account").await.hidden("form_token");
    let before = world.audits().await.len();
    for path in ["/account/app", "/account/passkey", "/account/recovery-codes", "/account/password", &remove] {
        let detour = anna.send_form(&world, path, &[("form_token", &token)]).await;
        assert!(path_of(&detour).starts_with("/account/confirm"), "{path}: {}", detour.body);
    }
    assert_eq!(world.audits().await.len(), before, "nothing is done before the proof");
    let confirm = anna.follow(&world, &remove).await;
    assert!(confirm.body.contains("Is it still you?") && !confirm.body.contains("type=\"password\""), "{}", confirm.body);
    world.clock.advance(1);
    let wrong = post(&world, &mut anna, &confirm, "/account/confirm", &[("otc", &wrong_code(&world, &secret))]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.sign_ins().await[0].circumstances.error_code, 500_121, "a wrong code stands in the log");
    let password = post(&world, &mut anna, &wrong, "/account/confirm", &[("passwd", PASSWORD)]).await;
    assert_eq!(password.status, StatusCode::UNPROCESSABLE_ENTITY, "the password is not enough for who has more");
    let instead = anna.get(&world, &format!("/account/confirm?with=recoveryCode&return={remove}")).await;
    let used = post(&world, &mut anna, &instead, "/account/confirm", &[("recovery", &codes[0])]).await;
    assert_eq!((used.status, path_of(&used)), (StatusCode::SEE_OTHER, remove.clone()), "{}", used.body);
    let question = anna.get(&world, &remove).await;
    assert!(question.body.contains("It is your last one"), "{}", question.body);
    world.clock.advance(1);
    for _ in 0..2 {
        let done = post(&world, &mut anna, &question, &remove, &[]).await;
        assert_eq!(path_of(&done), "/account", "also when it is sent twice");
    }
    assert_eq!(newest(&world).await, "Delete authentication method");
    assert!(anna.get(&world, "/account").await.body.contains("Nothing set up yet"));
}

#[tokio::test]
async fn who_has_only_a_password_gives_it_again_before_the_first_second_factor() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    world.clock.advance(10 * 60);
    let confirm = anna.follow(&world, "/account/app").await;
    assert!(confirm.body.contains("type=\"password\""), "{}", confirm.body);
    world.clock.advance(1);
    let wrong = post(&world, &mut anna, &confirm, "/account/confirm", &[("passwd", "not it at all")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("aria-invalid=\"true\"") && !wrong.body.contains("not it at all"), "{}", wrong.body);
    assert_eq!(world.sign_ins().await[0].circumstances.error_code, 50_126);
    let on = post(&world, &mut anna, &wrong, "/account/confirm", &[("passwd", PASSWORD)]).await;
    assert_eq!(path_of(&on), "/account/app");
    assert_eq!(anna.get(&world, "/account/app").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_proof_leads_on_to_own_pages_alone() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    for (back, expected) in
        [("https://attacker.example/", "/account"), ("/console", "/account"), ("/account/devices?x=1", "/account/devices?x=1")]
    {
        let query = serde_urlencoded::to_string([("return", back)]).unwrap();
        let on = anna.get(&world, &format!("/account/confirm?{query}")).await;
        assert_eq!(path_of(&on), expected, "{back}");
    }
}

#[tokio::test]
async fn a_code_or_key_of_another_session_is_not_taken() {
    let world = World::new().await;
    let mut first = Browser::at_account(&world, &world.anna).await;
    let mut second = Browser::at_account(&world, &world.anna).await;
    let page = first.get(&world, "/account/app").await;
    let secret = secret_on(&page);
    let token = second.get(&world, "/account").await.hidden("form_token");
    let state = page.hidden("state");
    let fields = [("form_token", token.as_str()), ("state", &state), ("newotc", &code_now(&world, &secret))];
    let refused = second.send_form(&world, "/account/app", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_ne!(secret_on(&refused), secret);
}

#[tokio::test]
async fn policies_about_registration_hold_here_too() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    let page = anna.get(&world, "/account/app").await;
    let secret = secret_on(&page);
    let action = json!({ "includeUserActions": ["urn:user:registersecurityinfo"] });
    policy(&world, action, json!({ "operator": "OR", "builtInControls": ["block"] })).await;
    let list = anna.get(&world, "/account").await;
    assert!(!list.body.contains("href=\"/account/app\"") && list.body.contains("only from certain places"), "{}", list.body);
    world.clock.advance(1);
    let refused = post(&world, &mut anna, &page, "/account/app", &[("newotc", &code_now(&world, &secret))]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(account::second_factors(&world.ctx, world.tenant.id, &world.anna).await.unwrap().methods.is_empty());
    assert_eq!(world.sign_ins().await[0].circumstances.error_code, 53_010);
}

#[tokio::test]
async fn a_new_password_is_judged_at_its_field_and_signs_out_everywhere() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    let page = anna.get(&world, "/account/password").await;
    let new = "a much longer secret 9";
    for (old, new, repeated, field) in [
        (PASSWORD, "short", "short", "newpasswd-problem"),
        (PASSWORD, new, "another one", "confirmnewpasswd-problem"),
        ("not it at all", new, new, "passwd-problem"),
        (PASSWORD, PASSWORD, PASSWORD, "newpasswd-problem"),
    ] {
        let fields = [("passwd", old), ("newpasswd", new), ("confirmnewpasswd", repeated)];
        let answer = post(&world, &mut anna, &page, "/account/password", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(&format!("id=\"{field}\"")), "{field}: {}", answer.body);
    }
    assert!(world.sign_ins().await.iter().any(|record| record.circumstances.error_code == 50_126), "a wrong password stands in the log");
    world.clock.advance(1);
    let fields = [("passwd", PASSWORD), ("newpasswd", new), ("confirmnewpasswd", new)];
    let changed = post(&world, &mut anna, &page, "/account/password", &fields).await;
    assert!(changed.body.contains("Your password is changed"), "{}", changed.body);
    assert_eq!(anna.get(&world, "/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sessions_show_which_one_this_is_and_sign_ins_which_apps_were_opened() {
    let world = World::new().await;
    world.access_token(&world.anna, "api://contoso-mail/Mail.Read").await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    let page = anna.get(&world, "/account/sessions").await;
    assert_eq!(page.body.matches("This one").count(), 1);
    assert!(page.body.contains("App that knows your password") && page.body.contains("Command line"), "{}", page.body);
    let out = anna.get(&world, "/account/sign-out-everywhere").await;
    let gone = post(&world, &mut anna, &out, "/account/sign-out-everywhere", &[]).await;
    assert_eq!(path_of(&gone), world.path("oauth2/v2.0/logout"));
    assert_eq!(anna.get(&world, "/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn somebody_with_a_role_is_led_to_the_console_and_everybody_back_to_their_account() {
    let world = World::new().await;
    let console = "class=\"elsewhere\" href=\"/console\"";
    assert!(Browser::at_account(&world, &world.admin).await.get(&world, "/account").await.body.contains(console));
    assert!(!Browser::at_account(&world, &world.anna).await.get(&world, "/account").await.body.contains(console));
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    assert!(admin.get(&world, "/console").await.body.contains("class=\"elsewhere\" href=\"/account\""));
}

#[tokio::test]
async fn a_token_for_my_account_opens_neither_console_nor_admin_api() {
    let world = World::new().await;
    let token = world.access_token(&world.admin, "api://doorward-account/Account.Manage").await;
    assert_eq!(world.json(axum::http::Method::GET, "/v1.0/me", &token, &Value::Null).await.status, StatusCode::UNAUTHORIZED);
    let content = json!({ "tenant": world.tenant.id, "access": token, "refresh": "" });
    for (area, cookie) in [("/account", "__Host-doorward-account"), ("/console", "__Host-doorward-console")] {
        let label = format!("session of {area}");
        let sealed = world.ctx.master_key.seal_text(world.ctx.rng.as_ref(), &label, content.to_string().as_bytes()).unwrap();
        let mut browser = Browser::default();
        browser.set_cookie(cookie, Some(&sealed));
        // Neither here: the command line asked for it, not the page itself.
        assert_eq!(browser.get(&world, area).await.status, StatusCode::SEE_OTHER, "{area}");
    }
}
