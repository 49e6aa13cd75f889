//! Formats of passkeys. Keys and signatures are made here with the library's signing half; layouts are written out by hand.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{self, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use doorward_wire::webauthn::{AuthenticatorData, Ceremony, ClientData, PublicKey, WebauthnError, attested};
use proptest::prelude::*;
use rstest::rstest;

/// `{1: 1, 3: -8, -1: 6, -2: x}`
fn ed25519(x: &[u8]) -> Vec<u8> {
    [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], x].concat()
}

/// `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`
fn es256(point: &[u8]) -> Vec<u8> {
    [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &point[1..33], &[0x22, 0x58, 32], &point[33..]].concat()
}

/// `{1: 3, 3: -257, -1: n, -2: e}`
fn rs256(n: &[u8], e: &[u8]) -> Vec<u8> {
    let length = u16::try_from(n.len()).unwrap().to_be_bytes();
    [&[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59][..], &length, n, &[0x21, 0x40 + u8::try_from(e.len()).unwrap()], e].concat()
}

/// Authenticator data with a credential whose id is `id`.
fn with_credential(id: &[u8], key: &[u8], flags: u8) -> Vec<u8> {
    let length = u16::try_from(id.len()).unwrap().to_be_bytes();
    [&[9; 32][..], &[flags], &7_u32.to_be_bytes(), &[3; 16], &length, id, key].concat()
}

fn object(format: &str, statement: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap().to_be_bytes();
    let format_head = [0x60 + u8::try_from(format.len()).unwrap()];
    [
        &[0xa3, 0x63][..],
        b"fmt",
        &format_head,
        format.as_bytes(),
        &[0x67],
        b"attStmt",
        statement,
        &[0x68],
        b"authData",
        &[0x59],
        &length,
        data,
    ]
    .concat()
}

#[test]
fn keys_of_the_three_algorithms_verify_what_was_signed_with_them_and_nothing_else() {
    let random = SystemRandom::new();
    let ec = signature::EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let ed = Ed25519KeyPair::generate().unwrap();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let parts: PublicKeyComponents<Vec<u8>> = rsa.public_key().into();
    let mut rsa_signature = vec![0; rsa.public_modulus_len()];
    rsa.sign(&signature::RSA_PKCS1_SHA256, &random, b"message", &mut rsa_signature).unwrap();
    let cases = [
        (es256(ec.public_key().as_ref()), ec.sign(&random, b"message").unwrap().as_ref().to_vec()),
        (ed25519(ed.public_key().as_ref()), ed.sign(b"message").as_ref().to_vec()),
        (rs256(&parts.n, &parts.e), rsa_signature),
    ];
    for (key, signature) in &cases {
        let parsed = PublicKey::parse(key).unwrap();
        assert!(parsed.verify(b"message", signature), "{parsed:?}");
        assert!(!parsed.verify(b"massage", signature), "{parsed:?}");
        assert!(!parsed.verify(b"message", b""), "{parsed:?}");
        for (other, _) in cases.iter().filter(|(other, _)| other != key) {
            assert!(!PublicKey::parse(other).unwrap().verify(b"message", signature));
        }
        for cut in 0..key.len() {
            assert_eq!(PublicKey::parse(&key[..cut]), Err(WebauthnError::PublicKey), "{cut}");
        }
        assert_eq!(PublicKey::parse(&[key, &[0][..]].concat()), Err(WebauthnError::PublicKey), "something left over");
    }
}

#[rstest]
#[case::another_algorithm(&[0xa4, 1, 1, 3, 0x26, 0x20, 6, 0x21, 0x58, 32])]
#[case::another_kind(&[0xa4, 1, 2, 3, 0x27, 0x20, 6, 0x21, 0x58, 32])]
#[case::another_curve(&[0xa4, 1, 1, 3, 0x27, 0x20, 7, 0x21, 0x58, 32])]
#[case::a_label_twice(&[0xa5, 1, 1, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32])]
#[case::indefinite_length(&[0xbf, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32])]
fn a_key_that_was_not_offered_is_refused(#[case] head: &[u8]) {
    assert_eq!(PublicKey::parse(&[head, &[5; 32]].concat()), Err(WebauthnError::PublicKey));
}

#[test]
fn a_short_rsa_key_is_refused() {
    assert_eq!(PublicKey::parse(&rs256(&[0xff; 128], &[1, 0, 1])), Err(WebauthnError::PublicKey));
}

