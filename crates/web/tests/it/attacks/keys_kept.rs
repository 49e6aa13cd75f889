//! Clients delete their keys when they read 50155 or 135011, so a device that is registered and enabled must never get them, whatever is
//! wrong with what it sends.

use std::path::Path;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::device::Device as DeviceRecord;
use doorward_service::one_time::sha256;
use doorward_wire::drs::{self, DeleteClaims};
use doorward_wire::prt::{self, CookieClaims, KdfVersion, PeerCertificateClaims, PrtGrant, PrtRequestClaims, RedemptionClaims};
use serde_json::Value;

use crate::computer::{Signed, change};
use crate::registration::{JSON, PRT_CLIENT, code_of, nonce, phone_with_prt, signed};
use crate::world::{Answer, CLI, MAIL_APP, PASSWORD, World, person};

const GONE: u64 = 50155;
const DISABLED: u64 = 135_011;

/// A phone that asks, with what a test wants to be wrong.
struct Ask<'a> {
    world: &'a World,
    phone: &'a Signed,
}

impl Ask<'_> {
    async fn prt(&self, change: impl FnOnce(&mut PrtRequestClaims)) -> Answer {
        let grant = PrtGrant::Password { username: "anna@contoso.example".into(), password: PASSWORD.into() };
        let mut claims =
            PrtRequestClaims { client_id: PRT_CLIENT.into(), request_nonce: nonce(self.world).await, scope: "openid aza".into(), grant };
        change(&mut claims);
        signed(self.world, &prt::build_request(&self.phone.0.key, &self.phone.0.certificate, &claims).unwrap()).await
    }

    async fn peer(&self, change: impl FnOnce(&mut PeerCertificateClaims)) -> Answer {
        let mut claims = PeerCertificateClaims {
            client_id: PRT_CLIENT.into(),
            request_nonce: nonce(self.world).await,
            grant_type: "device_auth".into(),
            cert_token_use: "device_cert".into(),
            csr: STANDARD.encode(drs::build_csr(&self.phone.0.pkcs8).unwrap()),
        };
        change(&mut claims);
        let message = prt::build_peer_certificate_request(&self.phone.0.key, &self.phone.0.certificate, &claims).unwrap();
        signed(self.world, &message).await
    }

    async fn redeem(&self, change: impl FnOnce(&mut RedemptionClaims)) -> Answer {
        let mut claims = RedemptionClaims {
            refresh_token: self.phone.1.clone(),
            request_nonce: nonce(self.world).await,
            client_id: PRT_CLIENT.into(),
            scope: "openid aza".into(),
            grant_type: "refresh_token".into(),
            iss: "aad:brokerplugin".into(),
            ..RedemptionClaims::default()
        };
        change(&mut claims);
        signed(self.world, &prt::build_redemption(self.world.ctx.rng.as_ref(), &self.phone.2, KdfVersion::V2, &claims).unwrap()).await
    }

    /// With the session key and token of `of`, and the address of the mail app.
    async fn authorize(&self, of: &Signed, change: impl FnOnce(&mut CookieClaims), redirect_uri: &str) -> Answer {
        let fresh = nonce(self.world).await;
        let mut claims = CookieClaims { refresh_token: of.1.clone(), request_nonce: Some(fresh.clone()) };
        change(&mut claims);
        let cookie = prt::build_cookie(self.world.ctx.rng.as_ref(), &of.2, KdfVersion::V2, &claims).unwrap();
        let credential = prt::build_device_credential(&self.phone.0.key, &self.phone.0.certificate, &fresh).unwrap();
        let client = MAIL_APP.to_string();
        let fields = [("client_id", client.as_str()), ("response_type", "code"), ("redirect_uri", redirect_uri), ("scope", "openid")];
        let path = format!("{}?{}", self.world.path("oauth2/v2.0/authorize"), serde_urlencoded::to_string(fields).unwrap());
        self.world.get(&path, &[("x-ms-RefreshTokenCredential", &cookie), ("x-ms-DeviceCredential", &credential), JSON]).await
    }

    async fn unregister(&self, change: impl FnOnce(&mut DeleteClaims)) -> Answer {
        let path = self.world.path(&format!("EnrollmentServer/device/{}", self.phone.0.id.unwrap()));
        let htu = format!("https://login.contoso.example{path}");
        let mut claims = DeleteClaims { device_id: self.phone.0.id.unwrap(), htm: "DELETE".into(), htu, nonce: nonce(self.world).await };
        change(&mut claims);
        let message = drs::build_delete(&self.phone.0.key, &self.phone.0.certificate, &claims).unwrap();
        self.world.json(Method::DELETE, &path, &message, &Value::Null).await
    }
}

