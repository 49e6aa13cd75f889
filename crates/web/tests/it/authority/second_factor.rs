//! Second factors at the sign-in pages: what policies ask for, what people register and give, what is refused.

use axum::http::{Method, StatusCode};
use doorward_model::MethodId;
use doorward_model::authentication_method::{AuthenticationMethod, Credential};
use doorward_model::sign_in_record::SignInOutcome;
use doorward_service::attempts::Origin;
use doorward_wire::totp;
use serde_json::{Value, json};

use super::sign_in_pages::{authorize, sign_in, submit, verifier};
use crate::authenticator::{Answering, Authenticator};
use crate::world::{Answer, CLI, CLI_REDIRECT, PASSWORD, World};

pub(crate) const MULTI_FACTOR: &str = "00000000-0000-0000-0000-000000000002";
pub(crate) const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";

/// What a policy of the tests asks for.
pub(crate) fn mfa() -> Value {
    json!({ "operator": "OR", "builtInControls": ["mfa"] })
}

pub(crate) fn strength(id: &str) -> Value {
    json!({ "operator": "OR", "builtInControls": [], "authenticationStrength": { "id": id } })
}

/// A policy for Anna; its id.
pub(crate) async fn policy(world: &World, applications: Value, grant: Value) -> String {
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let body = json!({
        "displayName": "Second factor",
        "state": "enabled",
        "conditions": { "users": { "includeUsers": [world.anna.id] }, "applications": applications, "clientAppTypes": ["all"] },
        "grantControls": grant,
    });
    let answer = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn everywhere(world: &World, grant: Value) -> String {
    policy(world, json!({ "includeApplications": ["All"] }), grant).await
}

/// A browser that Anna sits at.
pub(crate) struct Browser<'w> {
    pub(crate) world: &'w World,
    pub(crate) cookies: String,
    verifier: String,
}

impl<'w> Browser<'w> {
    /// Name and password, and the page that follows.
    pub(crate) async fn sign_in(world: &'w World, more: &[(&str, &str)]) -> (Self, Answer) {
        let verifier = verifier(world);
        let (page, cookies) = sign_in(world, &verifier, more).await;
        (Self { world, cookies, verifier }, page)
    }

    pub(crate) async fn post(&self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        submit(self.world, page, &self.cookies, fields).await
    }

    /// Another request of the same client.
    pub(crate) async fn again(&self, more: &[(&str, &str)]) -> Answer {
        self.world.get(&authorize(self.world, &self.verifier, more), &[("cookie", &self.cookies)]).await
    }

    /// The tokens for the code that the client was sent.
    pub(crate) async fn tokens(&self, answer: &Answer) -> Value {
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        let code = answer.location_parameter("code").unwrap_or_else(|| panic!("{}", answer.location()));
        let client = CLI.to_string();
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", client.as_str()),
            ("code", &code),
            ("redirect_uri", CLI_REDIRECT),
            ("code_verifier", &self.verifier),
        ];
        self.world.token(&fields).await.json()
    }

    /// Registers an authenticator app from the page that offers it; its secret, the recovery codes and the page after them.
    pub(crate) async fn register_app(&self, page: &Answer) -> (Vec<u8>, Vec<String>, Answer) {
        let page = self.post(page, &[("instead", "softwareOath")]).await;
        let secret = secret_on(&page);
        let page = self.post(&page, &[("newotc", &code_now(self.world, &secret))]).await;
        let codes = recovery_codes_on(&page);
        let next = self.post(&page, &[("saved", "yes")]).await;
        (secret, codes, next)
    }
}

/// Asserts which page this is, by its heading.
pub(crate) fn assert_page(answer: &Answer, heading: &str) {
    assert!(answer.body.contains(&format!("<h1>{heading}</h1>")), "not the page {heading:?}: {} {}", answer.status, answer.body);
}

