//! Signed messages, altered in every way that has a name, at every door that takes one. Each door gets the true message last: what was
//! refused was the alteration, and an attempt uses nothing up.

use aws_lc_rs::hmac;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::application::SigningAlgorithm;
use doorward_wire::drs::{self, DeleteClaims};
use doorward_wire::jwt;
use doorward_wire::key::SigningKey;
use doorward_wire::prt::{
    self, CookieClaims, HelloClaims, KdfVersion, PeerCertificateClaims, PrtGrant, PrtRequestClaims, RedemptionClaims,
};
use serde_json::{Value, json};

use crate::authority::{client_assertion, on_behalf_of};
use crate::computer::{BROKER, with_hello};
use crate::registration::{DRS_SCOPE, JSON, PRT_CLIENT, nonce, phone_with_prt, signed};
use crate::world::{Answer, MAIL_APP, PASSWORD, WEB_APP, World};

/// A compact message, its parts apart.
pub(crate) struct Compact {
    header: Value,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl Compact {
    fn of(message: &str) -> Self {
        let parts: Vec<Vec<u8>> = message.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        let [header, payload, signature] = parts.try_into().unwrap();
        let this = Self { header: serde_json::from_slice(&header).unwrap(), payload, signature };
        assert_eq!(this.text(), message, "what is not altered stays as it was");
        this
    }

    fn input(&self) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(self.header.to_string()), URL_SAFE_NO_PAD.encode(&self.payload))
    }

    fn text(&self) -> String {
        format!("{}.{}", self.input(), URL_SAFE_NO_PAD.encode(&self.signature))
    }

    /// A message with one change.
    fn with(message: &str, change: impl FnOnce(&mut Self)) -> String {
        let mut parts = Self::of(message);
        change(&mut parts);
        parts.text()
    }

    fn with_header(message: &str, name: &str, value: Value) -> String {
        Self::with(message, |parts| parts.header[name] = value)
    }

    /// Its claims, with one more.
    fn add_claim(&mut self) {
        let mut claims: Value = serde_json::from_slice(&self.payload).unwrap();
        claims["x"] = json!(1);
        self.payload = claims.to_string().into_bytes();
    }
}

/// What an attacker makes of a message that is not theirs. `known` is what everybody knows, such as the certificate of its key.
pub(crate) fn altered(message: &str, known: &[u8]) -> Vec<(&'static str, String)> {
    let (stranger, _) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let (input, _) = message.rsplit_once('.').unwrap();
    let alg = |alg: &str| Compact::with_header(message, "alg", json!(alg));
    vec![
        ("not a message", "nonsense".into()),
        ("cut in half", message[..message.len() / 2].to_owned()),
        ("cut in the signature", Compact::with(message, |parts| parts.signature.truncate(parts.signature.len() - 6))),
        ("without a signature", format!("{input}.")),
        ("without its last part", input.to_owned()),
        ("a part too many", format!("{message}.e30")),
        ("padded", format!("{message}==")),
        ("other claims", Compact::with(message, Compact::add_claim)),
        ("other header", Compact::with_header(message, "x", json!(1))),
        ("other signature", Compact::with(message, |parts| parts.signature[0] ^= 1)),
        ("alg none", Compact::with(&alg("none"), |parts| parts.signature.clear())),
        ("alg nOnE", alg("nOnE")),
        ("no alg", Compact::with(message, |parts| drop(parts.header.as_object_mut().unwrap().remove("alg")))),
        ("alg of another size", alg("RS512")),
        ("alg of another padding", alg("PS256")),
        (
            "signed with what is known",
            Compact::with(&alg("HS256"), |parts| {
                let key = hmac::Key::new(hmac::HMAC_SHA256, known);
                parts.signature = hmac::sign(&key, parts.input().as_bytes()).as_ref().to_vec();
            }),
        ),
        ("critical header", Compact::with_header(message, "crit", json!(["exp"]))),
        (
            "with a key of its own",
            Compact::with(&alg("ES256"), |parts| {
                parts.header["jwk"] = stranger.public_jwk().clone();
                parts.header["kid"] = json!(stranger.kid());
                parts.signature = stranger.sign(parts.input().as_bytes()).unwrap();
            }),
        ),
        ("longer than any", Compact::with_header(message, "x", json!("x".repeat(70_000)))),
    ]
}

