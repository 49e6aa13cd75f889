//! Attributes of Active Directory as LDAP carries them (MS-ADTS, MS-DTYP).

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Most sub-authorities of a security identifier (MS-DTYP §2.4.2.2).
const SUB_AUTHORITIES: usize = 15;
/// `ACCOUNTDISABLE` of `userAccountControl` (MS-ADTS §2.2.16).
const ACCOUNT_DISABLE: u32 = 0x2;
/// `accountExpires` of accounts that never expire, beside 0 (MS-ADA1 §2.1).
const NEVER: i64 = i64::MAX;
/// Steps of a FILETIME in a second (MS-DTYP §2.3.3).
const STEPS: i64 = 10_000_000;
/// Seconds from where a FILETIME counts, the beginning of 1601, to 1970.
const TO_1970: i64 = 11_644_473_600;

/// A GUID as the directory stores it: the first three groups little-endian (MS-DTYP §2.3.4.2).
#[must_use]
pub fn guid(bytes: &[u8]) -> Option<Uuid> {
    bytes.try_into().ok().map(Uuid::from_bytes_le)
}

/// A GUID in a search filter (RFC 4515 §3): every byte escaped.
#[must_use]
pub fn guid_in_filter(guid: Uuid) -> String {
    guid.to_bytes_le().iter().fold(String::with_capacity(48), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "\\{byte:02x}");
        text
    })
}

/// A security identifier as text, `S-1-5-21-…` (MS-DTYP §2.4.2.1 and §2.4.2.2); none when the bytes are anything else.
#[must_use]
pub fn security_identifier(bytes: &[u8]) -> Option<String> {
    let [1, count, a, b, c, d, e, f, rest @ ..] = bytes else { return None };
    let count = usize::from(*count);
    if count > SUB_AUTHORITIES || rest.len() != count * 4 {
        return None;
    }
    let authority = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
    // Authorities beyond 32 bits are written otherwise, and nobody has one.
    let mut text = format!("S-1-{}", u32::try_from(authority).ok()?);
    for part in rest.as_chunks::<4>().0 {
        let _infallible = write!(text, "-{}", u32::from_le_bytes(*part));
    }
    Some(text)
}

/// Whether an account with this `userAccountControl` may be used. What cannot be read as a number may not.
#[must_use]
pub fn is_enabled(user_account_control: &str) -> bool {
    // The directory writes the 32 bits as a signed number.
    user_account_control.parse::<i32>().is_ok_and(|flags| flags.cast_unsigned() & ACCOUNT_DISABLE == 0)
}

/// When an account with this `accountExpires` (MS-ADA1 §2.1) expires; none for never. What cannot be read as a time has expired long ago.
#[must_use]
pub fn expires(account_expires: &str) -> Option<Timestamp> {
    match account_expires.parse::<i64>() {
        Ok(0 | NEVER) => None,
        Ok(steps) if steps > 0 => {
            let since_1970 = SignedDuration::new(steps / STEPS - TO_1970, 0);
            // Whatever lies beyond the calendar lies far ahead.
            Some(Timestamp::from_duration(since_1970).unwrap_or(Timestamp::MAX))
        }
        _ => Some(Timestamp::UNIX_EPOCH),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read_as_other_tools_show_them() {
        // What Samba's own tools show for the same bytes.
        let sid = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 0xe4, 0x25, 0xe6, 0x1f, 0xb7, 0x37, 0xc9, 0x70, 0x47, 5, 0x49, 0x90, 0x4f, 4, 0, 0];
        assert_eq!(security_identifier(&sid).as_deref(), Some("S-1-5-21-535176676-1892235191-2420704583-1103"));
        let cases: [&[u8]; 6] =
            [&[], &sid[..27], &[&sid[..], &[0]].concat(), &[2, 0, 0, 0, 0, 0, 0, 5], &[1, 16], &[1, 0, 1, 0, 0, 0, 0, 5]];
        for bytes in cases {
            assert_eq!(security_identifier(bytes), None, "{bytes:?}");
        }
        let bytes = [0xee, 0x93, 0x79, 0x63, 0x30, 0x7f, 0x81, 0x4e, 0xa1, 0xd9, 0x6e, 0x88, 4, 0x55, 0xcf, 0x49];
        let uuid = guid(&bytes).unwrap();
        assert_eq!(uuid.to_string(), "637993ee-7f30-4e81-a1d9-6e880455cf49");
        assert_eq!(guid_in_filter(uuid), r"\ee\93\79\63\30\7f\81\4e\a1\d9\6e\88\04\55\cf\49");
        assert_eq!(guid(&bytes[1..]), None);
    }

    #[test]
    fn an_account_is_enabled_only_when_it_says_so() {
        let cases = [("512", true), ("514", false), ("4096", true), ("4098", false), ("-2147483136", true), ("", false), ("no", false)];
        for (flags, expected) in cases {
            assert_eq!(is_enabled(flags), expected, "{flags}");
        }
    }

    #[test]
    fn an_account_expires_at_its_time_and_at_once_when_the_time_is_no_time() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let cases = [
            ("0", None),
            ("9223372036854775807", None),
            ("133801632000000000", at("2025-01-01T00:00:00Z")),
            ("133801632009999999", at("2025-01-01T00:00:00Z")),
            ("116444736000000000", at("1970-01-01T00:00:00Z")),
            ("1", at("1601-01-01T00:00:00Z")),
            ("9223372036854775806", Some(Timestamp::MAX)),
            ("-1", at("1970-01-01T00:00:00Z")),
            ("9223372036854775808", at("1970-01-01T00:00:00Z")),
            ("", at("1970-01-01T00:00:00Z")),
            ("never", at("1970-01-01T00:00:00Z")),
        ];
        for (text, expected) in cases {
            assert_eq!(expires(text), expected, "{text}");
        }
    }
}