pub(crate) fn amr(token: &Value) -> Vec<String> {
    let claim = doorward_wire::jwt::parse(token.as_str().unwrap()).unwrap().unverified_claims::<Value>().unwrap();
    claim["amr"].as_array().unwrap().iter().map(|method| method.as_str().unwrap().to_owned()).collect()
}

/// The secret that the page shows for typing.
pub(crate) fn secret_on(page: &Answer) -> Vec<u8> {
    assert!(page.body.contains(">Set up an authenticator app</h1>"), "{}", page.body);
    let text = page.body.split("class=\"key\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
    let bits: Vec<u8> = text
        .bytes()
        .flat_map(|letter| {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).unwrap();
            (0..5).rev().map(move |bit| u8::try_from(value >> bit & 1).unwrap())
        })
        .collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect()
}

fn recovery_codes_on(page: &Answer) -> Vec<String> {
    assert_page(page, "Save your recovery codes");
    page.body.split("<li>").skip(1).map(|item| item.split('<').next().unwrap().to_owned()).collect()
}

pub(crate) fn code_now(world: &World, secret: &[u8]) -> String {
    totp::code(secret, totp::step_at(world.ctx.now()))
}

/// A code that is wrong at this time, whatever the secret.
pub(crate) fn wrong_code(world: &World, secret: &[u8]) -> String {
    let now = totp::step_at(world.ctx.now());
    let near: Vec<String> = (now - 1..=now + 1).map(|step| totp::code(secret, step)).collect();
    (0..).map(|number| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
}

#[tokio::test]
async fn who_has_no_second_factor_registers_an_app_and_gets_recovery_codes_once() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Set up a second step");
    let page = anna.post(&page, &[("instead", "softwareOath")]).await;
    let secret = secret_on(&page);
    assert!(page.body.contains("href=\"otpauth://totp/Contoso:anna%40contoso.example?secret="), "{}", page.body);
    let page = anna.post(&page, &[("newotc", &wrong_code(&world, &secret))]).await;
    assert!(page.body.contains("The code is not right."), "{}", page.body);
    assert_eq!(secret_on(&page), secret, "the app keeps the secret that it has scanned");
    let page = anna.post(&page, &[("newotc", &code_now(&world, &secret))]).await;
    let codes = recovery_codes_on(&page);
    assert_eq!((codes.len(), codes[0].len()), (10, 19));
    let answer = anna.post(&page, &[("saved", "yes")]).await;
    let tokens = anna.tokens(&answer).await;
    assert_eq!(amr(&tokens["access_token"]), ["pwd", "otp", "mfa"]);
    assert_eq!(amr(&tokens["id_token"]), ["pwd", "otp", "mfa"]);
}

#[tokio::test]
async fn a_code_of_the_app_works_once_and_within_one_step_of_its_time() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (secret, ..) = anna.register_app(&page).await;
    let used = code_now(&world, &secret);
    world.clock.advance(30);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Enter the code from your app");
    let refused = anna.post(&page, &[("otc", &used)]).await;
    assert!(refused.body.contains("This code was used before."), "the code of the registration: {}", refused.body);
    let now = totp::step_at(world.ctx.now());
    for step in [now - 2, now + 2] {
        let refused = anna.post(&page, &[("otc", &totp::code(&secret, step))]).await;
        assert!(refused.body.contains("The code is not right."), "step {}: {}", step - now, refused.body);
    }
    let ahead = totp::code(&secret, now + 1);
    assert_eq!(anna.post(&page, &[("otc", &format!(" {} {} ", &ahead[..3], &ahead[3..]))]).await.status, StatusCode::FOUND);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    for (step, why) in [(now + 1, "itself"), (now, "older than one that was used")] {
        let refused = anna.post(&page, &[("otc", &totp::code(&secret, step))]).await;
        assert!(refused.body.contains("This code was used before."), "{why}: {}", refused.body);
    }
}