/// The same of a message with the certificate `own` in its header, for whoever has the certificate of another device too.
fn swapped(message: &str, own: &[u8], other: &[u8]) -> Vec<(&'static str, String)> {
    let (stranger, _) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let x5c = |value: Value| Compact::with_header(message, "x5c", value);
    let [own, other, cut] = [own, other, &own[..own.len() - 1]].map(|der| STANDARD.encode(der));
    vec![
        ("another device's certificate", x5c(json!([other]))),
        ("another device's certificate first", x5c(json!([other, own]))),
        ("a list in the list", x5c(json!([[own]]))),
        ("a certificate cut short", x5c(json!([cut]))),
        ("no certificate", Compact::with(message, |parts| drop(parts.header.as_object_mut().unwrap().remove("x5c")))),
        ("a stranger's signature", Compact::with(message, |parts| parts.signature = stranger.sign(parts.input().as_bytes()).unwrap())),
    ]
}

/// Status and code of an answer; 0 where the protocol has no number.
fn told(answer: &Answer) -> (u16, u64) {
    let code = answer
        .body
        .split_once("AADSTS")
        .map_or(0, |(_, rest)| rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap().parse().unwrap());
    (answer.status.as_u16(), code)
}

/// Sends alterations, which are refused as `usual` but for the `others`, and then the message itself.
async fn knock(
    (message, alterations): (String, Vec<(&'static str, String)>),
    usual: (u16, u64),
    (others, otherwise): (&[&str], (u16, u64)),
    good: StatusCode,
    send: impl AsyncFn(String) -> Answer,
) {
    assert!(others.iter().all(|other| alterations.iter().any(|(name, _)| name == other)), "{others:?}");
    for (name, altered) in alterations {
        let answer = send(altered).await;
        let expected = if others.contains(&name) { otherwise } else { usual };
        assert_eq!(told(&answer), expected, "{name}: {}", answer.body);
    }
    let answer = send(message).await;
    assert_eq!(answer.status, good, "{}", answer.body);
}

const NONE: (&[&str], (u16, u64)) = (&[], (0, 0));
/// The message is one, and only then is looked for the key that should have signed it.
const UNDER_A_SESSION_KEY: (&[&str], (u16, u64)) = (
    &["cut in the signature", "without a signature", "other claims", "other header", "other signature", "signed with what is known"],
    (400, 140_001),
);

#[tokio::test]
async fn what_a_device_signs_is_taken_from_it_alone() {
    let world = World::new().await;
    let (device, token, session_key) = phone_with_prt(&world).await;
    let (other, ..) = phone_with_prt(&world).await;
    let all = |message: String| {
        let all = [altered(&message, &device.certificate), swapped(&message, &device.certificate, &other.certificate)].concat();
        (message, all)
    };
    let to_token_endpoint = async |message: String| signed(&world, &message).await;

    let request = device.prt_request(&nonce(&world).await, PASSWORD);
    knock(all(request), (400, 90_023), NONE, StatusCode::OK, to_token_endpoint).await;

    let claims = PeerCertificateClaims {
        client_id: PRT_CLIENT.into(),
        request_nonce: nonce(&world).await,
        grant_type: "device_auth".into(),
        cert_token_use: "device_cert".into(),
        csr: STANDARD.encode(drs::build_csr(&device.pkcs8).unwrap()),
    };
    let request = prt::build_peer_certificate_request(&device.key, &device.certificate, &claims).unwrap();
    knock(all(request), (400, 90_023), NONE, StatusCode::OK, to_token_endpoint).await;

    let fresh = nonce(&world).await;
    let claims = CookieClaims { refresh_token: token, request_nonce: Some(fresh.clone()) };
    let cookie = prt::build_cookie(world.ctx.rng.as_ref(), &session_key, KdfVersion::V2, &claims).unwrap();
    let credential = prt::build_device_credential(&device.key, &device.certificate, &fresh).unwrap();
    knock(all(credential), (400, 90_023), NONE, StatusCode::FOUND, async |credential| brokered(&world, &cookie, &credential).await).await;

    let path = world.path(&format!("EnrollmentServer/device/{}", device.id.unwrap()));
    let htu = format!("https://login.contoso.example{path}");
    let claims = DeleteClaims { device_id: device.id.unwrap(), htm: "DELETE".into(), htu, nonce: nonce(&world).await };
    let request = drs::build_delete(&device.key, &device.certificate, &claims).unwrap();
    let unregister = async |message: String| world.json(Method::DELETE, &path, &message, &Value::Null).await;
    knock(all(request), (400, 50_013), NONE, StatusCode::OK, unregister).await;
}

/// The two headers of a broker that asks for the mail app.
async fn brokered(world: &World, cookie: &str, credential: &str) -> Answer {
    let query = serde_urlencoded::to_string([
        ("client_id", MAIL_APP.to_string().as_str()),
        ("response_type", "code"),
        ("redirect_uri", "msauth.com.contoso.mail://auth"),
        ("scope", "openid api://contoso-mail/Mail.Read"),
    ])
    .unwrap();
    let headers = [("x-ms-RefreshTokenCredential", cookie), ("x-ms-DeviceCredential", credential), JSON];
    world.get(&format!("{}?{query}", world.path("oauth2/v2.0/authorize")), &headers).await
}

#[tokio::test]
async fn a_primary_refresh_token_is_worth_nothing_without_its_session_key() {
    let world = World::new().await;
    for version in [KdfVersion::V1, KdfVersion::V2] {
        let (device, token, session_key) = phone_with_prt(&world).await;
        let (_, _, other_key) = phone_with_prt(&world).await;
        let all = |message: String| {
            let all = altered(&message, token.as_bytes());
            (message, all)
        };
        let fresh = nonce(&world).await;
        let cookie = |key: &[u8]| {
            let claims = CookieClaims { refresh_token: token.clone(), request_nonce: Some(fresh.clone()) };
            prt::build_cookie(world.ctx.rng.as_ref(), key, version, &claims).unwrap()
        };
        let credential = prt::build_device_credential(&device.key, &device.certificate, &fresh).unwrap();
        for stolen in [&other_key[..], token.as_bytes(), &[]] {
            assert_eq!(told(&brokered(&world, &cookie(stolen), &credential).await), (400, 140_001));
        }
        let send = async |cookie: String| brokered(&world, &cookie, &credential).await;
        knock(all(cookie(&session_key)), (400, 90_023), UNDER_A_SESSION_KEY, StatusCode::FOUND, send).await;

        let claims = RedemptionClaims {
            refresh_token: token.clone(),
            request_nonce: nonce(&world).await,
            client_id: PRT_CLIENT.into(),
            scope: "openid ugs aza".into(),
            grant_type: "refresh_token".into(),
            iss: "aad:brokerplugin".into(),
            ..RedemptionClaims::default()
        };
        let renewal = |key: &[u8]| prt::build_redemption(world.ctx.rng.as_ref(), key, version, &claims).unwrap();
        for stolen in [&other_key[..], token.as_bytes(), &[]] {
            assert_eq!(told(&signed(&world, &renewal(stolen)).await), (400, 140_001));
        }
        let true_one = renewal(&session_key);
        for (member, value) in [("kdf_ver", json!(if version == KdfVersion::V1 { 2 } else { 1 })), ("ctx", json!(STANDARD.encode([0; 32])))]
        {
            assert_eq!(told(&signed(&world, &Compact::with_header(&true_one, member, value)).await), (400, 140_001), "{member}");
        }
        let send = async |message: String| signed(&world, &message).await;
        knock(all(true_one), (400, 90_023), UNDER_A_SESSION_KEY, StatusCode::OK, send).await;
    }
}

#[tokio::test]
async fn a_key_of_a_person_signs_for_them_alone() {
    let world = World::new().await;
    let ((device, ..), hello) = with_hello(&world).await;
    let now = world.ctx.now().as_second();
    let name = "anna@contoso.example";
    let claims = HelloClaims { iss: name.into(), request_nonce: nonce(&world).await, iat: now, exp: now + 300 };
    let assertion = prt::build_hello_assertion(&hello.key, &hello.id(), &claims).unwrap();
    // The message around it is true each time.
    let send = async |assertion: String| {
        let grant = PrtGrant::Hello { username: name.into(), assertion };
        let scope = "openid aza ugs".to_owned();
        let claims = PrtRequestClaims { client_id: BROKER.into(), request_nonce: nonce(&world).await, scope, grant };
        signed(&world, &prt::build_request(&device.key, &device.certificate, &claims).unwrap()).await
    };
    let all = altered(&assertion, &hello.blob);
    // A message that makes the one around it too long makes that one none.
    let others: (&[&str], (u16, u64)) = (&["longer than any"], (400, 90_023));
    knock((assertion, all), (400, 50_126), others, StatusCode::OK, send).await;
}

#[tokio::test]
async fn a_client_assertion_is_the_clients_own() {
    let (world, key) = client_assertion::world_with_certificate().await;
    let assertion = jwt::sign(&key, "", "JWT", &client_assertion::claims(&world, &json!({}))).unwrap();
    let all = altered(&assertion, key.public_jwk()["n"].as_str().unwrap().as_bytes());
    let client = WEB_APP.to_string();
    let send = async |assertion: String| client_assertion::ask(&world, &assertion, &[("client_id", &client)]).await;
    knock((assertion, all), (401, 700_027), NONE, StatusCode::OK, send).await;
}

#[tokio::test]
async fn a_token_is_one_that_was_signed_here() {
    let world = World::new().await;
    on_behalf_of::agree(&world).await;
    let keys = world.get(&world.path("discovery/v2.0/keys"), &[]).await.body;

    let called_with = on_behalf_of::called_with(&world).await;
    let all = altered(&called_with, keys.as_bytes());
    let send = async |assertion: String| on_behalf_of::exchange(&world, &assertion, &[]).await;
    knock((called_with, all), (400, 50_013), NONE, StatusCode::OK, send).await;

    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let all = altered(&token, keys.as_bytes());
    let send = async |token: String| world.json(Method::GET, "/v1.0/users", &token, &Value::Null).await;
    knock((token, all), (401, 0), NONE, StatusCode::OK, send).await;

    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    let all = altered(&token, keys.as_bytes());
    let join = world.path("EnrollmentServer/device/");
    let send = async |token: String| world.json(Method::POST, &join, &token, &json!({})).await;
    // The empty request is refused only behind the token.
    knock((token, all), (401, 0), NONE, StatusCode::BAD_REQUEST, send).await;
}

/// Both are signed with the same key, and say the same of issuer and audience.
#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let world = World::new().await;
    on_behalf_of::agree(&world).await;
    let client = WEB_APP.to_string();
    let assertion = on_behalf_of::called_with(&world).await;
    let tokens = on_behalf_of::exchange(&world, &assertion, &[]).await;
    let Some(id_token) = tokens.json()["id_token"].as_str().map(str::to_owned) else { panic!("{}", tokens.body) };
    assert_eq!(jwt::unverified_claim(&id_token, "aud"), Some(client));
    assert_eq!(told(&on_behalf_of::exchange(&world, &id_token, &[]).await), (400, 50_013));
}
