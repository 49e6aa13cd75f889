//! What If over the admin API: each kind of question, each reason, and that asking leaves no trace.

use axum::http::{Method, StatusCode};
use doorward_model::document::{Document, DocumentKind};
use doorward_model::role::Role;
use doorward_model::user::UserType;
use serde_json::{Value, json};

use crate::world::{Answer, MAIL, MAIL_APP, World, person};

const SCOPE: &str = "https://graph.microsoft.com/.default";
const PATH: &str = "/v1.0/identity/conditionalAccess/evaluate";
const PARTNER: &str = "99999999-0000-4000-8000-000000000001";

/// A world with a policy for each condition; each is named by its condition.
struct Bench {
    world: World,
    token: String,
    guest: String,
    /// A Global Administrator whom every policy spares, or they could not be made.
    emergency: String,
}

impl Bench {
    async fn new() -> Self {
        let world = World::new().await;
        let token = world.access_token(&world.admin, SCOPE).await;
        let mut guest = person(&world.ctx, "guest", vec![]).await;
        guest.user_type = UserType::Guest;
        let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
        unit.users().create(&guest).await.unwrap();
        let emergency = person(&world.ctx, "emergency", vec![Role::GlobalAdministrator]).await;
        unit.users().create(&emergency).await.unwrap();
        unit.commit().await.unwrap();
        let bench = Self { world, token, guest: guest.id.to_string(), emergency: emergency.id.to_string() };

        let (staff, sales) =
            (bench.make("groups", json!({ "displayName": "Staff" })).await, bench.make("groups", json!({ "displayName": "Sales" })).await);
        bench.add_member(&staff, &sales).await;
        bench.add_member(&sales, &bench.world.anna.id.to_string()).await;
        let office = json!({ "displayName": "Office", "isTrusted": true, "ipRanges": [{ "cidrAddress": "192.0.2.0/24" }] });
        let home = json!({ "displayName": "Home", "countriesAndRegions": ["NL"] });
        let office = bench.make("identity/conditionalAccess/namedLocations", office).await;
        let home = bench.make("identity/conditionalAccess/namedLocations", home).await;
        let partner = json!({ "guestOrExternalUserTypes": "b2bCollaborationGuest",
            "externalTenants": { "membershipKind": "enumerated", "members": [PARTNER] } });
        let administrators = Role::GlobalAdministrator.template_id();
        for (name, conditions) in [
            ("everybody", json!({})),
            ("staff", json!({ "users": { "includeGroups": [staff] } })),
            ("administrators", json!({ "users": { "includeRoles": [administrators] } })),
            ("guests", json!({ "users": { "includeUsers": ["GuestsOrExternalUsers"] } })),
            ("partner", json!({ "users": { "includeGuestsOrExternalUsers": partner } })),
            ("mail", json!({ "applications": { "includeApplications": [MAIL] } })),
            ("joining", json!({ "applications": { "includeUserActions": ["urn:user:registerdevice"] } })),
            ("context", json!({ "applications": { "includeAuthenticationContextClassReferences": ["c1"] } })),
            ("phones", json!({ "platforms": { "includePlatforms": ["iOS", "android"] } })),
            ("pixel", json!({ "devices": { "deviceFilter": { "mode": "include", "rule": "device.model -eq \"Pixel\"" } } })),
            ("browser", json!({ "clientAppTypes": ["browser"] })),
            ("office", json!({ "locations": { "includeLocations": [office] } })),
            ("home", json!({ "locations": { "includeLocations": [home] } })),
            ("risk", json!({ "signInRiskLevels": ["high"] })),
            ("user risk", json!({ "userRiskLevels": ["medium"] })),
            ("insider", json!({ "insiderRiskLevels": "elevated" })),
            ("device code", json!({ "authenticationFlows": { "transferMethods": "deviceCodeFlow" } })),
            ("workload", json!({ "users": null, "clientApplications": { "includeServicePrincipals": [MAIL_APP] } })),
            (
                "workload risk",
                json!({ "users": null, "clientApplications": { "includeServicePrincipals": ["ServicePrincipalsInMyTenant"] },
                "servicePrincipalRiskLevels": ["high"] }),
            ),
        ] {
            bench.policy(name, "enabled", conditions).await;
        }
        bench.store_an_empty_policy().await;
        bench.policy("trial", "enabledForReportingButNotEnforced", json!({})).await;
        bench.policy("off", "disabled", json!({})).await;
        bench
    }

