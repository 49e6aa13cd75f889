//! Bodies that are too large or too deep.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::registration::{DRS_SCOPE, code_of, signed};
use crate::world::{Answer, CLI, PASSWORD, World};

const FORM: &str = "application/x-www-form-urlencoded";
const GRAPH: &str = "https://graph.microsoft.com/.default";

async fn send(world: &World, method: Method, path: &str, kind: &str, token: &str, body: String) -> Answer {
    let request =
        Request::builder().method(method).uri(path).header("content-type", kind).header("authorization", format!("Bearer {token}"));
    world.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_body_is_measured_before_it_is_read() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, GRAPH).await;
    let joining = world.access_token(&world.anna, DRS_SCOPE).await;
    let long = "x".repeat(256 * 1024 + 1);
    let form = format!("grant_type=password&username={long}");
    let document = json!({ "displayName": long }).to_string();
    for endpoint in ["oauth2/v2.0/token", "oauth2/token", "oauth2/v2.0/authorize", "oauth2/v2.0/devicecode", "oauth2/deviceauth", "login"] {
        let answer = send(&world, Method::POST, &world.path(endpoint), FORM, "", form.clone()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{endpoint}: {}", answer.body);
    }
    for (endpoint, token) in [
        ("getcredentialtype", ""),
        ("sas/beginauth", ""),
        ("sas/endauth", ""),
        ("EnrollmentServer/device/", &joining),
        ("EnrollmentServer/key/", &joining),
    ] {
        let answer = send(&world, Method::POST, &world.path(endpoint), "application/json", token, document.clone()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{endpoint}: {}", answer.body);
    }
    for path in ["/v1.0/users", "/v1.0/identity/conditionalAccess/policies", "/v1.0/$batch"] {
        let answer = send(&world, Method::POST, path, "application/json", &admin, document.clone()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn depth_exhausts_no_stack() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, GRAPH).await;
    let joining = world.access_token(&world.anna, DRS_SCOPE).await;
    let deep = "[".repeat(100_000);
    let whole = format!("{{\"a\":{deep}{}}}", "]".repeat(100_000));
    for body in [&deep, &whole] {
        for (path, token) in [
            (world.path("getcredentialtype"), ""),
            (world.path("sas/beginauth"), ""),
            (world.path("EnrollmentServer/device/"), &joining),
            (world.path("EnrollmentServer/key/"), &joining),
            ("/v1.0/users".into(), &admin),
            ("/v1.0/groups".into(), &admin),
            ("/v1.0/identity/conditionalAccess/policies".into(), &admin),
            ("/v1.0/deviceAppManagement/iosManagedAppProtections".into(), &admin),
            ("/v1.0/$batch".into(), &admin),
        ] {
            let answer = send(&world, Method::POST, &path, "application/json", token, body.clone()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
        }
    }
    // Messages are read up to 64 KiB.
    let deep = "[".repeat(20_000);
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for message in [
        format!("{}.e30.", part(&deep)),
        format!("{}.e30.", part(&format!("{{\"alg\":\"RS256\",\"x5c\":{deep}"))),
        format!("{}.{}.", part("{\"alg\":\"HS256\",\"ctx\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"), part(&deep)),
    ] {
        assert_eq!(code_of(&signed(&world, &message).await), 90_023);
    }
}

#[tokio::test]
async fn claims_that_are_too_deep_or_too_long_ask_for_nothing() {
    let world = World::new().await;
    let client = CLI.to_string();
    let deep = format!("{{\"access_token\":{}", "[".repeat(10_000));
    let long = format!("{{\"access_token\":{{\"xms_cc\":{{\"values\":[\"{}\"]}}}}}}", "x".repeat(20_000));
    for claims in [deep, long] {
        let fields = [
            ("grant_type", "password"),
            ("client_id", client.as_str()),
            ("username", "anna@contoso.example"),
            ("password", PASSWORD),
            ("scope", "openid api://contoso-mail/Mail.Read"),
            ("claims", &claims),
        ];
        let answer = world.token(&fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let token: Value = doorward_wire::jwt::unverified_payload(answer.json()["access_token"].as_str().unwrap()).unwrap();
        assert!(token.get("xms_cc").is_none(), "{token}");
    }
}
