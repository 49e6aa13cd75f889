//! The app PIN.

use doorward_client::{AppPin, SetPinError};
use doorward_model::application::MobilePlatform;
use doorward_model::rng::SeededRng;
use doorward_policy::protection::{PinFlaw, Settings};
use jiff::SignedDuration;
use serde_json::json;

use crate::phone::{Phone, anna, start};

fn settings() -> Settings {
    let members = json!({ "pinRequired": true, "simplePinBlocked": true, "maximumPinRetries": 3, "previousPinBlockCount": 2 });
    Settings::read(MobilePlatform::Android, members.as_object().unwrap()).0
}

fn set(phone: &Phone, before: Option<AppPin>, pin: &str) -> Result<AppPin, SetPinError> {
    AppPin::set(&phone.keys("com.mail", true), &SeededRng::new(1), anna(), before, &settings(), pin, start())
}

#[test]
fn the_right_pin_unlocks_for_every_managed_app_of_the_phone() {
    let phone = Phone::default();
    let mut pin = set(&phone, None, "1357").unwrap();
    pin.lock();
    let later = start() + SignedDuration::from_mins(5);
    assert_eq!(pin.state().unlocked_at, None);
    assert_eq!(pin.enter(&phone.keys("com.files", true), &settings(), "1357", later), Ok(true));
    assert_eq!(pin.state().unlocked_at, Some(later));
}

#[test]
fn after_too_many_wrong_entries_even_the_right_pin_is_refused() {
    let phone = Phone::default();
    let keys = phone.keys("com.mail", true);
    let mut pin = set(&phone, None, "1357").unwrap();
    for expected in [1, 2, 3, 3] {
        assert_eq!(pin.enter(&keys, &settings(), "2468", start()), Ok(false));
        assert_eq!(pin.state().failed, expected);
    }
    assert_eq!(pin.enter(&keys, &settings(), "1357", start()), Ok(false));
    pin.reset_by_sign_in();
    assert!(pin.state().must_change && pin.state().failed == 0);
}

#[test]
fn wrong_entries_survive_a_restart_of_the_app() {
    let phone = Phone::default();
    let mut pin = set(&phone, None, "1357").unwrap();
    pin.enter(&phone.keys("com.mail", true), &settings(), "0000", start()).unwrap();
    let restored: AppPin = serde_json::from_str(&serde_json::to_string(&pin).unwrap()).unwrap();
    assert_eq!(restored.state().failed, 1);
}

#[test]
fn a_new_pin_differs_from_the_last_ones() {
    let phone = Phone::default();
    let first = set(&phone, None, "1357").unwrap();
    let second = set(&phone, Some(first), "2468").unwrap();
    let refuse = |pin| set(&phone, Some(second.clone()), pin).unwrap_err();
    assert_eq!(refuse("1357"), SetPinError::Flaw(PinFlaw::UsedBefore));
    assert_eq!(refuse("2468"), SetPinError::Flaw(PinFlaw::UsedBefore));
    let third = set(&phone, Some(second.clone()), "9753").unwrap();
    assert!(set(&phone, Some(third), "1357").is_ok(), "two are counted, this is the third last");
}

#[test]
fn the_pin_does_not_appear_in_what_is_stored_or_printed() {
    let pin = set(&Phone::default(), None, "1357").unwrap();
    assert!(!format!("{pin:?}").contains("1357") && !serde_json::to_string(&pin).unwrap().contains("1357"));
}
