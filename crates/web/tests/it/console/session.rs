//! Signing in, coming back, staying signed in, and out.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{Browser, ORIGIN, path_of};
use crate::world::{World, person};

const COOKIE: &str = "__Host-doorward-console";

#[tokio::test]
async fn a_sign_in_leads_back_to_the_page_that_was_asked_for() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let page = browser.sign_in(&world, &world.admin, "/console/sign-ins?outcome=refused").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<option value=\"refused\" selected>"), "{}", page.body);
    assert!(page.body.contains("admin@contoso.example"));
}

#[tokio::test]
async fn the_request_is_an_ordinary_authorization_request_with_pkce_state_and_nonce() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let first = browser.get(&world, "/console").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let authorize = browser.get(&world, &path_of(&first)).await;
    let location = authorize.location();
    assert_eq!(location.path(), world.path("oauth2/v2.0/authorize"));
    for (name, expected) in [
        ("redirect_uri", Some("https://login.contoso.example/console/callback")),
        ("code_challenge_method", Some("S256")),
        ("response_type", Some("code")),
    ] {
        assert_eq!(authorize.location_parameter(name).as_deref(), expected, "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(authorize.location_parameter(name).is_some_and(|value| value.len() >= 43), "{name}");
    }
}

#[tokio::test]
async fn the_cookie_is_for_this_host_and_no_script_and_small_enough_for_every_browser() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let page = browser.follow(&world, "/console").await;
    let fields = |page: &crate::world::Answer| [page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary")];
    let [ctx, flow, canary] = fields(&page);
    let login = [("ctx", ctx.as_str()), ("flowToken", &flow), ("canary", &canary), ("login", "admin@contoso.example")];
    let page = browser.send_form(&world, &world.path("login"), &login).await;
    let [ctx, flow, canary] = fields(&page);
    let login = [
        ("ctx", ctx.as_str()),
        ("flowToken", &flow),
        ("canary", &canary),
        ("login", "admin@contoso.example"),
        ("passwd", crate::world::PASSWORD),
    ];
    let answer = browser.send_form(&world, &world.path("login"), &login).await;
    let back = browser.get(&world, &path_of(&answer)).await;
    let set = back.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-doorward-console="), "{set}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(set.contains(attribute), "{attribute}");
    }
    assert!(set.len() < 4096, "{} bytes", set.len());
    let unknown = browser.get(&world, "/console/callback?code=x&state=y").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_code_is_taken_only_in_the_browser_that_asked_for_it() {
    let world = World::new().await;
    let mut victim = Browser::default();
    let mut attacker = Browser::default();
    let page = attacker.follow(&world, "/console").await;
    let login = world.admin.user_principal_name.as_str();
    let mut answer = page;
    for password in [None, Some(crate::world::PASSWORD)] {
        let (ctx, flow, canary) = (answer.hidden("ctx"), answer.hidden("flowToken"), answer.hidden("canary"));
        let mut fields = vec![("ctx", ctx.as_str()), ("flowToken", &flow), ("canary", &canary), ("login", login)];
        fields.extend(password.map(|password| ("passwd", password)));
        answer = attacker.send_form(&world, &world.path("login"), &fields).await;
    }
    let callback = path_of(&answer);
    assert!(callback.starts_with("/console/callback?code="), "{callback}");
    // The victim has begun a sign-in too, so there is a cookie; it is another one.
    victim.follow(&world, "/console").await;
    assert_eq!(victim.get(&world, &callback).await.status, StatusCode::BAD_REQUEST);
    assert!(victim.cookie(COOKIE).is_none());
    assert_eq!(attacker.follow(&world, &callback).await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_own_pages_are_come_back_to() {
    let world = World::new().await;
    for (back, expected) in [
        ("/console/audit?after=x", "/console/audit?after=x"),
        ("https://attacker.example/console", "/console"),
        ("//attacker.example/console", "/console"),
        ("/\\attacker.example/console", "/console"),
        ("/console/../oauth2", "/console"),
        ("/consoles", "/console"),
        ("console", "/console"),
        ("/other", "/console"),
    ] {
        let mut browser = Browser::default();
        let query = serde_urlencoded::to_string([("return", back)]).unwrap();
        let page = browser.follow(&world, &format!("/console/sign-in?{query}")).await;
        let mut answer = page;
        for password in [None, Some(crate::world::PASSWORD)] {
            let (ctx, flow, canary) = (answer.hidden("ctx"), answer.hidden("flowToken"), answer.hidden("canary"));
            let mut fields = vec![("ctx", ctx.as_str()), ("flowToken", &flow), ("canary", &canary), ("login", "admin@contoso.example")];
            fields.extend(password.map(|password| ("passwd", password)));
            answer = browser.send_form(&world, &world.path("login"), &fields).await;
        }
        let callback = browser.get(&world, &path_of(&answer)).await;
        assert_eq!(path_of(&callback), expected, "{back}");
    }
}

#[tokio::test]
async fn a_token_that_has_run_out_is_renewed_unseen_and_decided_again() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let before = browser.cookie(COOKIE).unwrap().to_owned();
    world.clock.advance(3 * 3600);
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::OK);
    assert_ne!(browser.cookie(COOKIE), Some(before.as_str()));
    world.ctx.sign_in_log.flush().await;
    let page = browser.get(&world, "/console/sign-ins").await;
    assert!(page.body.contains("Renewal of a token") && page.body.contains("Doorward Console"), "{}", page.body);
}

