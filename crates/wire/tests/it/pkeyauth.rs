//! PKeyAuth: challenges and answers.

use doorward_model::TenantId;
use doorward_model::application::SigningAlgorithm;
use doorward_model::rng::SeededRng;
use doorward_wire::certificate;
use doorward_wire::jwt::JwtError;
use doorward_wire::key::SigningKey;
use doorward_wire::pkeyauth::{Answer, AnswerError, Challenge, Manner, Proof, build};
use doorward_wire::prt::{self, PrtGrant, PrtRequestClaims};
use jiff::Timestamp;
use rstest::rstest;
use url::Url;

use crate::vectors::{bytes, each, text};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn challenge() -> Challenge {
    Challenge {
        submit_url: url("https://login.example/t/pkeyauth"),
        nonce: "a-nonce".into(),
        context: "sealed_context-1".into(),
        authority: certificate::authority_name(uuid::uuid!("0a7ba1ff-5f2e-4e0a-9d55-5c1f3a7c2c11")),
        tenant: TenantId(uuid::uuid!("5713b322-9419-4ce2-bb74-1b81c3aa201f")),
    }
}

#[test]
fn a_web_view_is_challenged_with_an_address() {
    let address = challenge().address().unwrap();
    assert_eq!(
        address.as_str(),
        "urn:http-auth:PKeyAuth?SubmitUrl=https%3A%2F%2Flogin.example%2Ft%2Fpkeyauth&nonce=a-nonce&Context=sealed_context-1&Version=1.0\
         &CertAuthorities=OU%3D0a7ba1ff-5f2e-4e0a-9d55-5c1f3a7c2c11%2CCN%3DDoorward%20Device%20Registration\
         &TenantId=5713b322-9419-4ce2-bb74-1b81c3aa201f&SupportedAlgs=RS256%2CES256"
    );
    assert_eq!(Challenge::of_address(&address), Some(challenge()));
}

#[test]
fn the_token_endpoint_challenges_with_a_header() {
    let header = challenge().header();
    assert_eq!(
        header,
        r#"PKeyAuth nonce="a-nonce", Version="1.0", CertAuthorities="OU=0a7ba1ff-5f2e-4e0a-9d55-5c1f3a7c2c11,CN=Doorward Device Registration", Context="sealed_context-1", TenantId="5713b322-9419-4ce2-bb74-1b81c3aa201f""#
    );
    assert_eq!(Challenge::of_header(&header, challenge().submit_url), Some(challenge()));
}

#[rstest]
#[case("msauth://wpj?username=a")]
#[case("urn:http-auth:PassKey?nonce=a")]
#[case("urn:http-auth:PKeyAuth")]
#[case(
    "urn:http-auth:PKeyAuth?SubmitUrl=https://a/&nonce=n&Context=c&Version=2.0&CertAuthorities=a&TenantId=5713b322-9419-4ce2-bb74-1b81c3aa201f"
)]
fn other_addresses_are_no_challenge(#[case] address: &str) {
    assert_eq!(Challenge::of_address(&url(address)), None);
}

/// What libraries of phones send, and what it says.
#[rstest]
#[case::android(r#"PKeyAuth AuthToken="a.b.c",Context="ctx",Version="1.0""#, Some("a.b.c"))]
#[case::ios(r#"PKeyAuth  AuthToken="a.b.c", Context="ctx", Version="1.0""#, Some("a.b.c"))]
#[case::no_device(r#"PKeyAuth Context="ctx",Version="1.0""#, None)]
#[case::no_device_with_spaces(r#"PKeyAuth  Context="ctx", Version="1.0""#, None)]
#[case::empty_token(r#"PKeyAuth AuthToken="",Context="ctx",Version="1.0""#, None)]
#[case::other_case_and_order(r#"pkeyauth version="1.0" , context="ctx" ,authtoken="a.b.c""#, Some("a.b.c"))]
#[case::unquoted("PKeyAuth AuthToken=a.b.c, Context=ctx, Version=1.0", Some("a.b.c"))]
#[case::unknown_members(r#"PKeyAuth AuthToken="a.b.c",Context="ctx",Version="1.0",More="x=y,z""#, Some("a.b.c"))]
fn an_answer_is_read_leniently(#[case] header: &str, #[case] token: Option<&str>) {
    let answer = Answer::read(header).unwrap();
    assert_eq!((answer.auth_token.as_deref(), answer.context.as_str()), (token, "ctx"));
}

