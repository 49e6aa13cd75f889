//! The sign-in pages as programs read them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::second_factor::{Browser, amr, code_now, wrong_code};
use super::sign_in_pages::{authorize, verifier};
use crate::world::{Answer, CLI, PASSWORD, World};

const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
const BROKER_REDIRECT: &str = "msauth://Microsoft.AAD.BrokerPlugin";

/// The state of a page, cut out as existing clients do.
pub(crate) fn state(page: &Answer) -> Value {
    let start = page.body.find("$Config=").unwrap_or_else(|| panic!("no state: {} {}", page.status, page.body)) + "$Config=".len();
    let end = page.body.rfind("//]]>").unwrap() - 2;
    serde_json::from_str(&page.body[start..end]).unwrap()
}

fn text<'a>(state: &'a Value, name: &str) -> &'a str {
    state[name].as_str().unwrap_or_else(|| panic!("{name}: {state}"))
}

/// A broker in the middle of a sign-in.
struct Broker<'w> {
    world: &'w World,
    cookies: String,
    state: Value,
}

impl<'w> Broker<'w> {
    async fn open(world: &'w World, more: &[(&str, &str)]) -> Self {
        let mut fields = vec![
            ("client_id", BROKER),
            ("response_type", "code"),
            ("redirect_uri", BROKER_REDIRECT),
            ("resource", "https://graph.microsoft.com"),
        ];
        fields.extend_from_slice(more);
        let page = world.get(&format!("{}?{}", world.path("oauth2/authorize"), serde_urlencoded::to_string(fields).unwrap()), &[]).await;
        Self { world, cookies: page.cookies(), state: state(&page) }
    }

    /// Posts the form that the state describes, and reads the next state if a page comes.
    async fn post(&mut self, more: &[(&str, &str)]) -> Answer {
        let url = text(&self.state, "urlPost").replace("https://login.contoso.example", "");
        let fields = ["sCtx", "sFT", "canary"].map(|name| text(&self.state, name).to_owned());
        let mut all = vec![("ctx", fields[0].as_str()), ("flowToken", &fields[1]), ("canary", &fields[2])];
        all.extend_from_slice(more);
        let answer = self.world.post(&url, &[("cookie", &self.cookies)], &all).await;
        if !answer.cookies().is_empty() {
            self.cookies = format!("{}; {}", self.cookies, answer.cookies());
        }
        if answer.body.contains("$Config=") {
            self.state = state(&answer);
        }
        answer
    }

    async fn password(&mut self, password: &str) -> Answer {
        self.post(&[("login", "anna@contoso.example"), ("passwd", password)]).await
    }

    /// Sends a message about a second factor.
    async fn message(&self, address: &str, code: Option<&str>) -> Answer {
        self.message_with(address, code, text(&self.state, "canary"), &self.cookies).await
    }

