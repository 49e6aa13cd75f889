//! The broker of a computer: keys of people, certificates for peers, single sign-on of browsers. And what must not work.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::SigningAlgorithm;
use doorward_model::device::Device as DeviceRecord;
use doorward_service::authentication_method::registered::Held;
use doorward_service::one_time::sha256;
use doorward_service::setup::{self, NewTenant};
use doorward_wire::drs::{self, DeleteClaims, KeyRequest};
use doorward_wire::key::SigningKey;
use doorward_wire::prt::{
    self, CookieClaims, HelloClaims, KdfVersion, PeerCertificateClaims, PrtGrant, PrtRequestClaims, RedemptionClaims,
};
use rcgen::PublicKeyData as _;
use serde_json::{Value, json};

use crate::authority::second_factor::{amr, everywhere, mfa};
use crate::registration::{DRS_SCOPE, Device, JSON, PRT_CLIENT, code_of, nonce, phone_with_prt, signed, with_prt};
use crate::world::{Answer, PASSWORD, World, person};

pub(crate) const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
const BROKER_REDIRECT: &str = "msauth://Microsoft.AAD.BrokerPlugin";
const DRS: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";

/// A device with the primary refresh token of its owner.
pub(crate) type Signed = (Device, String, Vec<u8>);

/// A key behind a PIN.
pub(crate) struct HelloKey {
    pub(crate) key: SigningKey,
    pub(crate) blob: Vec<u8>,
}

impl HelloKey {
    fn new() -> Self {
        let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
        let spki = rcgen::KeyPair::try_from(pkcs8.as_slice()).unwrap().subject_public_key_info();
        Self { key, blob: drs::spki_to_blob(&spki).unwrap() }
    }

    pub(crate) fn id(&self) -> Vec<u8> {
        drs::user_key(&self.request()).unwrap().id
    }

    fn request(&self) -> KeyRequest {
        KeyRequest { kngc: STANDARD.encode(&self.blob) }
    }
}

/// What the broker asks with its primary refresh token, for itself, at the older endpoint.
pub(crate) async fn authorize(
    world: &World,
    (device, token, session_key): &Signed,
    more: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let mut fields = vec![("client_id", BROKER), ("response_type", "code"), ("redirect_uri", BROKER_REDIRECT)];
    fields.extend_from_slice(more);
    let nonce = nonce(world).await;
    let claims = CookieClaims { refresh_token: token.clone(), request_nonce: Some(nonce.clone()) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), session_key, KdfVersion::V1, &claims).unwrap();
    let credential = prt::build_device_credential(&device.key, &device.certificate, &nonce).unwrap();
    let mut all = vec![("x-ms-RefreshTokenCredential", cookie.as_str()), ("x-ms-DeviceCredential", &credential)];
    all.extend_from_slice(headers);
    world.get(&format!("{}?{}", world.path("oauth2/authorize"), serde_urlencoded::to_string(fields).unwrap()), &all).await
}

/// An access token of the broker for a resource, which names the device.
pub(crate) async fn token(world: &World, signed: &Signed, resource: &str) -> String {
    let answer = authorize(world, signed, &[("resource", resource)], &[JSON]).await;
    let code = answer.location_parameter("code").unwrap_or_else(|| panic!("{}", answer.body));
    let fields = [("grant_type", "authorization_code"), ("client_id", BROKER), ("code", &code), ("redirect_uri", BROKER_REDIRECT)];
    world.post(&world.path("oauth2/token"), &[], &fields).await.json()["access_token"].as_str().unwrap().to_owned()
}

/// Anna gave a second factor in the sign-in behind a primary refresh token.
async fn give_second_factor(world: &World, (_, token, _): &Signed) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let prt = unit.grants().prt(&sha256(token)).await.unwrap().unwrap();
    let mut session = Arc::unwrap_or_clone(unit.sessions().get(prt.session_id).await.unwrap().unwrap());
    session.amr.extend(["otp".to_owned(), "mfa".to_owned()]);
    session.second_factor = Some(world.ctx.now());
    unit.sessions().update(&session).await.unwrap();
    unit.commit().await.unwrap();
}

async fn provision(world: &World, token: &str, key: &HelloKey) -> Answer {
    world.json(Method::POST, &world.path("EnrollmentServer/key/"), token, &json!(key.request())).await
}

/// A computer of Anna's with a key of hers.
pub(crate) async fn with_hello(world: &World) -> (Signed, HelloKey) {
    let computer = phone_with_prt(world).await;
    give_second_factor(world, &computer).await;
    let key = HelloKey::new();
    let answer = provision(world, &token(world, &computer, DRS).await, &key).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    (computer, key)
}

