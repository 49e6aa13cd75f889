//! `grant_type=authorization_code`.

use axum::http::StatusCode;
use insta::assert_json_snapshot;

use super::sign_in_pages::{sign_in, verifier};
use crate::world::{CLI, CLI_REDIRECT, World};

async fn redeem(world: &World, code: &str, verifier: &str, redirect_uri: &str) -> crate::world::Answer {
    let client = CLI.to_string();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier),
        ("client_info", "1"),
    ];
    world.token(&fields).await
}

#[tokio::test]
async fn a_code_becomes_an_access_token_an_id_token_and_a_refresh_token() {
    let world = World::new().await;
    let verifier = verifier(&world);
    let (answer, _) = sign_in(&world, &verifier, &[]).await;
    let tokens = redeem(&world, &answer.location_parameter("code").unwrap(), &verifier, CLI_REDIRECT).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    assert_eq!(tokens.headers["cache-control"], "no-store");
    let body = tokens.json();
    let claims = |name: &str| doorward_wire::jwt::unverified_payload(body[name].as_str().unwrap()).unwrap();
    assert_json_snapshot!("access_token", claims("access_token"));
    assert_json_snapshot!("id_token", claims("id_token"));
    let mut answer = body.clone();
    // Keys are made by the cryptographic library and differ in every run.
    for (name, shown) in [("access_token", "[jwt]"), ("id_token", "[jwt]")] {
        answer[name] = shown.into();
    }
    assert_json_snapshot!("answer", answer);
}

#[tokio::test]
async fn tokens_name_the_record_of_the_sign_in_that_they_come_from() {
    let world = World::new().await;
    let verifier = verifier(&world);
    let (answer, _) = sign_in(&world, &verifier, &[]).await;
    let first = redeem(&world, &answer.location_parameter("code").unwrap(), &verifier, CLI_REDIRECT).await.json();
    let client = CLI.to_string();
    let refresh = [("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", first["refresh_token"].as_str().unwrap())];
    let second = world.token(&refresh).await.json();
    let records = world.sign_ins().await;
    for (tokens, grant) in [(&first, "authorization_code"), (&second, "refresh_token")] {
        let record = records.iter().find(|record| record.circumstances.grant == grant).unwrap();
        for name in ["access_token", "id_token"] {
            let claims = doorward_wire::jwt::unverified_payload(tokens[name].as_str().unwrap()).unwrap();
            assert_eq!(claims["uti"], record.id.0.simple().to_string(), "{grant}, {name}");
        }
    }
}

#[tokio::test]
async fn a_code_works_once_and_a_second_use_withdraws_what_the_first_one_got() {
    let world = World::new().await;
    let verifier = verifier(&world);
    let (answer, cookies) = sign_in(&world, &verifier, &[]).await;
    let code = answer.location_parameter("code").unwrap();
    let first = redeem(&world, &code, &verifier, CLI_REDIRECT).await.json();
    let second = redeem(&world, &code, &verifier, CLI_REDIRECT).await;
    assert_eq!(second.status, StatusCode::BAD_REQUEST);
    assert_eq!(second.json()["error"], "invalid_grant");
    let client = CLI.to_string();
    let refresh = world
        .token(&[("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", first["refresh_token"].as_str().unwrap())])
        .await;
    assert_eq!(refresh.json()["error"], "invalid_grant", "{}", refresh.body);
    let page = world.get(&super::sign_in_pages::authorize(&world, &verifier, &[]), &[("cookie", &cookies)]).await;
    assert_eq!(page.status, StatusCode::OK, "the session is withdrawn as well");
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_redirect_uri_and_time() {
    let world = World::new().await;
    let right = verifier(&world);
    let wrong = verifier(&world);
    let code = async || sign_in(&world, &right, &[]).await.0.location_parameter("code").unwrap();
    let cases = [
        (redeem(&world, &code().await, &wrong, CLI_REDIRECT).await, 501_481),
        (redeem(&world, &code().await, &right, "http://localhost:1").await, 70000),
        (redeem(&world, "not-a-code", &right, CLI_REDIRECT).await, 70000),
    ];
    for (answer, expected) in cases {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["error_codes"][0], expected, "{}", answer.body);
    }
    let late = code().await;
    world.clock.advance(301);
    assert_eq!(redeem(&world, &late, &right, CLI_REDIRECT).await.json()["error_codes"][0], 70008);
}