    async fn message_with(&self, address: &str, code: Option<&str>, canary: &str, cookies: &str) -> Answer {
        let body = json!({
            "AuthMethodId": "PhoneAppOTP", "Ctx": self.state["sCtx"], "FlowToken": self.state["sFT"], "SessionId": self.state["sessionId"],
            "AdditionalAuthData": code,
        });
        let path = text(&self.state, address).replace("https://login.contoso.example", "");
        let request = axum::http::Request::builder().method(Method::POST).uri(path).header("canary", canary).header("cookie", cookies);
        self.world.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// The form after the second factor.
    async fn process(&self) -> Answer {
        let fields = [
            ("request", text(&self.state, "sCtx")),
            ("flowToken", text(&self.state, "sFT")),
            ("canary", text(&self.state, "canary")),
            ("mfaAuthMethod", "PhoneAppOTP"),
            ("login", "anna@contoso.example"),
        ];
        self.world.post(&self.world.path("SAS/ProcessAuth"), &[("cookie", &self.cookies)], &fields).await
    }

    async fn question(&self, name: &str) -> Answer {
        let body = json!({ "username": name, "originalRequest": self.state["sCtx"], "flowToken": self.state["sFT"] });
        self.world.json(Method::POST, &self.world.path("GetCredentialType"), "", &body).await
    }
}

/// Anna registers an authenticator app.
async fn authenticator(world: &World) -> Vec<u8> {
    let (browser, page) = Browser::sign_in(world, &[("amr_values", "mfa")]).await;
    let (secret, _, _) = browser.register_app(&page).await;
    world.clock.advance(60);
    secret
}

#[tokio::test]
async fn a_page_says_to_programs_what_its_form_says_to_browsers() {
    let world = World::new().await;
    let page = world.get(&authorize(&world, &verifier(&world), &[]), &[]).await;
    let state = state(&page);
    for (name, field) in [("sCtx", "ctx"), ("sFT", "flowToken"), ("canary", "canary")] {
        assert_eq!(text(&state, name), page.hidden(field), "{name}");
    }
    assert!(page.body.contains("<script type=\"text/plain\">//<![CDATA[\n$Config={"), "data that no browser runs: {}", page.body);
    assert!(
        text(&state, "urlPost").starts_with("https://login.contoso.example/"),
        "existing clients double the slash of a relative address"
    );
    assert_eq!(state["pgid"], "ConvergedSignIn");
    assert_eq!(state["sErrorCode"], Value::Null);
}

#[tokio::test]
async fn a_broker_signs_somebody_in_with_password_and_code() {
    let world = World::new().await;
    let secret = authenticator(&world).await;
    let mut broker = Broker::open(&world, &[("amr_values", "ngcmfa"), ("prompt", "login")]).await;
    broker.password("wrong").await;
    assert_eq!((text(&broker.state, "pgid"), text(&broker.state, "sErrorCode")), ("ConvergedSignIn", "50126"));
    broker.password(PASSWORD).await;
    assert_eq!(text(&broker.state, "pgid"), "ConvergedTFA");
    let proofs = json!([{ "authMethodId": "PhoneAppOTP", "isDefault": true, "display": "Authenticator app" }]);
    assert_eq!(broker.state["arrUserProofs"], proofs);
    assert_eq!(state(&broker.process().await)["pgid"], "ConvergedTFA", "nothing was given yet");
    assert_eq!(broker.message("urlBeginAuth", None).await.json()["Success"], true);
    let wrong = broker.message("urlEndAuth", Some(&wrong_code(&world, &secret))).await.json();
    assert_eq!((&wrong["Success"], &wrong["Retry"], &wrong["ErrCode"]), (&json!(false), &json!(true), &json!(500_121)));
    assert!(wrong["Message"].as_str().unwrap().contains("not right"), "{wrong}");
    let code = code_now(&world, &secret);
    assert_eq!(broker.message("urlEndAuth", Some(&code)).await.json()["Success"], true);
    assert_eq!(broker.message("urlEndAuth", Some(&code)).await.json()["Success"], false, "a code works once");
    let answer = broker.process().await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", BROKER),
        ("code", &answer.location_parameter("code").unwrap()),
        ("redirect_uri", BROKER_REDIRECT),
    ];
    let tokens = world.post(&world.path("oauth2/token"), &[], &fields).await.json();
    assert_eq!(amr(&tokens["access_token"]), ["pwd", "otp", "mfa"]);
}