/// A sign-in with a key, which a test spoils.
struct Attempt<'a> {
    device: &'a Device,
    key: &'a SigningKey,
    id: Vec<u8>,
    name: &'a str,
    issuer: &'a str,
    inner_nonce: String,
    lifetime: i64,
}

impl<'a> Attempt<'a> {
    async fn new(world: &World, device: &'a Device, hello: &'a HelloKey) -> Self {
        let name = "anna@contoso.example";
        Self { device, key: &hello.key, id: hello.id(), name, issuer: name, inner_nonce: nonce(world).await, lifetime: 300 }
    }

    async fn send(self, world: &World) -> Answer {
        let now = world.ctx.now().as_second();
        let claims = HelloClaims { iss: self.issuer.into(), request_nonce: self.inner_nonce, iat: now - 300, exp: now + self.lifetime };
        let assertion = prt::build_hello_assertion(self.key, &self.id, &claims).unwrap();
        let grant = PrtGrant::Hello { username: self.name.into(), assertion };
        let claims =
            PrtRequestClaims { client_id: BROKER.into(), request_nonce: nonce(world).await, scope: "openid aza ugs".into(), grant };
        signed(world, &prt::build_request(&self.device.key, &self.device.certificate, &claims).unwrap()).await
    }
}

#[tokio::test]
async fn a_key_of_a_person_takes_the_place_of_the_password_on_its_device() {
    let world = World::new().await;
    let (computer, key) = with_hello(&world).await;
    let answer = Attempt::new(&world, &computer.0, &key).await.send(&world).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(amr(&answer.json()["id_token"]), ["rsa", "ngcmfa", "mfa"]);
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let path = format!("/v1.0/users/{}/authentication/methods", world.anna.id);
    let methods = world.json(Method::GET, &path, &admin, &Value::Null).await.json();
    let method = methods["value"].as_array().unwrap().iter().find(|method| method["displayName"] == "PIN on Phone").unwrap().clone();
    assert_eq!(method["@odata.type"], "#microsoft.graph.windowsHelloForBusinessAuthenticationMethod");
    let remove = format!("/v1.0/users/{}/authentication/windowsHelloForBusinessMethods/{}", world.anna.id, method["id"].as_str().unwrap());
    assert_eq!(world.json(Method::DELETE, &remove, &admin, &Value::Null).await.status, StatusCode::NO_CONTENT);
    let again = Attempt::new(&world, &computer.0, &key).await.send(&world).await;
    assert_eq!(code_of(&again), 50126, "an administrator took it away");
}

#[tokio::test]
async fn a_key_is_registered_with_a_fresh_second_factor_on_ones_own_device_once() {
    let world = World::new().await;
    let computer = phone_with_prt(&world).await;
    let key = HelloKey::new();
    let by_password = token(&world, &computer, DRS).await;
    assert_eq!(provision(&world, &by_password, &key).await.status, StatusCode::FORBIDDEN, "a password alone");
    let without_device = world.access_token(&world.anna, DRS_SCOPE).await;
    assert_eq!(provision(&world, &without_device, &key).await.status, StatusCode::FORBIDDEN, "no device");
    assert_eq!(provision(&world, "nonsense", &key).await.status, StatusCode::UNAUTHORIZED);
    let silent = authorize(&world, &computer, &[("resource", DRS), ("amr_values", "ngcmfa")], &[JSON]).await;
    assert_eq!(code_of(&silent), 50076, "the client insists on a second factor");
    give_second_factor(&world, &computer).await;
    let fresh = token(&world, &computer, DRS).await;
    let weak = world.json(Method::POST, &world.path("EnrollmentServer/key/"), &fresh, &json!({ "kngc": STANDARD.encode([0; 64]) })).await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    assert!(weak.body.contains("kngc"), "{}", weak.body);
    let before = world.audits().await.len();
    world.clock.advance(1);
    assert_eq!(provision(&world, &fresh, &key).await.status, StatusCode::OK);
    let audits = world.audits().await;
    assert_eq!((audits.len(), audits[0].activity_display_name.as_str()), (before + 1, "Register authentication method"));
    assert_eq!(provision(&world, &fresh, &key).await.status, StatusCode::OK, "the same again changes nothing");
    assert_eq!(world.audits().await.len(), before + 1);
    world.clock.advance(11 * 60);
    let late = provision(&world, &fresh, &HelloKey::new()).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN, "the second factor is eleven minutes old: {}", late.body);
    let second = phone_with_prt(&world).await;
    give_second_factor(&world, &second).await;
    let elsewhere = provision(&world, &token(&world, &second, DRS).await, &key).await;
    assert_eq!(elsewhere.status, StatusCode::CONFLICT, "the key is on another device");
}

