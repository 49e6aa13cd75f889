//! Attestations of apps: taken at enrolment and check-in, and asked for where an application says so.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::Application;
use doorward_model::protection::{
    AppAttestEnvironment, AppAttestationRequirement, Assurance, AttestedApplication, AttestedPackage, EvidenceProblem, KeyDescription,
    ProofKey, RootOfTrust, SecurityLevel, VerifiedBootState,
};
use doorward_service::protection::{TestTenant, Trust, missing_attestation};
use doorward_wire::attestation::{Revocations, Roots, SoftwareEnclave, SoftwareMaker, client_data};

use super::*;
use crate::console::browser::Browser;
use crate::console::form::{fields, with};

const TEAM: &str = "AB12CD34EF";
const OTHER_TENANT: &str = "99999999-0000-4000-8000-000000000000";

/// The certificate that signs the Android app.
fn signer() -> String {
    "0a".repeat(32)
}

/// A company whose mail app must attest who it is, and a maker of phones whom it believes.
async fn wary_company() -> (World, SoftwareMaker) {
    let world = company().await;
    put_policy(&world, "p", policy(json!({}))).await;
    let mut android = policy(json!({}));
    android["@odata.type"] = json!("#microsoft.graph.androidManagedAppProtection");
    let app = json!({ "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "com.contoso.mail" });
    android["apps"] = json!([{ "mobileAppIdentifier": app }]);
    put_policy(&world, "a", android).await;
    let maker = SoftwareMaker::generate().unwrap();
    let roots = Roots::from_pem(maker.root().as_bytes()).unwrap();
    world.ctx.attestation.set(Trust { android: roots.clone(), apple: roots, ..Trust::default() });
    require(&world, Assurance::Attested).await;
    (world, maker)
}

async fn change(world: &World, change: impl FnOnce(&mut Application)) {
    let mut unit = write(world).await;
    let mut application = Arc::unwrap_or_clone(unit.applications().get(MAIL_APP).await.unwrap().unwrap());
    change(&mut application);
    unit.applications().update(&application).await.unwrap();
    unit.commit().await.unwrap();
}

async fn require(world: &World, required_assurance: Assurance) {
    let attestation =
        AppAttestationRequirement { required_assurance, apple_team_id: Some(TEAM.into()), android_signing_certificates: vec![signer()] };
    change(world, |application| application.attestation = attestation).await;
}

async fn missing(world: &World) -> Option<EvidenceProblem> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    let application = unit.applications().get(MAIL_APP).await.unwrap().unwrap();
    missing_attestation(&world.ctx, unit.as_mut(), world.anna.id, &application, Some(DEVICE)).await.unwrap()
}

async fn nonce(world: &World) -> String {
    world.get(&world.path("mam/v1.0/challenge"), &[]).await.json()["nonce"].as_str().unwrap().to_owned()
}

fn proof_key(key: &SigningKey) -> ProofKey {
    serde_json::from_value(public(key)).unwrap()
}

fn piece(kind: &str, nonce: &str, data: &[u8]) -> Value {
    json!({ "type": kind, "nonce": nonce, "data": STANDARD.encode(data) })
}

fn description(nonce: &str) -> KeyDescription {
    KeyDescription {
        version: 300,
        security_level: SecurityLevel::TrustedEnvironment,
        key_store_version: 300,
        key_store_security_level: SecurityLevel::TrustedEnvironment,
        challenge: nonce.as_bytes().to_vec(),
        purposes: vec![2],
        origin: Some(0),
        root_of_trust: Some(RootOfTrust { device_locked: true, verified_boot_state: VerifiedBootState::Verified }),
        patch_level: Some(202_611),
        application: Some(AttestedApplication {
            packages: vec![AttestedPackage { name: "com.contoso.mail".into(), version: 7 }],
            signing_certificates: vec![signer()],
        }),
    }
}

fn on_android(mut body: Value) -> Value {
    body["appIdentifier"] = json!({ "@odata.type": "#microsoft.graph.androidMobileAppIdentifier", "packageId": "com.contoso.mail" });
    body["state"]["platform"] = json!("android");
    body
}

/// Enrols an Android app whose phone says what `change` leaves of a sound description.
async fn enrol_android(world: &World, maker: &SoftwareMaker, change: impl FnOnce(&mut KeyDescription)) -> (SigningKey, Value, Answer) {
    let (key, nonce) = (new_key(), nonce(world).await);
    let mut said = description(&nonce);
    change(&mut said);
    let chain = maker.attest_key(&proof_key(&key), &said).unwrap();
    let mut body = on_android(enrolment(world, &key));
    body["evidence"] = json!([{ "type": "playIntegrity" }, piece("androidKeyAttestation", &nonce, &chain)]);
    let token = token(world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    let answer = enrol(world, &token, &body).await;
    (key, body, answer)
}

fn verdict(answer: &Answer) -> Value {
    answer.json()["checkIn"]["verdicts"]["attestation"].clone()
}

#[tokio::test]
async fn an_android_app_whose_phone_attests_its_key_has_the_identity_that_is_asked_for() {
    let (world, maker) = wary_company().await;
    assert_eq!(missing(&world).await, Some(EvidenceProblem::Missing));
    let (_, _, answer) = enrol_android(&world, &maker, |_| {}).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(verdict(&answer), json!({ "value": "attested", "at": world.clock.now() }));
    assert_eq!(missing(&world).await, None);
}

#[rstest]
#[case::unlocked(|said: &mut KeyDescription| said.root_of_trust = Some(RootOfTrust { device_locked: false, verified_boot_state: VerifiedBootState::Unverified }), "bootloader")]
#[case::software(|said: &mut KeyDescription| said.key_store_security_level = SecurityLevel::Software, "softwareKey")]
#[case::foreign_challenge(|said: &mut KeyDescription| said.challenge = b"another".to_vec(), "challenge")]
#[case::other_app(|said: &mut KeyDescription| said.application.as_mut().unwrap().packages[0].name = "com.evil.mail".into(), "otherApp")]
#[case::other_signer(|said: &mut KeyDescription| said.application.as_mut().unwrap().signing_certificates[0] = "0b".repeat(32), "otherSigner")]
#[tokio::test]
async fn evidence_that_is_rejected_enrols_and_says_why_the_app_is_not_let_through(
    #[case] change: fn(&mut KeyDescription),
    #[case] reason: &str,
) {
    let (world, maker) = wary_company().await;
    let (_, _, answer) = enrol_android(&world, &maker, change).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(verdict(&answer), json!({ "value": "rejected", "at": world.clock.now(), "reason": reason }));
    assert_eq!(json!(missing(&world).await), json!(reason));
}

#[tokio::test]
async fn evidence_of_strangers_and_of_other_keys_is_rejected() {
    let (world, maker) = wary_company().await;
    let stranger = SoftwareMaker::generate().unwrap();
    let (_, _, answer) = enrol_android(&world, &stranger, |_| {}).await;
    assert_eq!(verdict(&answer)["reason"], "root");

    let (mine, other, nonce) = (new_key(), new_key(), nonce(&world).await);
    let chain = maker.attest_key(&proof_key(&other), &description(&nonce)).unwrap();
    let mut body = on_android(enrolment(&world, &mine));
    body["evidence"] = json!([piece("androidKeyAttestation", &nonce, &chain)]);
    let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    assert_eq!(verdict(&enrol(&world, &token, &body).await)["reason"], "otherKey");
    assert_eq!(missing(&world).await, Some(EvidenceProblem::OtherKey));
}

#[tokio::test]
async fn a_nonce_is_good_for_one_enrolment_and_repeating_a_request_changes_nothing() {
    let (world, maker) = wary_company().await;
    let (_, body, _) = enrol_android(&world, &maker, |_| {}).await;
    let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    // The answer was lost: the app sends the same again.
    let again = enrol(&world, &token, &body).await;
    assert_eq!((again.status, verdict(&again)["value"].clone()), (StatusCode::OK, json!("attested")));
    // Another instance with what was heard of the first one.
    let mut replayed = body;
    replayed["deviceTag"] = json!("tag-2");
    let answer = enrol(&world, &token, &replayed).await;
    assert_eq!(code(&answer), (StatusCode::BAD_REQUEST, "staleNonce".into()));
    assert!(answer.json()["error"]["details"]["nonce"].is_string(), "with a new one");
}

#[rstest]
#[case::not_base64(json!([{ "type": "appAttest", "nonce": "n", "data": "?" }]), "badRequest")]
#[case::two(json!([piece("appAttest", "n", b""), piece("appAttest", "n", b"")]), "badRequest")]
#[case::five(json!([{ "type": "x" }, { "type": "x" }, { "type": "x" }, { "type": "x" }, { "type": "x" }]), "badRequest")]
#[case::foreign_nonce(json!([piece("appAttest", "n", b"")]), "staleNonce")]
#[tokio::test]
async fn evidence_has_a_form(#[case] evidence: Value, #[case] expected: &str) {
    let (world, _) = wary_company().await;
    let mut body = enrolment(&world, &new_key());
    body["evidence"] = evidence;
    let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    assert_eq!(code(&enrol(&world, &token, &body).await), (StatusCode::BAD_REQUEST, expected.into()));
}

#[tokio::test]
async fn an_attestation_of_another_platform_is_of_no_use() {
    let (world, maker) = wary_company().await;
    let (key, nonce) = (new_key(), nonce(&world).await);
    let chain = maker.attest_key(&proof_key(&key), &description(&nonce)).unwrap();
    let mut body = enrolment(&world, &key);
    body["evidence"] = json!([piece("androidKeyAttestation", &nonce, &chain)]);
    let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    assert_eq!(verdict(&enrol(&world, &token, &body).await)["reason"], "otherKind");
}

impl Phone {
    /// An enrolled Android app with an attested key.
    async fn attested_on_android() -> Self {
        let (world, maker) = wary_company().await;
        let (key, _, answer) = enrol_android(&world, &maker, |_| {}).await;
        Self::of(world, key, &answer).await
    }

    /// An enrolled iOS app whose key App Attest vouches for.
    async fn attested_on_ios(environment: AppAttestEnvironment) -> (Self, SoftwareEnclave, Answer) {
        let (world, maker) = wary_company().await;
        let enclave = SoftwareEnclave::generate(&format!("{TEAM}.com.contoso.mail")).unwrap();
        let (key, nonce) = (new_key(), nonce(&world).await);
        let object = enclave.attest(&maker, environment, &client_data(&nonce, &proof_key(&key))).unwrap();
        let mut body = enrolment(&world, &key);
        body["evidence"] = json!([piece("appAttest", &nonce, &object)]);
        let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
        let answer = enrol(&world, &token, &body).await;
        (Self::of(world, key, &answer).await, enclave, answer)
    }

    async fn of(world: World, key: SigningKey, answer: &Answer) -> Self {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let body = answer.json();
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
        Self { registration: text("/registration/id"), nonce: text("/checkIn/nonce"), world, key, token, proofs: 0 }
    }

    /// Checks in with an assertion over `data`; what came of it.
    async fn assert(&mut self, assertion: &[u8]) -> Value {
        let mut body = self.check_in_body(None);
        body["evidence"] = json!([piece("appAttest", &self.nonce.clone(), assertion)]);
        let answer = self.send(Sent::new(Method::POST, "/checkIn", body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["verdicts"]["attestation"].clone()
    }

    fn client_data(&self) -> String {
        client_data(&self.nonce, &proof_key(&self.key))
    }

    fn wait(&self, days: i64) {
        self.world.clock.advance(24 * 60 * 60 * days);
    }
}

#[tokio::test]
async fn an_android_app_shows_its_key_at_every_check_in_and_counts_for_seven_days() {
    let mut phone = Phone::attested_on_android().await;
    phone.wait(6);
    phone.fresh_nonce().await;
    let mut body = phone.check_in_body(None);
    body["state"]["platform"] = json!("android");
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(answer.json()["verdicts"]["attestation"], json!({ "value": "attested", "at": phone.world.clock.now() }));
    phone.wait(7);
    assert_eq!(missing(&phone.world).await, None);
    phone.wait(1);
    assert_eq!(missing(&phone.world).await, Some(EvidenceProblem::Stale));
}

#[tokio::test]
async fn a_revocation_that_comes_later_counts_at_once() {
    let phone = Phone::attested_on_android().await;
    let path = format!("deviceAppManagement/managedAppRegistrations/{}", phone.registration);
    let token = phone.world.access_token(&phone.world.admin, crate::graph::SCOPE).await;
    let shown = phone.world.json(Method::GET, &format!("/v1.0/{path}"), &token, &Value::Null).await.json();
    assert_eq!(
        (&shown["evidence"]["result"], &shown["evidence"]["facts"]["securityLevel"]),
        (&json!("accepted"), &json!("trustedEnvironment"))
    );
    let serial = shown["evidence"]["facts"]["serials"][0].as_str().unwrap();
    let list = json!({ "entries": { serial: { "status": "REVOKED", "reason": "KEY_COMPROMISE" } } }).to_string();
    phone.world.ctx.attestation.set(Trust { revoked: Revocations::parse(list.as_bytes()).unwrap(), ..Trust::default() });
    assert_eq!(missing(&phone.world).await, Some(EvidenceProblem::Revoked));
}

#[tokio::test]
async fn an_attestation_counts_as_long_as_the_registration_of_the_app_knows_its_signer() {
    let phone = Phone::attested_on_android().await;
    change(&phone.world, |application| application.attestation.android_signing_certificates = vec!["0c".repeat(32)]).await;
    assert_eq!(missing(&phone.world).await, Some(EvidenceProblem::OtherSigner));
    require(&phone.world, Assurance::Brokered).await;
    assert_eq!(missing(&phone.world).await, None, "nothing is asked for");
}

#[tokio::test]
async fn an_ios_app_attests_once_and_asserts_from_then_on() {
    let (mut phone, mut enclave, answer) = Phone::attested_on_ios(AppAttestEnvironment::Production).await;
    assert_eq!(verdict(&answer)["value"], "attested");
    phone.wait(6);
    phone.fresh_nonce().await;
    let assertion = enclave.assert(&phone.client_data()).unwrap();
    assert_eq!(phone.assert(&assertion).await, json!({ "value": "attested", "at": phone.world.clock.now() }));
    phone.wait(7);
    assert_eq!(missing(&phone.world).await, None);
    phone.wait(1);
    phone.fresh_nonce().await;
    phone.token = token(&phone.world, &phone.world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
    phone.check_in(None).await;
    assert_eq!(missing(&phone.world).await, Some(EvidenceProblem::Stale), "a check-in without an assertion shows nothing");
}

#[tokio::test]
async fn an_assertion_must_be_new_for_this_request_and_by_the_attested_key() {
    let (mut phone, mut enclave, _) = Phone::attested_on_ios(AppAttestEnvironment::Production).await;
    let (first, second) = (enclave.assert(&phone.client_data()).unwrap(), enclave.assert(&phone.client_data()).unwrap());
    assert_eq!(phone.assert(&second).await["value"], "attested");
    assert_eq!(phone.assert(&first).await["reason"], "assertion", "it was for the nonce before");
    assert_eq!(missing(&phone.world).await, Some(EvidenceProblem::Assertion));

    let (mut phone, mut enclave, _) = Phone::attested_on_ios(AppAttestEnvironment::Production).await;
    let (first, second) = (enclave.assert("x").unwrap(), enclave.assert(&phone.client_data()).unwrap());
    drop(first);
    assert_eq!(phone.assert(&second).await["value"], "attested");
    // A copy of the key that has made fewer assertions.
    let mut other = SoftwareEnclave::generate(&format!("{TEAM}.com.contoso.mail")).unwrap();
    let assertion = other.assert(&phone.client_data()).unwrap();
    assert_eq!(phone.assert(&assertion).await["reason"], "assertion", "another key");

    let (mut phone, _, _) = Phone::attested_on_ios(AppAttestEnvironment::Production).await;
    let mut other = SoftwareEnclave::generate("ZZ12CD34EF.com.contoso.mail").unwrap();
    let assertion = other.assert(&phone.client_data()).unwrap();
    assert_eq!(phone.assert(&assertion).await["reason"], "otherApp");
}

#[tokio::test]
async fn copies_of_developers_and_test_roots_count_in_the_tenant_for_tests_only() {
    let (phone, _, answer) = Phone::attested_on_ios(AppAttestEnvironment::Development).await;
    assert_eq!(verdict(&answer)["reason"], "development");
    let world = phone.world;
    let maker = SoftwareMaker::generate().unwrap();
    let roots = Roots::from_pem(maker.root().as_bytes()).unwrap();
    for (tenant, expected) in [(world.tenant.id, json!(null)), (OTHER_TENANT.parse().unwrap(), json!("noRoots"))] {
        world.ctx.attestation.set(Trust { test: Some(TestTenant { tenant, roots: roots.clone() }), ..Trust::default() });
        let enclave = SoftwareEnclave::generate(&format!("{TEAM}.com.contoso.mail")).unwrap();
        let (key, nonce) = (new_key(), nonce(&world).await);
        let object = enclave.attest(&maker, AppAttestEnvironment::Development, &client_data(&nonce, &proof_key(&key))).unwrap();
        let mut body = enrolment(&world, &key);
        body["evidence"] = json!([piece("appAttest", &nonce, &object)]);
        let token = token(&world, &world.anna, MAIL_APP, Some(DEVICE), "Protection.CheckIn").await;
        assert_eq!(verdict(&enrol(&world, &token, &body).await)["reason"], expected);
    }
}

/// What an administrator may ask of an app: nothing that its copies could never do.
#[rstest]
#[case::good(json!({ "requiredAssurance": "attested", "appleTeamId": TEAM, "androidSigningCertificates": [signer()] }), None)]
#[case::nothing(json!({ "requiredAssurance": "brokered" }), None)]
#[case::team(json!({ "appleTeamId": "contoso" }), Some("appleTeamId"))]
#[case::certificate(json!({ "androidSigningCertificates": ["AA:BB"] }), Some("androidSigningCertificates[0]"))]
#[case::many(json!({ "androidSigningCertificates": vec![signer(); 9] }), Some("androidSigningCertificates"))]
#[case::no_team(json!({ "requiredAssurance": "attested", "appleTeamId": null, "androidSigningCertificates": [signer()] }), Some("team id"))]
#[case::no_certificate(json!({ "requiredAssurance": "attested", "appleTeamId": TEAM, "androidSigningCertificates": [] }), Some("SHA-256"))]
#[case::unknown_word(json!({ "requiredAssurance": "certain" }), Some("certain"))]
#[case::unknown_member(json!({ "requiredTrust": "attested" }), Some("requiredTrust"))]
#[tokio::test]
async fn what_could_never_be_met_cannot_be_asked_for(#[case] attestation: Value, #[case] problem: Option<&str>) {
    let (world, _) = wary_company().await;
    require(&world, Assurance::Brokered).await;
    let token = world.access_token(&world.admin, crate::graph::SCOPE).await;
    let body = json!({ "doorward": { "attestation": attestation } });
    let answer = world.json(Method::PATCH, &format!("/v1.0/applications/{MAIL_APP}"), &token, &body).await;
    match problem {
        None => assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body),
        Some(problem) => assert!(answer.status == StatusCode::BAD_REQUEST && answer.body.contains(problem), "{}", answer.body),
    }
}

#[tokio::test]
async fn nobody_can_be_asked_to_attest_to_a_server_that_believes_nobody() {
    let (world, _) = wary_company().await;
    require(&world, Assurance::Brokered).await;
    let token = world.access_token(&world.admin, crate::graph::SCOPE).await;
    let full = json!({ "requiredAssurance": "attested", "appleTeamId": TEAM, "androidSigningCertificates": [signer()] });
    world.ctx.attestation.set(Trust::default());
    let path = format!("/v1.0/applications/{MAIL_APP}");
    let answer = world.json(Method::PATCH, &path, &token, &json!({ "doorward": { "attestation": full } })).await;
    assert!(answer.status == StatusCode::BAD_REQUEST && answer.body.contains("apple_roots"), "{}", answer.body);
    let (world, _) = wary_company().await;
    let token = world.access_token(&world.admin, crate::graph::SCOPE).await;
    let answer = world.json(Method::PATCH, &path, &token, &json!({ "doorward": { "protectable": false } })).await;
    assert!(answer.status == StatusCode::BAD_REQUEST && answer.body.contains("protectable"), "{}", answer.body);
}

#[tokio::test]
async fn the_page_of_a_managed_app_says_what_stands_for_its_identity() {
    let phone = Phone::attested_on_android().await;
    let mut browser = Browser::signed_in(&phone.world, &phone.world.admin).await;
    let path = format!("/console/app-protection/registrations/{}", phone.registration);
    let page = browser.get(&phone.world, &path).await;
    for words in ["In the trusted execution environment", "Signed by the phone’s maker", "2026-11", &signer()] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("must attest"), "{}", page.body);

    let (world, maker) = wary_company().await;
    let unlocked = RootOfTrust { device_locked: false, verified_boot_state: VerifiedBootState::Verified };
    let (_, _, answer) = enrol_android(&world, &maker, |said| said.root_of_trust = Some(unlocked)).await;
    let id = answer.json()["registration"]["id"].as_str().unwrap().to_owned();
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, &format!("/console/app-protection/registrations/{id}")).await;
    assert!(page.body.contains("must attest who it is") && page.body.contains("The bootloader of the phone is unlocked"), "{}", page.body);
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn an_administrator_requires_attestation_by_form() {
    let (world, _) = wary_company().await;
    change(&world, |application| application.attestation = AppAttestationRequirement::default()).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let path = format!("/console/apps/{MAIL_APP}/edit");
    let page = browser.get(&world, &path).await;
    let colons = ["0A"; 32].join(":");
    let typed = [("must_attest", "on"), ("signers", colons.as_str())];
    let sent = |typed: &[(&str, &str)]| with(fields(&page, &path), typed);
    let lacking = sent(&typed);
    let refused = browser.send_form(&world, &path, &borrowed(&lacking)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("give the Apple team id") && refused.body.contains(&colons), "{}", refused.body);
    let whole = sent(&[typed[0], typed[1], ("team", TEAM)]);
    let saved = browser.send_form(&world, &path, &borrowed(&whole)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = browser.get(&world, &format!("/console/apps/{MAIL_APP}")).await;
    assert!(page.body.contains("required: a copy that has not attested") && page.body.contains(&signer()), "{}", page.body);
    let audits = world.audits().await;
    let told = audits.iter().any(|audit| audit.activity_display_name == "Update application" && audit.after.to_string().contains(TEAM));
    assert!(told, "the change is in the audit log");
}
