//! The OpenAPI document: it names every route, and each needs just the permissions that it says.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use doorward_service::setup::GRAPH_PERMISSIONS;
use serde_json::Value;

use super::callers::app_token;
use super::{ROUTES, SCOPE, body, nameless, objects};
use crate::world::World;

/// Method and path without the names of its parameters, and the operation.
fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, methods): (&String, &Value)| {
        let path = nameless(path);
        let methods: Vec<_> = methods.as_object().unwrap().clone().into_iter().collect();
        methods.into_iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    };
    paths.iter().flat_map(methods).collect()
}

async fn document(world: &World) -> Value {
    let answer = world.get("/v1.0/openapi.json", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "it needs no token");
    assert_eq!(answer.headers["content-type"], "application/json");
    answer.json()
}

#[tokio::test]
async fn it_names_every_route_with_every_method() {
    let document = document(&World::new().await).await;
    let described: BTreeSet<String> = operations(&document).into_iter().map(|(route, _)| route).collect();
    let served: BTreeSet<String> = ROUTES.iter().map(|(method, path, _)| format!("{method} /{}", nameless(path))).collect();
    let missing: Vec<_> = served.difference(&described).collect();
    assert!(missing.is_empty(), "add to crates/web/src/graph/openapi/operations.rs: {missing:#?}");
    assert_eq!(served, described);
}

#[tokio::test]
async fn what_it_refers_to_is_there_and_every_operation_has_a_name_of_its_own() {
    let document = document(&World::new().await).await;
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
    let operations = operations(&document);
    let names: BTreeSet<&str> = operations.iter().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len());
    for (route, operation) in &operations {
        let parameters = operation["parameters"].as_array().unwrap();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(in_path, route.matches("{}").count(), "{route}");
        assert_eq!(operation.get("requestBody").is_some(), takes_a_body(route), "{route}");
    }
}

/// Whether the table of routes sends one.
fn takes_a_body(route: &str) -> bool {
    !route.starts_with("GET") && !route.starts_with("DELETE") && !["revokesigninsessions", "/retire"].iter().any(|end| route.ends_with(end))
}

#[tokio::test]
async fn each_operation_needs_just_the_permissions_that_it_says() {
    let world = World::new().await;
    let document = document(&world).await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let (ids, others) = (objects(&world, &admin, 0).await, objects(&world, &admin, 1).await);
    for (route, operation) in operations(&document) {
        let (method, path, _) = ROUTES.iter().find(|(method, path, _)| format!("{method} /{}", nameless(path)) == route).unwrap();
        // Who is given a role can no longer be deleted by whom others can.
        let ids = if route.ends_with("roleassignments") { &others } else { &ids };
        let sets: Vec<BTreeSet<&str>> = operation["security"]
            .as_array()
            .unwrap()
            .iter()
            .map(|set| set["token"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect())
            .collect();
        let send = async |permissions: &[&str]| {
            let token = app_token(&world, permissions).await;
            world.json(method.parse::<Method>().unwrap(), &ids.fill(path), &token, &body(method, path, ids)).await
        };
        // Every permission but one of each set is not enough.
        let lacking: BTreeSet<&str> = sets.iter().filter_map(|set| set.iter().next().copied()).collect();
        if !lacking.is_empty() {
            let others: Vec<&str> =
                GRAPH_PERMISSIONS.iter().map(|permission| permission.value).filter(|value| !lacking.contains(value)).collect();
            let answer = send(&others).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route} without {lacking:?}: {}", answer.body);
        }
        for set in &sets {
            let answer = send(&set.iter().copied().collect::<Vec<_>>()).await;
            assert_ne!(answer.status, StatusCode::FORBIDDEN, "{route} with {set:?}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn every_list_refuses_a_place_that_it_did_not_give() {
    let world = World::new().await;
    let document = document(&world).await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let ids = objects(&world, &admin, 0).await;
    let mut lists = 0;
    for (route, operation) in operations(&document) {
        if !operation["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == "$skiptoken") {
            continue;
        }
        let (_, path, _) = ROUTES.iter().find(|(method, path, _)| format!("{method} /{}", nameless(path)) == route).unwrap();
        for place in ["", "nonsense"] {
            let answer = world.json(Method::GET, &format!("{}?$skiptoken={place}", ids.fill(path)), &admin, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{route} from {place:?}: {}", answer.body);
        }
        lists += 1;
    }
    assert!(lists > 30, "the document tells of {lists} lists only");
}

#[tokio::test]
async fn every_body_is_an_object_and_no_list_of_its_members() {
    let world = World::new().await;
    let document = document(&world).await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let ids = objects(&world, &admin, 0).await;
    for (route, _) in operations(&document).into_iter().filter(|(route, _)| takes_a_body(route)) {
        let (method, path, _) = ROUTES.iter().find(|(method, path, _)| format!("{method} /{}", nameless(path)) == route).unwrap();
        let list = Value::Array(vec![Value::Null; 4]);
        let answer = world.json(method.parse::<Method>().unwrap(), &ids.fill(path), &admin, &list).await;
        assert!(answer.status.is_client_error(), "{route}: {} {}", answer.status, answer.body);
    }
}
