//! The directory through Graph's other doors: owners, memberships, objects by id or by another key, roles one at a time.

use axum::http::{Method, StatusCode};
use doorward_model::role::Role;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::world::MAIL_APP;

impl Bench {
    async fn group(&self, name: &str, members: &[&str]) -> String {
        let made = self.post("groups", json!({ "displayName": name })).await;
        let id = made["id"].as_str().unwrap().to_owned();
        for member in members {
            self.post(&format!("groups/{id}/members/$ref"), json!({ "@odata.id": member })).await;
        }
        id
    }
}

/// What a list names, sorted.
fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = list["value"].as_array().unwrap().iter().map(|one| one["displayName"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn the_groups_of_a_person_and_of_a_group_are_told_directly_and_through_others() {
    let bench = Bench::new().await;
    let anna = bench.world.anna.id.to_string();
    let inner = bench.group("Inner", &[&anna]).await;
    let outer = bench.group("Outer", &[&inner]).await;
    let apart = bench.group("Apart", &[]).await;
    for (path, expected) in [
        (format!("users/{anna}/memberOf"), ["Inner"].as_slice()),
        (format!("users/{anna}/transitiveMemberOf"), &["Inner", "Outer"]),
        (format!("groups/{inner}/memberOf"), &["Outer"]),
        (format!("groups/{inner}/transitiveMemberOf?$filter=startsWith(displayName,'x')"), &[]),
        (format!("groups/{outer}/memberOf"), &[]),
        ("me/memberOf".to_owned(), &[]),
    ] {
        assert_eq!(names(&bench.get(&path).await), expected, "{path}");
    }
    let mut both = [inner.clone(), outer.clone()];
    both.sort_unstable();
    for who in [format!("users/{anna}"), format!("directoryObjects/{anna}")] {
        let all = bench.post(&format!("{who}/getMemberGroups"), json!({ "securityEnabledOnly": true })).await;
        assert_eq!(all["value"], json!(both), "{who}");
        let among = bench.post(&format!("{who}/checkMemberGroups"), json!({ "groupIds": [outer, apart] })).await;
        assert_eq!(among["value"], json!([outer]), "{who}");
    }
    let of_group = bench.post(&format!("groups/{inner}/getMemberGroups"), json!({ "securityEnabledOnly": false })).await;
    assert_eq!(of_group["value"], json!([outer]));
    for wrong in [json!({ "groupIds": [] }), json!({ "groupIds": vec![apart; 21] }), json!({ "groupIds": ["x"] }), json!({})] {
        let (status, answer) = bench.send(Method::POST, &format!("users/{anna}/checkMemberGroups"), wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    }
    // A person may ask about themselves with no more than the right to read themselves.
    let anna = bench.world.access_token(&bench.world.anna, "https://graph.microsoft.com/User.Read").await;
    let mine = bench.world.json(Method::GET, "/v1.0/me/transitiveMemberOf", &anna, &Value::Null).await;
    assert_eq!(names(&mine.json()), ["Inner", "Outer"]);
    let mine = bench.world.json(Method::POST, "/v1.0/me/checkMemberGroups", &anna, &json!({ "groupIds": [inner] })).await;
    assert_eq!(mine.json()["value"], json!([inner]));
}

#[tokio::test]
async fn owners_of_a_group_are_people_and_no_members() {
    let bench = Bench::new().await;
    let group = bench.group("Sales", &[]).await;
    let anna = bench.world.anna.id;
    let owners = format!("groups/{group}/owners");
    let add = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/users/{anna}") });
    bench.post(&format!("{owners}/$ref"), add.clone()).await;
    assert_eq!(bench.send(Method::POST, &format!("{owners}/$ref"), add).await.0, StatusCode::CONFLICT);
    assert_eq!(names(&bench.get(&owners).await), ["Anna"]);
    assert!(names(&bench.get(&format!("groups/{group}/members")).await).is_empty());
    let (status, answer) = bench.send(Method::POST, &format!("{owners}/$ref"), json!({ "@odata.id": group })).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a group owns nothing: {answer}");
    let one = format!("{owners}/{anna}/$ref");
    assert_eq!(bench.send(Method::DELETE, &one, Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bench.send(Method::DELETE, &one, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_object_is_found_by_its_id_alone_and_says_what_it_is() {
    let bench = Bench::new().await;
    let anna = bench.world.anna.id.to_string();
    let group = bench.group("Sales", &[]).await;
    let app = MAIL_APP.to_string();
    for (id, kind) in [(&anna, "user"), (&group, "group"), (&app, "servicePrincipal")] {
        let found = bench.get(&format!("directoryObjects/{id}?$select=id")).await;
        assert_eq!(found["@odata.type"], format!("#microsoft.graph.{kind}"));
        assert_eq!(found["id"], *id);
    }
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(bench.send(Method::GET, &format!("directoryObjects/{nobody}"), Value::Null).await.0, StatusCode::NOT_FOUND);
    for (types, expected) in [
        (Value::Null, ["Anna", "Contoso Mail", "Sales"].as_slice()),
        (json!(["group"]), &["Sales"]),
        (json!(["USER", "servicePrincipal"]), &["Anna", "Contoso Mail"]),
    ] {
        let found = bench.post("directoryObjects/getByIds", json!({ "ids": [anna, group, app, nobody], "types": types })).await;
        assert_eq!(names(&found), expected, "{types}");
    }
    let (status, answer) = bench.send(Method::POST, "directoryObjects/getByIds", json!({ "ids": [anna], "types": ["printer"] })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer.to_string().contains("printer"), "{answer}");
}

#[tokio::test]
async fn a_key_in_brackets_stands_for_the_id() {
    let bench = Bench::new().await;
    let app = format!("applications(appId='{MAIL_APP}')");
    assert_eq!(bench.get(&app).await["displayName"], "Contoso Mail");
    assert_eq!(bench.get(&format!("servicePrincipals(appId='{MAIL_APP}')?$select=appId")).await["appId"], MAIL_APP.to_string());
    assert_eq!(bench.get("users(userPrincipalName='anna@contoso.example')/memberOf").await["value"], json!([]));
    let missing = "devices(deviceId='00000000-0000-4000-8000-000000000000')/registeredUsers";
    assert_eq!(bench.send(Method::GET, missing, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_role_is_given_and_taken_one_at_a_time_and_never_from_the_last_administrator() {
    let bench = Bench::new().await;
    let path = "roleManagement/directory/roleAssignments";
    let (anna, reader) = (bench.world.anna.id, Role::SecurityReader.template_id());
    let body = json!({ "principalId": anna, "roleDefinitionId": reader, "directoryScopeId": "/" });
    let made = bench.post(path, body.clone()).await;
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(bench.get(&one).await["principalId"], json!(anna));
    assert_eq!(bench.get(&format!("users/{anna}")).await["roles"], json!([reader]));
    assert_eq!(bench.send(Method::POST, path, body).await.0, StatusCode::CONFLICT, "held already");
    assert_eq!(bench.send(Method::DELETE, &one, Value::Null).await.0, StatusCode::NO_CONTENT);
    for (method, path) in [(Method::GET, one.as_str()), (Method::DELETE, &one), (Method::GET, &format!("{path}/nonsense"))] {
        assert_eq!(bench.send(method.clone(), path, Value::Null).await.0, StatusCode::NOT_FOUND, "{method} {path}");
    }
    for (member, value) in [("directoryScopeId", json!("/units/1")), ("roleDefinitionId", json!(anna)), ("principal", json!("x"))] {
        let mut wrong = json!({ "principalId": anna, "roleDefinitionId": reader });
        wrong[member] = value;
        let (status, answer) = bench.send(Method::POST, path, wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{member}: {answer}");
    }
    let global = Role::GlobalAdministrator.template_id();
    let root = bench.get("users/root@contoso.example").await["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.send(Method::DELETE, &format!("{path}/{global}-{root}"), Value::Null).await.0, StatusCode::NO_CONTENT);
    let last = format!("{path}/{global}-{}", bench.world.admin.id);
    assert_eq!(bench.send(Method::DELETE, &last, Value::Null).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_body_may_name_its_type_which_must_be_the_right_one() {
    let bench = Bench::new().await;
    let path = format!("users/{}", bench.world.anna.id);
    for (kind, expected) in [
        ("#microsoft.graph.user", StatusCode::NO_CONTENT),
        ("microsoft.graph.user", StatusCode::NO_CONTENT),
        ("#microsoft.graph.group", StatusCode::BAD_REQUEST),
        ("user", StatusCode::BAD_REQUEST),
    ] {
        let (status, answer) = bench.send(Method::PATCH, &path, json!({ "@odata.type": kind, "displayName": "Anna" })).await;
        assert_eq!(status, expected, "{kind}: {answer}");
    }
    let group = json!({ "@odata.type": "#microsoft.graph.group", "displayName": "G", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true });
    bench.post("groups", group).await;
    let app = json!({ "@odata.type": "#microsoft.graph.application", "displayName": "A" });
    bench.post("applications", app).await;
}
