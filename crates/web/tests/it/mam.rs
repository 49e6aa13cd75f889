//! The protection service: enrolment, check-in, and what they are good for.

mod attestation;
mod console;
mod wipe;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use doorward_model::application::SigningAlgorithm;
use doorward_model::device::{Device, TrustType};
use doorward_model::document::{Document, DocumentKind};
use doorward_model::group::{Group, Member};
use doorward_model::refresh_token::RefreshToken;
use doorward_model::session::{Session, SessionKind};
use doorward_model::user::User;
use doorward_model::{AppId, Clock as _, DeviceId, GroupId, SessionId, TokenId};
use doorward_policy::protection::Criterion;
use doorward_service::one_time::sha256;
use doorward_service::protection::{AppliedFacts, applied};
use doorward_service::{keys, resource};
use doorward_store::Unit;
use doorward_wire::jwt;
use doorward_wire::key::SigningKey;
use doorward_wire::mam::{ProofClaims, body_hash, proof, proof_input};
use rstest::rstest;
use serde_json::{Value, json};

use crate::attacks::messages::altered;
use crate::authority::second_factor::everywhere;
use crate::registration::code_of;
use crate::world::{Answer, CLI, MAIL, MAIL_APP, World};

/// Anna's phone.
const DEVICE: DeviceId = DeviceId(uuid::uuid!("22222222-0000-4000-8000-000000000001"));
/// The group whose members are to be protected.
const PROTECTED: GroupId = GroupId(uuid::uuid!("33333333-0000-4000-8000-000000000001"));

/// A mail app on a phone that talks to the service.
struct Phone {
    world: World,
    key: SigningKey,
    token: String,
    registration: String,
    nonce: String,
    proofs: u32,
}

/// A request as the phone would send it, with what a test wants to be wrong about it.
struct Sent<'a> {
    method: Method,
    path: &'a str,
    body: Value,
    change: fn(&mut ProofClaims),
    if_none_match: Option<&'a str>,
}

impl<'a> Sent<'a> {
    fn new(method: Method, path: &'a str, body: Value) -> Self {
        Self { method, path, body, change: |_| {}, if_none_match: None }
    }
}

async fn write(world: &World) -> Box<dyn Unit> {
    world.ctx.store.tenant(world.tenant.id).write().await.unwrap()
}

fn new_key() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::ES256).unwrap().0
}

fn public(key: &SigningKey) -> Value {
    key.public_jwk().clone()
}

/// An access token for the protection resource.
async fn token(world: &World, user: &User, app: AppId, device: Option<DeviceId>, scope: &str) -> String {
    let mut unit = write(world).await;
    let now = world.clock.now();
    let session = Session {
        id: SessionId::random(world.ctx.rng.as_ref()),
        user_id: user.id,
        device_id: device,
        kind: SessionKind::Broker,
        amr: vec!["pwd".into()],
        authenticated: now,
        expires: now + jiff::SignedDuration::from_hours(1000),
        second_factor: None,
        revoked: None,
    };
    unit.sessions().create(&session).await.unwrap();
    let keys = keys::of_tenant(&world.ctx, unit.as_mut(), world.tenant.id).await.unwrap();
    unit.commit().await.unwrap();
    let (kid, key) = keys.signer(SigningAlgorithm::ES256).unwrap();
    let claims = json!({
        "iss": world.ctx.issuer(world.tenant.id), "aud": resource::PROTECTION, "scp": scope, "azp": app, "oid": user.id,
        "sid": session.id, "deviceid": device, "nbf": now.as_second(), "exp": now.as_second() + 1_000_000,
    });
    jwt::sign(key, kid, "JWT", &claims).unwrap()
}

fn policy(settings: Value) -> Value {
    let mut policy = json!({
        "@odata.type": "#microsoft.graph.iosManagedAppProtection",
        "displayName": "Mail on phones",
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.contoso.mail" } }],
        "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": PROTECTED } }],
        "pinRequired": true,
        "deviceComplianceRequired": true,
        "settingOfTheFuture": 1,
    });
    policy.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    policy
}

