//! PKeyAuth: a client library without a broker proves which device it is on, at the pages and at the token endpoint.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use doorward_model::device::Device as Record;
use doorward_service::setup::{self, NewTenant};
use doorward_wire::pkeyauth::{Answer as Proof, Challenge, Manner, build};
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

use super::second_factor::{assert_page, everywhere, mfa};
use super::sign_in_pages::{authorize, verifier};
use crate::attacks::messages::altered;
use crate::registration::{DRS_SCOPE, Device, code_of};
use crate::world::{Answer, CLI, CLI_REDIRECT, MAIL_APP, PASSWORD, World, person};

/// The user agent of an app's web view.
const WEB_VIEW: (&str, &str) =
    ("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 PKeyAuth/1.0");

fn compliant() -> Value {
    json!({ "operator": "OR", "builtInControls": ["compliantDevice"] })
}

/// A web view of an app on Anna's phone.
struct WebView<'w> {
    world: &'w World,
    headers: Vec<(&'static str, &'static str)>,
    cookies: String,
    verifier: String,
}

impl<'w> WebView<'w> {
    fn new(world: &'w World) -> Self {
        Self { world, headers: vec![WEB_VIEW], cookies: String::new(), verifier: verifier(world) }
    }

    async fn get(&mut self, path: &str, more: &[(&'static str, &str)]) -> Answer {
        let cookies = self.cookies.clone();
        let mut headers: Vec<(&str, &str)> = self.headers.clone();
        headers.extend_from_slice(more);
        headers.push(("cookie", &cookies));
        let answer = self.world.get(path, &headers).await;
        self.keep(answer)
    }

    async fn post(&mut self, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let (ctx, flow_token, canary) = (page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary"));
        let mut all = vec![("ctx", ctx.as_str()), ("flowToken", flow_token.as_str()), ("canary", canary.as_str())];
        all.extend_from_slice(fields);
        let cookies = self.cookies.clone();
        let mut headers = self.headers.clone();
        headers.push(("cookie", ""));
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, if *name == "cookie" { cookies.as_str() } else { value })).collect();
        let answer = self.world.post(&self.world.path("login"), &headers, &all).await;
        self.keep(answer)
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        let new = answer.cookies();
        if !new.is_empty() {
            let name = |cookie: &str| cookie.split('=').next().unwrap().to_owned();
            let replaced: Vec<String> = new.split("; ").map(name).collect();
            let mut all: Vec<String> =
                self.cookies.split("; ").filter(|cookie| !replaced.contains(&name(cookie))).map(str::to_owned).collect();
            all.extend(new.split("; ").map(str::to_owned));
            self.cookies = all.join("; ");
        }
        answer
    }

    /// The answer after name and password.
    async fn sign_in(&mut self, login: &str) -> Answer {
        let verifier = self.verifier.clone();
        let page = self.get(&authorize(self.world, &verifier, &[("login_hint", login)]), &[]).await;
        self.post(&page, &[("login", login), ("passwd", PASSWORD)]).await
    }

    /// Answers a challenge with the header, as the web view would: where it says, with what some libraries add to the address.
    async fn submit(&mut self, challenge: &Challenge, answer: &str) -> Answer {
        let path = format!("{}?x-client-Ver=5.0", challenge.submit_url.path());
        self.get(&path, &[("authorization", answer)]).await
    }

    /// Tokens for the code that the client was sent.
    async fn redeem(&self, answer: &Answer) -> Value {
        let code = answer.location_parameter("code").unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
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
}

fn challenge_of(answer: &Answer) -> Challenge {
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    Challenge::of_address(&answer.location()).unwrap_or_else(|| panic!("no challenge: {}", answer.location()))
}

fn is_challenge(answer: &Answer) -> bool {
    answer.headers.get(header::LOCATION).is_some_and(|location| location.to_str().unwrap().starts_with("urn:http-auth:PKeyAuth?"))
}

fn token(device: &Device, challenge: &Challenge, manner: Manner) -> String {
    build(&device.key, &device.certificate, challenge, manner, 1).unwrap()
}

fn proof(device: &Device, challenge: &Challenge) -> String {
    answer(Some(token(device, challenge, Manner::Android)), challenge)
}

fn answer(auth_token: Option<String>, challenge: &Challenge) -> String {
    Proof { auth_token, context: challenge.context.clone() }.header(",")
}

/// A registered phone of Anna's, managed and compliant.
async fn phone(world: &World) -> Device {
    let mut device = Device { system: "Android", ..Device::new() };
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    assert_eq!(device.join(world, &token).await.status, StatusCode::OK);
    change(world, &device, |record| {
        record.is_managed = true;
        record.is_compliant = true;
    })
    .await;
    device
}

async fn change(world: &World, device: &Device, how: impl FnOnce(&mut Record)) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut record = Arc::unwrap_or_clone(unit.devices().get(device.id.unwrap()).await.unwrap().unwrap());
    how(&mut record);
    unit.devices().update(&record).await.unwrap();
    unit.commit().await.unwrap();
}

fn claims(token: &Value) -> Value {
    doorward_wire::jwt::unverified_payload(token.as_str().unwrap()).unwrap()
}

#[rstest]
#[case::user_agent(vec![WEB_VIEW], true)]
#[case::header(vec![("x-ms-PKeyAuth", "1.0")], true)]
#[case::header_of_apple(vec![("x-ms-PkeyAuth+", "1.0")], true)]
#[case::any_case(vec![("X-MS-PKEYAUTH", "1.0"), ("user-agent", "Something")], true)]
#[case::other_version(vec![("x-ms-PKeyAuth", "2.0")], false)]
#[case::nothing(vec![], false)]
#[tokio::test]
async fn the_client_is_asked_for_its_device_if_it_says_that_it_can_answer(
    #[case] headers: Vec<(&'static str, &'static str)>,
    #[case] asked: bool,
) {
    let world = World::new().await;
    everywhere(&world, compliant()).await;
    let mut view = WebView { headers, ..WebView::new(&world) };
    let answer = view.sign_in("anna@contoso.example").await;
    assert_eq!(is_challenge(&answer), asked, "{} {}", answer.status, answer.body);
}

#[tokio::test]
async fn it_is_enough_to_say_so_with_the_first_request() {
    let world = World::new().await;
    everywhere(&world, compliant()).await;
    let mut view = WebView { headers: vec![("x-ms-PKeyAuth", "1.0")], ..WebView::new(&world) };
    let verifier = view.verifier.clone();
    let page = view.get(&authorize(&world, &verifier, &[("login_hint", "anna@contoso.example")]), &[]).await;
    view.headers.clear();
    assert!(is_challenge(&view.post(&page, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await));
}

/// A policy, its state, and whether an answer could change anything.
#[rstest]
#[case::compliant_device("enabled", compliant(), json!({}), true)]
#[case::one_of_several("enabled", json!({ "operator": "OR", "builtInControls": ["mfa", "compliantDevice"] }), json!({}), true)]
#[case::domain_joined("enabled", json!({ "operator": "OR", "builtInControls": ["domainJoinedDevice"] }), json!({}), true)]
#[case::block_but_for_some_devices(
    "enabled",
    json!({ "operator": "OR", "builtInControls": ["block"] }),
    json!({ "devices": { "deviceFilter": { "mode": "exclude", "rule": "device.displayName -eq \"Phone\"" } } }),
    true
)]
#[case::block_some_devices(
    "enabled",
    json!({ "operator": "OR", "builtInControls": ["block"] }),
    json!({ "devices": { "deviceFilter": { "mode": "include", "rule": "device.displayName -eq \"Phone\"" } } }),
    true
)]
#[case::second_factor("enabled", mfa(), json!({}), false)]
#[case::block("enabled", json!({ "operator": "OR", "builtInControls": ["block"] }), json!({}), false)]
#[case::report_only("enabledForReportingButNotEnforced", compliant(), json!({}), false)]
#[case::disabled("disabled", compliant(), json!({}), false)]
#[case::for_others("enabled", compliant(), json!({ "users": { "includeUsers": ["99999999-0000-4000-8000-000000000000"] } }), false)]
#[tokio::test]
async fn a_device_is_asked_for_only_where_it_could_change_the_decision(
    #[case] state: &str,
    #[case] grant: Value,
    #[case] conditions: Value,
    #[case] asked: bool,
) {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let mut body = json!({
        "displayName": "Devices",
        "state": state,
        "conditions": { "users": { "includeUsers": [world.anna.id] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] },
        "grantControls": grant,
    });
    for (name, value) in conditions.as_object().unwrap() {
        body["conditions"][name] = value.clone();
    }
    let made = world.json(axum::http::Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let answer = WebView::new(&world).sign_in("anna@contoso.example").await;
    assert_eq!(is_challenge(&answer), asked, "{} {}", answer.status, answer.body);
}

#[rstest]
#[case::broker_missing(&[])]
#[case::broker_there(&[("x-client-brkrver", "1.0")])]
#[tokio::test]
async fn no_device_helps_where_the_broker_must_vouch_for_the_app(#[case] more: &[(&'static str, &'static str)]) {
    let world = World::new().await;
    everywhere(&world, json!({ "operator": "OR", "builtInControls": ["approvedApplication"] })).await;
    let mut view = WebView::new(&world);
    view.headers.extend_from_slice(more);
    let (verifier, client) = (view.verifier.clone(), MAIL_APP.to_string());
    let fields =
        [("client_id", client.as_str()), ("redirect_uri", "msauth.com.contoso.mail://auth"), ("login_hint", "anna@contoso.example")];
    let page = view.get(&authorize(&world, &verifier, &fields), &[]).await;
    let answer = view.post(&page, &[("login", "anna@contoso.example"), ("passwd", PASSWORD)]).await;
    assert!(answer.location().as_str().starts_with("msauth://wpj?"), "{}", answer.location());
}

#[rstest]
#[tokio::test]
async fn the_answer_goes_on_with_the_same_sign_in_and_the_device_is_a_fact(
    #[values((Manner::Ios, ", "), (Manner::Android, ","))] (manner, separator): (Manner, &str),
) {
    let world = World::new().await;
    let device = phone(&world).await;
    everywhere(&world, compliant()).await;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    assert!(challenge.authority.starts_with("OU=") && challenge.tenant == world.tenant.id, "{challenge:?}");
    let sent = Proof { auth_token: Some(token(&device, &challenge, manner)), context: challenge.context.clone() };
    let answer = view.submit(&challenge, &sent.header(separator)).await;
    assert_eq!(answer.location_parameter("state").as_deref(), Some("s1"), "{}", answer.body);
    let tokens = view.redeem(&answer).await;
    assert_eq!(claims(&tokens["access_token"])["deviceid"], json!(device.id));
    let records = world.sign_ins().await;
    let record = records.iter().find(|record| record.circumstances.grant == "authorization_code").unwrap();
    assert_eq!(
        (record.circumstances.device_id, &record.circumstances.facts.value()["brokerPresent"], record.circumstances.error_code),
        (device.id, &json!(false), 0)
    );
}

#[tokio::test]
async fn a_device_without_a_certificate_of_ours_says_so_and_is_told_what_is_missing() {
    let world = World::new().await;
    everywhere(&world, compliant()).await;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    let page = view.submit(&challenge, &answer(None, &challenge)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("AADSTS53000"), "asked once: {}", page.body);
}

#[tokio::test]
async fn what_the_device_proved_holds_for_the_pages_that_follow_and_for_this_sign_in_alone() {
    let world = World::new().await;
    let device = phone(&world).await;
    everywhere(&world, json!({ "operator": "AND", "builtInControls": ["mfa", "compliantDevice"] })).await;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    let page = view.submit(&challenge, &proof(&device, &challenge)).await;
    assert_page(&page, "Set up a second step");
    let page = view.post(&page, &[("instead", "softwareOath")]).await;
    assert_page(&page, "Set up an authenticator app");
    let verifier = view.verifier.clone();
    let again = view.get(&authorize(&world, &verifier, &[("login_hint", "anna@contoso.example")]), &[]).await;
    assert!(is_challenge(&again), "a request of its own asks anew: {}", again.body);
}

/// What somebody does to an answer, and what they are told.
#[derive(Debug, Clone, Copy)]
enum Spoiled {
    OtherNonce,
    OtherAddress,
    OtherKey,
    OtherTenantsCertificate,
    NoSignature,
    OtherContext,
    TooLate,
    Disabled,
    Gone,
}

#[rstest]
#[case(Spoiled::OtherNonce, 50099)]
#[case(Spoiled::OtherAddress, 50099)]
#[case(Spoiled::OtherKey, 50099)]
#[case(Spoiled::NoSignature, 50099)]
#[case(Spoiled::OtherTenantsCertificate, 50099)]
#[case(Spoiled::OtherContext, 50089)]
#[case(Spoiled::TooLate, 50089)]
#[case(Spoiled::Disabled, 135_011)]
#[case(Spoiled::Gone, 50155)]
#[tokio::test]
async fn a_wrong_answer_is_refused_and_only_a_device_that_is_gone_or_disabled_is_told_so(#[case] spoiled: Spoiled, #[case] code: u32) {
    let world = World::new().await;
    let device = phone(&world).await;
    everywhere(&world, compliant()).await;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    let sent = match spoiled {
        Spoiled::OtherNonce => proof(&device, &Challenge { nonce: crate::registration::nonce(&world).await, ..challenge.clone() }),
        Spoiled::OtherAddress => {
            proof(&device, &Challenge { submit_url: Url::parse("https://evil.example/pkeyauth").unwrap(), ..challenge.clone() })
        }
        Spoiled::OtherKey => {
            let stranger = Device { certificate: device.certificate.clone(), ..Device::new() };
            proof(&stranger, &challenge)
        }
        Spoiled::NoSignature => {
            let signed = token(&device, &challenge, Manner::Android);
            answer(Some(format!("{}.", signed.rsplit_once('.').unwrap().0)), &challenge)
        }
        Spoiled::OtherTenantsCertificate => {
            let mut stranger = Device::new();
            stranger.certificate = doorward_wire::certificate::self_signed(
                &device.id.unwrap().to_string(),
                &stranger.pkcs8,
                world.ctx.now(),
                world.ctx.rng.as_ref(),
            )
            .unwrap();
            proof(&stranger, &challenge)
        }
        Spoiled::OtherContext => proof(&device, &Challenge { context: "c2VhbGVk".into(), ..challenge.clone() }),
        Spoiled::TooLate => {
            world.clock.advance(301);
            proof(&device, &challenge)
        }
        Spoiled::Disabled => {
            change(&world, &device, |record| record.account_enabled = false).await;
            proof(&device, &challenge)
        }
        Spoiled::Gone => {
            let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
            unit.devices().delete(device.id.unwrap()).await.unwrap();
            unit.commit().await.unwrap();
            proof(&device, &challenge)
        }
    };
    let page = view.submit(&challenge, &sent).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST, "{}", page.body);
    assert!(page.body.contains(&format!("AADSTS{code}")), "{spoiled:?}: {}", page.body);
    let logged = world.sign_ins().await.iter().any(|record| record.circumstances.error_code == code);
    assert_eq!(logged, code != 50089, "what belongs to a sign-in is in the log");
}