#[tokio::test]
async fn a_second_factor_is_taken_from_the_browser_that_was_asked_alone() {
    let world = World::new().await;
    let secret = authenticator(&world).await;
    let mut broker = Broker::open(&world, &[("amr_values", "mfa")]).await;
    broker.password(PASSWORD).await;
    let mut other = Broker::open(&world, &[("amr_values", "mfa")]).await;
    other.password(PASSWORD).await;
    let code = code_now(&world, &secret);
    let canary = text(&broker.state, "canary").to_owned();
    let browser_only = broker.cookies.split("; ").find(|cookie| cookie.contains("browser")).unwrap().to_owned();
    let cases = [
        ("no token against forged posts", "", broker.cookies.as_str()),
        ("that of another browser", text(&other.state, "canary"), &broker.cookies),
        ("no cookies", &canary, ""),
        ("nobody signed in", &canary, &browser_only),
        ("another browser", &canary, &other.cookies),
    ];
    for (name, canary, cookies) in cases {
        for address in ["urlBeginAuth", "urlEndAuth"] {
            let answer = broker.message_with(address, Some(&code), canary, cookies).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name} {address}: {}", answer.body);
        }
    }
    // The state of one sign-in does not help another one.
    let mixed = Broker {
        world: &world,
        cookies: other.cookies.clone(),
        state: {
            let mut state = other.state.clone();
            state["sFT"] = broker.state["sFT"].clone();
            state
        },
    };
    assert_eq!(mixed.message("urlEndAuth", Some(&code)).await.status, StatusCode::BAD_REQUEST, "a session of somebody else");
    assert_eq!(state(&broker.process().await)["pgid"], "ConvergedTFA", "nothing of that counted");
    assert_eq!(broker.message("urlEndAuth", Some(&code)).await.json()["Success"], true);
}

#[tokio::test]
async fn a_second_factor_that_the_client_asks_for_is_given_or_registered_whatever_policies_say() {
    let world = World::new().await;
    let mut broker = Broker::open(&world, &[("amr_values", "ngcmfa")]).await;
    broker.password(PASSWORD).await;
    assert_eq!(text(&broker.state, "pgid"), "ConvergedProofUpRedirect", "a browser is needed");
    let mut without = Broker::open(&world, &[]).await;
    assert_eq!(without.password(PASSWORD).await.status, StatusCode::FOUND);
}

#[tokio::test]
async fn whether_an_account_exists_is_told_where_the_tenant_wants_it_told() {
    let world = World::new().await;
    let broker = Broker::open(&world, &[]).await;
    let exists = async |name: &str| broker.question(name).await.json()["IfExistsResult"].as_i64().unwrap();
    let (known, unknown, foreign) = ("anna@contoso.example", "nobody@contoso.example", "anna@elsewhere.example");
    assert_eq!((exists(known).await, exists(unknown).await, exists(foreign).await), (0, 0, 1));
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let patch = json!({ "tellsWhetherAccountsExist": true });
    assert_eq!(world.json(Method::PATCH, "/v1.0/organization", &admin, &patch).await.status, StatusCode::NO_CONTENT);
    assert_eq!((exists(known).await, exists(unknown).await, exists(foreign).await), (0, 1, 1));
    let mut answers = Vec::new();
    for _ in 0..80 {
        answers.push(exists(unknown).await);
    }
    assert!(answers.contains(&2), "nobody can try a list of names");
    let body = json!({ "username": known, "originalRequest": "made up" });
    let answer = world.json(Method::POST, &world.path("GetCredentialType"), "", &body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "without the page");
}

#[tokio::test]
async fn a_broker_of_the_older_dialect_needs_no_pkce_and_nobody_else_goes_without() {
    let world = World::new().await;
    let (cli, scope) = (CLI.to_string(), "api://contoso-mail/Mail.Read");
    let of_broker = |more: (&'static str, &'static str)| vec![("client_id", BROKER), ("redirect_uri", BROKER_REDIRECT), more];
    let of_another = vec![("client_id", cli.as_str()), ("redirect_uri", "http://localhost"), ("resource", "api://contoso-mail")];
    let cases = [
        ("broker, v1.0", of_broker(("resource", "https://graph.microsoft.com")), true),
        ("broker, v2.0", of_broker(("scope", scope)), false),
        ("another client, v1.0", of_another, false),
    ];
    for (name, fields, allowed) in cases {
        let query = serde_urlencoded::to_string([fields, vec![("response_type", "code")]].concat()).unwrap();
        let endpoint = if name.ends_with("v1.0") { "oauth2/authorize" } else { "oauth2/v2.0/authorize" };
        let answer = world.get(&format!("{}?{query}", world.path(endpoint)), &[]).await;
        assert_eq!(answer.status == StatusCode::OK, allowed, "{name}: {} {}", answer.status, answer.body);
        if !allowed {
            assert!(answer.location_parameter("error_description").unwrap().contains("code_challenge"), "{name}");
        }
    }
}