async fn put_policy(world: &World, id: &str, body: Value) {
    let now = world.clock.now();
    let mut unit = write(world).await;
    let kind = DocumentKind::AppProtectionPolicy;
    if unit.documents().get(kind, id).await.unwrap().is_some() {
        unit.documents().update(kind, id, "", &body, None, now).await.unwrap();
    } else {
        let document = Document { id: id.into(), version: 1, body, subject: String::new(), created: now, modified: now };
        unit.documents().create(kind, &document, now).await.unwrap();
    }
    unit.commit().await.unwrap();
}

/// A company in which Anna has a registered phone and belongs to the group that is to be protected.
async fn company() -> World {
    let world = World::new().await;
    let now = world.clock.now();
    let mut unit = write(&world).await;
    let group = Group { id: PROTECTED, display_name: "Protected".into(), description: None, created: now };
    unit.groups().create(&group).await.unwrap();
    unit.groups().add_member(PROTECTED, Member::User(world.anna.id)).await.unwrap();
    let device = Device {
        id: DEVICE,
        display_name: "Anna's iPhone".into(),
        operating_system: "iOS".into(),
        operating_system_version: "19.1".into(),
        certificate_thumbprint: "AB".into(),
        public_key_sha256: "ab".into(),
        transport_key: None,
        account_enabled: true,
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type: TrustType::Workplace,
        owner: Some(world.anna.id),
        eas_device_id: None,
        registered: now,
    };
    unit.devices().create(&device).await.unwrap();
    unit.commit().await.unwrap();
    world
}

fn state(world: &World) -> Value {
    json!({
        "deviceName": "Anna's iPhone", "deviceType": "iPhone", "platform": "iOS", "platformVersion": "19.1", "applicationVersion": "1.0",
        "sdkVersion": "1.0", "rooted": false, "managementLevel": "unmanaged", "locale": "en", "clock": world.clock.now(),
        "monotonicSeconds": 10, "bootId": "one", "multiIdentity": true, "pinSet": false
    })
}

fn enrolment(world: &World, key: &SigningKey) -> Value {
    json!({
        "appIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.contoso.mail" },
        "deviceTag": "tag-1",
        "publicKey": public(key),
        "state": state(world),
    })
}

async fn enrol(world: &World, token: &str, body: &Value) -> Answer {
    world.json(Method::POST, &world.path("mam/v1.0/enrollments"), token, body).await
}