#[tokio::test]
async fn an_altered_proof_proves_nothing_and_uses_nothing_up() {
    let world = World::new().await;
    let device = phone(&world).await;
    everywhere(&world, compliant()).await;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    let good = token(&device, &challenge, Manner::Android);
    for (name, altered) in altered(&good, &device.certificate) {
        let page = view.submit(&challenge, &answer(Some(altered), &challenge)).await;
        // A header that is too long is not read at all.
        let code = if name == "longer than any" { "AADSTS90023" } else { "AADSTS50099" };
        assert!(page.body.contains(code), "{name}: {}", page.body);
        assert!(!page.headers.contains_key(header::LOCATION), "{name}");
    }
    let answer = view.submit(&challenge, &answer(Some(good), &challenge)).await;
    assert_eq!(answer.location_parameter("state").as_deref(), Some("s1"), "{}", answer.body);
}

#[tokio::test]
async fn an_answer_counts_once_and_for_the_web_view_that_was_asked() {
    let world = World::new().await;
    let device = phone(&world).await;
    everywhere(&world, compliant()).await;
    let (mut view, mut other) = (WebView::new(&world), WebView::new(&world));
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    let sent = proof(&device, &challenge);
    other.sign_in("anna@contoso.example").await;
    let elsewhere = other.submit(&challenge, &sent).await;
    assert!(elsewhere.body.contains("AADSTS50089"), "another sign-in of hers: {}", elsewhere.body);
    let nowhere = WebView::new(&world).submit(&challenge, &sent).await;
    assert!(nowhere.body.contains("AADSTS50089"), "nobody's: {}", nowhere.body);
    assert!(view.submit(&challenge, &sent).await.location_parameter("code").is_some());
    let again = view.submit(&challenge, &sent).await;
    assert!(again.body.contains("AADSTS140000"), "used before: {}", again.body);
}

