//! Clients that prove themselves with a certificate (RFC 7523 §2.2).

use std::sync::Arc;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::CredentialId;
use doorward_model::application::{KeyCredential, SigningAlgorithm};
use doorward_wire::certificate;
use doorward_wire::jwt;
use doorward_wire::key::SigningKey;
use serde_json::{Value, json};

use crate::world::{Answer, WEB_APP, World};

/// The confidential application with a certificate in the place of its secrets, and the key of the certificate.
pub(crate) async fn world_with_certificate() -> (World, SigningKey) {
    let world = World::new().await;
    let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let der = certificate::self_signed("web", &pkcs8, world.ctx.now(), world.ctx.rng.as_ref()).unwrap();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut application = Arc::unwrap_or_clone(unit.applications().get(WEB_APP).await.unwrap().unwrap());
    application.key_credentials = vec![KeyCredential {
        key_id: CredentialId::random(world.ctx.rng.as_ref()),
        display_name: None,
        custom_key_identifier: None,
        certificate: STANDARD.encode(der),
        start: None,
        end: None,
    }];
    application.secrets.clear();
    unit.applications().update(&application).await.unwrap();
    unit.commit().await.unwrap();
    (world, key)
}

/// What a library signs, with `changes` put in; a null takes a claim out.
pub(crate) fn claims(world: &World, changes: &Value) -> Value {
    let now = world.ctx.now().as_second();
    let mut claims = json!({
        "iss": WEB_APP, "sub": WEB_APP, "jti": "1", "nbf": now, "exp": now + 600,
        "aud": format!("{}/oauth2/v2.0/token", world.ctx.authority(world.tenant.id)),
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

pub(crate) async fn ask(world: &World, assertion: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "api://contoso-mail/.default"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    world.token(&[&fields, more].concat()).await
}

#[tokio::test]
async fn an_assertion_names_its_client_and_works_once() {
    let (world, key) = world_with_certificate().await;
    let assertion = jwt::sign(&key, "", "JWT", &claims(&world, &json!({}))).unwrap();
    let answer = ask(&world, &assertion, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let again = ask(&world, &assertion, &[("client_id", &WEB_APP.to_string())]).await;
    assert_eq!((again.status, &again.json()["error_codes"][0]), (StatusCode::UNAUTHORIZED, &json!(700_027)), "{}", again.body);
    assert!(again.json()["error_description"].as_str().unwrap().contains("used before"), "{}", again.body);
}

#[tokio::test]
async fn each_claim_must_be_right() {
    let (world, key) = world_with_certificate().await;
    let now = world.ctx.now().as_second();
    let authority = world.ctx.authority(world.tenant.id);
    let several = json!(["https://elsewhere.example/token", format!("{authority}/oauth2/token")]);
    let table = [
        ("several audiences", json!({ "aud": several }), None),
        ("the issuer as audience", json!({ "aud": world.ctx.issuer(world.tenant.id) }), None),
        ("fractions of seconds", json!({ "exp": 600.25 + f64::from(u32::try_from(now).unwrap()) }), None),
        ("no beginning", json!({ "nbf": null }), None),
        ("another audience", json!({ "aud": "https://elsewhere.example/token" }), Some("aud")),
        ("no audience", json!({ "aud": [] }), Some("aud")),
        ("expired", json!({ "exp": now }), Some("expired")),
        ("not yet valid", json!({ "nbf": now + 301 }), Some("not yet valid")),
        ("for a day", json!({ "exp": now + 86_400 }), Some("an hour")),
        ("without an id", json!({ "jti": null }), Some("jti")),
        ("by somebody else", json!({ "iss": "somebody" }), Some("iss")),
    ];
    for (number, (name, changes, refusal)) in table.iter().enumerate() {
        let mut claims = claims(&world, changes);
        if !claims["jti"].is_null() {
            claims["jti"] = json!(number.to_string());
        }
        let answer = ask(&world, &jwt::sign(&key, "", "JWT", &claims).unwrap(), &[]).await;
        match refusal {
            None => assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body),
            Some(word) => {
                assert_eq!(answer.json()["error_codes"][0], 700_027, "{name}: {}", answer.body);
                assert!(answer.json()["error_description"].as_str().unwrap().contains(word), "{name}: {}", answer.body);
            }
        }
    }
}

/// What can be altered in a true one is tried in `attacks::messages`.
#[tokio::test]
async fn only_the_registered_key_signs() {
    let (world, _) = world_with_certificate().await;
    let (other, _) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let assertion = jwt::sign(&other, "", "JWT", &claims(&world, &json!({}))).unwrap();
    let answer = ask(&world, &assertion, &[]).await;
    assert_eq!((answer.status, &answer.json()["error_codes"][0]), (StatusCode::UNAUTHORIZED, &json!(700_027)), "{}", answer.body);
}
