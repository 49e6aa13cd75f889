//! When an enrolled app opens.

use doorward_client::{Identity, Outcome};
use doorward_policy::protection::{Launch, PinAsk, PinState, Reason};
use serde_json::json;

use crate::phone::{Phone, account, anna, ok};

fn work() -> Identity {
    Identity::Managed(anna())
}

#[test]
fn a_personal_account_is_nobodys_business() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({ "deviceComplianceRequired": true }));
    let mut circumstances = phone.circumstances();
    circumstances.rooted = Some(true);
    assert_eq!(mail.launch(&Identity::Personal("anna@home.example".into()), &circumstances), Launch::Allow);
    assert_eq!(mail.launch(&work(), &circumstances), Launch::Block(Reason::DeviceRooted));
}

#[test]
fn a_managed_account_that_is_not_enrolled_stays_shut() {
    let phone = Phone::default();
    assert_eq!(phone.app("com.mail").launch(&work(), &phone.circumstances()), Launch::Block(Reason::NotEnrolled));
    let mut mail = phone.managed_app("com.mail", json!({}));
    assert_eq!(mail.launch(&Identity::Managed(account(2)), &phone.circumstances()), Launch::Block(Reason::NotEnrolled));
}

#[test]
fn offline_the_last_policy_stays_in_force_until_the_grace_is_over() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({ "periodOfflineBeforeAccessCheck": "PT12H" }));
    let mut circumstances = phone.circumstances();
    circumstances.online = false;
    phone.wait(12 * 60);
    circumstances.reading = phone.reading();
    assert_eq!(mail.launch(&work(), &circumstances), Launch::Allow);
    phone.wait(1);
    circumstances.reading = phone.reading();
    assert_eq!(mail.launch(&work(), &circumstances), Launch::Block(Reason::OfflineTooLong));
}

#[test]
fn turning_away_from_the_pin_prompt_does_not_count_as_use() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({ "pinRequired": true, "periodOnlineBeforeAccessCheck": "PT30M" }));
    let pin = PinState { set_at: phone.now(), failed: 0, unlocked_at: Some(phone.now()), must_change: false };
    let circumstances = |phone: &Phone| doorward_client::Circumstances { pin: Some(pin), ..phone.circumstances() };
    assert_eq!(mail.launch(&work(), &circumstances(&phone)), Launch::Allow);
    phone.wait(20);
    mail.instance_mut().unwrap().left_foreground(&phone.reading());
    phone.wait(30);
    assert_eq!(mail.launch(&work(), &circumstances(&phone)), Launch::Allow, "counted from leaving");
    mail.instance_mut().unwrap().left_foreground(&phone.reading());
    phone.wait(31);
    for _ in 0..2 {
        assert_eq!(mail.launch(&work(), &circumstances(&phone)), Launch::NeedPin(PinAsk::Enter));
        mail.instance_mut().unwrap().left_foreground(&phone.reading());
    }
}

#[test]
fn a_check_in_ends_the_block() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    phone.wait(13 * 60);
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::NeedOnline(Reason::OfflineTooLong));
    let answer = phone.answer(json!({ "policy": null, "policyUnchanged": true }));
    assert_eq!(mail.checked_in(&ok(200, &answer), &phone.reading()), Outcome::Enrolled);
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::Allow);
}

#[test]
fn a_policy_that_should_be_there_and_is_not_shuts_the_account() {
    let phone = Phone::default();
    let mut mail = phone.app("com.mail");
    let answer = phone.answer(json!({ "policy": null, "policyUnchanged": true }));
    mail.enrolled(anna(), &ok(201, &json!({ "checkIn": answer })), &phone.reading());
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::Block(Reason::NotEnrolled));
    mail.identities().set_process(Some(work()));
    assert!(mail.copy(doorward_client::clipboard::Clip::Text("x".into())).unwrap().open.is_none());
}

#[test]
fn a_requested_wipe_is_not_taken_back_and_takes_only_the_managed_account() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({}));
    let wipe = phone.answer(json!({ "operations": [{ "id": "1", "kind": "wipe", "reason": "lost", "issued": phone.now() }] }));
    mail.checked_in(&ok(200, &wipe), &phone.reading());
    mail.checked_in(&ok(200, &phone.answer(json!({}))), &phone.reading());
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::Wipe(Reason::WipeRequested));
    mail.enrolled(anna(), &ok(201, &json!({ "checkIn": phone.answer(json!({})) })), &phone.reading());
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::Wipe(Reason::WipeRequested), "nor does enrolling again");
    let stored = mail.save().unwrap().unwrap();
    mail.wipe().unwrap();
    assert!(mail.instance().is_none() && mail.identities().for_screen().is_none());
    assert_eq!(mail.restore(stored.0, &stored.1), Ok(false), "the keys are gone");
}

#[test]
fn a_withdrawn_policy_frees_the_account_without_a_wipe() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({ "deviceComplianceRequired": true }));
    let answer = phone.answer(json!({ "protection": "none", "policy": null }));
    assert_eq!(mail.checked_in(&ok(200, &answer), &phone.reading()), Outcome::PolicyChanged);
    assert!(mail.party(Some(&work())).managed.is_none());
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::Allow);
}

#[test]
fn a_disabled_account_keeps_its_policy_and_follows_it() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", json!({ "appActionIfUnableToAuthenticateUser": "wipe" }));
    let answer = phone.answer(json!({ "protection": "disabled", "policy": null, "user": { "state": "disabled" } }));
    mail.checked_in(&ok(200, &answer), &phone.reading());
    assert_eq!(mail.launch(&work(), &phone.circumstances()), Launch::Wipe(Reason::AccountDisabled));
}