#[rstest]
#[case("")]
#[case("PKeyAuth")]
#[case("Bearer abc")]
#[case(r#"PKeyAuth AuthToken="a.b.c",Version="1.0""#)]
#[case(r#"PKeyAuth AuthToken="a.b.c",Context="ctx",Version="2.0""#)]
#[case(r#"PKeyAuth AuthToken="a.b.c",Context="one",Context="two",Version="1.0""#)]
#[case(r#"PKeyAuth Context="ctx"#)]
#[case(r#"PKeyAuth Context="ctx" Version="1.0""#)]
fn what_is_no_answer_is_refused(#[case] header: &str) {
    assert_eq!(Answer::read(header), Err(AnswerError));
}

#[test]
fn a_header_has_its_limits() {
    let many = (0..17).map(|number| format!("a{number}=b")).collect::<Vec<_>>().join(",");
    assert_eq!(Answer::read(&format!("PKeyAuth Context=ctx,{many}")), Err(AnswerError));
    assert_eq!(Answer::read(&format!("PKeyAuth Context={}", "a".repeat(40_000))), Err(AnswerError));
}

#[rstest]
fn an_answer_comes_back(#[values(",", ", ")] separator: &str, #[values(Some("a.b.c".to_owned()), None)] auth_token: Option<String>) {
    let answer = Answer { auth_token, context: "ctx".into() };
    assert_eq!(Answer::read(&answer.header(separator)), Ok(answer));
}

#[test]
fn tokens_of_another_library_verify_with_and_without_query_and_time_as_text_or_number() {
    for vector in each("pkeyauth_tokens") {
        let proof = Proof::read(text(&vector, "message")).unwrap();
        assert_eq!((proof.nonce.as_str(), proof.issued), ("a-nonce", 1_795_425_441));
        assert_eq!(proof.certificate.der, bytes(&vector, "certificate"));
        assert!(proof.is_for(&url("https://login.example/t/pkeyauth")));
        assert!(proof.is_for(&url("https://login.example/T/PKeyAuth?x-client-Ver=5.0")));
    }
}

#[rstest]
#[case("https://login.example/t/oauth2/v2.0/token")]
#[case("https://evil.example/t/pkeyauth")]
#[case("http://login.example/t/pkeyauth")]
#[case("https://login.example:8443/t/pkeyauth")]
#[case("https://login.example/t/pkeyauth/")]
fn a_token_is_for_the_address_that_it_names(#[case] other: &str) {
    let proof = Proof::read(text(&each("pkeyauth_tokens")[0], "message")).unwrap();
    assert!(!proof.is_for(&url(other)), "{other}");
}

#[rstest]
#[case::relative("/t/pkeyauth")]
#[case::with_user("https://login.example@evil.example/t/pkeyauth")]
#[case::user_of_the_right_host("https://me@login.example/t/pkeyauth")]
#[case::without_host("urn:http-auth:PKeyAuth")]
fn a_tricky_audience_is_for_nowhere(#[case] audience: &str) {
    let (key, certificate) = device(SigningAlgorithm::ES256);
    let claims = serde_json::json!({ "aud": audience, "nonce": "n", "iat": 1 });
    let message = signed(&key, &certificate, &claims);
    assert!(!Proof::read(&message).unwrap().is_for(&challenge().submit_url));
}