#[tokio::test]
async fn the_tenants_own_policies_hold_for_the_console_alone_by_its_bundle() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    // Somebody must be left who can undo it.
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    let root = unit.users().find("root@contoso.example").await.unwrap().unwrap().id;
    drop(unit);
    let policy = json!({
        "displayName": "No console for most",
        "state": "enabled",
        "conditions": {
            "users": { "includeUsers": ["All"], "excludeUsers": [root] },
            "applications": { "includeApplications": ["MicrosoftAdminPortals"] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    let made = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, &policy).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::OK, "until the token runs out");
    world.clock.advance(3 * 3600);
    let page = browser.follow(&world, "/console").await;
    assert!(page.body.contains("AADSTS53003"), "{}", page.body);
    let graph = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    assert_eq!(world.json(Method::GET, "/v1.0/me", &graph, &Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_for_the_admin_api_does_not_open_the_console_and_the_other_way_round() {
    let world = World::new().await;
    let graph = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let console = world.access_token(&world.admin, "api://doorward-console/Console.Use").await;
    assert_eq!(world.json(Method::GET, "/v1.0/me", &console, &Value::Null).await.status, StatusCode::UNAUTHORIZED);
    for token in [graph, console] {
        // The command line may ask for such a token, but a session holds only the console's own.
        let content = json!({ "tenant": world.tenant.id, "access": token, "refresh": "" });
        let sealed = world.ctx.master_key.seal_text(world.ctx.rng.as_ref(), "session of /console", content.to_string().as_bytes()).unwrap();
        let mut browser = Browser::default();
        browser.set_cookie(COOKIE, Some(&sealed));
        assert_eq!(browser.get(&world, "/console").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_withdrawn_session_and_a_forged_cookie_open_nothing() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let good = browser.cookie(COOKIE).unwrap().to_owned();
    browser.set_cookie(COOKIE, Some(&format!("{good}x")));
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::SEE_OTHER);
    browser.set_cookie(COOKIE, Some(&good));
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::OK);
    let token = browser.form_token(&world).await;
    let out = browser.send_form(&world, "/console/sign-out", &[("form_token", &token)]).await;
    assert_eq!(path_of(&out), world.path("oauth2/v2.0/logout"));
    browser.follow(&world, &path_of(&out)).await;
    // Whoever kept a copy of the cookie has nothing either: the session behind it has ended.
    browser.set_cookie(COOKIE, Some(&good));
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_is_taken_only_from_a_page_that_was_made_for_this_person() {
    let world = World::new().await;
    let other = person(&world.ctx, "other", vec![doorward_model::role::Role::GlobalAdministrator]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&other).await.unwrap();
    unit.commit().await.unwrap();
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let foreign = Browser::signed_in(&world, &other).await.form_token(&world).await;
    let own = browser.form_token(&world).await;
    let path = "/console/sign-out";
    let cookie = browser.header();
    type Headers = [(&'static str, &'static str)];
    let cases: [(&str, &Headers, &str); 6] = [
        ("no word of where it comes from", &[], &own),
        ("another site", &[("sec-fetch-site", "cross-site")], &own),
        ("another host of the domain", &[("sec-fetch-site", "same-site")], &own),
        ("another origin", &[("origin", "https://attacker.example")], &own),
        ("no token", &[("sec-fetch-site", "same-origin")], ""),
        ("somebody else's token", &[("sec-fetch-site", "same-origin"), ("origin", ORIGIN)], &foreign),
    ];
    for (name, more, token) in cases {
        let mut headers = vec![("cookie", cookie.as_str())];
        headers.extend_from_slice(more);
        let answer = world.post(path, &headers, &[("form_token", token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_whose_session_has_ended_keeps_every_field_until_it_can_be_sent_again() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let token = browser.form_token(&world).await;
    let good = browser.cookie(COOKIE).unwrap().to_owned();
    browser.set_cookie(COOKIE, None);
    let fields = [("form_token", token.as_str()), ("restricted", "one"), ("restricted", "two"), ("note", "<b>\"typed\"</b>")];
    let page = browser.send_form(&world, "/console/services/mail/draft", &fields).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    for kept in ["value=\"one\"", "value=\"two\"", "name=\"note\"", "action=\"/console/services/mail/draft\"", "target=\"_blank\""] {
        assert!(page.body.contains(kept), "{kept}: {}", page.body);
    }
    assert!(!page.body.contains("<b>"), "what was typed is no markup");
    // Signed in again, the same fields with the same token are taken; there is only no such service.
    browser.set_cookie(COOKIE, Some(&good));
    assert_eq!(browser.send_form(&world, "/console/services/mail/draft", &fields).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_that_nothing_is_at_says_so_to_whoever_is_signed_in() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    for path in ["/console/nothing", "/console/sign-ins/nothing", "/console/services/nothing", "/console/a/b/c"] {
        let page = browser.get(&world, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("There is no such page"), "{path}: {}", page.body);
    }
    assert_eq!(Browser::default().get(&world, "/console/nothing").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn where_there_are_several_organisations_the_domain_tells_which() {
    let world = World::new().await;
    let new = doorward_service::setup::NewTenant {
        domain: "fabrikam.example".into(),
        display_name: "Fabrikam".into(),
        administrator: "root@fabrikam.example".into(),
    };
    doorward_service::setup::create_tenant(&world.ctx, &new).await.unwrap();
    let mut browser = Browser::default();
    let page = browser.follow(&world, "/console").await;
    assert!(page.body.contains("Which organisation?"), "{}", page.body);
    let unknown = browser.follow(&world, "/console/sign-in?account=anna%40nowhere.example").await;
    assert!(unknown.body.contains("aria-invalid=\"true\"") && unknown.body.contains("anna@nowhere.example"));
    let known = browser.follow(&world, "/console/sign-in?account=admin%40contoso.example").await;
    assert!(known.body.contains("Doorward Console") && known.body.contains("Contoso"), "{}", known.body);
}

#[tokio::test]
async fn tenants_of_an_earlier_release_get_the_console_at_the_start_and_only_once() {
    let world = World::new().await;
    let console = doorward_service::resource::CONSOLE;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.applications().delete(console).await.unwrap();
    unit.commit().await.unwrap();
    let before = world.audits().await.len();
    for _ in 0..2 {
        doorward_service::setup::complete_tenants(&world.ctx).await.unwrap();
        assert_eq!(world.audits().await.len(), before + 1);
    }
    Browser::signed_in(&world, &world.admin).await;
}