#[test]
fn authenticator_data_is_read_whole_or_not_at_all() {
    let key = ed25519(&[5; 32]);
    let data = with_credential(b"id", &key, 0x45);
    let read = AuthenticatorData::parse(&data).unwrap();
    assert_eq!((read.rp_id_hash, read.user_present, read.user_verified, read.sign_count), ([9; 32], true, true, 7));
    let attested = read.attested.unwrap();
    assert_eq!((attested.id.as_slice(), &attested.public_key, attested.aaguid.as_bytes()), (&b"id"[..], &key, &[3; 16]));
    for cut in 0..data.len() {
        assert!(AuthenticatorData::parse(&data[..cut]).is_err(), "{cut}");
    }
    assert!(AuthenticatorData::parse(&[&data[..], &[0]].concat()).is_err(), "left over");
    assert!(AuthenticatorData::parse(&with_credential(b"id", &key, 0x05)).is_err(), "a credential without its flag");
    assert!(AuthenticatorData::parse(&with_credential(b"", &key, 0x45)).is_err(), "no credential id");
    assert!(AuthenticatorData::parse(&with_credential(&[1; 1024], &key, 0x45)).is_err(), "a credential id too long");
    // Extensions are a map, and must be there when the flag says so.
    let extended = [&with_credential(b"id", &key, 0xc5)[..], &[0xa1, 0x63, b'a', b'b', b'c', 0xf5]].concat();
    assert!(AuthenticatorData::parse(&extended).is_ok());
    assert!(AuthenticatorData::parse(&with_credential(b"id", &key, 0xc5)).is_err());
}

#[rstest]
#[case::nothing(0x00, false, false)]
#[case::present(0x01, true, false)]
#[case::verified(0x04, false, true)]
#[case::reserved_and_backup_bits(0x3a, false, false)]
fn flags_say_who_was_there(#[case] flags: u8, #[case] present: bool, #[case] verified: bool) {
    let data = AuthenticatorData::parse(&[&[9; 32][..], &[flags], &[0; 4]].concat()).unwrap();
    assert_eq!((data.user_present, data.user_verified), (present, verified));
}

#[test]
fn an_attestation_object_is_of_format_none_with_an_empty_statement() {
    let data = with_credential(b"id", &ed25519(&[5; 32]), 0x45);
    assert!(attested(&object("none", &[0xa0], &data)).is_ok());
    assert_eq!(attested(&object("packed", &[0xa0], &data)), Err(WebauthnError::AttestationFormat));
    assert_eq!(attested(&object("none", &[0xa1, 0x61, b'x', 1], &data)), Err(WebauthnError::AttestationFormat));
    let whole = object("none", &[0xa0], &data);
    for cut in 0..whole.len() {
        assert!(attested(&whole[..cut]).is_err(), "{cut}");
    }
    assert_eq!(attested(&[&whole[..], &[0]].concat()), Err(WebauthnError::AttestationObject));
    let twice =
        [&[0xa3, 0x63][..], b"fmt", &[0x64], b"none", &[0x63], b"fmt", &[0x64], b"none", &[0x63], b"fmt", &[0x64], b"none"].concat();
    assert_eq!(attested(&twice), Err(WebauthnError::AttestationObject));
}

#[test]
fn client_data_is_read_and_what_is_not_known_passed_over() {
    let json = br#"{"type":"webauthn.get","challenge":"AQID","origin":"https://a.example","crossOrigin":true,"new":{}}"#;
    let expected = ClientData { ceremony: Ceremony::Get, challenge: vec![1, 2, 3], origin: "https://a.example".into(), cross_origin: true };
    assert_eq!(ClientData::parse(json), Ok(expected));
    for bad in [
        r#"{"type":"webauthn.other","challenge":"AQID","origin":"https://a.example"}"#,
        r#"{"type":"webauthn.get","challenge":"AQID=","origin":"https://a.example"}"#,
        r#"{"type":"webauthn.get","challenge":"A+ID","origin":"https://a.example"}"#,
        r#"{"type":"webauthn.get","challenge":"AQID"}"#,
        r#"{"type":"webauthn.get","type":"webauthn.create","challenge":"AQID","origin":"https://a.example"}"#,
        "[]",
        "",
    ] {
        assert_eq!(ClientData::parse(bad.as_bytes()), Err(WebauthnError::ClientData), "{bad}");
    }
    let long = format!(r#"{{"type":"webauthn.get","challenge":"AQID","origin":"https://{}.example"}}"#, "a".repeat(9000));
    assert_eq!(ClientData::parse(long.as_bytes()), Err(WebauthnError::ClientData));
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = AuthenticatorData::parse(&bytes);
        let _ = attested(&bytes);
        let _ = PublicKey::parse(&bytes);
        let _ = ClientData::parse(&bytes);
    }

    #[test]
    fn a_flipped_bit_in_a_key_never_panics_and_never_verifies(bit in 0_usize..(42 * 8)) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let mut key = ed25519(pair.public_key().as_ref());
        let signature = pair.sign(b"message");
        key[bit / 8] ^= 1 << (bit % 8);
        let verified = PublicKey::parse(&key).is_ok_and(|key| key.verify(b"message", signature.as_ref()));
        prop_assert!(!verified, "bit {}", bit);
    }
}