#[tokio::test]
async fn a_challenge_of_one_tenant_is_none_of_another() {
    let world = World::new().await;
    let device = phone(&world).await;
    everywhere(&world, compliant()).await;
    let new =
        NewTenant { domain: "fabrikam.example".into(), display_name: "Fabrikam".into(), administrator: "root@fabrikam.example".into() };
    let other = setup::create_tenant(&world.ctx, &new).await.unwrap().tenant;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let challenge = challenge_of(&asked);
    let answer = view.get(&format!("/{}/pkeyauth", other.id), &[("authorization", &proof(&device, &challenge))]).await;
    assert!(answer.body.contains("AADSTS50089"), "{}", answer.body);
}

#[tokio::test]
async fn a_device_speaks_for_its_owner_alone() {
    let world = World::new().await;
    let device = phone(&world).await;
    let ben = person(&world.ctx, "ben", vec![]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&ben).await.unwrap();
    unit.commit().await.unwrap();
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let body = json!({
        "displayName": "Ben's devices",
        "state": "enabled",
        "conditions": { "users": { "includeUsers": [ben.id] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] },
        "grantControls": compliant(),
    });
    world.json(axum::http::Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &body).await;
    let mut view = WebView::new(&world);
    let asked = view.sign_in("ben@contoso.example").await;
    let challenge = challenge_of(&asked);
    let page = view.submit(&challenge, &proof(&device, &challenge)).await;
    assert!(page.body.contains("AADSTS53000"), "as if there were none: {}", page.body);
}

