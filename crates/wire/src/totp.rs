//! Time-based one-time passwords (RFC 6238 over RFC 4226), as authenticator apps expect them: HMAC-SHA-1, 30 seconds, 6 digits.

use aws_lc_rs::hmac;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Length of a time step in seconds (RFC 6238 §4.1).
pub const STEP_SECONDS: i64 = 30;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// Bytes of a secret: as long as the hash, which RFC 4226 §4 recommends.
pub const SECRET_BYTES: usize = 20;

/// What stays readable in the parts of an `otpauth` address.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The time step at an instant: steps since 1970.
#[must_use]
pub fn step_at(time: Timestamp) -> i64 {
    time.as_second().div_euclid(STEP_SECONDS)
}

/// The code of a time step, with leading zeros.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    // Dynamic truncation (RFC 4226 §5.3): the last four bits say where the 31 bits begin.
    let offset = usize::from(tag.as_ref().last().copied().unwrap_or_default() & 0x0f);
    let chosen = tag.as_ref().get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    let number = u32::from_be_bytes(chosen) & 0x7fff_ffff;
    format!("{:0DIGITS$}", number % 1_000_000)
}

/// A secret as apps take it by hand: base32 (RFC 4648 §6) without padding.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letter = |index: u16| char::from(ALPHABET.get(usize::from(index & 0x1f)).copied().unwrap_or(b'A'));
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut held, mut bits) = (0_u16, 0_u16);
    for byte in bytes {
        held = (held << 8) | u16::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

/// The address that an app reads from a QR code. `issuer` and `account` name the entry in the app.
#[must_use]
pub fn otpauth_uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    // A colon parts issuer and account, so neither may hold one.
    let clean = |text: &str| utf8_percent_encode(&text.replace(':', " "), KEPT).to_string();
    let (issuer, account) = (clean(issuer), clean(account));
    let secret = base32(secret);
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}")
}