#[tokio::test]
async fn a_key_opens_nothing_but_its_owners_account_on_its_device() {
    let world = World::new().await;
    let (computer, key) = with_hello(&world).await;
    let (other, stranger) = (phone_with_prt(&world).await, HelloKey::new());
    let new = async || Attempt::new(&world, &computer.0, &key).await;
    let used = new().await;
    let used_nonce = used.inner_nonce.clone();
    assert_eq!(used.send(&world).await.status, StatusCode::OK);
    let cases = [
        ("signed by another key", Attempt { key: &stranger.key, ..new().await }, 50126),
        ("a key that nobody registered", Attempt { key: &stranger.key, id: stranger.id(), ..new().await }, 50126),
        ("another device of the same person", Attempt { device: &other.0, ..new().await }, 50126),
        ("somebody else's name", Attempt { name: "admin@contoso.example", ..new().await }, 50126),
        ("somebody else's name inside", Attempt { issuer: "admin@contoso.example", ..new().await }, 50126),
        ("expired", Attempt { lifetime: -301, ..new().await }, 50126),
        ("a nonce that was used", Attempt { inner_nonce: used_nonce, ..new().await }, 140_000),
        ("a nonce that was made up", Attempt { inner_nonce: "x".into(), ..new().await }, 140_000),
    ];
    for (name, attempt, code) in cases {
        assert_eq!(code_of(&attempt.send(&world).await), code, "{name}");
    }
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut anna = world.anna.clone();
    anna.force_change_password = true;
    unit.users().update(&anna).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(code_of(&new().await.send(&world).await), 50055, "the password must be changed first");
}

#[tokio::test]
async fn a_key_goes_with_its_device() {
    let world = World::new().await;
    let (computer, _) = with_hello(&world).await;
    let id = computer.0.id.unwrap();
    let path = world.path(&format!("EnrollmentServer/device/{id}"));
    let htu = format!("https://login.contoso.example{path}");
    let claims = DeleteClaims { device_id: id, htm: "DELETE".into(), htu, nonce: nonce(&world).await };
    let message = drs::build_delete(&computer.0.key, &computer.0.certificate, &claims).unwrap();
    assert_eq!(world.json(Method::DELETE, &path, &message, &Value::Null).await.status, StatusCode::OK);
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    assert!(Held::of(unit.as_mut(), &world.anna).await.unwrap().methods.is_empty());
}

#[tokio::test]
async fn a_key_is_no_second_factor_that_a_page_can_ask_for() {
    let world = World::new().await;
    with_hello(&world).await;
    everywhere(&world, mfa()).await;
    let (_, page) = crate::authority::second_factor::Browser::sign_in(&world, &[]).await;
    assert!(page.body.contains("Set up an authenticator app") || page.body.contains("softwareOath"), "Anna registers one: {}", page.body);
}

fn peer_request(device: &Device, nonce: &str, client: &str, key: &[u8]) -> String {
    let claims = PeerCertificateClaims {
        client_id: client.into(),
        request_nonce: nonce.into(),
        grant_type: "device_auth".into(),
        cert_token_use: "device_cert".into(),
        csr: STANDARD.encode(drs::build_csr(key).unwrap()),
    };
    prt::build_peer_certificate_request(&device.key, &device.certificate, &claims).unwrap()
}

