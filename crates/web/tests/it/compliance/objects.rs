//! Policies, devices and settings as the admin API shows them.

use super::*;

#[tokio::test]
async fn a_policy_is_shown_as_graph_shows_it_with_the_relations_that_are_asked_for() {
    let company = Company::new().await;
    let id = company.policy(json!({ "PASSCODEREQUIRED": true, "passcodeRequiredType": "Numeric", "somethingOfTheFuture": null })).await;
    let path = format!("{POLICIES}/{id}");
    let plain = company.read(&path).await;
    assert_eq!((&plain["passcodeRequired"], &plain["passcodeRequiredType"]), (&json!(true), &json!("numeric")));
    assert_eq!((&plain["passcodeMinimumLength"], &plain["version"]), (&Value::Null, &json!(1)));
    assert!(
        plain.get("assignments").is_none() && plain.get("scheduledActionsForRule").is_none() && plain.get("somethingOfTheFuture").is_none()
    );
    let full = company.read(&format!("{path}?$expand=assignments,scheduledActionsForRule")).await;
    assert_eq!(full["assignments"][0]["target"]["@odata.type"], "#microsoft.graph.allLicensedUsersAssignmentTarget");
    let action = &full["scheduledActionsForRule"][0]["scheduledActionConfigurations"][0];
    assert_eq!((&action["actionType"], &action["gracePeriodHours"]), (&json!("block"), &json!(0)), "added, as none was there");
    let list = company.read(&format!("{POLICIES}?$expand=assignments&$filter=displayName%20eq%20'Phones'&$select=id,assignments")).await;
    assert_eq!(list["value"][0]["assignments"], full["assignments"]);
    let unknown = company.call("GET", &format!("{POLICIES}?$expand=owners"), &Value::Null).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST, "{}", unknown.body);
    assert_eq!(company.call("GET", "devices?$expand=owners", &Value::Null).await.status, StatusCode::BAD_REQUEST);
    company.policy(json!({})).await;
    let first = company.read(&format!("{POLICIES}?$expand=assignments&$top=1")).await;
    assert!(first["@odata.nextLink"].as_str().unwrap().contains("expand=assignments"), "{first}");
}