const MAIL_REDIRECT: &str = "msauth.com.contoso.mail://auth";

/// The code of an answer of the authority or of the registration service.
fn code(answer: &Answer) -> u64 {
    match answer.body.split_once("AADSTS") {
        Some((_, rest)) => rest.split(':').next().unwrap().parse().unwrap(),
        None => code_of(answer),
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_a_request_it_is_not_the_device() {
    let world = World::new().await;
    let (phone, other) = (phone_with_prt(&world).await, phone_with_prt(&world).await);
    let ask = Ask { world: &world, phone: &phone };
    let ben = person(&world.ctx, "ben", vec![]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&ben).await.unwrap();
    unit.commit().await.unwrap();
    let password = |name: &str, password: &str| PrtGrant::Password { username: name.into(), password: password.into() };
    let old = nonce(&world).await;
    world.clock.advance(601);
    let used = nonce(&world).await;
    assert_eq!(ask.prt(|claims| claims.request_nonce = used.clone()).await.status, 200);
    let other_id = other.0.id.unwrap();
    let other_csr = STANDARD.encode(drs::build_csr(&other.0.pkcs8).unwrap());

    let answers = [
        ("a nonce made up", ask.prt(|claims| claims.request_nonce = "x".into()).await, 140_000),
        ("a nonce too old", ask.prt(|claims| claims.request_nonce = old.clone()).await, 140_000),
        ("a nonce used before", ask.prt(|claims| claims.request_nonce = used.clone()).await, 140_000),
        ("a wrong password", ask.prt(|claims| claims.grant = password("anna@contoso.example", "x")).await, 50_126),
        ("nobody's name", ask.prt(|claims| claims.grant = password("nobody@contoso.example", "x")).await, 50_126),
        ("somebody else", ask.prt(|claims| claims.grant = password(&ben.user_principal_name, PASSWORD)).await, 53_003),
        ("no token", ask.prt(|claims| claims.grant = PrtGrant::RefreshToken { refresh_token: "x".into() }).await, 70_000),
        ("no key", ask.prt(|claims| claims.grant = PrtGrant::Hello { username: "x".into(), assertion: "x".into() }).await, 50_126),
        ("no client", ask.prt(|claims| claims.client_id = "x".into()).await, 700_016),
        ("a client that is no broker", ask.prt(|claims| claims.client_id = CLI.to_string()).await, 700_025),
        ("certificate: a nonce made up", ask.peer(|claims| claims.request_nonce = "x".into()).await, 140_000),
        ("certificate: another key", ask.peer(|claims| claims.csr = other_csr).await, 90_023),
        ("certificate: no request", ask.peer(|claims| claims.csr = "x".into()).await, 90_023),
        ("certificate: another use", ask.peer(|claims| claims.cert_token_use = "x".into()).await, 90_023),
        ("certificate: no broker", ask.peer(|claims| claims.client_id = CLI.to_string()).await, 700_025),
        ("renewal: a nonce made up", ask.redeem(|claims| claims.request_nonce = "x".into()).await, 140_000),
        ("renewal: no token", ask.redeem(|claims| claims.refresh_token = "x".into()).await, 70_000),
        ("renewal: another's token", ask.redeem(|claims| claims.refresh_token = other.1.clone()).await, 140_001),
        ("renewal: no broker", ask.redeem(|claims| claims.client_id = CLI.to_string()).await, 700_025),
        ("for an app: no redirect", ask.redeem(|claims| claims.scope = "openid".into()).await, 50_011),
        ("two devices", ask.authorize(&other, |_| {}, MAIL_REDIRECT).await, 70_000),
        ("two nonces", ask.authorize(&phone, |claims| claims.request_nonce = Some("x".into()), MAIL_REDIRECT).await, 140_000),
        ("another's token", ask.authorize(&phone, |claims| claims.refresh_token = other.1.clone(), MAIL_REDIRECT).await, 140_001),
        ("another app's address", ask.authorize(&phone, |_| {}, "msauth.com.evil.mail://auth").await, 50_011),
        ("removes another", ask.unregister(|claims| claims.device_id = other_id).await, 50_013),
        ("another method", ask.unregister(|claims| claims.htm = "GET".into()).await, 50_013),
        ("another address", ask.unregister(|claims| claims.htu.push('x')).await, 50_013),
        ("removed with a nonce made up", ask.unregister(|claims| claims.nonce = "x".into()).await, 140_000),
    ];
    for (name, answer, expected) in answers {
        assert_eq!(code(&answer), expected, "{name}: {}", answer.body);
    }

    // The person, the session and the token can end, and the device stays what it is.
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let session = unit.grants().prt(&sha256(&phone.1)).await.unwrap().unwrap().session_id;
    unit.sessions().revoke(session, world.ctx.now()).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(code(&ask.redeem(|_| {}).await), 50_133, "a session that was ended");
    let again = phone_with_prt(&world).await;
    let ask = Ask { world: &world, phone: &again };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut anna = world.anna.clone();
    anna.account_enabled = false;
    unit.users().update(&anna).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(code(&ask.prt(|_| {}).await), 50_057, "somebody who is disabled");
    assert_eq!(code(&ask.redeem(|_| {}).await), 50_057, "somebody who is disabled");
    world.clock.advance(15 * 86_400);
    assert_eq!(code(&ask.redeem(|_| {}).await), 70_008, "a token that has expired");
}

#[tokio::test]
async fn a_device_that_is_disabled_or_gone_is_told_so_at_every_door() {
    let world = World::new().await;
    let phone = phone_with_prt(&world).await;
    let ask = Ask { world: &world, phone: &phone };
    let at_every_door = async || {
        [
            code(&ask.prt(|_| {}).await),
            code(&ask.peer(|_| {}).await),
            code(&ask.redeem(|_| {}).await),
            code(&ask.authorize(&phone, |_| {}, MAIL_REDIRECT).await),
            code(&ask.unregister(|_| {}).await),
        ]
    };
    let enable = async |enabled: bool| change(&world, &phone.0, |record: &mut DeviceRecord| record.account_enabled = enabled).await;
    enable(false).await;
    assert_eq!(at_every_door().await, [DISABLED; 5]);
    enable(true).await;
    assert_eq!(ask.redeem(|_| {}).await.status, 200, "enabled again, it goes on as before");
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.devices().delete(phone.0.id.unwrap()).await.unwrap();
    unit.commit().await.unwrap();
    // Its token went along, and says nothing any more.
    assert_eq!(at_every_door().await, [GONE, GONE, 70_000, GONE, GONE]);
}

/// Where the two codes come from: whoever adds a way to them adds it to the tests above.
#[test]
fn one_place_gives_the_codes_that_make_clients_delete_their_keys() {
    let mut places = Vec::new();
    for source in ["../service/src", "src"] {
        find(&Path::new(env!("CARGO_MANIFEST_DIR")).join(source), &mut places);
    }
    places.sort_unstable();
    // The pages only say what to do about them, and a challenge takes the first one back where the device is one of another tenant.
    assert_eq!(places, ["advice.rs", "advice.rs", "advice.rs", "mod.rs", "mod.rs", "pkeyauth.rs"]);
}

/// The files below a folder that name one of the codes, once for each time.
fn find(folder: &Path, places: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, places);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for _ in code.filter(|line| ["DEVICE_AUTHENTICATION_FAILED", "DEVICE_DISABLED"].iter().any(|name| line.contains(name))) {
            places.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
}