pub(crate) async fn change(world: &World, device: &Device, edit: impl FnOnce(&mut DeviceRecord)) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut record = Arc::unwrap_or_clone(unit.devices().get(device.id.unwrap()).await.unwrap().unwrap());
    edit(&mut record);
    unit.devices().update(&record).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_certificate_for_peers_is_for_the_key_of_the_device_and_names_it_as_it_is_registered() {
    let world = World::new().await;
    let (device, ..) = phone_with_prt(&world).await;
    let ask =
        async |device: &Device, client: &str, key: &[u8]| signed(&world, &peer_request(device, &nonce(&world).await, client, key)).await;
    let answer = ask(&device, PRT_CLIENT, &device.pkcs8).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let der = STANDARD.decode(answer.json()["x5c"].as_str().unwrap()).unwrap();
    let (id, certificate) = doorward_wire::certificate::device_name(&der).unwrap();
    assert_eq!(Some(id), device.id);
    let own = doorward_wire::certificate::parse(&device.certificate).unwrap();
    assert_eq!(certificate.public_key, own.public_key);
    assert!(der.windows(5).any(|window| window == b"Phone"), "its name is in it");
    change(&world, &device, |record| record.display_name = "login.contoso.example".into()).await;
    let named = ask(&device, PRT_CLIENT, &device.pkcs8).await;
    let der = STANDARD.decode(named.json()["x5c"].as_str().unwrap()).unwrap();
    assert!(!der.windows(7).any(|window| window == b"contoso"), "the name of a server is not vouched for");

    let other = Device::new();
    assert_eq!(code_of(&ask(&device, PRT_CLIENT, &other.pkcs8).await), 90023, "another key");
    assert_eq!(code_of(&ask(&device, &crate::world::CLI.to_string(), &device.pkcs8).await), 700_025, "not a broker");
    let used = peer_request(&device, &nonce(&world).await, PRT_CLIENT, &device.pkcs8);
    assert_eq!(signed(&world, &used).await.status, StatusCode::OK);
    assert_eq!(code_of(&signed(&world, &used).await), 140_000, "replayed");
    let swapped = Device { certificate: device.certificate.clone(), ..Device::new() };
    assert_eq!(code_of(&ask(&swapped, PRT_CLIENT, &swapped.pkcs8).await), 90023, "signed by another key than its certificate's");
    change(&world, &device, |record| record.account_enabled = false).await;
    assert_eq!(code_of(&ask(&device, PRT_CLIENT, &device.pkcs8).await), 135_011, "disabled");
}

#[tokio::test]
async fn a_device_of_another_tenant_is_nobody_here_and_keeps_its_keys_there() {
    let world = World::new().await;
    let (device, token, session_key) = phone_with_prt(&world).await;
    let new =
        NewTenant { domain: "fabrikam.example".into(), display_name: "Fabrikam".into(), administrator: "root@fabrikam.example".into() };
    let other = setup::create_tenant(&world.ctx, &new).await.unwrap().tenant;
    let endpoint = format!("/{}/oauth2/token", other.id);
    let challenge = world.post(&endpoint, &[], &[("grant_type", "srv_challenge")]).await.json()["Nonce"].as_str().unwrap().to_owned();
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let send = async |message: &str| world.post(&endpoint, &[], &[("grant_type", grant), ("request", message)]).await;
    assert_eq!(code_of(&send(&device.prt_request(&challenge, PASSWORD)).await), 50155, "not registered there, truly");
    let claims = RedemptionClaims {
        refresh_token: token,
        request_nonce: challenge,
        client_id: PRT_CLIENT.into(),
        scope: "openid ugs aza".into(),
        resource: None,
        redirect_uri: None,
        grant_type: "refresh_token".into(),
        iss: "aad:brokerplugin".into(),
        ..RedemptionClaims::default()
    };
    let message = prt::build_redemption(world.ctx.rng.as_ref(), &session_key, KdfVersion::V1, &claims).unwrap();
    assert_eq!(code_of(&send(&message).await), 70000, "its token says nothing there, and clients keep their keys");
    // A nonce of one tenant is none of another.
    let foreign = world.post(&endpoint, &[], &[("grant_type", "srv_challenge")]).await.json()["Nonce"].as_str().unwrap().to_owned();
    assert_eq!(code_of(&signed(&world, &device.prt_request(&foreign, PASSWORD)).await), 140_000);
}

#[tokio::test]
async fn what_makes_clients_delete_their_keys_is_said_of_devices_that_are_gone_or_disabled_alone() {
    let world = World::new().await;
    let computer = phone_with_prt(&world).await;
    let bens = {
        let ben = person(&world.ctx, "ben", vec![]).await;
        let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
        unit.users().create(&ben).await.unwrap();
        unit.commit().await.unwrap();
        ben
    };
    let grant = PrtGrant::Password { username: bens.user_principal_name.clone(), password: PASSWORD.into() };
    let claims =
        PrtRequestClaims { client_id: PRT_CLIENT.into(), request_nonce: nonce(&world).await, scope: "openid aza ugs".into(), grant };
    let message = prt::build_request(&computer.0.key, &computer.0.certificate, &claims).unwrap();
    assert_eq!(code_of(&signed(&world, &message).await), 53003, "somebody else at Anna's computer");
    change(&world, &computer.0, |record| record.transport_key = None).await;
    assert_eq!(code_of(&signed(&world, &computer.0.prt_request(&nonce(&world).await, PASSWORD)).await), 53003, "no transport key");
    let (one, two) = (nonce(&world).await, nonce(&world).await);
    let claims = CookieClaims { refresh_token: computer.1.clone(), request_nonce: Some(one) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), &computer.2, KdfVersion::V1, &claims).unwrap();
    let credential = prt::build_device_credential(&computer.0.key, &computer.0.certificate, &two).unwrap();
    let path = format!(
        "{}?client_id={BROKER}&response_type=code&redirect_uri=msauth%3A%2F%2FMicrosoft.AAD.BrokerPlugin&resource={DRS}",
        world.path("oauth2/authorize")
    );
    let answer = world.get(&path, &[("x-ms-RefreshTokenCredential", &cookie), ("x-ms-DeviceCredential", &credential), JSON]).await;
    assert_eq!(code_of(&answer), 140_000, "two messages that do not belong together");
    change(&world, &computer.0, |record| record.account_enabled = false).await;
    assert_eq!(code_of(&signed(&world, &computer.0.prt_request(&nonce(&world).await, PASSWORD)).await), 135_011, "disabled");
}