#[tokio::test]
async fn what_cannot_be_judged_or_assigned_is_refused_and_names_the_place() {
    let company = Company::new().await;
    let id = company.policy(json!({})).await;
    let path = format!("{POLICIES}/{id}");
    let nobody = json!({ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": company.device() } });
    let cases = [
        ("PATCH", path.clone(), json!({ "passcodeMinimumLength": 3 }), "passcodeMinimumLength: must be a whole number from 4 to 14"),
        ("PATCH", path.clone(), json!({ "bitLockerEnabled": true }), "bitLockerEnabled: is no setting of iosCompliancePolicy"),
        ("PATCH", path.clone(), json!({ "@odata.type": "#microsoft.graph.macOSCompliancePolicy" }), "@odata.type: cannot be changed"),
        ("POST", format!("{path}/assign"), json!({ "assignments": [nobody] }), "assignments[0].target.groupId: there is no group"),
        ("POST", format!("{path}/assign"), json!({}), "the body must be"),
        (
            "POST",
            format!("{path}/scheduleActionsForRules"),
            json!({ "deviceComplianceScheduledActionForRules": [{}, {}] }),
            "scheduledActionsForRule: must hold one rule",
        ),
        ("PATCH", "deviceManagement".into(), json!({ "settings": { "deviceComplianceCheckinThresholdDays": 121 } }), "from 1 to 120"),
        ("PATCH", "deviceManagement".into(), json!({ "settings": { "secureByDefualt": true } }), "secureByDefualt"),
    ];
    for (method, path, body, problem) in cases {
        let refused = company.call(method, &path, &body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{method} {path}: {}", refused.body);
        assert!(refused.body.contains(problem), "{problem}: {}", refused.body);
    }
    assert_eq!(company.read(&path).await["version"], 1, "nothing was changed");
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told() {
    let company = Company::new().await;
    let id = company.policy(json!({})).await;
    company.enrol().await;
    let managed = format!("{DEVICES}/{}", company.device());
    let tag = company.call("GET", &managed, &Value::Null).await.headers["etag"].to_str().unwrap().to_owned();
    company.report(json!({ "passwordSet": true })).await;
    let stale = async |method: Method, path: String, tag: &str, body: Value| {
        let request = axum::http::Request::builder()
            .method(method)
            .uri(format!("/v1.0/{path}"))
            .header("authorization", format!("Bearer {}", company.admin))
            .header("content-type", "application/json")
            .header("if-match", tag)
            .body(body.to_string().into())
            .unwrap();
        company.world.send(request).await.status
    };
    company.call("PATCH", &format!("{POLICIES}/{id}"), &json!({ "description": "New" })).await;
    company.call("PATCH", "deviceManagement", &json!({ "settings": { "secureByDefault": false } })).await;
    let assign = json!({ "assignments": [] });
    let settings = json!({ "settings": { "secureByDefault": true } });
    for (method, path, tag, body) in [
        (Method::PATCH, format!("{POLICIES}/{id}"), "\"1\"", json!({ "description": "Other" })),
        (Method::POST, format!("{POLICIES}/{id}/assign"), "\"1\"", assign),
        (Method::DELETE, format!("{POLICIES}/{id}"), "\"1\"", Value::Null),
        (Method::PATCH, "deviceManagement".to_owned(), "\"0\"", settings),
        (Method::POST, format!("{managed}/retire"), tag.as_str(), Value::Null),
        (Method::DELETE, managed.clone(), tag.as_str(), Value::Null),
    ] {
        assert_eq!(stale(method.clone(), path.clone(), tag, body).await, StatusCode::PRECONDITION_FAILED, "{method} {path}");
    }
}

#[tokio::test]
async fn devices_are_counted_and_listed_by_policy_and_state() {
    let company = Company::new().await;
    let id = company.policy(json!({ "passcodeRequired": true, "scheduledActionsForRule": block(24) })).await;
    company.enrol().await;
    company.report(json!({ "passwordSet": false, "storageEncrypted": true, "jailbroken": false })).await;
    let overview = company.read(&format!("{POLICIES}/{id}/deviceStatusOverview")).await;
    assert_eq!((&overview["failedCount"], &overview["successCount"]), (&json!(1), &json!(0)));
    let statuses = company.read(&format!("{POLICIES}/{id}/deviceStatuses?$top=1")).await;
    assert_eq!(statuses["value"][0]["status"], "nonCompliant");
    assert_eq!(statuses["value"][0]["userPrincipalName"], "anna@contoso.example");
    assert_eq!(statuses["value"][0]["complianceGracePeriodExpirationDateTime"], "2026-11-24T09:00:00Z");
    assert!(statuses.get("@odata.nextLink").is_none());
    let summary = company.read("deviceManagement/deviceCompliancePolicyDeviceStateSummary").await;
    assert_eq!((&summary["inGracePeriodCount"], &summary["compliantDeviceCount"]), (&json!(1), &json!(0)));
    let listed = company.read(&format!("{DEVICES}?$count=true&$filter=complianceState%20eq%20'inGracePeriod'&$search=phone")).await;
    assert_eq!(listed["@odata.count"], 1);
    let device = &listed["value"][0];
    for (member, value) in [
        ("deviceName", json!("Phone")),
        ("osVersion", json!("19.1")),
        ("complianceState", json!("inGracePeriod")),
        ("isEncrypted", json!(true)),
        ("jailBroken", json!("False")),
        ("managedDeviceOwnerType", json!("personal")),
        ("userPrincipalName", json!("anna@contoso.example")),
    ] {
        assert_eq!(device[member], value, "{member}");
    }
    let deleted = company.call("DELETE", &format!("{DEVICES}/{}", company.device()), &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
    assert_eq!(company.read(&format!("{POLICIES}/{id}/deviceStatuses")).await["value"], json!([]));
    assert_eq!(company.read(&format!("devices/{}", company.device())).await["isManaged"], false, "the registration stays");
}