#[rstest]
#[case::no_header(None)]
#[case::other_scheme(Some("Bearer abc"))]
#[case::nonsense(Some("PKeyAuth nonsense"))]
#[tokio::test]
async fn who_opens_the_address_without_an_answer_is_told_to_go_back(#[case] header: Option<&'static str>) {
    let world = World::new().await;
    let headers: Vec<(&str, &str)> = header.iter().map(|header| ("authorization", *header)).collect();
    let page = world.get(&world.path("pkeyauth"), &headers).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.body.contains("AADSTS90023"), "{}", page.body);
}

/// An app with a refresh token of Anna's, on her phone.
struct Refreshing<'w> {
    world: &'w World,
    token: String,
}

impl<'w> Refreshing<'w> {
    /// The app signed in before there was a policy.
    async fn new(world: &'w World) -> Self {
        let client = CLI.to_string();
        let fields = [
            ("grant_type", "password"),
            ("client_id", client.as_str()),
            ("username", "anna@contoso.example"),
            ("password", PASSWORD),
            ("scope", "openid offline_access api://contoso-mail/Mail.Read"),
        ];
        let token = world.token(&fields).await.json()["refresh_token"].as_str().unwrap().to_owned();
        everywhere(world, compliant()).await;
        Self { world, token }
    }