#[tokio::test]
async fn guessing_codes_is_stopped_and_leaves_the_budget_for_passwords_alone() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (secret, ..) = anna.register_app(&page).await;
    world.clock.advance(60);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let wrong = wrong_code(&world, &secret);
    let mut stopped = 0;
    for _ in 0..30 {
        stopped += u32::from(anna.post(&page, &[("otc", &wrong)]).await.body.contains("Too many attempts"));
    }
    assert!(stopped >= 10, "{stopped}");
    let right = anna.post(&page, &[("otc", &code_now(&world, &secret))]).await;
    assert!(right.body.contains("Too many attempts"), "not even the right code is looked at");
    let elsewhere = Origin::Address("203.0.113.1".parse().unwrap());
    assert!(world.ctx.attempts.allow(world.tenant.id, &world.anna.user_principal_name, elsewhere));
}

#[tokio::test]
async fn a_recovery_code_works_once_and_in_any_spelling() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (_, codes, _) = anna.register_app(&page).await;
    let typed = codes[3].replace('-', " ").to_uppercase();
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let page = anna.post(&page, &[("instead", "recoveryCode")]).await;
    assert_page(&page, "Enter a recovery code");
    let answer = anna.post(&page, &[("recovery", &typed)]).await;
    assert_eq!(amr(&anna.tokens(&answer).await["access_token"]), ["pwd", "recovery", "mfa"]);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let page = anna.post(&page, &[("instead", "recoveryCode")]).await;
    for code in [&codes[3], "aaaa-aaaa-aaaa-aaaa", "", "short"] {
        let refused = anna.post(&page, &[("recovery", code)]).await;
        assert!(refused.body.contains("The code is not right."), "{code:?}: {}", refused.body);
    }
    assert_eq!(anna.post(&page, &[("recovery", &codes[4])]).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn a_strength_offers_only_what_meets_it() {
    let world = World::new().await;
    let required = everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (secret, ..) = anna.register_app(&page).await;
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let path = format!("/v1.0/identity/conditionalAccess/policies/{required}");
    // Password and app together are a strength; recovery codes are in none, so they are not offered.
    let change = json!({ "grantControls": strength(MULTI_FACTOR) });
    assert_eq!(world.json(Method::PATCH, &path, &admin, &change).await.status, StatusCode::NO_CONTENT);
    world.clock.advance(60);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Enter the code from your app");
    assert!(!page.body.contains("recovery code"), "{}", page.body);
    assert_eq!(anna.post(&page, &[("otc", &code_now(&world, &secret))]).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn who_has_a_second_factor_gives_it_before_registering_a_stronger_one() {
    let world = World::new().await;
    let weak = everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (secret, ..) = anna.register_app(&page).await;
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    world.json(Method::DELETE, &format!("/v1.0/identity/conditionalAccess/policies/{weak}"), &admin, &Value::Null).await;
    everywhere(&world, strength(PHISHING_RESISTANT)).await;
    world.clock.advance(60);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Enter the code from your app");
    let page = anna.post(&page, &[("otc", &code_now(&world, &secret))]).await;
    assert_page(&page, "Create a passkey");
    assert!(!page.body.contains("softwareOath"), "an app does not meet the policy: {}", page.body);
    let passkey = Authenticator::new(b"new passkey");
    let challenge = challenge_on(&page);
    let fields = passkey.create(&Answering::to(&challenge, "webauthn.create"));
    // The code lies too far back now: a session that was left open registers nothing.
    world.clock.advance(11 * 60);
    let late = anna.post(&page, &borrowed(&fields)).await;
    assert_ne!(late.status, StatusCode::FOUND);
    let page = anna.again(&[]).await;
    assert_page(&page, "Enter the code from your app");
    let page = anna.post(&page, &[("otc", &code_now(&world, &secret))]).await;
    let fields = passkey.create(&Answering::to(&challenge_on(&page), "webauthn.create"));
    let answer = anna.post(&page, &borrowed(&fields)).await;
    assert_eq!(amr(&anna.tokens(&answer).await["access_token"]), ["pwd", "otp", "mfa", "fido"], "no new recovery codes on the way");
}

#[tokio::test]
async fn a_page_of_one_session_is_of_no_use_in_another() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let page = anna.post(&page, &[("instead", "softwareOath")]).await;
    let secret = secret_on(&page);
    // Anna signs in again in the same browser: the cookie is of another session now.
    let other = world.get(&authorize(&world, &verifier(&world), &[("prompt", "login")]), &[("cookie", &anna.cookies)]).await;
    let next = submit(&world, &other, &anna.cookies, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await;
    let browser = anna.cookies.split("; ").next().unwrap().to_owned();
    let cookies = format!("{browser}; {}", next.cookies());
    let refused = submit(&world, &page, &cookies, &[("newotc", &code_now(&world, &secret))]).await;
    assert!(refused.body.contains("Your sign-in has ended."), "{}", refused.body);
    let refused = submit(&world, &page, &browser, &[("newotc", &code_now(&world, &secret))]).await;
    assert!(refused.body.contains("Your sign-in has ended."), "{}", refused.body);
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_client_learns_what_is_missing() {
    let world = World::new().await;
    let (anna, answer) = Browser::sign_in(&world, &[]).await;
    let tokens = anna.tokens(&answer).await;
    let id = everywhere(&world, mfa()).await;
    let silent = anna.again(&[("prompt", "none")]).await;
    assert_eq!(silent.location_parameter("error").as_deref(), Some("interaction_required"));
    assert_eq!(silent.location_parameter("suberror").as_deref(), Some("basic_action"));
    assert!(silent.location_parameter("claims").unwrap().contains(&id));
    let client = CLI.to_string();
    let refresh = [("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let refused = world.token(&refresh).await.json();
    assert_eq!((refused["error"].as_str(), refused["error_codes"][0].as_u64()), (Some("interaction_required"), Some(50076)));
    assert_eq!(refused["suberror"], "basic_action");
}

#[tokio::test]
async fn a_refresh_token_keeps_the_methods_that_it_came_from() {
    let world = World::new().await;
    let (anna, answer) = Browser::sign_in(&world, &[]).await;
    let before = anna.tokens(&answer).await;
    everywhere(&world, mfa()).await;
    let page = anna.again(&[]).await;
    let (.., answer) = anna.register_app(&page).await;
    let after = anna.tokens(&answer).await;
    let client = CLI.to_string();
    let refresh = async |tokens: &Value| {
        let token = tokens["refresh_token"].as_str().unwrap();
        world.token(&[("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", token)]).await.json()
    };
    assert_eq!(refresh(&before).await["error_codes"][0], 50076, "what was issued before the second factor has none");
    let refreshed = refresh(&after).await;
    assert_eq!(amr(&refreshed["access_token"]), ["pwd", "otp", "mfa"]);
    assert_eq!(amr(&refresh(&refreshed).await["access_token"]), ["pwd", "otp", "mfa"]);
}

#[tokio::test]
async fn a_policy_about_registering_is_judged_by_what_was_given_before() {
    let action = json!({ "includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"] });
    let blocked = json!({ "operator": "OR", "builtInControls": ["block"] });
    let managed = json!({ "operator": "OR", "builtInControls": ["compliantDevice"] });
    for grant in [blocked, managed, mfa()] {
        let world = World::new().await;
        everywhere(&world, mfa()).await;
        policy(&world, action.clone(), grant.clone()).await;
        let (_, page) = Browser::sign_in(&world, &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{grant}: {}", page.body);
        assert!(page.body.contains("AADSTS53010"), "{grant}: {}", page.body);
    }
}

#[tokio::test]
async fn an_authentication_context_is_stepped_up_to_and_named_in_the_tokens() {
    let world = World::new().await;
    let context = json!({ "includeApplications": [], "includeAuthenticationContextClassReferences": ["c1"] });
    policy(&world, context, mfa()).await;
    let (anna, answer) = Browser::sign_in(&world, &[]).await;
    let plain = anna.tokens(&answer).await;
    let claims = |token: &Value| doorward_wire::jwt::parse(token.as_str().unwrap()).unwrap().unverified_claims::<Value>().unwrap();
    assert!(claims(&plain["access_token"]).get("acrs").is_none());
    let wish = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let silent = anna.again(&[("claims", wish), ("prompt", "none")]).await;
    assert_eq!(silent.location_parameter("error").as_deref(), Some("interaction_required"));
    let page = anna.again(&[("claims", wish)]).await;
    let (.., answer) = anna.register_app(&page).await;
    let tokens = anna.tokens(&answer).await;
    assert_eq!(claims(&tokens["access_token"])["acrs"], json!(["c1"]));
    assert_eq!(claims(&tokens["id_token"])["acrs"], json!(["c1"]));
    // A refresh token that was made before does not reach the context; the new one does.
    let client = CLI.to_string();
    for (tokens, granted) in [(&plain, false), (&tokens, true)] {
        let token = tokens["refresh_token"].as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", token), ("claims", wish)];
        let answer = world.token(&fields).await.json();
        assert_eq!(answer.get("access_token").is_some(), granted, "{answer}");
    }
}

#[tokio::test]
async fn approving_a_device_code_asks_for_the_second_factor_that_its_client_will_need() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let client = CLI.to_string();
    let fields = [("client_id", client.as_str()), ("scope", "openid api://contoso-mail/Mail.Read")];
    let started = world.post(&world.path("oauth2/v2.0/devicecode"), &[], &fields).await.json();
    let page = world.get(&world.path("oauth2/deviceauth"), &[]).await;
    let mut cookies = page.cookies();
    let user_code = started["user_code"].as_str().unwrap();
    let (ctx, canary) = (page.hidden("ctx"), page.hidden("canary"));
    let fields = [("ctx", ctx.as_str()), ("canary", &canary), ("user_code", user_code)];
    let page = world.post(&world.path("oauth2/deviceauth"), &[("cookie", &cookies)], &fields).await;
    let page = submit(&world, &page, &cookies, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await;
    cookies = format!("{cookies}; {}", page.cookies());
    assert_page(&page, "Set up a second step");
    let page = submit(&world, &page, &cookies, &[("instead", "softwareOath")]).await;
    let secret = secret_on(&page);
    let page = submit(&world, &page, &cookies, &[("newotc", &code_now(&world, &secret))]).await;
    let page = submit(&world, &page, &cookies, &[("saved", "yes")]).await;
    assert!(page.body.contains("Command line"), "the page names the app: {}", page.body);
    let (ctx, canary) = (page.hidden("ctx"), page.hidden("canary"));
    let fields = [("ctx", ctx.as_str()), ("canary", &canary), ("user_code", user_code), ("answer", "continue")];
    world.post(&world.path("oauth2/deviceauth"), &[("cookie", &cookies)], &fields).await;
    let fields = [("grant_type", "device_code"), ("client_id", &client), ("device_code", started["device_code"].as_str().unwrap())];
    assert_eq!(amr(&world.token(&fields).await.json()["access_token"]), ["pwd", "otp", "mfa"]);
}

#[tokio::test]
async fn the_log_names_the_methods_used_and_what_was_wrong() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    // The audit orders by time.
    world.clock.advance(1);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let page = anna.post(&page, &[("instead", "softwareOath")]).await;
    let secret = secret_on(&page);
    anna.post(&page, &[("newotc", &wrong_code(&world, &secret))]).await;
    let page = anna.post(&page, &[("newotc", &code_now(&world, &secret))]).await;
    let answer = anna.post(&page, &[("saved", "yes")]).await;
    anna.tokens(&answer).await;
    let records = world.sign_ins().await;
    let mut seen: Vec<(&str, u32, SignInOutcome)> = records
        .iter()
        .filter(|record| record.circumstances.user_principal_name == world.anna.user_principal_name)
        .map(|record| (record.circumstances.grant.as_str(), record.circumstances.error_code, record.circumstances.outcome))
        .collect();
    seen.sort_by_key(|(grant, code, _)| (*grant, *code));
    assert_eq!(
        seen,
        [
            ("authorization_code", 0, SignInOutcome::Granted),
            ("authorize", 50076, SignInOutcome::Interrupted),
            ("register_security_info", 0, SignInOutcome::Granted),
            ("sign_in", 500_121, SignInOutcome::Refused),
        ]
    );
    let granted = records.iter().find(|record| record.circumstances.grant == "authorization_code").unwrap();
    let facts = granted.circumstances.facts.value();
    assert_eq!(facts["amr"], json!(["pwd", "otp", "mfa"]));
    assert_eq!(facts["authenticationMethods"], json!(["password", "softwareOath"]));
    let audits = world.audits().await;
    assert_eq!(audits[0].activity_display_name, "Register authentication method");
    assert_eq!(audits[0].initiated_by.display_name, world.anna.user_principal_name);
    assert!(!audits[0].after.to_string().contains("ecret"), "{}", audits[0].after);
}

#[tokio::test]
async fn when_the_last_method_is_taken_away_the_person_registers_anew_and_old_recovery_codes_are_void() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (_, old_codes, _) = anna.register_app(&page).await;
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let path = format!("/v1.0/users/{}/authentication", world.anna.id);
    let listed = world.json(Method::GET, &format!("{path}/methods"), &admin, &Value::Null).await.json();
    let app = listed["value"][1]["id"].as_str().unwrap().to_owned();
    let deleted = world.json(Method::DELETE, &format!("{path}/softwareOathMethods/{app}"), &admin, &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Set up a second step");
    let (_, codes, _) = anna.register_app(&page).await;
    assert!(old_codes.iter().all(|code| !codes.contains(code)));
}

#[tokio::test]
async fn requiring_registration_again_ends_sessions_and_leaves_no_second_factor() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (_, codes, _) = anna.register_app(&page).await;
    let actor = doorward_service::directory::Actor::user(&world.admin);
    world.clock.advance(1);
    doorward_service::directory::require_registration_again(&world.ctx, world.tenant.id, &actor, world.anna.id).await.unwrap();
    world.clock.advance(1);
    let page = anna.again(&[]).await;
    assert_page(&page, "Sign in");
    let (_, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Set up a second step");
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    assert_eq!(unit.authentication_methods().recovery_codes_left(world.anna.id).await.unwrap(), 0);
    assert_eq!(codes.len(), 10);
    let newest = &world.audits().await[0];
    assert_eq!(newest.activity_display_name, "Require registration of authentication method");
}

#[tokio::test]
async fn a_secret_is_wrapped_for_its_owner_and_opens_for_nobody_else() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (secret, ..) = anna.register_app(&page).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let app = unit.authentication_methods().of_user(world.anna.id).await.unwrap().remove(0);
    let Credential::SoftwareOath { wrapped_secret } = &app.credential else { panic!("an app") };
    assert!(!wrapped_secret.windows(secret.len()).any(|window| window == secret), "wrapped at rest");
    // Somebody who can write to the database gives the administrator Anna's app.
    let stolen = AuthenticationMethod { id: MethodId::random(world.ctx.rng.as_ref()), user_id: world.admin.id, counter: 0, ..app };
    unit.authentication_methods().create(&stolen).await.unwrap();
    let code = code_now(&world, &secret);
    let verified =
        doorward_service::authentication_method::software_oath::verify(&world.ctx, unit.as_mut(), &world.tenant, &world.admin, &code).await;
    assert!(verified.is_err());
}

/// The challenge on a page with a passkey.
pub(crate) fn challenge_on(page: &Answer) -> String {
    page.body.split("data-challenge=\"").nth(1).unwrap_or_else(|| panic!("{}", page.body)).split('"').next().unwrap().to_owned()
}

pub(crate) fn borrowed<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
