//! OAuth 2.0 messages.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::application::{PlatformIdentity, SigningAlgorithm};
use doorward_model::{CorrelationId, ErrorCode, SignInId, TenantId, UserId};
use doorward_wire::jwt::{self, JwtError};
use doorward_wire::key::SigningKey;
use doorward_wire::oauth::error_body::ErrorBody;
use doorward_wire::oauth::redirect::{Listener, broker_redirect, install_or_register, is_of_ios_app, matches};
use doorward_wire::oauth::scope::{self, ScopeError};
use doorward_wire::oauth::token_response::TokenResponse;
use doorward_wire::oauth::{claims_parameter, client_assertion, client_info, pkce};
use rstest::rstest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::vectors::{each, text};

/// RFC 7636 appendix B.
#[test]
fn a_verifier_belongs_to_its_challenge() {
    let (verifier, challenge) = ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_eq!(pkce::challenge(verifier), challenge);
    assert!(pkce::is_challenge(challenge) && pkce::verify(verifier, challenge));
    assert!(!pkce::verify(&verifier.replace('d', "e"), challenge));
    assert!(!pkce::verify(verifier, verifier), "the method plain");
}

#[rstest]
#[case::shortest("a".repeat(43), true)]
#[case::too_short("a".repeat(42), false)]
#[case::longest("a".repeat(128), true)]
#[case::too_long("a".repeat(129), false)]
#[case::unreserved(format!("{}-._~", "a".repeat(43)), true)]
#[case::reserved(format!("{}+", "a".repeat(43)), false)]
#[case::not_ascii("ä".repeat(43), false)]
fn a_verifier_is_43_to_128_unreserved_characters(#[case] verifier: String, #[case] expected: bool) {
    assert_eq!(pkce::verify(&verifier, &pkce::challenge(&verifier)), expected);
}

fn android(signature: &str) -> PlatformIdentity {
    PlatformIdentity::Android { package_name: "com.contoso.mail".into(), signature_hash: signature.into() }
}

#[test]
fn a_broker_redirect_follows_from_the_identity_of_the_app() {
    assert_eq!(broker_redirect(&PlatformIdentity::Ios { bundle_id: "com.contoso.mail".into() }), "msauth.com.contoso.mail://auth");
    assert_eq!(broker_redirect(&android("Cg/+AB7=")), "msauth://com.contoso.mail/Cg%2F%2BAB7%3D");
}

