//! Enrolment and check-in, as requests and answers.

use doorward_client::{Identity, KeyStore as _, Outcome, ProtectedApp, Request, Sending};
use doorward_model::rng::SeededRng;
use doorward_policy::protection::{Launch, Reason};
use doorward_wire::mam::{body_hash, verify_proof};
use rstest::rstest;
use serde_json::{Value, json};

use crate::phone::{Keys, Phone, account, anna, ok};

fn error(code: &str, details: Value) -> Value {
    json!({ "error": { "code": code, "message": "m", "innerError": {}, "details": details } })
}

fn proof_of(request: &Request) -> &str {
    request.headers.iter().find(|(name, _)| *name == "doorward-proof").map(|(_, proof)| proof.as_str()).unwrap()
}

#[rstest]
#[case(401, "InvalidAuthenticationToken", Outcome::AuthorizationNeeded)]
#[case(404, "registrationNotFound", Outcome::EnrolAgain)]
#[case(412, "registrationReplaced", Outcome::EnrolAgain)]
#[case(409, "anotherUserEnrolled", Outcome::WrongUser)]
#[case(410, "registrationEnded", Outcome::Unenrolled)]
#[case(503, "serviceUnavailable", Outcome::Failed { code: Some("serviceUnavailable".into()) })]
fn refusals_have_the_meaning_of_the_protocol(#[case] status: u16, #[case] code: &str, #[case] expected: Outcome) {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    assert_eq!(mail.checked_in(&ok(status, &error(code, Value::Null)), &phone.reading()), expected);
    assert!(mail.instance().unwrap().policy().is_some(), "no refusal loosens the policy");
}

/// What the account's data does after a refusal.
#[rstest]
#[case::unknown(404, "registrationNotFound", Launch::NeedOnline(Reason::NotEnrolled))]
#[case::replaced(412, "registrationReplaced", Launch::NeedOnline(Reason::NotEnrolled))]
#[case::ended(410, "registrationEnded", Launch::Wipe(Reason::WipeRequested))]
#[case::token(401, "InvalidAuthenticationToken", Launch::Allow)]
#[case::fault(503, "serviceUnavailable", Launch::Allow)]
fn refusals_shut_the_account_only_when_the_registration_is_gone(#[case] status: u16, #[case] code: &str, #[case] expected: Launch) {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    mail.checked_in(&ok(status, &error(code, Value::Null)), &phone.reading());
    assert_eq!(mail.launch(&Identity::Managed(anna()), &phone.circumstances()), expected);
}

#[test]
fn to_enrol_again_is_not_to_sign_in() {
    let phone = Phone::default();
    let settings = || json!({ "organizationalCredentialsRequired": true });
    let mut mail = phone.managed_app("com.mail", settings());
    phone.wait(31);
    let again = json!({ "checkIn": phone.answer(json!({ "policy": { "tag": "one", "settings": settings() } })) });
    mail.enrolled(anna(), &ok(201, &again), &phone.reading());
    let launch = mail.launch(&Identity::Managed(anna()), &phone.circumstances());
    assert_eq!(launch, Launch::NeedCredentials(Reason::CredentialsRequired));
}

#[test]
fn a_second_work_account_does_not_push_out_the_first() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    let answer = ok(201, &json!({ "checkIn": phone.answer(json!({})) }));
    assert_eq!(mail.enrolled(account(2), &answer, &phone.reading()), Outcome::WrongUser);
    assert_eq!(mail.instance().unwrap().account(), anna());
}

#[test]
fn an_app_that_cannot_be_protected_asks_again_later() {
    let phone = Phone::default();
    let mut mail = phone.app("com.mail");
    let outcome = mail.enrolled(anna(), &ok(403, &error("appNotProtectable", Value::Null)), &phone.reading());
    assert_eq!(outcome, Outcome::NotProtected { code: "appNotProtectable".into(), retry: "PT12H".parse().unwrap() });
    assert!(mail.instance().is_none());
}

#[test]
fn an_answer_that_is_no_answer_enrols_nobody() {
    let phone = Phone::default();
    let mut mail = phone.app("com.mail");
    assert_eq!(mail.enrolled(anna(), &ok(200, &json!({ "captive": "portal" })), &phone.reading()), Outcome::Failed { code: None });
    assert!(mail.instance().is_none());
}

#[test]
fn a_check_in_says_what_is_applied_and_a_changed_policy_is_reported() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    let (reading, rng) = (phone.reading(), SeededRng::new(1));
    let sending = Sending { token: "token", reading: &reading, rng: &rng };
    let request = mail.check_in(&sending, &phone.state()).unwrap().unwrap();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body.pointer("/applied/tag"), Some(&json!("one")));
    assert_eq!(request.url, "https://login.example/t/mam/v1.0/registrations/00000009-0000-4000-8000-000000000000/checkIn");
    assert!(request.headers.contains(&("if-none-match", "\"one\"".into())));
    assert!(!format!("{request:?}").contains("token"), "the token stays out of logs");

    let changed = phone.answer(json!({ "policy": { "tag": "two", "settings": { "pinRequired": true } } }));
    assert_eq!(mail.checked_in(&ok(200, &changed), &reading), Outcome::PolicyChanged);
    assert!(mail.instance().unwrap().settings().unwrap().pin_required);
    let unchanged = phone.answer(json!({ "policy": null, "policyUnchanged": true }));
    assert_eq!(mail.checked_in(&ok(200, &unchanged), &reading), Outcome::Enrolled);
    assert!(mail.instance().unwrap().settings().unwrap().pin_required);
}