    async fn refresh(&self, headers: &[(&str, &str)]) -> Answer {
        let client = CLI.to_string();
        let fields = [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", &self.token)];
        self.world.post(&self.world.path("oauth2/v2.0/token"), headers, &fields).await
    }

    /// The challenge of an answer.
    fn challenge(&self, headers: &HeaderMap) -> Challenge {
        let submit_url = Url::parse(&format!("https://login.contoso.example{}", self.world.path("oauth2/v2.0/token"))).unwrap();
        Challenge::of_header(headers[header::WWW_AUTHENTICATE].to_str().unwrap(), submit_url).unwrap()
    }

    async fn challenged(&self) -> Challenge {
        let answer = self.refresh(&[WEB_VIEW]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        assert_eq!(code_of(&answer), 50097);
        self.challenge(&answer.headers)
    }
}

#[tokio::test]
async fn the_token_endpoint_asks_for_the_device_and_takes_the_repeated_request_with_its_proof() {
    let world = World::new().await;
    let device = phone(&world).await;
    let app = Refreshing::new(&world).await;
    let silent = app.refresh(&[]).await;
    assert_eq!((silent.status, code_of(&silent)), (StatusCode::BAD_REQUEST, 53000), "a client that cannot answer");
    let before = world.sign_ins().await.len();
    let challenge = app.challenged().await;
    assert_eq!(world.sign_ins().await.len(), before, "a question is no refusal");
    let sent = proof(&device, &challenge);
    let tokens = app.refresh(&[WEB_VIEW, ("authorization", &sent)]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    assert_eq!(claims(&tokens.json()["access_token"])["deviceid"], json!(device.id));
    assert_eq!(code_of(&app.refresh(&[WEB_VIEW, ("authorization", &sent)]).await), 140_000, "a nonce works once");
    let without = answer(None, &app.challenged().await);
    assert_eq!(code_of(&app.refresh(&[WEB_VIEW, ("authorization", &without)]).await), 53000, "no device");
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_device_asks_for_that_device_each_time_and_ends_with_it() {
    let world = World::new().await;
    let (device, other) = (phone(&world).await, phone(&world).await);
    let app = Refreshing::new(&world).await;
    let sent = proof(&device, &app.challenged().await);
    let tokens = app.refresh(&[WEB_VIEW, ("authorization", &sent)]).await.json();
    let bound = Refreshing { world: &world, token: tokens["refresh_token"].as_str().unwrap().to_owned() };
    let sent = proof(&other, &bound.challenged().await);
    assert_eq!(code_of(&bound.refresh(&[WEB_VIEW, ("authorization", &sent)]).await), 70000, "another device of hers");
    let sent = proof(&device, &bound.challenged().await);
    assert_eq!(bound.refresh(&[WEB_VIEW, ("authorization", &sent)]).await.status, StatusCode::OK);
    assert_eq!(code_of(&bound.refresh(&[]).await), 53000, "the binding alone proves nothing");
    change(&world, &device, |record| record.account_enabled = false).await;
    assert_eq!(code_of(&bound.refresh(&[WEB_VIEW]).await), 135_011);
}

#[tokio::test]
async fn a_proof_for_one_refresh_token_or_place_is_none_for_another() {
    let world = World::new().await;
    let device = phone(&world).await;
    let app = Refreshing::new(&world).await;
    let sent = proof(&device, &app.challenged().await);
    let fresh = app.refresh(&[WEB_VIEW, ("authorization", &sent)]).await.json();
    let other = Refreshing { world: &world, token: fresh["refresh_token"].as_str().unwrap().to_owned() };
    let sent = proof(&device, &app.challenged().await);
    assert_eq!(code_of(&other.refresh(&[WEB_VIEW, ("authorization", &sent)]).await), 50099, "asked with another token");
    let mut view = WebView::new(&world);
    let asked = view.sign_in("anna@contoso.example").await;
    let of_pages = challenge_of(&asked);
    assert_eq!(code_of(&app.refresh(&[WEB_VIEW, ("authorization", &proof(&device, &of_pages))]).await), 50089, "asked at the pages");
    let elsewhere = app.challenged().await;
    let elsewhere = Challenge { submit_url: Url::parse("https://login.contoso.example/other/oauth2/v2.0/token").unwrap(), ..elsewhere };
    assert_eq!(code_of(&app.refresh(&[WEB_VIEW, ("authorization", &proof(&device, &elsewhere))]).await), 50099, "signed for elsewhere");
}
