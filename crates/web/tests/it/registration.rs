//! Device registration and the broker, message by message.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::DeviceId;
use doorward_model::application::SigningAlgorithm;
use doorward_model::device::Device as DeviceRecord;
use doorward_wire::drs::{self, DeleteClaims};
use doorward_wire::key::SigningKey;
use doorward_wire::prt::{self, CookieClaims, KdfVersion, PrtGrant, PrtRequestClaims, RedemptionClaims, ResponseEncryption};
use rcgen::PublicKeyData as _;
use serde_json::{Value, json};

use crate::world::{Answer, MAIL_APP, PASSWORD, World, person};

pub(crate) const DRS_SCOPE: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/.default";
/// What brokers of phones accept in place of pages.
pub(crate) const JSON: (&str, &str) = ("accept", "application/json");
pub(crate) const PRT_CLIENT: &str = "38aa3b87-a06d-4817-b275-7a316988d93b";

/// A device with its keys; registered once `certificate` is there.
pub(crate) struct Device {
    pub(crate) key: SigningKey,
    pub(crate) pkcs8: Vec<u8>,
    pub(crate) transport: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) id: Option<DeviceId>,
    /// What it says it is.
    pub(crate) system: &'static str,
}

impl Device {
    pub(crate) fn new() -> Self {
        let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
        let (_, transport) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
        Self { key, pkcs8, transport, certificate: Vec::new(), id: None, system: "iOS" }
    }

    /// The same device once more.
    pub(crate) fn again(&self) -> Self {
        let key = SigningKey::from_pkcs8(SigningAlgorithm::RS256, &self.pkcs8).unwrap();
        let (pkcs8, transport, certificate) = (self.pkcs8.clone(), self.transport.clone(), self.certificate.clone());
        Self { key, pkcs8, transport, certificate, id: self.id, system: self.system }
    }

    pub(crate) fn request(&self) -> Value {
        let transport = rcgen::KeyPair::try_from(self.transport.as_slice()).unwrap().subject_public_key_info();
        json!({
            "CertificateRequest": { "Type": "pkcs10", "Data": STANDARD.encode(drs::build_csr(&self.pkcs8).unwrap()) },
            "TransportKey": STANDARD.encode(drs::spki_to_blob(&transport).unwrap()),
            "TargetDomain": "contoso.example", "DeviceType": self.system, "OSVersion": "19.1", "DeviceDisplayName": "Phone", "JoinType": 4,
        })
    }

    pub(crate) async fn join(&mut self, world: &World, token: &str) -> Answer {
        let answer = world.json(Method::POST, &world.path("EnrollmentServer/device/"), token, &self.request()).await;
        if answer.status == StatusCode::OK {
            self.certificate = STANDARD.decode(answer.json()["Certificate"]["RawBody"].as_str().unwrap()).unwrap();
            self.id = Some(doorward_wire::certificate::device_name(&self.certificate).unwrap().0);
        }
        answer
    }

    pub(crate) fn prt_request(&self, nonce: &str, password: &str) -> String {
        let grant = PrtGrant::Password { username: "anna@contoso.example".into(), password: password.into() };
        let claims = PrtRequestClaims { client_id: PRT_CLIENT.into(), request_nonce: nonce.into(), scope: "openid aza ugs".into(), grant };
        prt::build_request(&self.key, &self.certificate, &claims).unwrap()
    }
}

/// The broker of a phone asks for a code for the mail app.
pub(crate) async fn mail_by_broker(world: &World, signed: &(Device, String, Vec<u8>)) -> Answer {
    by_broker(world, signed, &[], &[JSON]).await
}

