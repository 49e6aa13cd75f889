//! The envelope: entity tags, errors in one shape, versions, batches.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{Ids, SCOPE, objects};
use crate::world::{Answer, World};

async fn send(world: &World, method: &str, path: &str, token: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn a_change_with_an_old_entity_tag_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let ids: Ids = objects(&world, &admin, 1).await;
    let json = ("content-type", "application/json");
    let paths =
        ["users/{user}", "groups/{group}", "applications/{app}", "devices/{device}", "identity/conditionalAccess/policies/{policy}"];
    for path in paths.map(|path| ids.fill(path)) {
        let get = async || send(&world, "GET", &path, &admin, &[], "").await;
        let first = get().await.headers["etag"].to_str().unwrap().to_owned();
        let rename = async |tag: &str, name: &str| {
            send(&world, "PATCH", &path, &admin, &[json, ("if-match", tag)], &json!({ "displayName": name }).to_string()).await
        };
        assert_eq!(rename(&first, "One").await.status, StatusCode::NO_CONTENT, "{path}");
        let stale = rename(&format!("W/{first}"), "Two").await;
        assert_eq!((stale.status, &stale.json()["error"]["code"]), (StatusCode::PRECONDITION_FAILED, &json!("resourceModified")), "{path}");
        let refused = send(&world, "DELETE", &path, &admin, &[("if-match", &first)], "").await;
        assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED, "{path}");
        assert_eq!(get().await.json()["displayName"], "One", "{path}");
        assert_eq!(rename("no tag", "Two").await.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(rename("*", "Three").await.status, StatusCode::NO_CONTENT, "{path}");
        let present = get().await.headers["etag"].to_str().unwrap().to_owned();
        assert_eq!(send(&world, "DELETE", &path, &admin, &[("if-match", &present)], "").await.status, StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn every_refusal_has_the_same_shape_and_names_the_request() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let json = ("content-type", "application/json");
    let cases = [
        ("GET", "/v1.0/nonsense", "", StatusCode::NOT_FOUND),
        ("GET", "/beta/users/nobody@contoso.example", "", StatusCode::NOT_FOUND),
        ("PUT", "/v1.0/users", "", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/v1.0/groups/not-an-id", "", StatusCode::BAD_REQUEST),
        ("POST", "/v1.0/groups", "{", StatusCode::BAD_REQUEST),
        ("POST", "/v1.0/groups", r#"{"displayNaem":"x"}"#, StatusCode::BAD_REQUEST),
        ("GET", "/v1.0/users?$filter=x", "", StatusCode::BAD_REQUEST),
    ];
    for (method, path, body, status) in cases {
        let answer = send(&world, method, path, &admin, &[json, ("client-request-id", "mine")], body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        let error = &answer.json()["error"];
        assert!(error["code"].is_string() && !error["message"].as_str().unwrap().is_empty(), "{path}: {error}");
        assert_eq!(error["innerError"]["date"], "2026-11-23T09:00:00", "{path}");
        assert_eq!(error["innerError"]["client-request-id"], "mine", "{path}");
        assert_eq!(error["innerError"]["request-id"], answer.headers["request-id"].to_str().unwrap(), "{path}");
        assert_eq!(answer.headers["client-request-id"], "mine", "{path}");
    }
    let form = send(&world, "POST", "/v1.0/groups", &admin, &[("content-type", "text/plain")], "x").await;
    assert_eq!((form.status, &form.json()["error"]["code"]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!("Request_UnsupportedMediaType")));
    let nobody = send(&world, "GET", "/v1.0/users", "", &[], "").await;
    assert_eq!((nobody.status, &nobody.json()["error"]["code"]), (StatusCode::UNAUTHORIZED, &json!("InvalidAuthenticationToken")));
}

#[tokio::test]
async fn beta_is_the_same_api_and_says_so_in_its_links() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let answer = send(&world, "GET", "/beta/users?$top=1", &admin, &[], "").await.json();
    assert_eq!(answer["@odata.context"], "https://login.contoso.example/beta/$metadata#users");
    assert!(answer["@odata.nextLink"].as_str().unwrap().starts_with("https://login.contoso.example/beta/users?"));
}

async fn batch(world: &World, token: &str, requests: Value) -> Answer {
    world.json(Method::POST, "/v1.0/$batch", token, &json!({ "requests": requests })).await
}

#[tokio::test]
async fn a_batch_answers_each_request_as_if_it_came_alone() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let answer = batch(
        &world,
        &admin,
        json!([
            { "id": "last", "method": "GET", "url": "/groups?$filter=displayName eq 'x'".replace(' ', "%20"), "dependsOn": ["make"] },
            { "id": "make", "method": "POST", "url": "/Groups", "body": { "displayName": "X" }, "headers": { "Content-Type": "application/json" } },
            { "id": "wrong", "method": "POST", "url": "groups", "body": { "displayName": "" } },
            { "id": "after", "method": "GET", "url": "/me", "dependsOn": ["wrong"] },
            { "id": "count", "method": "GET", "url": "/users/$count" },
            { "id": "whole", "method": "GET", "url": "https://login.contoso.example/v1.0/me", "depends_on": ["count"] },
            { "id": "version", "method": "GET", "url": "/v1.0/me" },
        ]),
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let responses = answer.json()["responses"].as_array().unwrap().clone();
    let of = |id: &str| responses.iter().find(|response| response["id"] == id).unwrap().clone();
    assert_eq!(of("make")["status"], 201);
    assert_eq!(of("last")["body"]["value"][0]["displayName"], "X", "what it depends on came first");
    assert_eq!((&of("wrong")["status"], &of("after")["status"]), (&json!(400), &json!(424)));
    assert_eq!(of("wrong")["body"]["error"]["code"], "Request_BadRequest");
    assert_eq!(of("count")["body"], 3);
    for id in ["whole", "version"] {
        assert_eq!(of(id)["body"]["userPrincipalName"], "admin@contoso.example", "as Microsoft's SDKs write addresses");
    }
    assert!(of("make")["headers"]["etag"].is_string());
}

#[tokio::test]
async fn a_batch_gives_nobody_more_than_their_token() {
    let world = World::new().await;
    let (admin, anna) = (world.access_token(&world.admin, SCOPE).await, world.access_token(&world.anna, SCOPE).await);
    let theft = json!([{ "id": "1", "method": "GET", "url": "/users", "headers": { "Authorization": format!("Bearer {admin}") } }]);
    assert_eq!(batch(&world, &anna, theft.clone()).await.json()["responses"][0]["status"], 403);
    assert_eq!(batch(&world, "", theft).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_batch_that_makes_no_sense_is_refused_whole() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let get = |id: &str, url: &str, depends: &[&str]| json!({ "id": id, "method": "GET", "url": url, "dependsOn": depends });
    let many: Vec<Value> = (0..21).map(|number| get(&number.to_string(), "/me", &[])).collect();
    let cases = [
        json!([]),
        json!(many),
        json!([get("1", "/me", &[]), get("1", "/me", &[])]),
        json!([get("1", "/me", &["2"])]),
        json!([get("1", "/me", &["2"]), get("2", "/me", &["1"])]),
        json!([get("1", "/$batch", &[])]),
        json!([get("1", "/%24batch", &[])]),
        json!([get("1", "https://login.contoso.example.attacker.example/v1.0/me", &[])]),
        json!([get("1", "https://login.contoso.example/v1.0/$batch", &[])]),
        json!([get("1", "https://login.contoso.example/console", &[])]),
        json!([get("1", "/../../authorize", &[])]),
    ];
    for requests in cases {
        let answer = batch(&world, &admin, requests.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{requests}: {}", answer.body);
    }
}