    async fn make(&self, path: &str, body: Value) -> String {
        let answer = self.world.json(Method::POST, &format!("/v1.0/{path}"), &self.token, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn add_member(&self, group: &str, member: &str) {
        let reference = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{member}") });
        let answer = self.world.json(Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), &self.token, &reference).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    }

    /// A policy for everybody and everything except for what `conditions` says.
    async fn policy(&self, name: &str, state: &str, conditions: Value) {
        let mut all = json!({
            "users": { "includeUsers": ["All"] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"],
        });
        merge(&mut all, &conditions);
        if all.get("clientApplications").is_none() {
            all["users"]["excludeUsers"] = json!([self.emergency]);
        }
        // A device that is about to be registered can only be asked for factors, a service principal only be blocked.
        let control = if name == "joining" { "mfa" } else { "block" };
        // The order of the answer is that of creation.
        self.world.clock.advance(1);
        let body = json!({ "displayName": name, "state": state, "conditions": all,
            "grantControls": { "operator": "OR", "builtInControls": [control] } });
        self.make("identity/conditionalAccess/policies", body).await;
    }

    /// A policy for nobody, which the API refuses today, as an older server may have stored it.
    async fn store_an_empty_policy(&self) {
        self.world.clock.advance(1);
        let now = self.world.ctx.now();
        let id = "66666666-0000-4000-8000-000000000001".to_owned();
        let body = json!({ "id": id, "displayName": "empty", "state": "enabled",
            "conditions": { "users": null, "applications": { "includeApplications": ["All"] } },
            "grantControls": { "operator": "OR", "builtInControls": ["block"] } });
        let document = Document { id, version: 1, body, subject: String::new(), created: now, modified: now };
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).write().await.unwrap();
        unit.documents().create(DocumentKind::ConditionalAccessPolicy, &document, now).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Anna at the mail service, changed by a merge patch (RFC 7396) of one level.
    fn question(&self, change: &Value) -> Value {
        let mut question = json!({
            "signInIdentity": { "@odata.type": "#microsoft.graph.userSignIn", "userId": self.world.anna.id },
            "signInContext": { "@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [MAIL] },
            "signInConditions": {},
        });
        merge(&mut question, change);
        question
    }

    async fn send(&self, change: &Value) -> Answer {
        self.world.json(Method::POST, PATH, &self.token, &self.question(change)).await
    }

    /// The reason of each policy listed, by name.
    async fn ask(&self, change: &Value) -> Vec<(String, String)> {
        let answer = self.send(change).await;
        assert_eq!(answer.status, StatusCode::OK, "{change}: {}", answer.body);
        let text = |policy: &Value, member: &str| policy[member].as_str().unwrap().to_owned();
        let listed = answer.json()["value"].as_array().unwrap().clone();
        for policy in &listed {
            assert_eq!(policy["policyApplies"], policy["analysisReasons"] == "notSet", "{policy}");
        }
        listed.iter().map(|policy| (text(policy, "displayName"), text(policy, "analysisReasons"))).collect()
    }
}

fn merge(target: &mut Value, change: &Value) {
    for (name, value) in change.as_object().unwrap() {
        target[name] = value.clone();
    }
}

fn user(members: Value) -> Value {
    let mut identity = json!({ "@odata.type": "#microsoft.graph.userSignIn" });
    merge(&mut identity, &members);
    json!({ "signInIdentity": identity })
}

fn conditions(members: Value) -> Value {
    json!({ "signInConditions": members })
}

fn context(kind: &str, member: &str, value: Value) -> Value {
    json!({ "signInContext": { "@odata.type": format!("#microsoft.graph.{kind}"), member: value } })
}

#[tokio::test]
async fn every_enabled_or_report_only_policy_is_listed_whole_with_the_first_condition_that_is_not_met() {
    let bench = Bench::new().await;
    let expected = [
        ("everybody", "notSet"),
        ("staff", "notSet"),
        ("administrators", "users"),
        ("guests", "users"),
        ("partner", "users"),
        ("mail", "notSet"),
        ("joining", "userActions"),
        ("context", "authenticationContext"),
        ("phones", "devicePlatform"),
        ("pixel", "devices"),
        ("browser", "clientApps"),
        ("office", "location"),
        ("home", "location"),
        ("risk", "signInRisk"),
        ("user risk", "userRisk"),
        ("insider", "insiderRisk"),
        ("device code", "authenticationFlow"),
        ("workload", "workloadIdentities"),
        ("workload risk", "workloadIdentities"),
        ("empty", "emptyPolicy"),
        ("trial", "notSet"),
    ];
    assert_eq!(bench.ask(&json!({})).await, expected.map(|(name, reason)| (name.to_owned(), reason.to_owned())));
    let whole = bench.send(&json!({})).await.json();
    let stored = bench.world.json(Method::GET, "/v1.0/identity/conditionalAccess/policies", &bench.token, &Value::Null).await.json();
    let mut first = whole["value"][0].as_object().unwrap().clone();
    assert_eq!(whole["@odata.context"], "https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)");
    assert_eq!((first.remove("policyApplies"), first.remove("analysisReasons")), (Some(json!(true)), Some(json!("notSet"))));
    assert_eq!(Value::Object(first), stored["value"][0]);
}

#[tokio::test]
async fn each_part_of_the_question_reaches_the_policies_that_ask_for_it() {
    let bench = Bench::new().await;
    let (guest, admin) = (&bench.guest, bench.world.admin.id);
    let outsider = |kind: &str, tenant: &str| user(json!({ "externalUserType": kind, "externalTenantId": tenant }));
    let workload =
        |id: &str| json!({ "signInIdentity": { "@odata.type": "microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": id } });
    let mail_app = MAIL_APP.to_string();
    let risky = {
        let mut question = workload(&mail_app);
        merge(&mut question, &conditions(json!({ "servicePrincipalRiskLevel": "high" })));
        question
    };
    let cases = [
        (user(json!({ "userId": "ADMIN@contoso.example" })), "administrators", "notSet"),
        (user(json!({ "userId": admin })), "staff", "users"),
        (user(json!({ "userId": guest })), "guests", "notSet"),
        (user(json!({ "userId": guest })), "partner", "users"),
        (user(json!({ "userId": guest, "externalUserType": "B2BCollaborationGuest", "externalTenantId": PARTNER })), "partner", "notSet"),
        (user(json!({ "userId": bench.world.anna.id, "externalUserType": "none" })), "guests", "users"),
        (outsider("b2bCollaborationGuest", PARTNER), "partner", "notSet"),
        (outsider("b2bCollaborationGuest", &mail_app), "partner", "users"),
        (outsider("b2bDirectConnectUser", PARTNER), "partner", "users"),
        (outsider("b2bDirectConnectUser", PARTNER), "everybody", "notSet"),
        (workload(&mail_app), "workload", "notSet"),
        (workload(&MAIL.to_string()), "workload", "workloadIdentities"),
        (workload(&mail_app), "everybody", "users"),
        // The risk of a service principal has no word of its own.
        (workload(&mail_app), "workload risk", "workloadIdentities"),
        (risky, "workload risk", "notSet"),
        (context("applicationContext", "includeApplications", json!([MAIL_APP])), "mail", "application"),
        (context("applicationContext", "includeApplications", json!([MAIL_APP, MAIL])), "mail", "notSet"),
        (context("userActionContext", "userAction", json!("registerOrJoinDevices")), "joining", "notSet"),
        (context("userActionContext", "userAction", json!("registerSecurityInformation")), "joining", "userActions"),
        (context("userActionContext", "userAction", json!("RegisterOrJoinDevices")), "everybody", "notSet"),
        (context("userActionContext", "userAction", json!("registerOrJoinDevices")), "mail", "application"),
        (context("authContext", "authenticationContextValue", json!("c1")), "context", "notSet"),
        (context("authContext", "authenticationContextValue", json!("c2")), "context", "authenticationContext"),
        (context("authContext", "authenticationContextValue", json!("c1")), "everybody", "application"),
        (conditions(json!({ "devicePlatform": "IOS" })), "phones", "notSet"),
        (conditions(json!({ "devicePlatform": "windows" })), "phones", "devicePlatform"),
        (conditions(json!({ "devicePlatform": "all" })), "phones", "devicePlatform"),
        (conditions(json!({ "deviceInfo": { "model": "pixel", "isCompliant": true, "trustType": "AzureAD" } })), "pixel", "notSet"),
        (
            conditions(json!({ "deviceInfo": { "model": "Other", "physicalIds": ["[ZTDId]:1"], "ownership": "Company" } })),
            "pixel",
            "devices",
        ),
        (conditions(json!({ "clientAppType": "Browser" })), "browser", "notSet"),
        (conditions(json!({ "clientAppType": "exchangeActiveSync" })), "browser", "clientApps"),
        (conditions(json!({ "clientAppType": "all" })), "browser", "clientApps"),
        (conditions(json!({ "ipAddress": "192.0.2.7" })), "office", "notSet"),
        (conditions(json!({ "ipAddress": "192.0.2.7" })), "home", "location"),
        (conditions(json!({ "country": "NL" })), "home", "notSet"),
        (conditions(json!({ "country": "DE", "ipAddress": "2001:db8::1" })), "office", "location"),
        (conditions(json!({ "signInRiskLevel": "high" })), "risk", "notSet"),
        (conditions(json!({ "userRiskLevel": "MEDIUM" })), "user risk", "notSet"),
        (conditions(json!({ "insiderRiskLevel": "elevated" })), "insider", "notSet"),
        (conditions(json!({ "authenticationFlow": { "transferMethod": "deviceCodeFlow" } })), "device code", "notSet"),
        (conditions(json!({ "authenticationFlow": { "transferMethod": "none" } })), "device code", "authenticationFlow"),
    ];
    for (change, policy, expected) in cases {
        let found = bench.ask(&change).await.into_iter().find(|(name, _)| name == policy).unwrap();
        assert_eq!(found.1, expected, "{policy}: {change}");
    }
}

#[tokio::test]
async fn applied_policies_only_leaves_out_the_others() {
    let bench = Bench::new().await;
    let names: Vec<String> = bench.ask(&json!({ "appliedPoliciesOnly": true })).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["everybody", "staff", "mail", "trial"]);
}

#[tokio::test]
async fn a_question_that_is_not_understood_is_refused_and_names_the_member() {
    let bench = Bench::new().await;
    let cases = [
        (json!({ "signInIdentity": null }), "$.signInIdentity is missing"),
        (json!({ "signInContext": null }), "$.signInContext is missing"),
        (json!({ "signInIdentity": { "userId": "x" } }), "$.signInIdentity.@odata.type is missing"),
        (json!({ "signInIdentity": { "@odata.type": "#microsoft.graph.agentSignIn" } }), "$.signInIdentity.@odata.type"),
        (user(json!({})), "$.signInIdentity.userId is missing"),
        (user(json!({ "userId": 7 })), "$.signInIdentity.userId must be a string"),
        (user(json!({ "externalUserType": "friend" })), "$.signInIdentity.externalUserType"),
        (context("applicationContext", "includeApplications", json!([])), "$.signInContext.includeApplications"),
        (context("applicationContext", "includeApplications", json!(["Office365"])), "$.signInContext.includeApplications[0]"),
        (context("userActionContext", "userAction", json!("dance")), "$.signInContext.userAction"),
        (context("authContext", "authenticationContextValue", json!("")), "$.signInContext.authenticationContextValue"),
        (conditions(json!({ "devicePlatform": "beos" })), "$.signInConditions.devicePlatform"),
        (conditions(json!({ "ipAddress": "here" })), "$.signInConditions.ipAddress"),
        (conditions(json!({ "signInRiskLevel": "huge" })), "$.signInConditions.signInRiskLevel"),
        (
            conditions(json!({ "authenticationFlow": { "transferMethod": "pigeon" } })),
            "$.signInConditions.authenticationFlow.transferMethod",
        ),
        (conditions(json!({ "deviceInfo": { "isCompliant": "yes" } })), "$.signInConditions.deviceInfo.isCompliant"),
        (conditions(json!({ "deviceInfo": { "colour": "red" } })), "$.signInConditions.deviceInfo.colour"),
        (conditions(json!({ "devicePlatfrom": "iOS" })), "$.signInConditions.devicePlatfrom"),
        (json!({ "appliedPoliciesOnly": "yes" }), "$.appliedPoliciesOnly"),
    ];
    for (change, place) in cases {
        let answer = bench.send(&change).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{change}: {}", answer.body);
        let error = answer.json();
        assert_eq!(error["error"]["code"], "Request_BadRequest");
        assert!(error["error"]["message"].as_str().unwrap().starts_with(place), "{change}: {error}");
    }
}

#[tokio::test]
async fn a_user_or_service_principal_that_does_not_exist_is_not_found() {
    let bench = Bench::new().await;
    for change in [
        user(json!({ "userId": PARTNER })),
        user(json!({ "userId": "nobody@contoso.example" })),
        json!({ "signInIdentity": { "@odata.type": "#microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": PARTNER } }),
    ] {
        let answer = bench.send(&change).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{change}: {}", answer.body);
        assert_eq!(answer.json()["error"]["code"], "Request_ResourceNotFound");
    }
}

#[tokio::test]
async fn asking_leaves_no_trace_in_the_logs_and_changes_no_policy() {
    let bench = Bench::new().await;
    let read = async |path: &str| bench.world.json(Method::GET, &format!("/v1.0/{path}"), &bench.token, &Value::Null).await.body;
    let paths = ["auditLogs/signIns", "auditLogs/directoryAudits", "identity/conditionalAccess/policies"];
    for path in paths {
        let before = read(path).await;
        assert!(before.len() > 100, "{path} shows something to compare: {before}");
        bench.ask(&json!({})).await;
        assert_eq!(read(path).await, before, "{path}");
    }
}
