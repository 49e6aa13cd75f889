//! Device registration (MS-DVRD, MS-DVRJ) and device certificates.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::SigningAlgorithm;
use doorward_model::rng::SeededRng;
use doorward_model::{DeviceId, TenantId, UserId};
use doorward_wire::certificate::{self, CertificateError, DeviceCertificateTemplate, KeyKind};
use doorward_wire::drs::{
    CertificateRequest, CsrError, DeleteClaims, JoinRequest, JoinResponse, KeyBlobError, SUBJECT, blob_to_spki, build_csr, build_delete,
    check_any_csr, check_csr, parse_delete, spki_to_blob, transport_key_spki,
};
use doorward_wire::jwt::JwtError;
use doorward_wire::key::SigningKey;
use doorward_wire::prt::{PrtGrant, PrtRequestClaims, build_request};
use jiff::Timestamp;
use rstest::rstest;
use uuid::{Uuid, uuid};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::vectors::{bytes, generated, recorded, weak_requests};

const DEVICE: DeviceId = DeviceId(uuid!("01020304-0506-0708-090a-0b0c0d0e0f10"));
const AUTHORITY: Uuid = uuid!("82dbaca4-0000-4000-8000-000000000001");

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn request(csr: &[u8]) -> JoinRequest {
    let mut request: JoinRequest = serde_json::from_value(recorded("join")).unwrap();
    request.certificate_request = CertificateRequest { kind: "pkcs10".into(), data: STANDARD.encode(csr) };
    request
}

#[test]
fn the_join_of_a_published_client_is_understood() {
    let join: JoinRequest = serde_json::from_value(recorded("join")).unwrap();
    assert_eq!((join.device_display_name.as_str(), join.device_type.as_str(), join.join_type), ("probe-box", "Linux", 0));
    assert_eq!(join.os_version, "Debian GNU/Linux 12 (bookworm) 12");
    // Its certificate request carries an empty extension request.
    assert_eq!(check_csr(&join).unwrap().public_key.kind, KeyKind::Rsa);
    let spki = STANDARD.decode(transport_key_spki(&join).unwrap()).unwrap();
    assert_eq!(STANDARD.encode(spki_to_blob(&spki).unwrap()), join.transport_key);
}

#[rstest]
fn a_phone_asks_with_the_fixed_subject_and_its_own_key(
    #[values((SigningAlgorithm::RS256, KeyKind::Rsa), (SigningAlgorithm::ES256, KeyKind::P256))] (algorithm, kind): (
        SigningAlgorithm,
        KeyKind,
    ),
) {
    let (_, pkcs8) = SigningKey::generate(algorithm).unwrap();
    let csr = build_csr(&pkcs8).unwrap();
    assert_eq!(check_csr(&request(&csr)).unwrap().public_key.kind, kind);
}

#[test]
fn a_request_that_its_key_did_not_sign_is_refused() {
    let (_, pkcs8) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let csr = build_csr(&pkcs8).unwrap();
    let at = csr.windows(SUBJECT.len()).position(|window| window == SUBJECT.as_bytes()).unwrap();
    let mut other_case = csr.clone();
    // The same name to the eyes of the check, but not what was signed.
    other_case[at + 1] = other_case[at + 1].to_ascii_lowercase();
    assert_eq!(check_csr(&request(&other_case)).unwrap_err(), CsrError::Signature);
    let mut other_name = csr.clone();
    other_name[at] = b'8';
    assert_eq!(check_csr(&request(&other_name)).unwrap_err(), CsrError::Subject);
    assert_eq!(check_csr(&request(&[csr, vec![0]].concat())).unwrap_err(), CsrError::Malformed, "something behind it");
}

#[test]
fn a_weak_key_or_one_of_another_kind_is_refused_though_its_holder_signed() {
    for (kind, data) in weak_requests() {
        let mut join = request(b"");
        join.certificate_request.data = data;
        assert_eq!(check_csr(&join).unwrap_err(), CsrError::Key, "{kind}");
    }
}

