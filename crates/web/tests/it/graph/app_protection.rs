//! App protection policies in Graph's form, and what registrations tell of them.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::{Method, StatusCode};
use doorward_model::role::Role;
use rstest::rstest;
use serde_json::{Value, json};

use super::{SCOPE, registration_of, registration_on};
use crate::world::{Answer, World, person};

const IOS: &str = "/v1.0/deviceAppManagement/iosManagedAppProtections";
const ANDROID: &str = "/beta/deviceAppManagement/androidManagedAppProtections";
const FLAGGED: &str = "/v1.0/deviceAppManagement/managedAppRegistrations/getUserIdsWithFlaggedAppRegistration()";
const BOTH: &str = "/v1.0/deviceAppManagement/managedAppPolicies";

struct Api {
    world: World,
    token: String,
    group: String,
}

impl Api {
    async fn new() -> Self {
        let world = World::new().await;
        let token = world.access_token(&world.admin, SCOPE).await;
        let group = world.json(Method::POST, "/v1.0/groups", &token, &json!({ "displayName": "Mail people" })).await.json();
        let group = group["id"].as_str().unwrap().to_owned();
        let member = json!({ "@odata.id": world.anna.id });
        world.json(Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), &token, &member).await;
        Self { world, token, group }
    }

    async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        self.world.json(method, path, &self.token, &body).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }

    async fn create(&self, collection: &str, body: Value) -> Value {
        let answer = self.send(Method::POST, collection, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{collection}: {}", answer.body);
        answer.json()
    }

    /// A policy for Anna's mail app.
    async fn for_anna(&self, name: &str) -> String {
        let policy = json!({
            "displayName": name,
            "pinRequired": true,
            "apps": [{ "mobileAppIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.contoso.mail" } }],
            "assignments": [self.assignment("groupAssignmentTarget")],
        });
        self.create(IOS, policy).await["id"].as_str().unwrap().to_owned()
    }

    fn assignment(&self, kind: &str) -> Value {
        json!({ "target": { "@odata.type": format!("#microsoft.graph.{kind}"), "groupId": self.group } })
    }
}