#[rstest]
#[case::same("https://app.example/cb", "https://app.example/cb", true)]
#[case::other_path("https://app.example/cb", "https://app.example/cb2", false)]
#[case::final_slash("https://app.example/cb", "https://app.example/cb/", false)]
#[case::case_of_path("https://app.example/cb", "https://app.example/CB", false)]
#[case::query_added("https://app.example/cb", "https://app.example/cb?x=1", false)]
#[case::loopback_port("http://localhost/cb", "http://localhost:53124/cb", true)]
#[case::loopback_address("http://127.0.0.1:1/", "http://127.0.0.1:2/", true)]
#[case::loopback_v6("http://[::1]/", "http://[::1]:2/", true)]
#[case::loopback_other_path("http://localhost/cb", "http://localhost:1/other", false)]
#[case::loopback_other_host("http://localhost/", "http://127.0.0.1/", false)]
#[case::loopback_over_tls("https://localhost/", "https://localhost:1/", false)]
#[case::loopback_with_user("http://localhost/", "http://user@localhost:1/", false)]
#[case::loopback_with_fragment("http://localhost/", "http://localhost:1/#x", false)]
#[case::port_of_another_host("http://app.example/", "http://app.example:1/", false)]
#[case::loopback_as_label("http://localhost/", "http://localhost.evil.example:1/", false)]
#[case::signature_decoded("msauth://com.contoso.mail/Cg%2F%2BAB7%3D", "msauth://com.contoso.mail/Cg/+AB7=", true)]
#[case::signature_other_case("msauth://com.contoso.mail/Cg%2f%2bAB7%3d", "msauth://com.contoso.mail/Cg%2F%2BAB7%3D", true)]
#[case::signature_encoded_twice("msauth://com.contoso.mail/Cg%2F%2BAB7%3D", "msauth://com.contoso.mail/Cg%252F%252BAB7%253D", false)]
#[case::other_signature("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail/BB%3D", false)]
#[case::slash_into_the_package("msauth://com.contoso.mail/A/B", "msauth://com.contoso.mail%2FA/B", false)]
#[case::plus_read_as_space("msauth://com.contoso.mail/Cg%2F%2BAB7%3D", "msauth://com.contoso.mail/Cg/ AB7=", false)]
#[case::encoded_plus_left("msauth://com.contoso.mail/Cg%2F%2BAB7%3D", "msauth://com.contoso.mail/Cg/%2BAB7=", true)]
#[case::signature_without_padding("msauth://com.contoso.mail/Cg%2F%2BAB7%3D", "msauth://com.contoso.mail/Cg/+AB7", false)]
#[case::signature_of_another_case("msauth://com.contoso.mail/Cg%2F%2BAB7%3D", "msauth://com.contoso.mail/cg/+AB7=", false)]
#[case::package_of_another_case("msauth://com.contoso.mail/AA%3D", "msauth://com.Contoso.mail/AA%3D", false)]
#[case::package_encoded("msauth://com.contoso.mail/AA%3D", "msauth://%63om.contoso.mail/AA%3D", false)]
#[case::longer_package("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail.evil/AA%3D", false)]
#[case::package_with_user("msauth://com.contoso.mail/AA%3D", "msauth://evil@com.contoso.mail/AA%3D", false)]
#[case::package_as_user("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail@evil/AA%3D", false)]
#[case::package_with_port("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail:1/AA%3D", false)]
#[case::signature_with_more_path("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail/AA%3D/x", false)]
#[case::signature_with_query("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail/AA%3D?x", false)]
#[case::signature_with_fragment("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail/AA%3D#x", false)]
#[case::signature_after_dots("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail/x/../AA%3D", false)]
#[case::scheme_of_another_case("msauth://com.contoso.mail/AA%3D", "MSAUTH://com.contoso.mail/AA%3D", false)]
#[case::signature_not_utf8("msauth://com.contoso.mail/AA%3D", "msauth://com.contoso.mail/%FF", false)]
#[case::bundle_of_another_case("msauth.com.contoso.mail://auth", "msauth.com.contoso.Mail://auth", false)]
#[case::bundle_with_slash("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail://auth/", false)]
#[case::bundle_with_user("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail://x@auth", false)]
#[case::bundle_with_query("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail://auth?x", false)]
#[case::bundle_with_fragment("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail://auth#x", false)]
#[case::bundle_encoded("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail://%61uth", false)]
#[case::bundle_and_more("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail://auth.evil.example", false)]
#[case::nested_of_another_hub(
    "brk-11111111-0000-4000-8000-000000000001://a.example",
    "brk-11111111-0000-4000-8000-000000000002://a.example",
    false
)]
#[case::other_bundle("msauth.com.contoso.mail://auth", "msauth.com.contoso.mail2://auth", false)]
fn a_redirect_is_the_registered_one_to_the_letter(#[case] registered: &str, #[case] given: &str, #[case] expected: bool) {
    assert_eq!(matches(registered, given), expected);
}

#[test]
fn every_signature_matches_its_own_redirect() {
    let identity = android("Cg/+AB7=");
    assert!(matches(&broker_redirect(&identity), "msauth://com.contoso.mail/Cg/+AB7="));
}

#[test]
fn the_broker_address_carries_account_and_store() {
    let address = |listener, state| {
        let store = "https://apps.example/broker?id=1&x=2";
        install_or_register(listener, "alice+1@contoso.example", store, ErrorCode(50127), CorrelationId(Uuid::nil()), state).unwrap()
    };
    let own = Listener::SystemBrowser("msauth.com.contoso.mail://auth");
    insta::assert_snapshot!(address(Listener::WebView, None), @"msauth://wpj?username=alice%2B1%40contoso.example&app_link=https%3A%2F%2Fapps.example%2Fbroker%3Fid%3D1%26x%3D2&error_code=50127&correlation_id=00000000-0000-0000-0000-000000000000");
    insta::assert_snapshot!(address(own, Some("a b")), @"msauth.com.contoso.mail://auth/msauth/wpj?username=alice%2B1%40contoso.example&app_link=https%3A%2F%2Fapps.example%2Fbroker%3Fid%3D1%26x%3D2&error_code=50127&correlation_id=00000000-0000-0000-0000-000000000000&state=a+b");
}

