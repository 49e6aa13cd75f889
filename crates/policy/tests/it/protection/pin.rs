//! Which PINs may be set.

use doorward_model::application::MobilePlatform::Ios;
use doorward_policy::protection::{PinFlaw, pin_acceptable};
use rstest::rstest;
use serde_json::json;

use super::settings;

#[rstest]
#[case::case_24("1235", Err(PinFlaw::TooSimple))]
#[case::case_24("1112", Err(PinFlaw::TooSimple))]
#[case::case_24("1122", Ok(()))]
#[case::case_24("1357", Ok(()))]
#[case::downwards("9865", Ok(()))]
#[case::downwards("9876", Err(PinFlaw::TooSimple))]
#[case::short("135", Err(PinFlaw::TooShort))]
#[case::letter("135a", Err(PinFlaw::WrongCharacters))]
#[case::other_digits("١٣٥٧", Err(PinFlaw::WrongCharacters))]
fn a_numeric_pin(#[case] pin: &str, #[case] expected: Result<(), PinFlaw>) {
    let policy = settings(Ios, json!({ "pinRequired": true, "simplePinBlocked": true }));
    assert_eq!(pin_acceptable(pin, &policy, false), expected);
}

#[rstest]
#[case::case_25("abc1", true, Err(PinFlaw::WrongCharacters))]
#[case::case_25("axc1!", true, Ok(()))]
#[case::run("abc1!", true, Err(PinFlaw::TooSimple))]
#[case::digits_only("1357", false, Err(PinFlaw::WrongCharacters))]
#[case::one_letter("135a", false, Ok(()))]
#[case::one_symbol("135!", false, Ok(()))]
fn a_passcode(#[case] pin: &str, #[case] simple_blocked: bool, #[case] expected: Result<(), PinFlaw>) {
    let policy =
        settings(Ios, json!({ "pinRequired": true, "pinCharacterSet": "alphanumericAndSymbol", "simplePinBlocked": simple_blocked }));
    assert_eq!(pin_acceptable(pin, &policy, false), expected);
}

#[test]
fn an_old_pin_is_refused_only_where_the_policy_counts_them() {
    let counting = settings(Ios, json!({ "previousPinBlockCount": 3 }));
    assert_eq!(pin_acceptable("1357", &counting, true), Err(PinFlaw::UsedBefore));
    assert_eq!(pin_acceptable("1357", &settings(Ios, json!({})), true), Ok(()));
}