fn code(answer: &Answer) -> (StatusCode, String) {
    (answer.status, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

impl Phone {
    /// An enrolled mail app with a policy.
    async fn enrolled() -> Self {
        let world = company().await;
        put_policy(&world, "p", policy(json!({}))).await;
        Self::enrol_in(world).await
    }

    async fn enrol_in(world: World) -> Self {
        let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
        let key = new_key();
        let answer = enrol(&world, &token, &enrolment(&world, &key)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let body = answer.json();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        Self { registration: text("/registration/id"), nonce: text("/checkIn/nonce"), world, key, token, proofs: 0 }
    }

    async fn send(&mut self, sent: Sent<'_>) -> Answer {
        let proof = self.proof(&sent);
        self.send_with(sent, &proof).await
    }

    /// The next proof, for a request.
    fn proof(&mut self, sent: &Sent<'_>) -> String {
        self.proofs += 1;
        let path = self.world.path(&format!("mam/v1.0/registrations/{}{}", self.registration, sent.path));
        let body = sent.body.to_string();
        let mut claims = ProofClaims {
            htm: sent.method.to_string(),
            htu: format!("https://login.contoso.example{path}"),
            iat: self.world.clock.now().as_second(),
            jti: format!("proof {}", self.proofs),
            bod: body_hash(body.as_bytes()),
            nonce: self.nonce.clone(),
        };
        (sent.change)(&mut claims);
        let input = proof_input(&claims).unwrap();
        proof(&input, &self.key.sign(input.as_bytes()).unwrap())
    }

    async fn send_with(&mut self, sent: Sent<'_>, proof: &str) -> Answer {
        let path = self.world.path(&format!("mam/v1.0/registrations/{}{}", self.registration, sent.path));
        let mut request =
            Request::builder().method(sent.method).uri(path).header("content-type", "application/json").header("doorward-proof", proof);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        if let Some(tag) = sent.if_none_match {
            request = request.header("if-none-match", format!("\"{tag}\""));
        }
        let answer = self.world.send(request.body(Body::from(sent.body.to_string())).unwrap()).await;
        if answer.status == StatusCode::OK
            && let Some(nonce) = answer.json()["nonce"].as_str()
        {
            nonce.clone_into(&mut self.nonce);
        }
        answer
    }

    fn check_in_body(&self, tag: Option<&str>) -> Value {
        json!({ "state": state(&self.world), "applied": { "tag": tag }, "events": [], "evidence": [] })
    }

    /// Checks in with a tag and returns the tag of the policy that is right now.
    async fn check_in(&mut self, tag: Option<&str>) -> Value {
        let answer = self.send(Sent::new(Method::POST, "/checkIn", self.check_in_body(tag))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    /// Checks in twice, as an app does that got a new policy.
    async fn apply(&mut self) -> String {
        let tag = self.check_in(None).await["policy"]["tag"].as_str().unwrap().to_owned();
        self.check_in(Some(&tag)).await;
        tag
    }

    async fn applied(&self) -> AppliedFacts {
        self.applied_on(Some(DEVICE)).await
    }

    async fn applied_on(&self, device: Option<DeviceId>) -> AppliedFacts {
        let world = &self.world;
        let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
        applied(&world.ctx, unit.as_mut(), world.tenant.id, (world.anna.id, MAIL_APP, device), None).await.unwrap()
    }

    async fn fresh_nonce(&mut self) {
        let answer = self.world.get(&self.world.path("mam/v1.0/challenge"), &[]).await;
        self.nonce = answer.json()["nonce"].as_str().unwrap().to_owned();
    }
}

#[tokio::test]
async fn enrolment_answers_with_the_effective_policy() {
    let world = company().await;
    put_policy(&world, "p", policy(json!({}))).await;
    let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    let answer = enrol(&world, &token, &enrolment(&world, &new_key())).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let body = answer.json();
    assert_eq!(body["registration"]["azureADDeviceId"], json!(DEVICE));
    let check_in = &body["checkIn"];
    assert_eq!(check_in["protection"], "active");
    assert_eq!(check_in["policy"]["settings"]["pinRequired"], true);
    assert_eq!(check_in["policy"]["settings"]["appActionIfDeviceComplianceRequired"], "block");
    assert_eq!(check_in["policy"]["sources"]["pinRequired"], json!(["p"]));
    assert_eq!(check_in["policy"]["intended"], json!([{ "id": "p", "version": 1 }]));
    assert_eq!(check_in["policy"]["settings"].get("settingOfTheFuture"), None, "what is not understood is not enforced");
    assert_eq!(check_in["device"], json!({ "state": "known", "isManaged": false, "isCompliant": false }));
    assert_eq!(check_in["user"], json!({ "state": "enabled" }));
}

#[tokio::test]
async fn enrolling_again_finds_the_registration_and_another_key_replaces_it() {
    let mut phone = Phone::enrolled().await;
    let same = enrol(&phone.world, &phone.token, &enrolment(&phone.world, &phone.key)).await;
    assert_eq!(same.status, StatusCode::OK);
    assert_eq!(same.json()["registration"]["id"], json!(phone.registration));
    let other = enrol(&phone.world, &phone.token, &enrolment(&phone.world, &new_key())).await;
    assert_eq!(other.status, StatusCode::CREATED);
    assert_ne!(other.json()["registration"]["id"], json!(phone.registration));
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::PRECONDITION_FAILED, "registrationReplaced".into()));
}

#[tokio::test]
async fn the_app_must_be_the_one_that_its_token_names() {
    let world = company().await;
    let mail = token(&world, &world.anna, MAIL_APP, None, "Protection.CheckIn").await;
    let mut body = enrolment(&world, &new_key());
    body["appIdentifier"]["bundleId"] = json!("com.contoso.files");
    assert_eq!(code(&enrol(&world, &mail, &body).await), (StatusCode::FORBIDDEN, "appMismatch".into()));
    let cli = token(&world, &world.anna, CLI, None, "Protection.CheckIn").await;
    let answer = enrol(&world, &cli, &enrolment(&world, &new_key())).await;
    assert_eq!(code(&answer), (StatusCode::FORBIDDEN, "appMismatch".into()));
}

#[tokio::test]
async fn an_app_that_enforces_nothing_cannot_enrol() {
    let world = company().await;
    let mut unit = write(&world).await;
    let mut application = Arc::unwrap_or_clone(unit.applications().get(MAIL_APP).await.unwrap().unwrap());
    application.protectable = false;
    unit.applications().update(&application).await.unwrap();
    unit.commit().await.unwrap();
    let token = token(&world, &world.anna, MAIL_APP, None, "Protection.CheckIn").await;
    let answer = enrol(&world, &token, &enrolment(&world, &new_key())).await;
    assert_eq!(code(&answer), (StatusCode::FORBIDDEN, "appNotProtectable".into()));
}

#[tokio::test]
async fn one_managed_user_for_an_app_on_a_device() {
    let phone = Phone::enrolled().await;
    let token = token(&phone.world, &phone.world.admin, MAIL_APP, None, "Protection.CheckIn").await;
    let answer = enrol(&phone.world, &token, &enrolment(&phone.world, &new_key())).await;
    assert_eq!(code(&answer), (StatusCode::CONFLICT, "anotherUserEnrolled".into()));
    assert!(!answer.body.to_lowercase().contains("anna"), "nobody is named");
}

#[tokio::test]
async fn a_token_for_something_else_is_refused() {
    let world = company().await;
    let body = enrolment(&world, &new_key());
    for token in ["", "nonsense", &token(&world, &world.anna, MAIL_APP, None, "Other.Scope").await] {
        let answer = enrol(&world, token, &body).await;
        assert_eq!(code(&answer), (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken".into()));
        assert!(answer.headers.contains_key("www-authenticate"));
    }
}

#[rstest]
#[case::not_json(json!("x"), StatusCode::BAD_REQUEST, "badRequest")]
#[case::too_large(json!({ "x": "y".repeat(65 * 1024) }), StatusCode::PAYLOAD_TOO_LARGE, "payloadTooLarge")]
#[tokio::test]
async fn bodies_that_are_not_read(#[case] body: Value, #[case] status: StatusCode, #[case] word: &str) {
    let world = company().await;
    let token = token(&world, &world.anna, MAIL_APP, None, "Protection.CheckIn").await;
    assert_eq!(code(&enrol(&world, &token, &body).await), (status, word.to_owned()));
}

#[rstest]
#[case::other_platform("/state/platform", json!("android"))]
#[case::long_name("/state/deviceName", json!("x".repeat(257)))]
#[case::no_tag("/deviceTag", json!(""))]
#[case::other_key("/publicKey/crv", json!("P-384"))]
#[case::short_key("/publicKey/x", json!("AA"))]
#[tokio::test]
async fn states_that_cannot_be_kept(#[case] pointer: &str, #[case] value: Value) {
    let world = company().await;
    let token = token(&world, &world.anna, MAIL_APP, None, "Protection.CheckIn").await;
    let mut body = enrolment(&world, &new_key());
    *body.pointer_mut(pointer).unwrap() = value;
    assert_eq!(code(&enrol(&world, &token, &body).await), (StatusCode::UNPROCESSABLE_ENTITY, "invalidState".into()));
}

#[rstest]
#[case::method(|claims: &mut ProofClaims| claims.htm = "GET".into())]
#[case::address(|claims: &mut ProofClaims| claims.htu.push('x'))]
#[case::body(|claims: &mut ProofClaims| claims.bod = body_hash(b"{}"))]
#[case::old(|claims: &mut ProofClaims| claims.iat -= 301)]
#[case::new(|claims: &mut ProofClaims| claims.iat += 301)]
#[case::long_id(|claims: &mut ProofClaims| claims.jti = "x".repeat(65))]
#[tokio::test]
async fn a_proof_is_for_one_request_and_one_moment(#[case] change: fn(&mut ProofClaims)) {
    let mut phone = Phone::enrolled().await;
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent { change, ..Sent::new(Method::POST, "/checkIn", body) }).await;
    assert_eq!(code(&answer), (StatusCode::UNAUTHORIZED, "proofInvalid".into()));
    // The same without the fault is fine, so it was the fault that was refused.
    phone.check_in(None).await;
}

#[rstest]
#[case::early(|claims: &mut ProofClaims| claims.iat -= 300)]
#[case::late(|claims: &mut ProofClaims| claims.iat += 300)]
#[tokio::test]
async fn clocks_may_differ_by_five_minutes(#[case] change: fn(&mut ProofClaims)) {
    let mut phone = Phone::enrolled().await;
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent { change, ..Sent::new(Method::POST, "/checkIn", body) }).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn another_key_proves_nothing() {
    let mut phone = Phone::enrolled().await;
    phone.key = new_key();
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::UNAUTHORIZED, "proofInvalid".into()));
    let path = phone.world.path(&format!("mam/v1.0/registrations/{}/checkIn", phone.registration));
    let unproven = phone.world.json(Method::POST, &path, &phone.token, &phone.check_in_body(None)).await;
    assert_eq!(code(&unproven), (StatusCode::UNAUTHORIZED, "proofInvalid".into()));
}

#[tokio::test]
async fn an_altered_proof_proves_nothing_and_uses_nothing_up() {
    let mut phone = Phone::enrolled().await;
    let sent = |body: &Value| Sent::new(Method::POST, "/checkIn", body.clone());
    let body = phone.check_in_body(None);
    let good = phone.proof(&sent(&body));
    for (name, altered) in altered(&good, public(&phone.key).to_string().as_bytes()) {
        let answer = phone.send_with(sent(&body), &altered).await;
        assert_eq!(code(&answer), (StatusCode::UNAUTHORIZED, "proofInvalid".into()), "{name}");
    }
    assert_eq!(phone.send_with(sent(&body), &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_works_once_and_so_does_its_nonce() {
    let mut phone = Phone::enrolled().await;
    let used = phone.nonce.clone();
    phone.check_in(None).await;
    let body = phone.check_in_body(None);
    let repeated = phone.send(Sent { change: |claims| claims.jti = "proof 1".into(), ..Sent::new(Method::POST, "/checkIn", body.clone()) });
    assert_eq!(code(&repeated.await), (StatusCode::UNAUTHORIZED, "proofInvalid".into()));
    phone.nonce = used;
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body.clone())).await;
    assert_eq!(code(&answer), (StatusCode::BAD_REQUEST, "staleNonce".into()));
    phone.nonce = answer.json()["error"]["details"]["nonce"].as_str().unwrap().to_owned();
    assert_eq!(phone.send(Sent::new(Method::POST, "/checkIn", body)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unchanged_policy_is_left_out() {
    let mut phone = Phone::enrolled().await;
    let tag = phone.apply().await;
    let body = phone.check_in_body(Some(&tag));
    let answer = phone.send(Sent { if_none_match: Some(&tag), ..Sent::new(Method::POST, "/checkIn", body) }).await.json();
    assert_eq!((answer.get("policy"), &answer["policyUnchanged"]), (None, &json!(true)));
    put_policy(&phone.world, "p", policy(json!({ "minimumPinLength": 6 }))).await;
    let body = phone.check_in_body(Some(&tag));
    let answer = phone.send(Sent { if_none_match: Some(&tag), ..Sent::new(Method::POST, "/checkIn", body) }).await.json();
    assert_eq!((&answer["policy"]["settings"]["minimumPinLength"], &answer["policyUnchanged"]), (&json!(6), &json!(false)));
}

#[tokio::test]
async fn policies_merge_to_the_strictest() {
    let world = company().await;
    put_policy(&world, "a", policy(json!({ "maximumPinRetries": 5 }))).await;
    put_policy(
        &world,
        "b",
        policy(json!({ "maximumPinRetries": 3, "assignments": [{ "target": {
        "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } }] })),
    )
    .await;
    put_policy(&world, "c", policy(json!({ "maximumPinRetries": 1, "assignments": [] }))).await;
    let mut phone = Phone::enrol_in(world).await;
    let answer = phone.check_in(None).await;
    assert_eq!(answer["policy"]["settings"]["maximumPinRetries"], 3);
    assert_eq!(answer["policy"]["sources"]["maximumPinRetries"], json!(["b"]));
}

#[tokio::test]
async fn who_has_no_policy_asks_again_later() {
    let mut phone = Phone::enrol_in(company().await).await;
    let answer = phone.check_in(None).await;
    assert_eq!(answer["protection"], "notTargeted");
    let wait: doorward_model::protection::Interval = serde_json::from_value(answer["nextCheckIn"].clone()).unwrap();
    assert!((10 * 3600..=14 * 3600).contains(&wait.as_secs()), "{wait}");
    assert!(!phone.applied().await.applied);
}

#[tokio::test]
async fn a_withdrawn_policy_is_told_and_nothing_is_wiped() {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    put_policy(&phone.world, "p", policy(json!({ "assignments": [] }))).await;
    let answer = phone.check_in(None).await;
    assert_eq!((&answer["protection"], &answer["operations"]), (&json!("none"), &json!([])));
    assert!(phone.applied().await.failed.contains(&Criterion::Active));
}

#[tokio::test]
async fn an_app_counts_as_protected_once_it_says_that_it_enforces_the_policy() {
    let mut phone = Phone::enrolled().await;
    assert_eq!(phone.applied().await.failed, [Criterion::Current]);
    phone.apply().await;
    let facts = phone.applied().await;
    assert!(facts.applied && facts.failed.is_empty());
    assert_eq!(facts.registration.map(|id| id.to_string()), Some(phone.registration.clone()));
    assert!(!phone.applied_on(None).await.applied, "without a device nothing counts");
    let elsewhere = DeviceId::random(phone.world.ctx.rng.as_ref());
    assert!(!phone.applied_on(Some(elsewhere)).await.applied);
}

#[tokio::test]
async fn only_the_enrolment_that_the_client_names_speaks_for_it() {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    let world = &phone.world;
    everywhere(world, json!({ "operator": "OR", "builtInControls": ["compliantApplication"] })).await;
    let mut unit = write(world).await;
    let session = unit.sessions().live_of(world.anna.id, world.clock.now()).await.unwrap().remove(0);
    let now = world.clock.now();
    let token = RefreshToken {
        id: TokenId::random(world.ctx.rng.as_ref()),
        app_id: MAIL_APP,
        user_id: world.anna.id,
        session_id: session.id,
        device_id: Some(DEVICE),
        code_id: None,
        brokered: true,
        hub: None,
        family: false,
        amr: None,
        scope: "openid api://contoso-mail/Mail.Read".into(),
        resource: MAIL,
        issued: now,
        expires: now + jiff::SignedDuration::from_hours(24),
        revoked: None,
    };
    unit.grants().create_refresh_token(&sha256("a refresh token"), &token).await.unwrap();
    unit.commit().await.unwrap();
    let client = MAIL_APP.to_string();
    let refresh = async |more: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", "a refresh token")];
        fields.extend_from_slice(more);
        world.token(&fields).await
    };
    assert_eq!(refresh(&[]).await.status, StatusCode::OK, "any of the app on the device");
    assert_eq!(refresh(&[("microsoft_enrollment_id", &phone.registration)]).await.status, StatusCode::OK);
    for other in ["33333333-0000-4000-8000-00000000ffff", "nonsense", ""] {
        assert_eq!(code_of(&refresh(&[("microsoft_enrollment_id", other)]).await), 53005, "{other:?}");
    }
}

#[tokio::test]
async fn protection_fades_without_check_ins() {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    phone.world.clock.advance(12 * 3600);
    assert!(phone.applied().await.applied);
    phone.world.clock.advance(1);
    assert_eq!(phone.applied().await.failed, [Criterion::Fresh]);
}

#[tokio::test]
async fn enrolling_again_is_no_check_in() {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    phone.world.clock.advance(13 * 3600);
    let again = enrol(&phone.world, &phone.token, &enrolment(&phone.world, &phone.key)).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.body);
    assert_eq!(phone.applied().await.failed, [Criterion::Fresh], "a public key proves nothing");
}

#[tokio::test]
async fn a_changed_policy_may_be_an_hour_late() {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    phone.world.clock.advance(2 * 3600);
    put_policy(&phone.world, "p", policy(json!({ "minimumPinLength": 6 }))).await;
    phone.world.clock.advance(3599);
    assert!(phone.applied().await.applied);
    phone.world.clock.advance(1);
    assert_eq!(phone.applied().await.failed, [Criterion::Current]);
}

#[tokio::test]
async fn a_rooted_phone_is_not_protected() {
    let mut phone = Phone::enrolled().await;
    let tag = phone.apply().await;
    let mut body = phone.check_in_body(Some(&tag));
    body["state"]["rooted"] = json!(true);
    assert_eq!(phone.send(Sent::new(Method::POST, "/checkIn", body)).await.status, StatusCode::OK);
    assert_eq!(phone.applied().await.failed, [Criterion::DeviceSound]);
}

#[tokio::test]
async fn the_record_of_the_device_decides_which_policies_cover_it() {
    let mut phone = Phone::enrolled().await;
    put_policy(&phone.world, "p", policy(json!({ "targetedAppManagementLevels": "unmanaged" }))).await;
    assert_eq!(phone.check_in(None).await["protection"], "active");
    let mut unit = write(&phone.world).await;
    let mut device = Arc::unwrap_or_clone(unit.devices().get(DEVICE).await.unwrap().unwrap());
    device.is_managed = true;
    unit.devices().update(&device).await.unwrap();
    unit.commit().await.unwrap();
    let answer = phone.check_in(None).await;
    assert_eq!((&answer["protection"], &answer["device"]["isManaged"]), (&json!("none"), &json!(true)));
}

#[tokio::test]
async fn a_registration_is_shown_to_its_own_app_only() {
    let mut phone = Phone::enrolled().await;
    let tag = phone.apply().await;
    let shown = phone.send(Sent::new(Method::GET, "", Value::Null)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!((&shown.json()["appliedTag"], &shown.json()["intendedTag"]), (&json!(tag), &json!(tag)));
    phone.fresh_nonce().await;
    phone.token = token(&phone.world, &phone.world.admin, MAIL_APP, None, "Protection.CheckIn").await;
    let answer = phone.send(Sent::new(Method::GET, "", Value::Null)).await;
    assert_eq!(code(&answer), (StatusCode::NOT_FOUND, "registrationNotFound".into()));
}

#[tokio::test]
async fn after_unenrolment_nothing_counts() {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    let gone = phone.send(Sent::new(Method::DELETE, "", json!({ "wiped": true }))).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.body);
    assert_eq!(phone.applied().await.failed, [Criterion::Active]);
    phone.fresh_nonce().await;
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::GONE, "registrationEnded".into()));
    let again = enrol(&phone.world, &phone.token, &enrolment(&phone.world, &phone.key)).await;
    assert_eq!(again.status, StatusCode::CREATED, "a new registration");
}

#[tokio::test]
async fn a_disabled_user_gets_no_answer() {
    let mut phone = Phone::enrolled().await;
    let mut unit = write(&phone.world).await;
    let mut anna = phone.world.anna.clone();
    anna.account_enabled = false;
    unit.users().update(&anna).await.unwrap();
    unit.commit().await.unwrap();
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken".into()));
}

#[tokio::test]
async fn too_many_check_ins_are_told_to_wait() {
    let mut phone = Phone::enrolled().await;
    for _ in 0..5 {
        phone.check_in(None).await;
    }
    let body = phone.check_in_body(None);
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests".into()));
    assert!(answer.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn too_many_events_are_refused() {
    let mut phone = Phone::enrolled().await;
    let mut body = phone.check_in_body(None);
    body["events"] = json!(vec![json!({ "kind": "warn" }); 51]);
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::BAD_REQUEST, "tooManyEvents".into()));
}

#[tokio::test]
async fn an_android_app_gets_the_policies_for_android() {
    let world = company().await;
    put_policy(&world, "ios", policy(json!({ "minimumPinLength": 8 }))).await;
    let android = json!({
        "@odata.type": "#microsoft.graph.androidManagedAppProtection",
        "minimumPinLength": 6,
        "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "com.contoso.mail" } }],
    });
    put_policy(&world, "android", policy(android)).await;
    let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    let mut body = enrolment(&world, &new_key());
    body["appIdentifier"] = json!({ "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "com.contoso.mail" });
    body["state"]["platform"] = json!("android");
    let answer = enrol(&world, &token, &body).await.json();
    assert_eq!(answer["checkIn"]["policy"]["settings"]["minimumPinLength"], 6, "{answer}");
    assert_eq!(answer["checkIn"]["policy"]["settings"].get("faceIdBlocked"), None, "members of iOS are left out");
}

#[tokio::test]
async fn errors_carry_what_the_help_desk_asks_for() {
    let world = company().await;
    let request = Request::builder()
        .method(Method::POST)
        .uri(world.path("mam/v1.0/enrollments"))
        .header("client-request-id", "abc")
        .body(Body::empty())
        .unwrap();
    let answer = world.send(request).await;
    let error = &answer.json()["error"];
    assert_eq!(error["innerError"]["client-request-id"], "abc");
    assert!(error["innerError"]["request-id"].is_string() && error["innerError"]["date"].is_string());
    assert_eq!(answer.headers.get("client-request-id").unwrap(), "abc");
}