#[test]
fn a_request_is_proved_by_the_key_that_enrolled() {
    let phone = Phone::default();
    let mail = phone.managed_app("com.mail", json!({}));
    let (reading, rng) = (phone.reading(), SeededRng::new(1));
    let sending = Sending { token: "token", reading: &reading, rng: &rng };
    let request = mail.check_in(&sending, &phone.state()).unwrap().unwrap();
    let claims = verify_proof(proof_of(&request), &mail.keys().proof_key().unwrap()).unwrap();
    assert_eq!((claims.htm.as_str(), claims.htu.as_str()), ("POST", request.url.as_str()));
    assert_eq!((claims.iat, claims.nonce.as_str()), (phone.now().as_second(), "nonce"));
    assert_eq!(claims.bod, body_hash(&request.body));
    let other = phone.keys("com.mail", true).proof_key().unwrap();
    assert!(verify_proof(proof_of(&request), &other).is_err());
    let again = mail.check_in(&sending, &phone.state()).unwrap().unwrap();
    assert_ne!(again.headers, request.headers, "no proof comes twice");
}

#[test]
fn values_of_a_newer_service_are_enforced_strictly() {
    let phone = Phone::default();
    let mail = phone.managed_app("com.mail", json!({ "allowedOutboundClipboardSharingLevel": "friendsOnly" }));
    let settings = mail.instance().unwrap().settings().unwrap();
    assert_eq!(settings.allowed_outbound_clipboard_sharing_level, doorward_model::protection::ClipboardSharingLevel::Blocked);
}

#[test]
fn check_ins_that_fail_are_tried_again_in_growing_steps() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    assert!(!mail.instance().unwrap().check_in_due(&phone.reading()));
    phone.wait(30);
    for step in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert!(mail.instance().unwrap().check_in_due(&phone.reading()));
        mail.instance_mut().unwrap().check_in_failed(&phone.reading());
        phone.wait(step - 1);
        assert!(!mail.instance().unwrap().check_in_due(&phone.reading()), "{step}");
        phone.wait(1);
    }
}

#[test]
fn an_old_nonce_is_replaced_and_the_request_repeated() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    let answer = ok(400, &error("staleNonce", json!({ "nonce": "fresh" })));
    assert_eq!(mail.checked_in(&answer, &phone.reading()), Outcome::Retry);
}

#[test]
fn what_is_stored_comes_back_whole_and_only_for_its_account() {
    let phone = Phone::default();
    let mail = phone.managed_app("com.mail", json!({ "pinRequired": true }));
    let (account, sealed) = mail.save().unwrap().unwrap();
    let mut restarted = phone.app("com.mail");
    assert_eq!(restarted.restore(account, &sealed), Ok(true));
    assert_eq!(restarted.instance(), mail.instance());
    let mut other_app = phone.app("com.files");
    assert_eq!(other_app.restore(account, &sealed), Ok(false));
}

#[test]
fn a_wipe_that_the_service_asked_for_is_told_to_it_without_a_token() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    let wipe = json!({ "operations": [{ "id": "op 1", "kind": "wipe", "reason": "lost", "issued": phone.now() }] });
    mail.checked_in(&ok(200, &phone.answer(wipe)), &phone.reading());
    assert!(mail.instance().unwrap().is_to_be_wiped());
    let stored = mail.save().unwrap().unwrap();
    mail.restore(stored.0, &stored.1).unwrap();
    let mut wiped = mail.wipe().unwrap().expect("what is asked for outlives a restart");
    let (reading, rng) = (phone.reading(), SeededRng::new(1));
    let sending = Sending { token: "", reading: &reading, rng: &rng };
    let request = mail.acknowledgement(&sending, &wiped).unwrap();
    let path = "/registrations/00000009-0000-4000-8000-000000000000/operations/op 1/acknowledge";
    assert!(request.url.ends_with(path), "{}", request.url);
    assert_eq!(request.body, br#"{"result":"done"}"#);
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["doorward-runtime", "content-type", "doorward-proof"]);
    assert_eq!(wiped.acknowledged(&ok(400, &error("staleNonce", json!({ "nonce": "fresh" })))), Outcome::Retry);
    let again = mail.acknowledgement(&sending, &wiped).unwrap();
    assert_eq!(verify_proof(proof_of(&again), &mail.keys().proof_key().unwrap()).unwrap().nonce, "fresh");
    assert_eq!(wiped.acknowledged(&ok(204, &Value::Null)), Outcome::Unenrolled);
}

#[test]
fn a_wipe_that_the_app_decided_on_has_nobody_to_be_told_to() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    assert!(mail.wipe().unwrap().is_none());
}

#[test]
fn an_attestation_answers_a_nonce_and_a_phone_without_secure_hardware_sends_none() {
    let phone = Phone::default();
    let mail = phone.app("com.mail");
    let challenge = mail.challenge();
    assert_eq!((challenge.method, challenge.url.as_str()), ("GET", "https://login.example/t/mam/v1.0/challenge"));
    let nonce = |status, body: Value| ProtectedApp::<Keys>::challenged(&ok(status, &body));
    assert_eq!(nonce(200, json!({ "nonce": "n", "expiresInSeconds": 300 })), Some("n".to_owned()));
    assert_eq!((nonce(200, json!({ "captive": "portal" })), nonce(429, json!({ "nonce": "n" }))), (None, None));
    let (reading, rng) = (phone.reading(), SeededRng::new(1));
    let sending = Sending { token: "token", reading: &reading, rng: &rng };
    let request = mail.enrolment(&sending, &phone.state(), Some("n")).unwrap();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["evidence"], json!([]));
}
