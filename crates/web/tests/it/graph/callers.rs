//! Who may call what: permissions of people and of applications acting for themselves, and how often.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use doorward_model::PermissionId;
use doorward_model::application::{AppRoleAssignment, PermissionScope};
use doorward_service::directory::Limits;
use doorward_service::resource::GRAPH;
use doorward_service::setup::GRAPH_PERMISSIONS;
use serde_json::{Value, json};

use super::{SCOPE, policy};
use crate::world::{MAIL_APP, WEB_APP, WEB_SECRET, World};

/// A token of the web application for itself, with these permissions.
pub(super) async fn app_token(world: &World, permissions: &[&str]) -> String {
    assign(world, permissions).await;
    let id = WEB_APP.to_string();
    let fields = [("grant_type", "client_credentials"), ("client_id", &id), ("client_secret", WEB_SECRET), ("scope", SCOPE)];
    let answer = world.token(&fields).await;
    answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

async fn assign(world: &World, permissions: &[&str]) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let mut application = Arc::unwrap_or_clone(unit.applications().get(WEB_APP).await.unwrap().unwrap());
    application.app_role_assignments =
        permissions.iter().map(|value| AppRoleAssignment { resource: GRAPH, value: (*value).to_owned() }).collect();
    unit.applications().update(&application).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_token_with_one_scope_reaches_as_far_as_the_scope_says() {
    let world = World::new().await;
    let cases = [
        ("User.Read", ["me"].as_slice()),
        ("User.Read.All", &["me", "users"]),
        ("Group.ReadWrite.All", &["groups"]),
        ("Application.Read.All", &["applications", "servicePrincipals"]),
        ("Device.Read.All", &["devices"]),
        ("Organization.Read.All", &["organization"]),
        ("Policy.Read.All", &["identity/conditionalAccess/policies", "doorward/servicePolicies"]),
        ("DeviceManagementApps.Read.All", &["deviceAppManagement/managedAppPolicies", "deviceAppManagement/iosManagedAppProtections"]),
        (
            "DeviceManagementConfiguration.Read.All",
            &["deviceManagement", "deviceManagement/settings", "deviceManagement/deviceCompliancePolicies"],
        ),
        ("DeviceManagementManagedDevices.Read.All", &["deviceManagement/managedDevices", "devices"]),
        ("RoleManagement.Read.Directory", &["roleManagement/directory/roleAssignments"]),
        ("AuditLog.Read.All", &[]),
        (
            "AuditLog.Read.All Directory.Read.All",
            &[
                "auditLogs/signIns",
                "auditLogs/directoryAudits",
                "me",
                "users",
                "groups",
                "applications",
                "servicePrincipals",
                "devices",
                "organization",
                "roleManagement/directory/roleAssignments",
            ],
        ),
    ];
    let all: std::collections::BTreeSet<&str> = cases.iter().flat_map(|(_, paths)| paths.iter().copied()).collect();
    for (scopes, open) in cases {
        let asked: Vec<String> = scopes.split(' ').map(|scope| format!("https://graph.microsoft.com/{scope}")).collect();
        let token = world.access_token(&world.admin, &asked.join(" ")).await;
        for path in &all {
            let answer = world.json(Method::GET, &format!("/v1.0/{path}"), &token, &Value::Null).await;
            let expected = if open.contains(path) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{scopes} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn an_application_acts_for_itself_with_what_it_was_assigned_and_is_named_in_the_audit() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let token = app_token(&world, &["Policy.ReadWrite.ConditionalAccess"]).await;
    // The log orders by time.
    world.clock.advance(1);
    let made = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, &policy("By an app")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let audits = world.json(Method::GET, "/v1.0/auditLogs/directoryAudits?$top=1", &admin, &Value::Null).await.json();
    assert_eq!(audits["value"][0]["initiatedBy"]["app"]["appId"], WEB_APP.to_string());
    assert_eq!(audits["value"][0]["initiatedBy"]["user"], Value::Null);
    for path in ["users", "groups", "me", "auditLogs/signIns"] {
        let answer = world.json(Method::GET, &format!("/v1.0/{path}"), &token, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
    }
    assign(&world, &[]).await;
    let answer = world.json(Method::GET, "/v1.0/identity/conditionalAccess/policies", &token, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "what was taken away counts before the token ends");
}

#[tokio::test]
async fn one_permission_does_not_become_all_of_them() {
    let world = World::new().await;
    let token = app_token(&world, &["User.ReadWrite.All", "Application.ReadWrite.All"]).await;
    let user = |name: &str, roles: Value| {
        json!({ "userPrincipalName": format!("{name}@contoso.example"), "displayName": name, "roles": roles,
            "passwordProfile": { "password": crate::world::PASSWORD } })
    };
    let global = "62e90394-69f5-4237-9190-012177145e10";
    let app = format!("applications/{WEB_APP}");
    let admin = format!("users/{}", world.admin.id);
    let anna = format!("users/{}", world.anna.id);
    let password = json!({ "passwordProfile": { "password": "another long password" } });
    let role = GRAPH_PERMISSIONS.iter().find(|permission| permission.value == "Policy.Read.All").unwrap().role();
    let assignment = json!({ "principalId": MAIL_APP, "resourceId": GRAPH, "appRoleId": role.id });
    let given = format!("servicePrincipals/{MAIL_APP}/appRoleAssignments");
    let given_from = format!("servicePrincipals/{GRAPH}/appRoleAssignedTo");
    let cases = [
        ("POST", "users", user("plain", json!([])), true),
        ("POST", "users", user("mighty", json!([global])), false),
        ("PATCH", anna.as_str(), password.clone(), true),
        ("PATCH", &anna, json!({ "roles": [global] }), false),
        ("PATCH", &admin, password, false),
        ("PATCH", &admin, json!({ "displayName": "x" }), false),
        ("DELETE", &admin, Value::Null, false),
        ("POST", "applications", json!({ "displayName": "x" }), true),
        ("POST", &given, assignment.clone(), false),
        ("POST", &given_from, assignment, false),
        ("PATCH", &app, json!({ "displayName": "x" }), false),
        ("POST", &format!("{app}/addPassword"), Value::Null, false),
        ("DELETE", &app, Value::Null, false),
    ];
    for (method, path, body, allowed) in cases {
        let answer = world.json(method.parse().unwrap(), &format!("/v1.0/{path}"), &token, &body).await;
        let refused = answer.status == StatusCode::FORBIDDEN;
        assert!(if allowed { answer.status.is_success() } else { refused }, "{method} {path}: {} {}", answer.status, answer.body);
    }
}

#[tokio::test]
async fn sign_ins_show_policies_only_to_who_may_read_policies() {
    let world = World::new().await;
    let both = "https://graph.microsoft.com/AuditLog.Read.All https://graph.microsoft.com/Directory.Read.All";
    let log = world.access_token(&world.admin, both).await;
    let all = world.access_token(&world.admin, SCOPE).await;
    let newest =
        async |token: &str| world.json(Method::GET, "/v1.0/auditLogs/signIns?$top=1", token, &Value::Null).await.json()["value"][0].clone();
    let (without, with) = (newest(&log).await, newest(&all).await);
    for member in ["appliedConditionalAccessPolicies", "appliedPolicies", "facts", "policySet"] {
        assert!(with.get(member).is_some() && without.get(member).is_none(), "{member}");
    }
    assert_eq!(with["status"]["errorCode"], 0);
    assert_eq!(with["conditionalAccessStatus"], "notApplied");
    assert_eq!(with["userPrincipalName"], "admin@contoso.example");
    assert_eq!((&with["outcome"], &with["isInteractive"]), (&json!("granted"), &json!(true)));
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back_and_nobody_else_waits() {
    let world = World::with_limits(Limits::new(Duration::from_secs(3600), 3)).await;
    let (admin, anna) = (world.access_token(&world.admin, SCOPE).await, world.access_token(&world.anna, SCOPE).await);
    for _ in 0..3 {
        assert_eq!(world.json(Method::GET, "/v1.0/me", &admin, &Value::Null).await.status, StatusCode::OK);
    }
    let refused = world.json(Method::GET, "/v1.0/me", &admin, &Value::Null).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.json()["error"]["code"], "activityLimitReached");
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(world.json(Method::GET, "/v1.0/me", &anna, &Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_a_person_out_everywhere_ends_what_they_hold() {
    let world = World::new().await;
    let (admin, anna) = (world.access_token(&world.admin, SCOPE).await, world.access_token(&world.anna, SCOPE).await);
    assert_eq!(world.json(Method::GET, "/v1.0/me", &anna, &Value::Null).await.status, StatusCode::OK);
    let path = format!("/v1.0/users/{}/revokeSignInSessions", world.anna.id);
    let answer = world.json(Method::POST, &path, &admin, &Value::Null).await;
    assert_eq!((answer.status, &answer.json()["value"]), (StatusCode::OK, &json!(true)));
    assert_eq!(world.json(Method::GET, "/v1.0/me", &anna, &Value::Null).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tenants_of_an_earlier_release_get_new_permissions_of_the_admin_api_and_keep_their_own() {
    let world = World::new().await;
    let graph = doorward_service::resource::GRAPH;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let complete = unit.applications().get(graph).await.unwrap().unwrap();
    let mut old = (*complete).clone();
    old.scopes.retain(|scope| scope.value != "Group.Read.All");
    // What a release without ids had, under the id that it was given at the upgrade.
    old.scopes[0].id = PermissionId::random(world.ctx.rng.as_ref());
    let own = doorward_service::setup::scope_of(graph, "Own.Scope");
    old.scopes.push(own.clone());
    old.app_roles.clear();
    unit.applications().update(&old).await.unwrap();
    unit.commit().await.unwrap();
    let before = world.audits().await.len();
    for _ in 0..2 {
        doorward_service::setup::complete_tenants(&world.ctx).await.unwrap();
        assert_eq!(world.audits().await.len(), before + 1);
    }
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    let found = unit.applications().get(graph).await.unwrap().unwrap();
    let names = |scopes: &[PermissionScope]| scopes.iter().map(|scope| (scope.value.clone(), scope.id)).collect::<BTreeMap<_, _>>();
    let mut expected = names(&complete.scopes);
    expected.insert(own.value, own.id);
    assert_eq!(names(&found.scopes), expected);
    assert_eq!(found.app_roles, complete.app_roles);
}