fn device(algorithm: SigningAlgorithm) -> (SigningKey, Vec<u8>) {
    let (key, pkcs8) = SigningKey::generate(algorithm).unwrap();
    let certificate = certificate::self_signed("device", &pkcs8, Timestamp::UNIX_EPOCH, &SeededRng::new(1)).unwrap();
    (key, certificate)
}

fn signed(key: &SigningKey, certificate: &[u8], claims: &serde_json::Value) -> String {
    use base64::Engine as _;
    let x5c = [base64::engine::general_purpose::STANDARD.encode(certificate)];
    doorward_wire::jwt::sign_with_header(key, serde_json::json!({ "typ": "JWT", "x5c": x5c }), claims).unwrap()
}

#[rstest]
fn each_platform_signs_in_its_manner(
    #[values(Manner::Ios, Manner::Android)] manner: Manner,
    #[values(SigningAlgorithm::RS256, SigningAlgorithm::ES256)] algorithm: SigningAlgorithm,
) {
    let (key, certificate) = device(algorithm);
    let asked = Challenge { submit_url: url("https://login.example/t/pkeyauth?more=1"), ..challenge() };
    let message = build(&key, &certificate, &asked, manner, 1_795_425_441).unwrap();
    let claims = doorward_wire::jwt::unverified_payload(&message).unwrap();
    let expected = match manner {
        Manner::Ios => serde_json::json!({ "aud": "https://login.example/t/pkeyauth", "nonce": "a-nonce", "iat": "1795425441" }),
        Manner::Android => {
            serde_json::json!({ "aud": "https://login.example/t/pkeyauth?more=1", "nonce": "a-nonce", "iat": 1_795_425_441 })
        }
    };
    assert_eq!(claims, expected);
    assert!(Proof::read(&message).unwrap().is_for(&challenge().submit_url));
}

#[test]
fn the_key_of_the_certificate_fixes_the_algorithm_and_must_have_signed() {
    let (key, certificate) = device(SigningAlgorithm::RS256);
    let (other, _) = device(SigningAlgorithm::RS256);
    let (curve, _) = device(SigningAlgorithm::ES256);
    let read = |key| Proof::read(&build(key, &certificate, &challenge(), Manner::Android, 1).unwrap()).map(drop);
    assert_eq!(read(&key), Ok(()));
    assert_eq!(read(&other), Err(JwtError::Signature));
    assert_eq!(read(&curve), Err(JwtError::Algorithm));
    assert_eq!(Proof::read("a.b.c").map(drop), Err(JwtError::Malformed));
}

#[test]
fn a_message_that_a_device_signs_for_something_else_is_no_answer() {
    let (key, certificate) = device(SigningAlgorithm::RS256);
    let credential = prt::build_device_credential(&key, &certificate, "a-nonce").unwrap();
    let grant = PrtGrant::Password { username: "anna".into(), password: "secret".into() };
    let claims = PrtRequestClaims { client_id: "c".into(), request_nonce: "a-nonce".into(), scope: "aza".into(), grant };
    let request = prt::build_request(&key, &certificate, &claims).unwrap();
    for message in [credential, request] {
        assert_eq!(Proof::read(&message).map(drop), Err(JwtError::Claims));
    }
    let answer = build(&key, &certificate, &challenge(), Manner::Android, 1).unwrap();
    assert!(prt::parse_device_credential(&answer).is_err(), "nor the other way round");
}

#[test]
fn a_certificate_says_which_authority_it_is_from() {
    let (ours, theirs) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let authority = certificate::create_device_ca(ours, Timestamp::UNIX_EPOCH).unwrap();
    assert!(certificate::claims_issuer(&authority.certificate, ours));
    assert!(!certificate::claims_issuer(&authority.certificate, theirs));
    assert!(!certificate::claims_issuer(&device(SigningAlgorithm::ES256).1, ours));
    assert!(!certificate::claims_issuer(b"nonsense", ours));
}