#[rstest]
#[case("msauth.com.contoso.mail://auth", true)]
#[case("msauth.://auth", false)]
#[case("msauth.com.contoso.mail://auth/", false)]
#[case("msauth://com.contoso.mail/AA%3D", false)]
#[case("https://msauth.contoso.example/auth", false)]
fn an_app_on_ios_is_known_by_the_form_of_its_redirect(#[case] uri: &str, #[case] expected: bool) {
    assert_eq!(is_of_ios_app(uri), expected);
}

#[rstest]
#[case::bare("User.Read", None, "User.Read")]
#[case::graph("https://graph.microsoft.com/User.Read", Some("https://graph.microsoft.com"), "User.Read")]
#[case::identifier_uri("api://doorward-protection/.default", Some("api://doorward-protection"), ".default")]
#[case::app_id("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/.default", Some("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"), ".default")]
#[case::resource_with_slash(
    "https://enrollment.manage.microsoft.com//.default",
    Some("https://enrollment.manage.microsoft.com/"),
    ".default"
)]
#[case::resource_with_path("api://contoso/mail/Mail.Read", Some("api://contoso/mail"), "Mail.Read")]
fn a_scope_is_split_into_resource_and_value(#[case] token: &str, #[case] resource: Option<&str>, #[case] value: &str) {
    let text = format!("openid {token}  offline_access");
    let scopes = scope::parse(&text).unwrap();
    assert_eq!(scopes.openid.names(), ["openid", "offline_access"]);
    let [found] = &scopes.resource[..] else { panic!("one resource scope") };
    assert_eq!((found.resource, found.value), (resource, value));
}

#[test]
fn what_only_brokers_ask_for_names_no_resource() {
    assert_eq!(scope::parse("openid aza ugs").unwrap().resource, []);
    assert_eq!(scope::parse("").unwrap(), scope::Scopes::default());
}

#[rstest]
#[case::no_value("api://x/", ScopeError::NoValue("api://x/".into()))]
#[case::quote("a\"b", ScopeError::Character)]
#[case::control("a\nb", ScopeError::Character)]
#[case::not_ascii("ä", ScopeError::Character)]
#[case::long(&"a".repeat(4097), ScopeError::TooLong)]
fn what_is_no_scope_is_refused(#[case] text: &str, #[case] expected: ScopeError) {
    assert_eq!(scope::parse(text).unwrap_err(), expected);
}

#[rstest]
#[case::msal(r#"{"access_token":{"xms_cc":{"values":["ProtApp","CP1","CP1"]}}}"#, &["CP1", "ProtApp"])]
#[case::other_claims(r#"{"id_token":{"login_hint":null},"access_token":{"acrs":{"essential":true}}}"#, &[])]
#[case::other_shape(r#"{"access_token":{"xms_cc":"CP1"}}"#, &[])]
#[case::mixed(r#"{"access_token":{"xms_cc":{"values":[1,null,"CP1"]}}}"#, &["CP1"])]
#[case::no_json("{", &[])]
#[case::empty("", &[])]
fn capabilities_are_read_leniently(#[case] claims: &str, #[case] expected: &[&str]) {
    assert_eq!(claims_parameter::capabilities(claims), expected);
}

#[test]
fn capabilities_are_bounded() {
    let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let claims = |values: Value| json!({ "access_token": { "xms_cc": { "values": values } } }).to_string();
    assert_eq!(claims_parameter::capabilities(&claims(json!(many))).len(), 16);
    assert!(claims_parameter::capabilities(&claims(json!(["a".repeat(65)]))).is_empty());
}

#[test]
fn assertions_of_other_libraries_verify_with_either_padding_and_any_form_of_time() {
    for vector in each("client_assertions") {
        let assertion = client_assertion::verify(text(&vector, "message"), text(&vector, "certificate")).unwrap();
        assert_eq!(assertion.expires.as_second(), 1_795_425_441);
        assert_eq!(assertion.not_before.unwrap().as_second(), 1_795_424_841);
        assert_eq!(assertion.issuer, assertion.subject);
        assert_eq!(assertion.audience, ["https://login.example/t/oauth2/v2.0/token"]);
        assert_eq!(assertion.id.as_deref(), Some("1"));
    }
}

