//! The sign-in pages: who, password, code.

use axum::http::StatusCode;
use doorward_model::rng;
use doorward_wire::oauth::pkce;

use crate::world::{Answer, CLI, CLI_REDIRECT, MAIL_APP, PASSWORD, World};

/// An authorization request of the desktop client for the mail service.
pub(crate) fn authorize(world: &World, verifier: &str, more: &[(&str, &str)]) -> String {
    let client = CLI.to_string();
    let challenge = pkce::challenge(verifier);
    let mut fields = vec![
        ("client_id", client.as_str()),
        ("redirect_uri", CLI_REDIRECT),
        ("response_type", "code"),
        ("scope", "openid profile offline_access api://contoso-mail/Mail.Read"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    format!("{}?{}", world.path("oauth2/v2.0/authorize"), serde_urlencoded::to_string(fields).unwrap())
}

/// Posts a page's form with the browser's cookies.
pub(crate) async fn submit(world: &World, page: &Answer, cookies: &str, fields: &[(&str, &str)]) -> Answer {
    let (ctx, flow_token, canary) = (page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary"));
    let mut all = vec![("ctx", ctx.as_str()), ("flowToken", flow_token.as_str()), ("canary", canary.as_str())];
    all.extend_from_slice(fields);
    world.post(&world.path("login"), &[("cookie", cookies)], &all).await
}

/// Signs Anna in and returns the answer to the client with the browser's cookies.
pub(crate) async fn sign_in(world: &World, verifier: &str, more: &[(&str, &str)]) -> (Answer, String) {
    let page = world.get(&authorize(world, verifier, more), &[]).await;
    let cookies = page.cookies();
    let page = submit(world, &page, &cookies, &[("login", "anna@contoso.example")]).await;
    let answer = submit(world, &page, &cookies, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await;
    let cookies = format!("{cookies}; {}", answer.cookies());
    (answer, cookies)
}

pub(crate) fn verifier(world: &World) -> String {
    rng::secret(world.ctx.rng.as_ref())
}

#[tokio::test]
async fn name_and_password_lead_to_a_code_at_the_redirect_uri_with_the_state() {
    let world = World::new().await;
    let (answer, _) = sign_in(&world, &verifier(&world), &[]).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    assert!(answer.location().as_str().starts_with("http://localhost/?"), "{}", answer.location());
    assert_eq!(answer.location_parameter("state").as_deref(), Some("s1"));
    assert!(answer.location_parameter("code").is_some_and(|code| code.len() == 43));
    assert!(answer.body.contains("<a href=\"http://localhost/?code="), "brokers read the body: {}", answer.body);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let world = World::new().await;
    let mut texts = Vec::new();
    for (login, password) in [("anna@contoso.example", "wrong password"), ("nobody@contoso.example", PASSWORD)] {
        let page = world.get(&authorize(&world, &verifier(&world), &[]), &[]).await;
        let cookies = page.cookies();
        let page = submit(&world, &page, &cookies, &[("login", login)]).await;
        let page = submit(&world, &page, &cookies, &[("login", login), ("passwd", password)]).await;
        assert_eq!(page.status, StatusCode::OK);
        let start = page.body.find("role=\"alert\">").unwrap();
        texts.push(page.body[start..].split('<').next().unwrap().to_owned());
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn a_post_from_another_browser_is_refused() {
    let world = World::new().await;
    let page = world.get(&authorize(&world, &verifier(&world), &[]), &[]).await;
    let other = world.get(&authorize(&world, &verifier(&world), &[]), &[]).await.cookies();
    for cookies in ["", other.as_str()] {
        let answer = submit(&world, &page, cookies, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.cookies().is_empty() || !answer.cookies().contains("session"), "{}", answer.cookies());
    }
}

#[tokio::test]
async fn a_second_request_of_the_same_browser_needs_no_password_unless_the_client_asks_for_it() {
    let world = World::new().await;
    let (_, cookies) = sign_in(&world, &verifier(&world), &[]).await;
    let again = world.get(&authorize(&world, &verifier(&world), &[]), &[("cookie", &cookies)]).await;
    assert_eq!(again.status, StatusCode::FOUND);
    let login = world.get(&authorize(&world, &verifier(&world), &[("prompt", "login")]), &[("cookie", &cookies)]).await;
    assert_eq!(login.status, StatusCode::OK);
    world.clock.advance(25 * 3600);
    let later = world.get(&authorize(&world, &verifier(&world), &[]), &[("cookie", &cookies)]).await;
    assert_eq!(later.status, StatusCode::OK, "a day later the password is asked for again");
}

#[tokio::test]
async fn prompt_none_without_a_session_is_answered_with_login_required() {
    let world = World::new().await;
    let answer = world.get(&authorize(&world, &verifier(&world), &[("prompt", "none")]), &[]).await;
    assert_eq!(answer.location_parameter("error").as_deref(), Some("login_required"));
    assert_eq!(answer.location_parameter("state").as_deref(), Some("s1"));
}

#[tokio::test]
async fn nothing_is_sent_to_a_redirect_uri_that_is_not_registered() {
    let world = World::new().await;
    let mail = MAIL_APP.to_string();
    let cases: [&[(&str, &str)]; 5] = [
        &[("redirect_uri", "https://evil.example/")],
        &[("redirect_uri", "http://localhost.evil.example/")],
        &[("client_id", "99999999-0000-4000-8000-000000000000")],
        // An app that is not the approved one cannot get at its redirect: bundle id and signing hash are in it.
        &[("client_id", &mail), ("redirect_uri", "msauth.com.evil.mail://auth")],
        &[("client_id", &mail), ("redirect_uri", "msauth://com.contoso.mail/AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D")],
    ];
    for more in cases {
        let answer = world.get(&authorize(&world, &verifier(&world), more), &[]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{more:?}");
        assert!(answer.headers.get("location").is_none(), "{more:?}");
    }
}

#[tokio::test]
async fn a_public_client_must_use_pkce_with_s256() {
    let world = World::new().await;
    for more in [[("code_challenge_method", "plain")], [("code_challenge", "short")]] {
        let answer = world.get(&authorize(&world, &verifier(&world), &more), &[]).await;
        assert_eq!(answer.location_parameter("error").as_deref(), Some("invalid_request"), "{more:?}");
    }
}

#[tokio::test]
async fn guessing_from_a_strange_place_does_not_lock_the_owner_out() {
    let world = World::new().await;
    // Anna signs in from her own place first.
    let (answer, _) = sign_in(&world, &verifier(&world), &[]).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let attempts = &world.ctx.attempts;
    let strange = doorward_service::attempts::Origin::Address("203.0.113.9".parse().unwrap());
    let refused = (0..50).filter(|_| !attempts.allow(world.tenant.id, "anna@contoso.example", strange)).count();
    assert!(refused >= 30, "guessing is stopped: {refused}");
    let (answer, _) = sign_in(&world, &verifier(&world), &[]).await;
    assert_eq!(answer.status, StatusCode::FOUND, "her own place still works");
}

#[tokio::test]
async fn a_password_that_was_handed_out_must_be_changed_before_anything_else() {
    let world = World::new().await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut anna = world.anna.clone();
    anna.force_change_password = true;
    unit.users().update(&anna).await.unwrap();
    unit.commit().await.unwrap();
    let (page, _) = sign_in(&world, &verifier(&world), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    let first = world.get(&authorize(&world, &verifier(&world), &[]), &[]).await;
    let cookies = first.cookies();
    let page = submit(&world, &first, &cookies, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await;
    let new = "a much longer secret 9";
    let fields = |new: &'static str, repeated: &'static str| {
        [("login", "anna@contoso.example"), ("passwd", PASSWORD), ("newpasswd", new), ("confirmnewpasswd", repeated)]
    };
    let weak = submit(&world, &page, &cookies, &fields("short", "short")).await;
    assert!(weak.body.contains("at least 12 characters"), "{}", weak.body);
    let differing = submit(&world, &page, &cookies, &fields(new, "another one altogether")).await;
    assert!(differing.body.contains("differ"), "{}", differing.body);
    let done = submit(&world, &page, &cookies, &fields(new, new)).await;
    assert_eq!(done.status, StatusCode::FOUND, "{}", done.body);
}
