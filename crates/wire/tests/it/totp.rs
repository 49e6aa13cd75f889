//! One-time codes, against the vectors of RFC 6238 appendix B (its last six digits of eight) and RFC 4648 §10.

use doorward_wire::totp;
use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case(59, "287082")]
#[case(1_111_111_109, "081804")]
#[case(1_111_111_111, "050471")]
#[case(1_234_567_890, "005924")]
#[case(2_000_000_000, "279037")]
#[case(20_000_000_000, "353130")]
fn codes_are_those_of_the_rfc(#[case] seconds: i64, #[case] expected: &str) {
    let step = totp::step_at(Timestamp::from_second(seconds).unwrap());
    assert_eq!(totp::code(b"12345678901234567890", step), expected);
}

#[rstest]
#[case("", "")]
#[case("f", "MY")]
#[case("fo", "MZXQ")]
#[case("foo", "MZXW6")]
#[case("foob", "MZXW6YQ")]
#[case("fooba", "MZXW6YTB")]
#[case("foobar", "MZXW6YTBOI")]
fn base32_is_that_of_the_rfc_without_padding(#[case] bytes: &str, #[case] expected: &str) {
    assert_eq!(totp::base32(bytes.as_bytes()), expected);
}

#[test]
fn the_address_names_issuer_and_account_and_nothing_can_break_out_of_them() {
    let plain = totp::otpauth_uri("Contoso", "anna@contoso.example", b"secret");
    assert_eq!(plain, "otpauth://totp/Contoso:anna%40contoso.example?secret=ONSWG4TFOQ&issuer=Contoso&algorithm=SHA1&digits=6&period=30");
    let hostile = totp::otpauth_uri("A:b&secret=X", "a?b#c/d e", b"secret");
    assert!(
        hostile.starts_with("otpauth://totp/A%20b%26secret%3DX:a%3Fb%23c%2Fd%20e?secret=ONSWG4TFOQ&issuer=A%20b%26secret%3DX&"),
        "{hostile}"
    );
}

proptest! {
    #[test]
    fn every_code_has_six_digits(secret: Vec<u8>, step: i64) {
        let code = totp::code(&secret, step);
        prop_assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{}", code);
    }
}