#[test]
fn an_assertion_is_by_the_registered_certificate() {
    let registered = each("client_assertions")[0].clone();
    let (thief, _) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let claims = json!({ "iss": "c", "sub": "c", "aud": "a", "exp": 1 });
    // The thief names the certificate, and even sends one along; neither chooses the key.
    let header = json!({ "typ": "JWT", "x5c": [registered["certificate"]] });
    let forged = jwt::sign_with_header(&thief, header, &claims).unwrap();
    assert_eq!(client_assertion::verify(&forged, text(&registered, "certificate")).unwrap_err(), JwtError::Signature);
    assert!(client_assertion::verify(text(&registered, "message"), &STANDARD.encode("no certificate")).is_err());
}

#[test]
fn client_info_names_user_and_tenant() {
    let encoded = client_info::encode(UserId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
    let decoded: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap();
    assert_eq!(decoded, json!({ "uid": "00000000-0000-0000-0000-000000000001", "utid": "00000000-0000-0000-0000-000000000002" }));
}

#[test]
fn an_error_says_what_clients_act_on_and_what_the_help_desk_needs() {
    let body = ErrorBody {
        adi: Some("alice@contoso.example".into()),
        client_info: Some("e30".into()),
        ..ErrorBody::new(
            ErrorCode(53005),
            "The app must be protected.",
            SignInId(Uuid::from_u128(1)),
            CorrelationId(Uuid::from_u128(2)),
            "2026-11-23T12:00:00Z".parse().unwrap(),
            None,
        )
    };
    insta::assert_json_snapshot!(body, @r#"
    {
      "error": "unauthorized_client",
      "error_description": "AADSTS53005: The app must be protected.\r\nTrace ID: 00000000-0000-0000-0000-000000000001\r\nCorrelation ID: 00000000-0000-0000-0000-000000000002\r\nTimestamp: 2026-11-23 12:00:00Z",
      "error_codes": [
        53005
      ],
      "timestamp": "2026-11-23 12:00:00Z",
      "trace_id": "00000000-0000-0000-0000-000000000001",
      "correlation_id": "00000000-0000-0000-0000-000000000002",
      "suberror": "protection_policy_required",
      "adi": "alice@contoso.example",
      "client_info": "e30"
    }
    "#);
}

#[test]
fn lifetimes_of_tokens_are_numbers_and_tokens_stay_out_of_debug_output() {
    let response = TokenResponse {
        token_type: "Bearer".into(),
        scope: Some("User.Read".into()),
        expires_in: 3600,
        ext_expires_in: 3600,
        access_token: "secret-a".into(),
        refresh_token: Some("secret-r".into()),
        foci: None,
        id_token: None,
        client_info: None,
    };
    let json = json!(response);
    assert!(json["expires_in"].is_u64() && json["ext_expires_in"].is_u64());
    assert!(json.get("id_token").is_none());
    assert!(!format!("{response:?}").contains("secret"));
}

#[rstest]
#[case(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#, Some("c1"))]
#[case(r#"{"id_token":{"acrs":{"essential":true,"values":["c25"]}}}"#, Some("c25"))]
#[case(r#"{"id_token":{"acrs":null},"access_token":{"acrs":{"value":"c99"}}}"#, Some("c99"))]
#[case(r#"{"access_token":{"acrs":{"value":"c0"}}}"#, None)]
#[case(r#"{"access_token":{"acrs":{"value":"c01"}}}"#, None)]
#[case(r#"{"access_token":{"acrs":{"value":"c100"}}}"#, None)]
#[case(r#"{"access_token":{"acrs":{"value":"All"}}}"#, None)]
#[case(r#"{"access_token":{"xms_cc":{"values":["c1"]}}}"#, None)]
#[case("not json", None)]
fn an_authentication_context_is_c1_to_c99(#[case] claims: &str, #[case] expected: Option<&str>) {
    assert_eq!(claims_parameter::authentication_context(claims).as_deref(), expected);
}

#[test]
fn what_a_client_asked_for_is_asked_for_again_when_the_sign_in_starts_anew() {
    let capabilities = vec!["CP1".to_owned()];
    let written = claims_parameter::write(&capabilities, Some("c7")).unwrap();
    assert_eq!(claims_parameter::capabilities(&written), capabilities);
    assert_eq!(claims_parameter::authentication_context(&written).as_deref(), Some("c7"));
    assert_eq!(claims_parameter::write(&[], None), None);
}
