//! Tickets of a real domain controller, and what attackers make of them. `kerberos.json` was recorded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_wire::kerberos::{Keytab, KeytabError, Ticket, TicketError, accept};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

fn recorded(name: &str) -> Vec<u8> {
    let file: Value = serde_json::from_str(include_str!("../vectors/kerberos.json")).unwrap();
    STANDARD.decode(file[name].as_str().unwrap()).unwrap()
}

fn then() -> Timestamp {
    "2026-11-26T03:19:49Z".parse().unwrap()
}

fn keytab() -> Keytab {
    Keytab::parse(&recorded("keytab")).unwrap()
}

fn accept_at(token: &[u8], seconds: i64) -> Result<Ticket, TicketError> {
    accept(token, &keytab(), then() + SignedDuration::from_secs(seconds))
}

/// Text of the same length in place of another, wherever it stands.
fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = (0..bytes.len() - from.len()).filter(|start| bytes[*start..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "{from} stands nowhere");
    for start in places {
        bytes[start..start + to.len()].copy_from_slice(to.as_bytes());
    }
    bytes
}

#[test]
fn a_ticket_tells_who_the_client_is_by_security_identifier() {
    let domain = "S-1-5-21-535176676-1892235191-2420704583";
    for (name, rid, principal) in [("user", 1103, "bert@CORP.CONTOSO.EXAMPLE"), ("computer", 1104, "PC1$@CORP.CONTOSO.EXAMPLE")] {
        let ticket = accept_at(&recorded(name), 0).unwrap();
        assert_eq!((ticket.security_identifier, ticket.principal.as_str()), (format!("{domain}-{rid}"), principal));
        assert_eq!(ticket.proof_expires, then() + SignedDuration::from_mins(5));
    }
}

#[test]
fn the_proof_is_the_same_whatever_is_wrapped_around_it_and_another_for_every_request() {
    let token = recorded("user");
    let proof = accept_at(&token, 0).unwrap().proof;
    // Windows' name for Kerberos in the list of mechanisms, which nothing protects.
    let mut rewrapped = token.clone();
    let kerberos = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2];
    let place = rewrapped.windows(9).position(|window| window == kerberos).unwrap();
    rewrapped[place + 3] = 0x82;
    assert_eq!(accept_at(&rewrapped, 0).unwrap().proof, proof);
    assert_ne!(accept_at(&recorded("computer"), 0).unwrap().proof, proof);
}

#[test]
fn clocks_may_be_five_minutes_apart_and_a_ticket_ends_after_ten_hours() {
    let token = recorded("user");
    for (seconds, good) in [(-300, true), (-302, false), (300, true), (302, false)] {
        assert_eq!(accept_at(&token, seconds).is_ok(), good, "{seconds}");
    }
    assert!(matches!(accept_at(&token, 600), Err(TicketError::ClockSkew(_))));
    assert!(matches!(accept_at(&token, 11 * 3600), Err(TicketError::NotValidNow(..))));
    assert!(matches!(accept_at(&token, -3600), Err(TicketError::NotValidNow(..))));
}

#[test]
fn a_ticket_for_another_service_or_of_another_realm_finds_no_key() {
    let token = recorded("user");
    for (from, to) in [("localhost", "localhos2"), ("HTTP", "HOST"), ("CORP.CONTOSO.EXAMPLE", "CORP.CONTOSO.ELSEWHE")] {
        let error = accept_at(&replaced(&token, from, to), 0).unwrap_err();
        assert!(matches!(error, TicketError::NoKey { .. }), "{to}: {error}");
    }
    // The directory takes no regard of case in the names of services.
    assert!(accept_at(&replaced(&token, "localhost", "LocalHost"), 0).is_ok());
    // The same service in another domain: its keytab has other keys, or other names.
    let elsewhere = Keytab::parse(&replaced(&recorded("keytab"), "CORP.CONTOSO.EXAMPLE", "EVIL.CONTOSO.EXAMPLE")).unwrap();
    assert!(matches!(accept(&token, &elsewhere, then()), Err(TicketError::NoKey { .. })));
}

#[test]
fn what_is_not_kerberos_is_told_apart() {
    let token = recorded("user");
    let ntlm = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10];
    let list: &[u8] = &[0x60, 0x1c, 6, 6, 0x2b, 6, 1, 5, 5, 2, 0xa0, 0x12, 0x30, 0x10, 0xa0, 0x0e, 0x30, 0x0c, 6, 10];
    let cases: [(&[u8], &str); 6] = [
        (b"NTLMSSP\0\x01\0\0\0", "offers no Kerberos"),
        (&[list, &ntlm].concat(), "offers no Kerberos"),
        (b"", "malformed"),
        (b"\x60\x00", "malformed"),
        (&token[..token.len() - 1], "malformed"),
        (&[&token[..], &[0]].concat(), "malformed"),
    ];
    for (token, words) in cases {
        let error = accept_at(token, 0).unwrap_err().to_string();
        assert!(error.contains(words), "{token:?}: {error}");
    }
}

#[test]
fn one_proof_does_not_fit_the_ticket_of_another() {
    let (user, computer) = (recorded("user"), recorded("computer"));
    // The proof is the last 200 bytes of a request.
    let half = user.len() - 200;
    let mixed = [&user[..half], &computer[half..]].concat();
    assert_eq!(accept_at(&mixed, 0), Err(TicketError::WrongProof));
}

#[test]
fn a_keytab_without_a_key_of_use_says_what_to_do() {
    let keytab = recorded("keytab");
    assert_eq!(keytab[..2], [5, 2]);
    let cases = [
        (b"text".to_vec(), KeytabError::Malformed),
        (keytab[..keytab.len() - 1].to_vec(), KeytabError::Malformed),
        (vec![5, 2], KeytabError::NoKey),
        (replaced(&keytab, "HTTP", "host"), KeytabError::NoKey),
    ];
    for (bytes, expected) in cases {
        assert_eq!(Keytab::parse(&bytes).unwrap_err(), expected);
    }
    assert!(KeytabError::NoKey.to_string().contains("msDS-SupportedEncryptionTypes"));
    // A hole that a deleted entry left.
    let hole = [&keytab[..2], &(-3_i32).to_be_bytes(), b"abc", &keytab[2..]].concat();
    assert!(accept(&recorded("user"), &Keytab::parse(&hole).unwrap(), then()).is_ok());
    let other = replaced(&keytab, "CORP.CONTOSO.EXAMPLE", "EVIL.CONTOSO.EXAMPLE");
    let both = [&keytab[..], &other[2..]].concat();
    assert!(matches!(Keytab::parse(&both), Err(KeytabError::Realms(..))));
    assert!(!format!("{:?}", Keytab::parse(&keytab).unwrap()).contains("bytes"), "keys are not printed");
}

proptest! {
    /// Whatever bit turns over, nobody is taken for somebody else.
    #[test]
    fn no_changed_bit_makes_another_client(place in 0_usize..1462 * 8) {
        let mut token = recorded("user");
        token[place / 8] ^= 1 << (place % 8);
        if let Ok(ticket) = accept_at(&token, 0) {
            prop_assert!(ticket.principal.starts_with("bert@"));
        }
    }

    /// Nothing that comes from outside ends the program.
    #[test]
    fn any_bytes_get_an_answer(token in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _answer = accept_at(&token, 0);
        let _answer = Keytab::parse(&[&[5, 2], &token[..]].concat());
    }
}