/// A device is known by the hash of its key: a second spelling of the key would make it two devices, and the certificate, which spells
/// it as everybody does, would be that of neither.
#[rstest]
#[case::as_everybody(6, 0x06, Ok(()))]
#[case::algorithm_with_another_tag(6, 0x04, Err(CsrError::Key))]
#[case::parameters_with_another_tag(17, 0x04, Err(CsrError::Key))]
#[case::modulus_with_another_tag(28, 0x0a, Err(CsrError::Key))]
fn a_key_has_one_spelling(#[case] place: usize, #[case] byte: u8, #[case] expected: Result<(), CsrError>) {
    let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let mut csr = build_csr(&pkcs8).unwrap();
    let spki = check_any_csr(&csr).unwrap().public_key.spki;
    let at = csr.windows(spki.len()).position(|window| window == spki).unwrap();
    csr[at + place] = byte;
    // The signature is made anew, so that the spelling is all that is wrong.
    let length = csr.len();
    let info = X509CertificationRequest::from_der(&csr).unwrap().1.certification_request_info.raw.to_vec();
    csr[length - 256..].copy_from_slice(&key.sign(&info).unwrap());
    assert_eq!(check_csr(&request(&csr)).map(|_| ()), expected);
}

#[test]
fn other_kinds_of_request_are_refused() {
    let mut join = request(b"");
    assert_eq!(check_csr(&join).unwrap_err(), CsrError::Malformed);
    join.certificate_request.kind = "pkcs7".into();
    assert_eq!(check_csr(&join).unwrap_err(), CsrError::Kind);
}

#[test]
fn a_key_blob_is_the_key_that_other_libraries_see() {
    let vector = generated("session_key_delivery");
    assert_eq!(blob_to_spki(&bytes(&vector, "blob")).unwrap(), bytes(&vector, "spki"));
    assert_eq!(spki_to_blob(&bytes(&vector, "spki")).unwrap(), bytes(&vector, "blob"));
}

#[rstest]
#[case::short(20..283, b"", KeyBlobError::Malformed)]
#[case::private_key(3..4, b"2", KeyBlobError::Malformed)]
#[case::cut(282..283, b"", KeyBlobError::Malformed)]
#[case::longer(283..283, &[0], KeyBlobError::Malformed)]
#[case::exponent_beyond_the_end(8..12, &[0xff; 4], KeyBlobError::Size)]
#[case::weak(5..6, &[4], KeyBlobError::Size)]
#[case::bits_do_not_fit(5..6, &[12], KeyBlobError::Size)]
#[case::leading_zero(27..28, &[0], KeyBlobError::Malformed)]
#[case::even_exponent(26..27, &[2], KeyBlobError::Numbers)]
#[case::exponent_of_nothing(24..27, &[0, 0, 0], KeyBlobError::Numbers)]
#[case::exponent_that_encrypts_nothing(24..27, &[0, 0, 1], KeyBlobError::Numbers)]
#[case::even_modulus(282..283, &[2], KeyBlobError::Numbers)]
fn a_damaged_key_blob_is_refused(#[case] place: Range<usize>, #[case] with: &[u8], #[case] expected: KeyBlobError) {
    let mut blob = bytes(&generated("session_key_delivery"), "blob");
    blob.splice(place, with.iter().copied());
    assert_eq!(blob_to_spki(&blob).unwrap_err(), expected);
}