fn names(answer: &Value) -> Vec<&str> {
    answer["value"].as_array().unwrap().iter().map(|one| one["displayName"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_policy_is_answered_whole_in_its_collection_and_in_that_of_both() {
    let api = Api::new().await;
    let made = api.create(IOS, json!({ "displayName": "Phones", "pinRequired": true, "PIN": 1 })).await;
    assert_eq!(made["@odata.type"], "#microsoft.graph.iosManagedAppProtection");
    assert_eq!((&made["pinRequired"], &made["printBlocked"], &made["PIN"]), (&json!(true), &json!(false), &json!(1)));
    assert_eq!((&made["version"], &made["isAssigned"]), (&json!("\"1\""), &json!(false)));
    assert!(made.get("apps").is_none() && made.get("encryptAppData").is_none());
    api.create(ANDROID, json!({ "@odata.type": "microsoft.graph.androidManagedAppProtection", "displayName": "Robots" })).await;
    assert_eq!(names(&api.get(IOS).await), ["Phones"]);
    assert_eq!(names(&api.get(ANDROID).await), ["Robots"]);
    assert_eq!(names(&api.get(&format!("{BOTH}?$orderby=displayName")).await), ["Phones", "Robots"]);
    assert_eq!(names(&api.get(&format!("{BOTH}?$filter=displayName%20eq%20'robots'&$select=displayName")).await), ["Robots"]);
    assert_eq!(api.send(Method::GET, &format!("{ANDROID}/$count"), Value::Null).await.body, "1");
    let id = made["id"].as_str().unwrap();
    let one = api.get(&format!("{IOS}/{id}")).await;
    assert_eq!(one["@odata.context"], "https://login.contoso.example/v1.0/$metadata#deviceAppManagement/iosManagedAppProtections/$entity");
    let elsewhere = api.send(Method::GET, &format!("{ANDROID}/{id}"), Value::Null).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "a policy stands in the collection of its platform alone");
}

#[tokio::test]
async fn apps_and_assignments_are_shown_where_they_are_asked_for() {
    let api = Api::new().await;
    let id = api.for_anna("Phones").await;
    let plain = api.get(&format!("{IOS}/{id}")).await;
    assert_eq!((&plain["isAssigned"], &plain["deployedAppCount"]), (&json!(true), &json!(1)));
    let expanded = api.get(&format!("{IOS}?$expand=apps,assignments")).await;
    assert_eq!(expanded["value"][0]["apps"][0]["mobileAppIdentifier"]["bundleId"], "com.contoso.mail");
    assert_eq!(expanded["value"][0]["assignments"][0]["target"]["groupId"], json!(api.group));
    assert_eq!(api.get(&format!("{IOS}/{id}/apps")).await["value"], expanded["value"][0]["apps"]);
    assert_eq!(api.get(&format!("{IOS}/{id}/assignments")).await["value"], expanded["value"][0]["assignments"]);
    let unknown = api.send(Method::GET, &format!("{IOS}?$expand=people"), Value::Null).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(unknown.body.contains("there are apps, assignments"), "{}", unknown.body);
}

#[tokio::test]
async fn assign_and_target_apps_replace_the_whole_list() {
    let api = Api::new().await;
    let id = api.for_anna("Phones").await;
    let act = async |action: &str, body: Value| api.send(Method::POST, &format!("{IOS}/{id}/{action}"), body).await;
    let excluded = json!({ "assignments": [api.assignment("exclusionGroupAssignmentTarget")] });
    assert_eq!(act("assign", excluded).await.status, StatusCode::NO_CONTENT);
    let policy = api.get(&format!("{IOS}/{id}?$expand=apps,assignments")).await;
    assert_eq!((&policy["isAssigned"], policy["assignments"].as_array().unwrap().len()), (&json!(false), 1));
    let apps = json!({ "apps": [], "appGroupType": "allapps" });
    assert_eq!(act("targetApps", apps).await.status, StatusCode::NO_CONTENT);
    let policy = api.get(&format!("{IOS}/{id}?$expand=apps")).await;
    assert_eq!((&policy["apps"], &policy["appGroupType"]), (&json!([]), &json!("allApps")));
    let before = policy;
    for (action, body, expected) in [
        ("assign", json!({}), "assignments"),
        ("assign", json!({ "assignments": null }), "must be a list"),
        ("assign", json!({ "assignments": [{ "target": {} }] }), "$.assignments[0].target.@odata.type"),
        ("assign", json!({ "assignments": [], "apps": [] }), "unknown field"),
        ("targetApps", json!({ "apps": [{ "mobileAppIdentifier": { "packageId": "com.a" } }] }), "must have bundleId"),
        ("targetApps", json!({ "apps": [], "appGroupType": "mine" }), "$.appGroupType"),
    ] {
        let refused = act(action, body.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{action} {body}: {}", refused.body);
        assert!(refused.body.contains(expected), "{action} {body}: {}", refused.body);
    }
    assert_eq!(api.get(&format!("{IOS}/{id}?$expand=apps")).await, before, "what was refused changed nothing");
}

#[rstest]
#[case::other_type(json!({ "@odata.type": "#microsoft.graph.androidManagedAppProtection", "displayName": "x" }), "in this collection")]
#[case::no_name(json!({}), "$.displayName")]
#[case::word(json!({ "displayName": "x", "pinCharacterSet": "runes" }), "$.pinCharacterSet: must be one of numeric, alphanumericAndSymbol")]
#[case::no_object(json!("policy"), "must be a JSON object")]
#[case::id(json!({ "displayName": "x", "id": "a b" }), "id: must be a text")]
#[tokio::test]
async fn nonsense_is_refused_and_the_place_named(#[case] body: Value, #[case] expected: &str) {
    let api = Api::new().await;
    let answer = api.send(Method::POST, IOS, body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(answer.body.contains(expected), "{}", answer.body);
    assert_eq!(api.get(IOS).await["value"], json!([]));
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_the_platform() {
    let api = Api::new().await;
    let id = api.for_anna("Phones").await;
    let path = format!("{IOS}/{id}");
    let change = json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection", "minimumPinLength": 6, "version": "\"9\"" });
    assert_eq!(api.send(Method::PATCH, &path, change).await.status, StatusCode::NO_CONTENT);
    let policy = api.get(&path).await;
    assert_eq!((&policy["minimumPinLength"], &policy["pinRequired"], &policy["version"]), (&json!(6), &json!(true), &json!("\"2\"")));
    let moved = api.send(Method::PATCH, &path, json!({ "@odata.type": "#microsoft.graph.androidManagedAppProtection" })).await;
    assert_eq!(moved.status, StatusCode::BAD_REQUEST, "{}", moved.body);
    let audit = api.world.audits().await;
    let update = audit.iter().find(|record| record.activity_display_name == "Update appProtectionPolicy").unwrap();
    assert_eq!((update.before.get("minimumPinLength"), &update.after["minimumPinLength"]), (None, &json!(6)));
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_by_every_change() {
    let api = Api::new().await;
    let id = api.for_anna("Phones").await;
    let changes = [
        (Method::PATCH, String::new(), json!({ "displayName": "Tablets" })),
        (Method::POST, "/assign".to_owned(), json!({ "assignments": [] })),
        (Method::POST, "/targetApps".to_owned(), json!({ "apps": [] })),
        (Method::DELETE, String::new(), Value::Null),
    ];
    for (method, rest, body) in changes {
        for (tag, expected) in [("\"77\"", StatusCode::PRECONDITION_FAILED), ("nonsense", StatusCode::BAD_REQUEST)] {
            let request = axum::http::Request::builder()
                .method(method.clone())
                .uri(format!("{IOS}/{id}{rest}"))
                .header("authorization", format!("Bearer {}", api.token))
                .header("content-type", "application/json")
                .header("if-match", tag)
                .body(body.to_string().into())
                .unwrap();
            assert_eq!(api.world.send(request).await.status, expected, "{method} {rest} {tag}");
        }
    }
    assert_eq!(api.get(&format!("{IOS}/{id}")).await["version"], "\"1\"");
}

#[tokio::test]
async fn an_intune_administrator_changes_policies_and_others_only_read() {
    let api = Api::new().await;
    for (role, allowed) in [(Role::IntuneAdministrator, true), (Role::ConditionalAccessAdministrator, false), (Role::SecurityReader, false)]
    {
        let user = person(&api.world.ctx, &format!("{role:?}").to_lowercase(), vec![role]).await;
        let mut unit = api.world.ctx.store.tenant(api.world.tenant.id).write().await.unwrap();
        unit.users().create(&user).await.unwrap();
        unit.commit().await.unwrap();
        let token = api.world.access_token(&user, SCOPE).await;
        let read = api.world.json(Method::GET, IOS, &token, &Value::Null).await;
        assert_eq!(read.status, StatusCode::OK, "{role:?}");
        let made = api.world.json(Method::POST, IOS, &token, &json!({ "displayName": "x" })).await;
        assert_eq!(made.status, if allowed { StatusCode::CREATED } else { StatusCode::FORBIDDEN }, "{role:?}");
    }
}

#[tokio::test]
async fn registrations_tell_which_policies_they_have_and_should_have() {
    let api = Api::new().await;
    let registration = registration_of(&api.world, api.world.anna.id).await;
    let path = format!("/v1.0/deviceAppManagement/managedAppRegistrations/{registration}");
    assert_eq!(api.get(&format!("{path}/intendedPolicies")).await["value"], json!([]));
    api.for_anna("Phones").await;
    let nobody = api.create(IOS, json!({ "displayName": "For nobody" })).await;
    assert_eq!(nobody["isAssigned"], false);
    assert_eq!(names(&api.get(&format!("{path}/intendedPolicies")).await), ["Phones"]);
    assert_eq!(api.get(&format!("{path}/appliedPolicies")).await["value"], json!([]), "it has not checked in since");
    let of_user = format!("/v1.0/users/{}/getManagedAppPolicies()", api.world.anna.id);
    assert_eq!(names(&api.get(&of_user).await), ["Phones"]);
}

#[tokio::test]
async fn a_person_is_diagnosed_test_by_test() {
    let api = Api::new().await;
    let path = format!("/v1.0/users/{}/getManagedAppDiagnosticStatuses()", api.world.anna.id);
    let states = async || {
        let answer = api.get(&path).await;
        let states: Vec<(String, bool)> = answer["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                assert_eq!(one["state"] == "passed", one["mitigationInstruction"].is_null(), "{one}");
                (one["validationName"].as_str().unwrap().to_owned(), one["state"] == "passed")
            })
            .collect();
        states.into_iter().filter(|(_, passed)| !passed).map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(states().await, ["policyAssigned", "appCheckedIn", "policyApplied"]);
    api.for_anna("Phones").await;
    registration_of(&api.world, api.world.anna.id).await;
    assert_eq!(states().await, ["policyApplied"], "the app has not said what it enforces");
    assert_eq!(api.get(FLAGGED).await["value"], json!([]));
}

#[tokio::test]
async fn people_with_a_rooted_phone_are_listed_once_and_in_pages() {
    let api = Api::new().await;
    let people = [api.world.anna.id, api.world.admin.id];
    for user in people.iter().chain(&people) {
        registration_on(&api.world, *user, true).await;
    }
    let first = api.get(&format!("{FLAGGED}?$top=1")).await;
    let next = first["@odata.nextLink"].as_str().unwrap();
    let second = api.get(&next[next.find("/v1.0").unwrap()..]).await;
    assert!(second.get("@odata.nextLink").is_none(), "{second}");
    let listed = BTreeSet::from([first["value"].to_string(), second["value"].to_string()]);
    assert_eq!(listed, people.iter().map(|id| json!([id]).to_string()).collect());
}

fn json_files(directory: &Path, found: &mut Vec<Value>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn published_policies_can_be_made_and_read_back_without_losing_a_member() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/app-protection");
    if !root.is_dir() {
        eprintln!("skipped: no published policies at {}", root.display());
        return;
    }
    let mut published = Vec::new();
    json_files(&root, &mut published);
    published.retain(|document| document.get("displayName").is_some());
    let api = Api::new().await;
    let (mut made, mut compared) = ([0, 0], 0);
    for document in &published {
        let ios = document["@odata.type"] == "#microsoft.graph.iosManagedAppProtection";
        made[usize::from(ios)] += 1;
        let collection = if ios { IOS } else { ANDROID };
        let id = api.create(collection, document.clone()).await["id"].as_str().unwrap().to_owned();
        let read = api.get(&format!("{collection}/{id}?$expand=apps,assignments")).await;
        for (name, value) in document.as_object().unwrap() {
            // Null stands for the default.
            if name == "apps" {
                assert_eq!(read["apps"].as_array().unwrap().len(), value.as_array().unwrap().len());
            } else if !value.is_null() {
                assert_eq!(&read[name], value, "{name} of {}", document["displayName"]);
            }
            compared += 1;
        }
    }
    assert_eq!(made, [5, 5]);
    assert!(compared > 500, "{compared} members");
}
