//! Access tokens that are bound to a key of the client (`token_type=pop`).

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::registration::{DRS_SCOPE, code_of};
use crate::world::{Answer, CLI, PASSWORD, World};

async fn refresh(world: &World, scope: &str, more: &[(&str, &str)]) -> Answer {
    let client = CLI.to_string();
    let password = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", "anna@contoso.example"),
        ("password", PASSWORD),
        ("scope", "openid offline_access"),
    ];
    let token = world.token(&password).await.json()["refresh_token"].as_str().unwrap().to_owned();
    let mut fields = vec![("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", &token), ("scope", scope)];
    fields.extend_from_slice(more);
    world.token(&fields).await
}

fn confirmation(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_bound_token_names_the_key_and_is_no_bearer_token_anywhere_here() {
    let world = World::new().await;
    let key = confirmation(&json!({ "kid": "thumbprint" }));
    for (scope, path) in [("User.Read", "/v1.0/me".to_owned()), (DRS_SCOPE, world.path("EnrollmentServer/device/"))] {
        let answer = refresh(&world, scope, &[("token_type", "pop"), ("req_cnf", &key)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.json()["token_type"], "pop");
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        let claims = doorward_wire::jwt::parse(&token).unwrap().unverified_claims::<Value>().unwrap();
        assert_eq!(claims["cnf"], json!({ "kid": "thumbprint" }));
        let method = if path == "/v1.0/me" { Method::GET } else { Method::POST };
        assert_eq!(world.json(method, &path, &token, &Value::Null).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_kind_of_token_that_is_not_made_is_refused_rather_than_replaced() {
    let world = World::new().await;
    let key = confirmation(&json!({ "kid": "thumbprint" }));
    let long = confirmation(&json!({ "kid": "k".repeat(129) }));
    let nameless = confirmation(&json!({ "jwk": {} }));
    let cases: [(&[(&str, &str)], u64); 6] = [
        (&[("token_type", "ssh-cert"), ("req_cnf", &key)], 90023),
        (&[("token_type", "pop")], 90014),
        (&[("token_type", "pop"), ("req_cnf", "%%%")], 90023),
        (&[("token_type", "pop"), ("req_cnf", &long)], 90023),
        (&[("token_type", "pop"), ("req_cnf", &nameless)], 90023),
        (&[("token_type", "dpop"), ("req_cnf", &key)], 90023),
    ];
    for (fields, code) in cases {
        assert_eq!(code_of(&refresh(&world, "User.Read", fields).await), code, "{fields:?}");
    }
}