#[test]
fn a_device_certificate_names_the_device_and_nothing_else_in_its_subject() {
    let ca = certificate::create_device_ca(AUTHORITY, now()).unwrap();
    let (_, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let key = check_csr(&request(&build_csr(&pkcs8).unwrap())).unwrap().public_key;
    let template = DeviceCertificateTemplate {
        device: DEVICE,
        tenant: TenantId(Uuid::from_u128(2)),
        user: Some(UserId(Uuid::from_u128(3))),
        not_before: now(),
        not_after: "2036-11-23T12:00:00Z".parse().unwrap(),
    };
    let der = certificate::issue_device_certificate(AUTHORITY, &ca.private_key, &key, &template, &SeededRng::new(1)).unwrap();
    let (id, parsed) = certificate::device_name(&der).unwrap();
    assert_eq!((id, parsed.public_key.spki), (DEVICE, key.spki));

    let (_, issued) = X509Certificate::from_der(&der).unwrap();
    let (_, authority) = X509Certificate::from_der(&ca.certificate).unwrap();
    assert_eq!(issued.subject().to_string(), format!("CN={DEVICE}"));
    // Clients choose their certificate by the GUID in the issuer's OU.
    assert_eq!(issued.issuer().to_string(), format!("CN=Doorward Device Registration, OU={AUTHORITY}"));
    assert_eq!(issued.issuer().as_raw(), authority.subject().as_raw());
    issued.verify_signature(Some(authority.public_key())).unwrap();
    assert!(issued.extended_key_usage().unwrap().unwrap().value.client_auth);
    assert!(!issued.is_ca() && authority.is_ca());
    assert_eq!(issued.validity().not_after.timestamp(), template.not_after.as_second());
    assert!(issued.validity().not_before.timestamp() <= template.not_before.as_second());

    let extension = |last: u32| {
        let oid = format!("1.2.840.113556.1.5.284.{last}");
        issued.extensions().iter().find(|extension| extension.oid.to_id_string() == oid).unwrap().value.to_vec()
    };
    // OCTET STRING of 16 bytes; the first three fields of a GUID are little-endian.
    assert_eq!(extension(2), [4, 16, 4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16]);
    assert_eq!(extension(3)[2..], template.user.unwrap().0.to_bytes_le());
    assert_eq!(extension(5)[2..], template.tenant.0.to_bytes_le());
}

#[test]
fn a_domain_member_signs_its_own_certificate() {
    let (_, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let der = certificate::self_signed(&DEVICE.to_string(), &pkcs8, now(), &SeededRng::new(1)).unwrap();
    assert_eq!(certificate::device_name(&der).unwrap().0, DEVICE);
    X509Certificate::from_der(&der).unwrap().1.verify_signature(None).unwrap();
}

#[test]
fn what_is_no_certificate_is_refused() {
    let (_, pkcs8) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let der = certificate::self_signed("PC-17", &pkcs8, now(), &SeededRng::new(1)).unwrap();
    assert!(certificate::parse(&der).is_ok());
    assert_eq!(certificate::device_name(&der).unwrap_err(), CertificateError::Malformed, "no device id");
    assert_eq!(certificate::parse(&[der, vec![0]].concat()).unwrap_err(), CertificateError::Malformed, "something behind it");
    assert_eq!(certificate::parse(b"").unwrap_err(), CertificateError::Malformed);
}

#[test]
fn an_answer_holds_what_clients_read() {
    let answer = JoinResponse::new(b"der", "AB", "alice@contoso.example");
    insta::assert_json_snapshot!(answer, @r#"
    {
      "Certificate": {
        "Thumbprint": "AB",
        "RawBody": "ZGVy"
      },
      "User": {
        "Upn": "alice@contoso.example"
      },
      "MembershipChanges": []
    }
    "#);
}

#[test]
fn a_device_asks_to_be_forgotten_with_its_own_key() {
    let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
    let der = certificate::self_signed(&DEVICE.to_string(), &pkcs8, now(), &SeededRng::new(1)).unwrap();
    let claims = DeleteClaims { device_id: DEVICE, htm: "DELETE".into(), htu: "https://login.example/d".into(), nonce: "n".into() };
    let parsed = parse_delete(&build_delete(&key, &der, &claims).unwrap()).unwrap();
    assert_eq!((parsed.claims, parsed.certificate.der), (claims, der.clone()));

    // Nothing else that a device signs is such a request, whatever its claims.
    let other = PrtRequestClaims {
        client_id: "c".into(),
        request_nonce: "n".into(),
        scope: String::new(),
        grant: PrtGrant::RefreshToken { refresh_token: "r".into() },
    };
    assert_eq!(parse_delete(&build_request(&key, &der, &other).unwrap()).unwrap_err(), JwtError::Malformed);
    let untyped = serde_json::json!({ "x5c": [STANDARD.encode(&der)] });
    let claims = serde_json::json!({ "deviceId": DEVICE, "htm": "DELETE", "htu": "https://login.example/d", "nonce": "n" });
    assert_eq!(parse_delete(&doorward_wire::jwt::sign_with_header(&key, untyped, &claims).unwrap()).unwrap_err(), JwtError::Malformed);
}
