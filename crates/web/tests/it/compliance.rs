//! Device compliance from the report to the decision, and the objects of the admin API around it.

mod objects;
mod reports;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::graph::SCOPE;
use crate::registration::{Device, code_of, mail_by_broker, phone_with_prt};
use crate::world::{Answer, World};

const POLICIES: &str = "deviceManagement/deviceCompliancePolicies";
const DEVICES: &str = "deviceManagement/managedDevices";
/// The refusal of a device that is not compliant.
const NOT_COMPLIANT: u64 = 53000;

/// A company whose mail needs a compliant device, with Anna's phone in it, and an administrator's token.
struct Company {
    world: World,
    phone: (Device, String, Vec<u8>),
    admin: String,
}

impl Company {
    async fn new() -> Self {
        let world = World::new().await;
        let phone = phone_with_prt(&world).await;
        let admin = world.access_token(&world.admin, SCOPE).await;
        let company = Self { world, phone, admin };
        let needs = json!({
            "displayName": "Compliant devices for mail", "state": "enabled",
            "conditions": { "users": { "includeUsers": ["All"] }, "clientAppTypes": ["all"],
                "applications": { "includeApplications": [crate::world::MAIL] } },
            "grantControls": { "operator": "OR", "builtInControls": ["compliantDevice"] },
        });
        company.made("identity/conditionalAccess/policies", &needs).await;
        company
    }

    fn device(&self) -> String {
        self.phone.0.id.unwrap().to_string()
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.world.json(method.parse().unwrap(), &format!("/v1.0/{path}"), &self.admin, body).await
    }

    async fn made(&self, path: &str, body: &Value) -> Value {
        let answer = self.call("POST", path, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body);
        answer.json()
    }

    async fn read(&self, path: &str) -> Value {
        let answer = self.call("GET", path, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.json()
    }

    /// A policy for everybody's phones; its id.
    async fn policy(&self, settings: Value) -> String {
        let mut policy = json!({
            "@odata.type": "#microsoft.graph.iosCompliancePolicy", "displayName": "Phones",
            "assignments": [{ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } }],
        });
        policy.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        self.made(POLICIES, &policy).await["id"].as_str().unwrap().to_owned()
    }

    async fn enrol(&self) {
        self.made(DEVICES, &json!({ "azureADDeviceId": self.device() })).await;
    }