/// The broker of a phone asks for a code for the mail app, or for what `more` says in its place.
pub(crate) async fn by_broker(
    world: &World,
    (device, token, session_key): &(Device, String, Vec<u8>),
    more: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Answer {
    let client = MAIL_APP.to_string();
    let mut fields = vec![
        ("client_id", client.as_str()),
        ("response_type", "code"),
        ("redirect_uri", "msauth.com.contoso.mail://auth"),
        ("scope", "openid offline_access api://contoso-mail/Mail.Read"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    let query = serde_urlencoded::to_string(fields).unwrap();
    let nonce = nonce(world).await;
    let claims = CookieClaims { refresh_token: token.clone(), request_nonce: Some(nonce.clone()) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), session_key, KdfVersion::V1, &claims).unwrap();
    let credential = prt::build_device_credential(&device.key, &device.certificate, &nonce).unwrap();
    let mut all = vec![("x-ms-RefreshTokenCredential", cookie.as_str()), ("x-ms-DeviceCredential", &credential)];
    all.extend_from_slice(headers);
    world.get(&format!("{}?{query}", world.path("oAuth2/v2.0/authorize")), &all).await
}

pub(crate) async fn nonce(world: &World) -> String {
    let answer = world.post(&world.path("oauth2/token"), &[], &[("grant_type", "srv_challenge")]).await;
    answer.json()["Nonce"].as_str().unwrap().to_owned()
}

pub(crate) async fn signed(world: &World, message: &str) -> Answer {
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    world.post(&world.path("oauth2/token"), &[], &[("grant_type", grant), ("request", message), ("windows_api_version", "2.0")]).await
}

/// A registered phone of Anna's with a primary refresh token and its session key.
pub(crate) async fn phone_with_prt(world: &World) -> (Device, String, Vec<u8>) {
    with_prt(world, Device::new()).await
}

/// A device of Anna's, registered, with a primary refresh token and its session key.
pub(crate) async fn with_prt(world: &World, mut device: Device) -> (Device, String, Vec<u8>) {
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    assert_eq!(device.join(world, &token).await.status, StatusCode::OK);
    let answer = signed(world, &device.prt_request(&nonce(world).await, PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.json();
    let session_key = prt::unwrap_session_key(&device.transport, body["session_key_jwe"].as_str().unwrap()).unwrap();
    (device, body["refresh_token"].as_str().unwrap().to_owned(), session_key)
}

pub(crate) fn code_of(answer: &Answer) -> u64 {
    answer.json()["error_codes"][0].as_u64().unwrap_or_else(|| panic!("{}", answer.body))
}

#[tokio::test]
async fn a_join_keeps_four_attributes_and_the_owner_and_the_same_key_renews() {
    let world = World::new().await;
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    let mut device = Device::new();
    device.join(&world, &token).await;
    let id = device.id.unwrap();
    assert_eq!(device.join(&world, &token).await.status, StatusCode::OK);
    assert_eq!(device.id, Some(id), "one key, one device");
    let stored = world.ctx.store.tenant(world.tenant.id).read().await.unwrap().devices().get(id).await.unwrap().unwrap();
    assert_eq!((stored.owner, stored.is_managed, stored.is_compliant), (Some(world.anna.id), false, false));
    assert_eq!(
        (stored.display_name.as_str(), stored.operating_system.as_str(), stored.operating_system_version.as_str()),
        ("Phone", "iOS", "19.1")
    );
}

#[tokio::test]
async fn a_join_needs_a_token_for_it_a_key_of_ones_own_and_room_below_the_limit() {
    let world = World::new().await;
    let mut device = Device::new();
    let other = world.access_token(&world.anna, "api://contoso-mail/Mail.Read").await;
    for token in ["", "nonsense", &other] {
        assert_eq!(device.join(&world, token).await.status, StatusCode::UNAUTHORIZED, "{token}");
    }
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    assert_eq!(device.join(&world, &token).await.status, StatusCode::OK);
    let ben = person(&world.ctx, "ben", vec![]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&ben).await.unwrap();
    let mut tenant = world.tenant.clone();
    tenant.device_limit = 1;
    unit.tenant().update(&tenant).await.unwrap();
    unit.commit().await.unwrap();
    world.ctx.tenants.invalidate();
    let bens = world.access_token(&ben, DRS_SCOPE).await;
    assert_eq!(device.join(&world, &bens).await.status, StatusCode::CONFLICT, "Anna's key");
    let refused = Device::new().join(&world, &token).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("limit"), "{}", refused.body);
}

#[tokio::test]
async fn a_csr_of_another_subject_signature_or_kind_of_key_and_a_damaged_transport_key_are_refused() {
    let world = World::new().await;
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    let device = Device::new();
    let csr = drs::build_csr(&device.pkcs8).unwrap();
    let mut broken = csr.clone();
    *broken.last_mut().unwrap() ^= 1;
    let weak: Value = serde_json::from_str(include_str!("../../../wire/tests/vectors/requests.json")).unwrap();
    let weak = weak.as_object().unwrap().values().map(|request| ("/CertificateRequest/Data", request.clone(), "its key must be"));
    let cases = [
        ("/CertificateRequest/Type", json!("pkcs7"), "pkcs10"),
        ("/CertificateRequest/Data", json!("###"), "PKCS#10"),
        ("/CertificateRequest/Data", json!(STANDARD.encode(broken)), "signature"),
        ("/TransportKey", json!(STANDARD.encode([0; 283])), "TransportKey"),
    ];
    for (member, value, named) in cases.into_iter().chain(weak) {
        let mut body = device.request();
        *body.pointer_mut(member).unwrap() = value;
        let answer = world.json(Method::POST, &world.path("EnrollmentServer/device/"), &token, &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{member}");
        assert!(answer.body.contains(named), "{member}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_primary_refresh_token_needs_the_device_key_a_fresh_nonce_and_the_password() {
    let world = World::new().await;
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    let mut device = Device::new();
    device.join(&world, &token).await;
    let fresh = nonce(&world).await;
    let message = device.prt_request(&fresh, PASSWORD);
    assert_eq!(signed(&world, &message).await.status, StatusCode::OK);
    assert_eq!(code_of(&signed(&world, &message).await), 140_000, "replayed");
    assert_eq!(code_of(&signed(&world, &device.prt_request("made up", PASSWORD)).await), 140_000);
    let old = nonce(&world).await;
    world.clock.advance(601);
    assert_eq!(code_of(&signed(&world, &device.prt_request(&old, PASSWORD)).await), 140_000, "too old");
    assert_eq!(code_of(&signed(&world, &device.prt_request(&nonce(&world).await, "wrong")).await), 50126);
    let altered = {
        let message = device.prt_request(&nonce(&world).await, PASSWORD);
        let (head, signature) = message.rsplit_once('.').unwrap();
        format!("{}.{signature}", &head[..head.len() - 2])
    };
    assert_eq!(signed(&world, &altered).await.status, StatusCode::BAD_REQUEST);
    let mut stranger = Device::new();
    stranger.certificate = doorward_wire::certificate::self_signed("x", &stranger.pkcs8, world.ctx.now(), world.ctx.rng.as_ref()).unwrap();
    assert_eq!(code_of(&signed(&world, &stranger.prt_request(&nonce(&world).await, PASSWORD)).await), 50155, "a key nobody registered");
}

#[tokio::test]
async fn the_broker_gets_a_code_for_an_app_with_both_proofs_over_one_nonce() {
    let world = World::new().await;
    let (device, token, session_key) = phone_with_prt(&world).await;
    let query = serde_urlencoded::to_string([
        ("client_id", MAIL_APP.to_string().as_str()),
        ("response_type", "code"),
        ("redirect_uri", "msauth.com.contoso.mail://auth"),
        ("scope", "openid api://contoso-mail/Mail.Read"),
    ])
    .unwrap();
    let path = format!("{}?{query}", world.path("oAuth2/v2.0/authorize"));
    let ask = async |cookie_nonce: &str, device_nonce: &str, key: &[u8]| {
        let claims = CookieClaims { refresh_token: token.clone(), request_nonce: Some(cookie_nonce.to_owned()) };
        let cookie = prt::build_cookie(world.ctx.rng.as_ref(), key, KdfVersion::V1, &claims).unwrap();
        let credential = prt::build_device_credential(&device.key, &device.certificate, device_nonce).unwrap();
        world.get(&path, &[("x-ms-RefreshTokenCredential", &cookie), ("x-ms-DeviceCredential", &credential), JSON]).await
    };
    let (one, two) = (nonce(&world).await, nonce(&world).await);
    assert_eq!(code_of(&ask(&one, &two, &session_key).await), 140_000, "the proofs are over different nonces");
    assert_eq!(code_of(&ask(&one, &one, &[9; 32]).await), 140_001, "not the session key");
    let answer = ask(&one, &one, &session_key).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    assert!(answer.location().as_str().starts_with("msauth.com.contoso.mail://auth?code="));
    assert_eq!(code_of(&ask(&one, &one, &session_key).await), 140_000, "the nonce was used");
}

#[tokio::test]
async fn renewal_replaces_the_token_and_is_encrypted_as_the_client_can_read_it() {
    let world = World::new().await;
    let (_, token, session_key) = phone_with_prt(&world).await;
    for (version, iv_length) in [(KdfVersion::V1, 22), (KdfVersion::V2, 16)] {
        let (_, token, session_key) =
            if version == KdfVersion::V1 { (Device::new(), token.clone(), session_key.clone()) } else { phone_with_prt(&world).await };
        let claims = RedemptionClaims {
            refresh_token: token.clone(),
            request_nonce: nonce(&world).await,
            client_id: PRT_CLIENT.into(),
            scope: "openid ugs aza".into(),
            resource: None,
            redirect_uri: None,
            grant_type: "refresh_token".into(),
            iss: "aad:brokerplugin".into(),
            ..RedemptionClaims::default()
        };
        let message = prt::build_redemption(world.ctx.rng.as_ref(), &session_key, version, &claims).unwrap();
        let answer = signed(&world, &message).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body.split('.').nth(2).unwrap().len(), iv_length, "CBC for old clients, GCM for new ones");
        let plain: Value =
            serde_json::from_slice(&prt::decrypt_response(&session_key, &answer.body, ResponseEncryption::for_request(version)).unwrap())
                .unwrap();
        assert_ne!(plain["refresh_token"], json!(token));
        assert!(plain["expires_in"].is_string() && plain["refresh_token_expires_in"].is_i64());
        let again = RedemptionClaims { request_nonce: nonce(&world).await, ..claims };
        let message = prt::build_redemption(world.ctx.rng.as_ref(), &session_key, version, &again).unwrap();
        assert_eq!(code_of(&signed(&world, &message).await), 70008, "the old token is withdrawn");
    }
}

#[tokio::test]
async fn a_device_removes_itself_with_its_own_signature_and_its_tokens_go_along() {
    let world = World::new().await;
    let (device, token, session_key) = phone_with_prt(&world).await;
    let (other, _, _) = phone_with_prt(&world).await;
    let id = device.id.unwrap();
    let path = world.path(&format!("EnrollmentServer/device/{id}"));
    let url = format!("https://login.contoso.example{path}");
    let ask = async |signer: &Device, claims: DeleteClaims| {
        let message = drs::build_delete(&signer.key, &signer.certificate, &claims).unwrap();
        let answer = world.json(Method::DELETE, &path, &message, &Value::Null).await;
        assert!(!answer.body.contains("AADSTS50155"), "the device is neither gone nor disabled: {}", answer.body);
        answer.status
    };
    let claims = async |htm: &str, htu: &str| DeleteClaims { device_id: id, htm: htm.into(), htu: htu.into(), nonce: nonce(&world).await };
    assert_ne!(ask(&other, claims("DELETE", &url).await).await, StatusCode::OK, "another device's signature");
    assert_ne!(ask(&device, claims("GET", &url).await).await, StatusCode::OK, "made for another method");
    assert_ne!(ask(&device, claims("DELETE", "https://elsewhere.example/").await).await, StatusCode::OK, "made for another address");
    assert_eq!(ask(&device, claims("DELETE", &url).await).await, StatusCode::OK);
    let cookie = CookieClaims { refresh_token: token, request_nonce: Some(nonce(&world).await) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), &session_key, KdfVersion::V2, &cookie).unwrap();
    let query = format!("client_id={MAIL_APP}&response_type=code&redirect_uri=msauth.com.contoso.mail%3A%2F%2Fauth&scope=openid");
    let answer =
        world.get(&format!("{}?{query}", world.path("oauth2/v2.0/authorize")), &[("x-ms-RefreshTokenCredential", &cookie), JSON]).await;
    assert_eq!(code_of(&answer), 70000);
}

#[tokio::test]
async fn whoever_registers_a_device_or_takes_it_away_stands_in_the_audit() {
    for owned in [true, false] {
        let world = World::new().await;
        let token = world.access_token(&world.anna, DRS_SCOPE).await;
        let mut device = Device::new();
        device.join(&world, &token).await;
        world.clock.advance(1);
        device.join(&world, &token).await;
        world.clock.advance(1);
        let id = device.id.unwrap();
        if !owned {
            let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
            let record = unit.devices().get(id).await.unwrap().unwrap();
            unit.devices().update(&DeviceRecord { owner: None, ..Arc::unwrap_or_clone(record) }).await.unwrap();
            unit.commit().await.unwrap();
        }
        let path = world.path(&format!("EnrollmentServer/device/{id}"));
        let htu = format!("https://login.contoso.example{path}");
        let claims = DeleteClaims { device_id: id, htm: "DELETE".into(), htu, nonce: nonce(&world).await };
        let message = drs::build_delete(&device.key, &device.certificate, &claims).unwrap();
        assert_eq!(world.json(Method::DELETE, &path, &message, &Value::Null).await.status, StatusCode::OK);

        let audits = world.audits().await;
        let anna = "anna@contoso.example";
        let expected = [
            ("Register device", anna, false, true),
            ("Register device", anna, true, true),
            ("Unregister device", if owned { anna } else { "Phone" }, true, false),
        ];
        let told: Vec<_> = audits
            .iter()
            .rev()
            .filter(|audit| audit.target_id == id.to_string())
            .map(|audit| {
                let (before, after) = (audit.before.is_object(), audit.after.is_object());
                (audit.activity_display_name.as_str(), audit.initiated_by.display_name.as_str(), before, after)
            })
            .collect();
        assert_eq!(told, expected);
    }
}
