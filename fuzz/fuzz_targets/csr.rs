//! What a device registers with, in DER: certificate requests and certificates. Nothing panics, every key that is taken is one of the
//! two kinds and strong enough, and a request is taken only from the holder of its private key.
#![no_main]

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_fuzz::{binary, generated, recorded};
use doorward_wire::certificate::{self, KeyKind, PublicKey};
use doorward_wire::drs::{CertificateRequest, JoinRequest, check_any_csr, check_csr};
use doorward_wire::hex;
use libfuzzer_sys::fuzz_target;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

/// The key with which requests are signed here.
static KEY: LazyLock<(EcdsaKeyPair, Vec<u8>)> = LazyLock::new(|| {
    let vector = generated("/signatures/1");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &binary(&vector["pkcs8"])).expect("a key");
    (pair, binary(&vector["spki"]))
});
/// What is signed in the request of the vectors: nobody here has its key.
static REQUESTED: LazyLock<Vec<u8>> = LazyLock::new(|| info(&binary(recorded("/join/CertificateRequest/Data"))).expect("a request"));

fuzz_target!(|bytes: &[u8]| {
    match bytes {
        // What is to be signed: the signature is made here, so that more than the signature is looked at.
        [b'S', info @ ..] => {
            if let Some(key) = accepted(&signed(info)) {
                assert_eq!(key.spki, KEY.1, "the signature is by this key alone");
            }
        }
        _ => {
            if accepted(bytes).is_some() {
                assert_eq!(info(bytes).as_ref(), Some(&*REQUESTED), "an altered request");
            }
        }
    }
    if let Ok(read) = certificate::parse(bytes) {
        assert_eq!(read.der, bytes);
        is_sound(&read.public_key);
        let _ = certificate::validity(bytes);
    }
    if let Ok((_, read)) = certificate::device_name(bytes) {
        assert_eq!(certificate::parse(bytes).as_ref(), Ok(&read));
    }
});

/// The key of a request that is taken, by whichever rule.
fn accepted(der: &[u8]) -> Option<PublicKey> {
    let any = check_any_csr(der).ok().map(|checked| checked.public_key);
    if let Ok(joining) = check_csr(&join(der)) {
        assert_eq!(Some(&joining.public_key), any.as_ref(), "a device that joins has more rules to keep, not fewer");
    }
    any.inspect(is_sound)
}

fn is_sound(key: &PublicKey) {
    let (rest, spki) = SubjectPublicKeyInfo::from_der(&key.spki).expect("a key");
    assert!(rest.is_empty());
    assert_eq!(key.sha256, hex(digest(&SHA256, &key.spki).as_ref()));
    match (key.kind, spki.parsed()) {
        (KeyKind::Rsa, Ok(x509_parser::public_key::PublicKey::RSA(rsa))) => {
            let bytes = rsa.modulus.iter().skip_while(|byte| **byte == 0).count();
            assert!((256..=512).contains(&bytes), "{bytes} bytes");
        }
        (KeyKind::P256, _) => assert!(spki.algorithm.parameters.is_some()),
        (KeyKind::Rsa, other) => panic!("{other:?}"),
    }
}

fn info(der: &[u8]) -> Option<Vec<u8>> {
    X509CertificationRequest::from_der(der).ok().map(|(_, request)| request.certification_request_info.raw.to_vec())
}

fn signed(info: &[u8]) -> Vec<u8> {
    let signature = KEY.0.sign(&SystemRandom::new(), info).expect("a signature");
    // ecdsa-with-SHA256 (RFC 5758 §3.2).
    let algorithm = [0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    element(0x30, &[info, &algorithm, &element(0x03, &[&[0], signature.as_ref()])])
}

/// DER with the shortest length, up to 64 KiB; what is longer is none, and is refused.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [.., high, low] = content.len().to_be_bytes();
    let head = match content.len() {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content].concat()
}

fn join(der: &[u8]) -> JoinRequest {
    JoinRequest {
        certificate_request: CertificateRequest { kind: "pkcs10".into(), data: STANDARD.encode(der) },
        transport_key: String::new(),
        target_domain: String::new(),
        device_type: String::new(),
        os_version: String::new(),
        device_display_name: String::new(),
        join_type: 0,
    }
}
