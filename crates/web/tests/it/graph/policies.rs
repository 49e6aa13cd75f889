//! What a conditional access policy must say to be stored, and what policies refer to.

use axum::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use super::{SCOPE, policy};
use crate::world::World;

const POLICIES: &str = "/v1.0/identity/conditionalAccess/policies";
const FOR_ALL: &str = "/conditions/applications";

/// A policy with one member set, made where it is missing.
fn with(pointer: &str, value: Value) -> Value {
    let mut policy = policy("Some");
    policy["sessionControls"] = json!({});
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    policy.pointer_mut(parent).unwrap()[member] = value;
    policy
}

#[rstest]
#[case::no_name("/displayName", json!(""), "displayName")]
#[case::long_name("/displayName", json!("x".repeat(257)), "displayName")]
#[case::nobody("/conditions/users", json!({}), "conditions.users")]
#[case::nothing(FOR_ALL, json!({}), "conditions.applications")]
#[case::no_client("/conditions/clientAppTypes", json!([]), "conditions.clientAppTypes")]
#[case::no_effect("/grantControls", Value::Null, "grantControls")]
#[case::block_and_more("/grantControls/builtInControls", json!(["block", "mfa"]), "block stands alone")]
#[case::strength_and_mfa(
    "/grantControls",
    json!({ "operator": "OR", "builtInControls": ["mfa"], "authenticationStrength": { "id": "00000000-0000-0000-0000-000000000002" } }),
    "keep one of them"
)]
#[case::password_change_alone("/grantControls/builtInControls", json!(["passwordChange"]), "passwordChange needs")]
#[case::workloads_are_only_blocked(
    "/grantControls/builtInControls",
    json!(["mfa"]),
    ""
)]
#[case::joining_asks_for_factors_only(
    "",
    json!({
        "displayName": "Join", "state": "disabled",
        "conditions": {
            "users": { "includeUsers": ["All"] }, "clientAppTypes": ["all"],
            "applications": { "includeUserActions": ["urn:user:registerdevice"] }
        },
        "grantControls": { "operator": "OR", "builtInControls": ["compliantDevice"] }
    }),
    "there is no device yet"
)]
#[case::persistent_browser_is_for_all(
    "",
    json!({
        "displayName": "Stay", "state": "disabled",
        "conditions": {
            "users": { "includeUsers": ["All"] }, "clientAppTypes": ["all"],
            "applications": { "includeApplications": ["11111111-0000-4000-8000-000000000004"] }
        },
        "sessionControls": { "persistentBrowser": { "mode": "never", "isEnabled": true } }
    }),
    "sessionControls.persistentBrowser"
)]
#[case::service_principals_are_blocked(
    "",
    json!({
        "displayName": "Robots", "state": "disabled",
        "conditions": {
            "clientApplications": { "includeServicePrincipals": ["ServicePrincipalsInMyTenant"] }, "clientAppTypes": ["all"],
            "applications": { "includeApplications": ["All"] }
        },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] }
    }),
    "can only block"
)]
#[case::long_filter(
    "/conditions/devices",
    json!({ "deviceFilter": { "mode": "include", "rule": format!("device.model -eq \"{}\"", "x".repeat(3072)) } }),
    "at most 3072"
)]
#[tokio::test]
async fn a_policy_that_does_not_mean_what_it_says_is_refused_with_the_place(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] expected: &str,
) {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let body = if pointer.is_empty() { value } else { with(pointer, value) };
    let answer = world.json(Method::POST, POLICIES, &admin, &body).await;
    if expected.is_empty() {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    } else {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        assert!(answer.body.contains(expected), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_password_change_is_asked_for_with_all_that_it_needs() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let mut risky = policy("Risky users");
    risky["conditions"]["userRiskLevels"] = json!(["high"]);
    risky["grantControls"] = json!({ "operator": "AND", "builtInControls": ["mfa", "passwordChange"] });
    let made = world.json(Method::POST, POLICIES, &admin, &risky).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let path = format!("{POLICIES}/{}", made.json()["id"].as_str().unwrap());
    // A change is looked at as a whole.
    let change = json!({ "grantControls": { "operator": "OR", "builtInControls": ["mfa", "passwordChange"] } });
    assert_eq!(world.json(Method::PATCH, &path, &admin, &change).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_is_read_can_be_sent_back() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let made = world.json(Method::POST, POLICIES, &admin, &policy("Round")).await.json();
    let path = format!("{POLICIES}/{}", made["id"].as_str().unwrap());
    let read = world.json(Method::GET, &path, &admin, &Value::Null).await.json();
    let sent = world.json(Method::PATCH, &path, &admin, &read).await;
    assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.body);
    assert_eq!(world.json(Method::GET, &path, &admin, &Value::Null).await.json(), read);
}

#[tokio::test]
async fn strengths_that_are_built_in_are_read_by_both_addresses_and_stay_as_they_are() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let id = "00000000-0000-0000-0000-000000000004";
    for path in ["/v1.0/policies/authenticationStrengthPolicies", "/v1.0/identity/conditionalAccess/authenticationStrength/policies"] {
        let filter = format!("{path}?$filter=policyType%20eq%20'builtIn'&$select=displayName");
        let listed = world.json(Method::GET, &filter, &admin, &Value::Null).await.json();
        assert_eq!(listed["value"].as_array().unwrap().len(), 3, "{listed}");
        let one = world.json(Method::GET, &format!("{path}/{id}"), &admin, &Value::Null).await.json();
        assert_eq!(one["allowedCombinations"], json!(["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"]));
        let weaker = json!({ "id": id, "displayName": "Weaker", "allowedCombinations": ["password"] });
        for (method, path) in
            [(Method::POST, path.to_owned()), (Method::PATCH, format!("{path}/{id}")), (Method::DELETE, format!("{path}/{id}"))]
        {
            let answer = world.json(method.clone(), &path, &admin, &weaker).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{method}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn authentication_contexts_are_called_c1_to_c99() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let path = "/v1.0/identity/conditionalAccess/authenticationContextClassReferences";
    for (body, expected) in [
        (json!({ "id": "c1", "displayName": "Sensitive", "description": "Pay slips", "isAvailable": true }), StatusCode::CREATED),
        (json!({ "id": "c1", "displayName": "Again" }), StatusCode::CONFLICT),
        (json!({ "id": "c0", "displayName": "None" }), StatusCode::BAD_REQUEST),
        (json!({ "id": "c100", "displayName": "Many" }), StatusCode::BAD_REQUEST),
        (json!({ "id": "c07", "displayName": "Seven" }), StatusCode::BAD_REQUEST),
        (json!({ "displayName": "No number" }), StatusCode::BAD_REQUEST),
        (json!({ "id": "c2" }), StatusCode::BAD_REQUEST),
        (json!({ "id": "c2", "displayName": "Two", "isAvailable": "yes" }), StatusCode::BAD_REQUEST),
        (json!({ "id": "c2", "displayName": "Two", "color": "red" }), StatusCode::BAD_REQUEST),
    ] {
        let answer = world.json(Method::POST, path, &admin, &body).await;
        assert_eq!(answer.status, expected, "{body}: {}", answer.body);
    }
}