    async fn report(&self, facts: Value) -> Value {
        let answer = self.send_report(&json!({ "facts": facts })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    async fn send_report(&self, body: &Value) -> Answer {
        self.call("POST", &format!("{DEVICES}/{}/report", self.device()), body).await
    }

    /// What becomes of the mail app on the phone: 0 when it gets a code.
    async fn mail(&self) -> u64 {
        let answer = mail_by_broker(&self.world, &self.phone).await;
        if answer.status == StatusCode::FOUND && answer.location_parameter("code").is_some() { 0 } else { code_of(&answer) }
    }

    async fn background_work(&self) {
        doorward_service::jobs::tidy(&self.world.ctx).await.unwrap();
    }
}

fn block(hours: u32) -> Value {
    json!([{ "ruleName": "PasswordRequired", "scheduledActionConfigurations": [{ "actionType": "block", "gracePeriodHours": hours }] }])
}

#[tokio::test]
async fn a_report_counts_with_the_next_request_for_better_and_for_worse() {
    let company = Company::new().await;
    assert_eq!(company.mail().await, NOT_COMPLIANT, "registration alone is no management");
    company.policy(json!({ "passcodeRequired": true, "osMinimumVersion": "19.0" })).await;
    company.enrol().await;
    assert_eq!(company.mail().await, NOT_COMPLIANT, "nothing was reported yet");
    let told = company.report(json!({ "passwordSet": true })).await;
    assert_eq!((&told["complianceState"], &told["failing"]), (&json!("compliant"), &json!([])));
    assert_eq!(company.mail().await, 0);
    let told = company.report(json!({ "passwordSet": false })).await;
    assert_eq!(told["complianceState"], "noncompliant");
    assert_eq!(
        told["failing"],
        json!([{ "setting": "passcodeRequired", "expected": "yes", "actual": "no",
            "help": "Change the lock of the device in its settings: set a code, or a longer or stronger one." }])
    );
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    company.report(json!({ "passwordSet": true })).await;
    assert_eq!(company.mail().await, 0);
    let retired = company.call("POST", &format!("{DEVICES}/{}/retire", company.device()), &Value::Null).await;
    assert_eq!(retired.status, StatusCode::NO_CONTENT, "{}", retired.body);
    assert_eq!(company.mail().await, NOT_COMPLIANT);
}

#[tokio::test]
async fn grace_ends_to_the_moment_without_a_report_and_without_the_background_work() {
    let company = Company::new().await;
    company.policy(json!({ "passcodeRequired": true, "scheduledActionsForRule": block(72) })).await;
    company.enrol().await;
    let told = company.report(json!({ "passwordSet": false })).await;
    assert_eq!((&told["complianceState"], &told["graceEnds"]), (&json!("inGracePeriod"), &json!("2026-11-26T09:00:00Z")));
    company.world.clock.advance(72 * 3600);
    assert_eq!(company.mail().await, 0);
    company.world.clock.advance(1);
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    let managed = format!("{DEVICES}/{}", company.device());
    let token = company.world.access_token(&company.world.admin, SCOPE).await;
    let company = Company { admin: token, ..company };
    assert_eq!(company.read(&managed).await["complianceState"], "inGracePeriod", "nobody has judged it again yet");
    company.background_work().await;
    assert_eq!(company.read(&managed).await["complianceState"], "noncompliant");
    let device = company.read(&format!("devices/{}", company.device())).await;
    assert_eq!((&device["isCompliant"], &device["isManaged"]), (&json!(false), &json!(true)));
    let audit = company.world.audits().await;
    assert_eq!((audit[0].activity_display_name.as_str(), audit[0].initiated_by.display_name.as_str()), ("Judge managedDevice", "Doorward"));
    assert_eq!(audit[0].after["failing"], json!(["passcodeRequired"]));
}

#[tokio::test]
async fn a_report_grows_old() {
    let company = Company::new().await;
    company.policy(json!({ "passcodeRequired": true })).await;
    company.enrol().await;
    company.report(json!({ "passwordSet": true })).await;
    let device = company.read(&format!("devices/{}", company.device())).await;
    assert_eq!(device["complianceExpirationDateTime"], "2026-12-23T09:00:00Z");
    let settings = json!({ "settings": { "deviceComplianceCheckinThresholdDays": 1 } });
    let changed = company.call("PATCH", "deviceManagement", &settings).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    company.world.clock.advance(23 * 3600);
    assert_eq!(company.mail().await, 0);
    company.world.clock.advance(3600 + 1);
    assert_eq!(company.mail().await, NOT_COMPLIANT);
}

#[tokio::test]
async fn whom_a_policy_is_for_counts_at_once_and_what_it_asks_for_with_the_next_report() {
    let company = Company::new().await;
    let policy = company.policy(json!({ "passcodeMinimumLength": 4 })).await;
    company.enrol().await;
    company.report(json!({ "passwordLength": 6 })).await;
    let path = format!("{POLICIES}/{policy}");
    company.call("PATCH", &path, &json!({ "passcodeMinimumLength": 8 })).await;
    assert_eq!(company.mail().await, 0, "until the next report");
    company.report(json!({})).await;
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    let group = company.made("groups", &json!({ "displayName": "Others" })).await["id"].as_str().unwrap().to_owned();
    let target = |kind: &str| json!({ "target": { "@odata.type": format!("#microsoft.graph.{kind}"), "groupId": group } });
    let assigned = company.call("POST", &format!("{path}/assign"), &json!({ "assignments": [target("groupAssignmentTarget")] })).await;
    assert_eq!(assigned.status, StatusCode::OK, "{}", assigned.body);
    // No policy is for the phone now; by default such a device does not comply.
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    company.call("PATCH", "deviceManagement", &json!({ "settings": { "secureByDefault": false } })).await;
    assert_eq!(company.mail().await, 0);
    company.call("PATCH", "deviceManagement", &json!({ "settings": { "secureByDefault": true } })).await;
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    // A member of the group is asked again, and one of an excluded group is not.
    let member = json!({ "@odata.id": company.world.anna.id });
    company.call("POST", &format!("groups/{group}/members/$ref"), &member).await;
    let fresh = company.policy(json!({ "passcodeMinimumLength": 4 })).await;
    company.report(json!({})).await;
    assert_eq!(company.mail().await, NOT_COMPLIANT, "both policies are for Anna now");
    let everyone = json!({ "target": { "@odata.type": "microsoft.graph.allLicensedUsersAssignmentTarget" } });
    let but = json!({ "assignments": [everyone, target("exclusionGroupAssignmentTarget")] });
    company.call("POST", &format!("{path}/assign"), &but).await;
    assert_eq!(company.mail().await, 0, "only the second policy is for her");
    let deleted = company.call("DELETE", &format!("{POLICIES}/{fresh}"), &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
    assert_eq!(company.mail().await, NOT_COMPLIANT);
}

#[tokio::test]
async fn disabling_the_owner_makes_the_device_fail_and_deleting_them_takes_it_along() {
    let company = Company::new().await;
    company.policy(json!({ "passcodeRequired": true })).await;
    company.enrol().await;
    company.report(json!({ "passwordSet": true })).await;
    let anna = format!("users/{}", company.world.anna.id);
    company.call("PATCH", &anna, &json!({ "accountEnabled": false })).await;
    assert_eq!(company.report(json!({})).await["failing"][0]["setting"], "userExists");
    company.call("DELETE", &anna, &Value::Null).await;
    let gone = company.call("GET", &format!("{DEVICES}/{}", company.device()), &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_administrators_own_word_counts_like_a_policy_on_a_managed_device() {
    let company = Company::new().await;
    let device = format!("devices/{}", company.device());
    let set = async |body: Value| company.call("PATCH", &device, &body).await;
    // Without management here, the word of an administrator is all there is.
    assert_eq!(set(json!({ "isManaged": true, "isCompliant": true })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(company.mail().await, 0);
    company.policy(json!({ "passcodeRequired": true })).await;
    company.enrol().await;
    assert_eq!(company.mail().await, NOT_COMPLIANT, "enrolment begins with nothing known");
    company.report(json!({ "passwordSet": true })).await;
    assert_eq!(set(json!({ "isCompliant": false })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    company.report(json!({ "passwordSet": true })).await;
    assert_eq!(company.mail().await, NOT_COMPLIANT, "the word stands until it is changed");
    assert_eq!(set(json!({ "isCompliant": true })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(company.mail().await, 0);
    company.report(json!({ "passwordSet": false })).await;
    let refused = set(json!({ "isCompliant": true })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains("noncompliant"), "{}", refused.body);
    assert_eq!(set(json!({ "isManaged": false })).await.status, StatusCode::NO_CONTENT);
    assert_eq!(company.read(&format!("{DEVICES}/{}", company.device())).await["managementState"], "retired");
}