/// Address of a sign-in of the broker for the mail service.
fn address(world: &World) -> String {
    format!(
        "{}?client_id={BROKER}&response_type=code&redirect_uri=msauth%3A%2F%2FMicrosoft.AAD.BrokerPlugin&resource=api%3A%2F%2Fcontoso-mail",
        world.path("oauth2/authorize")
    )
}

#[tokio::test]
async fn a_browser_is_let_in_by_its_broker_over_a_nonce_of_the_server() {
    let world = World::new().await;
    let (_, token, session_key) = phone_with_prt(&world).await;
    let cookie = |nonce: Option<&str>| {
        let claims = CookieClaims { refresh_token: token.clone(), request_nonce: nonce.map(str::to_owned) };
        prt::build_cookie(world.ctx.rng.as_ref(), &session_key, KdfVersion::V1, &claims).unwrap()
    };
    let as_header = |cookie: String| ("x-ms-RefreshTokenCredential", cookie);
    let as_cookie = |cookie: String| ("cookie", format!("x-ms-RefreshTokenCredential={cookie}"));
    for carry in [&as_header as &dyn Fn(String) -> (&'static str, String), &as_cookie] {
        let get = async |path: &str, cookie: String| {
            let (name, value) = carry(cookie);
            world.get(path, &[(name, &value)]).await
        };
        let first = get(&address(&world), cookie(None)).await;
        assert_eq!(first.status, StatusCode::FOUND, "{}", first.body);
        let nonce = first.location_parameter("sso_nonce").unwrap();
        let again = first.location().as_str().replace("https://login.contoso.example", "");
        let stubborn = get(&again, cookie(None)).await;
        assert!(stubborn.body.contains("<h1>Sign in</h1>"), "asked for once, then at the pages: {}", stubborn.body);
        let answer = get(&again, cookie(Some(&nonce))).await;
        assert!(answer.location_parameter("code").is_some(), "{}", answer.body);
        let replayed = get(&again, cookie(Some(&nonce))).await;
        assert!(replayed.body.contains("<h1>Sign in</h1>"), "a nonce works once: {}", replayed.body);
        assert!(world.sign_ins().await.iter().any(|record| record.circumstances.error_code == 140_000), "which is in the log");
    }
}

#[tokio::test]
async fn what_the_broker_cannot_do_a_person_does_at_the_pages_and_a_program_is_told() {
    let world = World::new().await;
    let computer = phone_with_prt(&world).await;
    everywhere(&world, mfa()).await;
    let told = authorize(&world, &computer, &[("resource", "api://contoso-mail")], &[]).await;
    assert_eq!(told.status, StatusCode::OK, "programs read pages of a success only");
    assert!(told.body.contains("\"sErrorCode\":\"50076\""), "{}", told.body);
    assert_eq!(code_of(&authorize(&world, &computer, &[("resource", "api://contoso-mail")], &[JSON]).await), 50076);
    let nonce = nonce(&world).await;
    let claims = CookieClaims { refresh_token: computer.1.clone(), request_nonce: Some(nonce) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), &computer.2, KdfVersion::V1, &claims).unwrap();
    let page = world.get(&address(&world), &[("x-ms-RefreshTokenCredential", &cookie)]).await;
    assert!(page.body.contains("<h1>Sign in</h1>"), "{}", page.body);
}

#[tokio::test]
async fn a_linux_computer_is_one_to_policies() {
    let world = World::new().await;
    let computer = with_prt(&world, Device { system: "Linux", ..Device::new() }).await;
    token(&world, &computer, "api://contoso-mail").await;
    let records = world.sign_ins().await;
    let record = records.iter().find(|record| record.circumstances.grant == "authorization_code").unwrap();
    assert_eq!(record.circumstances.facts.value()["devicePlatform"], "linux");
}
