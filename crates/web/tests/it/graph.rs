//! The admin API: who may do what, what is audited, and how objects look.

mod app_protection;
mod applications;
mod bench;
mod callers;
mod directory;
mod openapi;
mod policies;
mod queries;
mod requests;

use axum::http::{Method, StatusCode};
use doorward_model::authentication_method::{AuthenticationMethod, Credential};
use doorward_model::document::{Document, DocumentKind};
use doorward_model::role::Role;
use doorward_model::{MethodId, RegistrationId, UserId, rng};
use serde_json::{Value, json};

use crate::world::{MAIL, MAIL_APP, MAIL_ROLE, PASSWORD, World, person};

pub(crate) const SCOPE: &str = "https://graph.microsoft.com/.default";

/// Every route with its methods. A new route belongs here, and with it comes a test that it refuses and audits.
const ROUTES: &[(&str, &str, bool)] = &[
    ("GET", "me", false),
    ("GET", "me/memberOf", false),
    ("GET", "me/transitiveMemberOf", false),
    ("POST", "me/getMemberGroups", false),
    ("POST", "me/checkMemberGroups", false),
    ("POST", "$batch", false),
    ("GET", "users", false),
    ("GET", "users/$count", false),
    ("GET", "users/{user}/memberOf", false),
    ("GET", "users/{user}/transitiveMemberOf", false),
    ("POST", "users/{user}/getMemberGroups", false),
    ("POST", "users/{user}/checkMemberGroups", false),
    ("GET", "users/{user}/ownedDevices", false),
    ("POST", "users/{user}/revokeSignInSessions", true),
    ("POST", "users", true),
    ("GET", "users/{user}", false),
    ("PATCH", "users/{user}", true),
    ("DELETE", "users/{user}", true),
    ("GET", "users/{user}/authentication/methods", false),
    ("DELETE", "users/{user}/authentication/methods/{method}", true),
    ("DELETE", "users/{user}/authentication/fido2Methods/{method}", true),
    ("DELETE", "users/{user}/authentication/softwareOathMethods/{method}", true),
    ("DELETE", "users/{user}/authentication/windowsHelloForBusinessMethods/{method}", true),
    ("GET", "users/{user}/managedAppRegistrations", false),
    ("POST", "users/{user}/wipeManagedAppRegistrationsByDeviceTag", true),
    ("POST", "users/{user}/wipeManagedAppRegistrationByDeviceTag", true),
    ("GET", "deviceAppManagement/managedAppRegistrations", false),
    ("GET", "deviceAppManagement/managedAppRegistrations/{registration}", false),
    ("GET", "deviceAppManagement/managedAppRegistrations/{registration}/appliedPolicies", false),
    ("GET", "deviceAppManagement/managedAppRegistrations/{registration}/intendedPolicies", false),
    ("GET", "deviceAppManagement/managedAppRegistrations/getUserIdsWithFlaggedAppRegistration()", false),
    ("GET", "users/{user}/getManagedAppPolicies()", false),
    ("GET", "users/{user}/getManagedAppDiagnosticStatuses()", false),
    ("GET", "deviceAppManagement/managedAppRegistrations/{registration}/operations", false),
    ("DELETE", "deviceAppManagement/managedAppRegistrations/{registration}/operations/{operation}", true),
    ("GET", "groups", false),
    ("GET", "groups/$count", false),
    ("GET", "groups/{group}/transitiveMembers", false),
    ("POST", "groups", true),
    ("GET", "groups/{group}", false),
    ("PATCH", "groups/{group}", true),
    ("GET", "groups/{group}/members", false),
    ("POST", "groups/{group}/members/$ref", true),
    ("DELETE", "groups/{group}/members/{other}/$ref", true),
    ("GET", "groups/{group}/memberOf", false),
    ("GET", "groups/{group}/transitiveMemberOf", false),
    ("POST", "groups/{group}/getMemberGroups", false),
    ("POST", "groups/{group}/checkMemberGroups", false),
    ("GET", "groups/{group}/owners", false),
    ("POST", "groups/{group}/owners/$ref", true),
    ("DELETE", "groups/{group}/owners/{owner}/$ref", true),
    ("DELETE", "groups/{group}", true),
    ("POST", "directoryObjects/getByIds", false),
    ("GET", "directoryObjects/{group}", false),
    ("POST", "directoryObjects/{group}/getMemberGroups", false),
    ("POST", "directoryObjects/{group}/checkMemberGroups", false),
    ("GET", "applications", false),
    ("GET", "applications/$count", false),
    ("GET", "servicePrincipals", false),
    ("GET", "servicePrincipals/$count", false),
    ("GET", "servicePrincipals/{app}", false),
    ("GET", "servicePrincipals/{app}/endpoints", false),
    ("GET", "servicePrincipals/{app}/appRoleAssignments", false),
    ("POST", "servicePrincipals/{app}/appRoleAssignments", true),
    ("DELETE", "servicePrincipals/{holder}/appRoleAssignments/{held}", true),
    ("GET", "servicePrincipals/{resource}/appRoleAssignedTo", false),
    ("POST", "servicePrincipals/{resource}/appRoleAssignedTo", true),
    ("DELETE", "servicePrincipals/{resource}/appRoleAssignedTo/{held}", true),
    ("POST", "applications", true),
    ("GET", "applications/{app}", false),
    ("PATCH", "applications/{app}", true),
    ("POST", "applications/{app}/addPassword", true),
    ("POST", "applications/{app}/removePassword", true),
    ("DELETE", "applications/{app}", true),
    ("GET", "devices", false),
    ("GET", "devices/$count", false),
    ("GET", "devices/{device}/registeredOwners", false),
    ("GET", "devices/{device}/registeredUsers", false),
    ("POST", "devices", true),
    ("GET", "devices/{device}", false),
    ("PATCH", "devices/{device}", true),
    ("DELETE", "devices/{device}", true),
    ("GET", "organization", false),
    ("PATCH", "organization", true),
    ("GET", "roleManagement/directory/roleDefinitions", false),
    ("GET", "roleManagement/directory/roleDefinitions/{role}", false),
    ("GET", "roleManagement/directory/roleAssignments", false),
    ("POST", "roleManagement/directory/roleAssignments", true),
    ("GET", "roleManagement/directory/roleAssignments/{assignment}", false),
    ("DELETE", "roleManagement/directory/roleAssignments/{assignment}", true),
    ("GET", "deviceManagement", false),
    ("PATCH", "deviceManagement", true),
    ("GET", "deviceManagement/settings", false),
    ("GET", "deviceManagement/deviceCompliancePolicyDeviceStateSummary", false),
    ("GET", "deviceManagement/deviceCompliancePolicies", false),
    ("GET", "deviceManagement/deviceCompliancePolicies/$count", false),
    ("POST", "deviceManagement/deviceCompliancePolicies", true),
    ("GET", "deviceManagement/deviceCompliancePolicies/{compliance}", false),
    ("PATCH", "deviceManagement/deviceCompliancePolicies/{compliance}", true),
    ("GET", "deviceManagement/deviceCompliancePolicies/{compliance}/assignments", false),
    ("POST", "deviceManagement/deviceCompliancePolicies/{compliance}/assign", true),
    ("GET", "deviceManagement/deviceCompliancePolicies/{compliance}/scheduledActionsForRule", false),
    ("POST", "deviceManagement/deviceCompliancePolicies/{compliance}/scheduleActionsForRules", true),
    ("GET", "deviceManagement/deviceCompliancePolicies/{compliance}/deviceStatuses", false),
    ("GET", "deviceManagement/deviceCompliancePolicies/{compliance}/deviceStatusOverview", false),
    ("DELETE", "deviceManagement/deviceCompliancePolicies/{compliance}", true),
    ("GET", "deviceManagement/managedDevices", false),
    ("GET", "deviceManagement/managedDevices/$count", false),
    ("POST", "deviceManagement/managedDevices", true),
    ("GET", "deviceManagement/managedDevices/{managed}", false),
    ("GET", "deviceManagement/managedDevices/{managed}/deviceCompliancePolicyStates", false),
    ("POST", "deviceManagement/managedDevices/{managed}/report", true),
    ("POST", "deviceManagement/managedDevices/{managed}/retire", true),
    ("DELETE", "deviceManagement/managedDevices/{managed}", true),
    ("GET", "auditLogs/signIns", false),
    ("GET", "auditLogs/signIns/$count", false),
    ("GET", "auditLogs/signIns/{signIn}", false),
    ("GET", "auditLogs/directoryAudits", false),
    ("GET", "auditLogs/directoryAudits/$count", false),
    ("GET", "auditLogs/directoryAudits/{audit}", false),
    ("POST", "identity/conditionalAccess/evaluate", false),
    ("GET", "identity/conditionalAccess/policies", false),
    ("GET", "identity/conditionalAccess/policies/$count", false),
    ("POST", "identity/conditionalAccess/policies", true),
    ("GET", "identity/conditionalAccess/policies/{policy}", false),
    ("PATCH", "identity/conditionalAccess/policies/{policy}", true),
    ("DELETE", "identity/conditionalAccess/policies/{policy}", true),
    ("GET", "identity/conditionalAccess/namedLocations", false),
    ("GET", "identity/conditionalAccess/namedLocations/$count", false),
    ("POST", "identity/conditionalAccess/namedLocations", true),
    ("GET", "identity/conditionalAccess/namedLocations/{location}", false),
    ("PATCH", "identity/conditionalAccess/namedLocations/{location}", true),
    ("DELETE", "identity/conditionalAccess/namedLocations/{location}", true),
    ("GET", "policies/authenticationStrengthPolicies", false),
    ("GET", "policies/authenticationStrengthPolicies/$count", false),
    ("POST", "policies/authenticationStrengthPolicies", true),
    ("GET", "policies/authenticationStrengthPolicies/{strength}", false),
    ("PATCH", "policies/authenticationStrengthPolicies/{strength}", true),
    ("DELETE", "policies/authenticationStrengthPolicies/{strength}", true),
    ("GET", "identity/conditionalAccess/authenticationStrength/policies", false),
    ("GET", "identity/conditionalAccess/authenticationStrength/policies/$count", false),
    ("POST", "identity/conditionalAccess/authenticationStrength/policies", true),
    ("GET", "identity/conditionalAccess/authenticationStrength/policies/{strength}", false),
    ("PATCH", "identity/conditionalAccess/authenticationStrength/policies/{strength}", true),
    ("DELETE", "identity/conditionalAccess/authenticationStrength/policies/{strength}", true),
    ("GET", "identity/conditionalAccess/authenticationContextClassReferences", false),
    ("GET", "identity/conditionalAccess/authenticationContextClassReferences/$count", false),
    ("GET", "identity/conditionalAccess/authenticationContextClassReferences/{context}", false),
    ("PATCH", "identity/conditionalAccess/authenticationContextClassReferences/{context}", true),
    ("DELETE", "identity/conditionalAccess/authenticationContextClassReferences/{context}", true),
    ("POST", "identity/conditionalAccess/authenticationContextClassReferences", true),
    ("GET", "doorward/servicePolicies", false),
    ("GET", "doorward/servicePolicies/$count", false),
    ("POST", "doorward/servicePolicies", true),
    ("GET", "doorward/servicePolicies/{service}", false),
    ("PATCH", "doorward/servicePolicies/{service}", true),
    ("DELETE", "doorward/servicePolicies/{service}", true),
    ("GET", "deviceAppManagement/managedAppPolicies", false),
    ("GET", "deviceAppManagement/managedAppPolicies/$count", false),
    ("POST", "deviceAppManagement/managedAppPolicies", true),
    ("GET", "deviceAppManagement/managedAppPolicies/{protection}", false),
    ("PATCH", "deviceAppManagement/managedAppPolicies/{protection}", true),
    ("DELETE", "deviceAppManagement/managedAppPolicies/{protection}", true),
    ("GET", "deviceAppManagement/iosManagedAppProtections", false),
    ("GET", "deviceAppManagement/iosManagedAppProtections/$count", false),
    ("POST", "deviceAppManagement/iosManagedAppProtections", true),
    ("GET", "deviceAppManagement/iosManagedAppProtections/{protection}", false),
    ("PATCH", "deviceAppManagement/iosManagedAppProtections/{protection}", true),
    ("DELETE", "deviceAppManagement/iosManagedAppProtections/{protection}", true),
    ("GET", "deviceAppManagement/iosManagedAppProtections/{protection}/apps", false),
    ("GET", "deviceAppManagement/iosManagedAppProtections/{protection}/assignments", false),
    ("POST", "deviceAppManagement/iosManagedAppProtections/{protection}/assign", true),
    ("POST", "deviceAppManagement/iosManagedAppProtections/{protection}/targetApps", true),
    ("GET", "deviceAppManagement/androidManagedAppProtections", false),
    ("GET", "deviceAppManagement/androidManagedAppProtections/$count", false),
    ("POST", "deviceAppManagement/androidManagedAppProtections", true),
    ("GET", "deviceAppManagement/androidManagedAppProtections/{android}", false),
    ("PATCH", "deviceAppManagement/androidManagedAppProtections/{android}", true),
    ("DELETE", "deviceAppManagement/androidManagedAppProtections/{android}", true),
    ("GET", "deviceAppManagement/androidManagedAppProtections/{android}/apps", false),
    ("GET", "deviceAppManagement/androidManagedAppProtections/{android}/assignments", false),
    ("POST", "deviceAppManagement/androidManagedAppProtections/{android}/assign", true),
    ("POST", "deviceAppManagement/androidManagedAppProtections/{android}/targetApps", true),
];

/// A body that the route accepts.
fn body(method: &str, path: &str, ids: &Ids) -> Value {
    match (method, path) {
        ("POST", "users") => {
            json!({ "userPrincipalName": "new@contoso.example", "displayName": "New", "passwordProfile": { "password": PASSWORD } })
        }
        ("PATCH", "users/{user}") => json!({ "displayName": "Renamed" }),
        ("POST", "groups") => json!({ "displayName": "Group" }),
        ("PATCH", "groups/{group}") => json!({ "description": "for tests" }),
        ("POST", "groups/{group}/members/$ref") => {
            json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", ids.other) })
        }
        ("POST", "groups/{group}/owners/$ref") => json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/users/{}", ids.user) }),
        ("POST", "directoryObjects/getByIds") => json!({ "ids": [ids.user, ids.group, ids.app, ids.device], "types": ["user", "group"] }),
        ("POST", path) if path.ends_with("getMemberGroups") => json!({ "securityEnabledOnly": true }),
        ("POST", path) if path.ends_with("checkMemberGroups") => json!({ "groupIds": [ids.group] }),
        ("POST", "roleManagement/directory/roleAssignments") => {
            json!({ "principalId": ids.user, "roleDefinitionId": Role::SecurityReader.template_id(), "directoryScopeId": "/" })
        }
        ("POST", "applications") => json!({ "displayName": "App" }),
        ("PATCH", "applications/{app}") => json!({ "doorward": { "approved": true } }),
        ("POST", "applications/{app}/removePassword") => json!({ "keyId": ids.secret }),
        ("POST", "servicePrincipals/{app}/appRoleAssignments" | "servicePrincipals/{resource}/appRoleAssignedTo") => mail_role_of(&ids.app),
        ("POST", "devices") => {
            json!({ "displayName": "PC", "operatingSystem": "Windows", "trustType": "ServerAD", "certificate": ids.certificate })
        }
        ("PATCH", "devices/{device}") => json!({ "isManaged": true }),
        ("PATCH", "organization") => json!({ "certificateBasedAuthentication": false }),
        ("POST", "identity/conditionalAccess/policies") => policy("Block"),
        ("PATCH", "identity/conditionalAccess/policies/{policy}") => json!({ "displayName": "Renamed" }),
        ("POST", "identity/conditionalAccess/evaluate") => json!({
            "signInIdentity": { "@odata.type": "#microsoft.graph.userSignIn", "userId": ids.user },
            "signInContext": { "@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [ids.app] },
        }),
        ("POST", "identity/conditionalAccess/namedLocations") => location(),
        ("PATCH", "identity/conditionalAccess/namedLocations/{location}") => json!({ "isTrusted": false }),
        ("POST", "policies/authenticationStrengthPolicies" | "identity/conditionalAccess/authenticationStrength/policies") => strength(),
        ("PATCH", path) if path.ends_with("{strength}") => json!({ "displayName": "Stronger" }),
        // Another one than the one that is there: the name is the number.
        ("POST", "identity/conditionalAccess/authenticationContextClassReferences") => json!({ "id": "c99", "displayName": "Rare" }),
        ("PATCH", "identity/conditionalAccess/authenticationContextClassReferences/{context}") => json!({ "isAvailable": true }),
        ("POST", "doorward/servicePolicies") => json!({ "id": "mail", "resource": ids.app, "appAccess": { "state": "enabled" } }),
        ("PATCH", "doorward/servicePolicies/{service}") => json!({ "appAccess": { "state": "disabled" } }),
        ("POST", "deviceAppManagement/managedAppPolicies") => protection(),
        ("PATCH", path) if path.starts_with("deviceAppManagement/") => json!({ "displayName": "Tablets" }),
        ("POST", "deviceAppManagement/iosManagedAppProtections" | "deviceAppManagement/androidManagedAppProtections") => {
            json!({ "displayName": "Phones" })
        }
        ("POST", path) if path.starts_with("deviceAppManagement/") && path.ends_with("/assign") => json!({ "assignments": [] }),
        ("POST", path) if path.ends_with("/targetApps") => json!({ "apps": [], "appGroupType": "allApps" }),
        ("PATCH", "deviceManagement") => json!({ "settings": { "isScheduledActionEnabled": false } }),
        ("POST", "deviceManagement/deviceCompliancePolicies") => compliance(),
        ("PATCH", "deviceManagement/deviceCompliancePolicies/{compliance}") => json!({ "passcodeRequired": true }),
        ("POST", path) if path.ends_with("/assign") => json!({ "assignments": [
            { "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": ids.group } }] }),
        ("POST", path) if path.ends_with("/scheduleActionsForRules") => json!({ "deviceComplianceScheduledActionForRules": [
            { "ruleName": "PasswordRequired", "scheduledActionConfigurations": [{ "actionType": "block", "gracePeriodHours": 12 }] }] }),
        ("POST", "deviceManagement/managedDevices") => json!({ "azureADDeviceId": ids.device }),
        ("POST", path) if path.ends_with("/report") => json!({ "facts": { "passwordSet": true } }),
        ("POST", path) if path.contains("wipeManagedApp") => json!({ "deviceTag": "tag" }),
        ("POST", "$batch") => json!({ "requests": [{ "id": "1", "method": "GET", "url": "/me" }] }),
        _ => Value::Null,
    }
}

/// An app role of the mail service in an application's hands.
fn mail_role_of(app: &str) -> Value {
    json!({ "principalId": app, "resourceId": MAIL, "appRoleId": MAIL_ROLE })
}

fn location() -> Value {
    json!({ "displayName": "Office", "isTrusted": true, "ipRanges": [{ "cidrAddress": "192.0.2.0/24" }] })
}

fn strength() -> Value {
    json!({ "displayName": "Strong", "allowedCombinations": ["fido2"] })
}

fn protection() -> Value {
    json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection", "displayName": "Phones" })
}

fn compliance() -> Value {
    json!({ "@odata.type": "#microsoft.graph.iosCompliancePolicy", "displayName": "Phones" })
}

pub(crate) fn policy(name: &str) -> Value {
    json!({
        "displayName": name,
        "state": "disabled",
        "conditions": { "users": { "includeUsers": ["All"] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    })
}

/// Ids of one object of each kind, fresh for every route.
struct Ids {
    user: String,
    other: String,
    group: String,
    app: String,
    secret: String,
    holder: String,
    held: String,
    device: String,
    policy: String,
    location: String,
    strength: String,
    context: String,
    service: String,
    protection: String,
    android: String,
    compliance: String,
    managed: String,
    sign_in: String,
    audit: String,
    method: String,
    registration: String,
    certificate: String,
}

impl Ids {
    fn fill(&self, path: &str) -> String {
        let pairs = [
            ("{user}", &self.user),
            ("{other}", &self.other),
            ("{owner}", &self.other),
            ("{role}", &Role::SecurityReader.template_id().to_string()),
            ("{assignment}", &format!("{}-{}", Role::SecurityReader.template_id(), self.other)),
            ("{context}", &self.context),
            ("{group}", &self.group),
            ("{app}", &self.app),
            ("{resource}", &MAIL.to_string()),
            ("{holder}", &self.holder),
            ("{held}", &self.held),
            ("{device}", &self.device),
            ("{policy}", &self.policy),
            ("{location}", &self.location),
            ("{strength}", &self.strength),
            ("{service}", &self.service),
            ("{protection}", &self.protection),
            ("{android}", &self.android),
            ("{compliance}", &self.compliance),
            ("{managed}", &self.managed),
            ("{signIn}", &self.sign_in),
            ("{audit}", &self.audit),
            ("{method}", &self.method),
            ("{registration}", &self.registration),
            ("{operation}", &OPERATION.to_owned()),
        ];
        pairs.into_iter().fold(format!("/v1.0/{path}"), |path, (name, id)| path.replace(name, id))
    }
}

fn certificate(world: &World) -> String {
    use base64::Engine as _;
    let (_, pkcs8) = doorward_wire::key::SigningKey::generate(doorward_model::application::SigningAlgorithm::ES256).unwrap();
    let der = doorward_wire::certificate::self_signed("pc", &pkcs8, world.ctx.now(), world.ctx.rng.as_ref()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(der)
}

/// A passkey that nobody holds.
async fn passkey_of(world: &World, user_id: UserId) -> String {
    let method = AuthenticationMethod {
        id: MethodId::random(world.ctx.rng.as_ref()),
        user_id,
        display_name: "Passkey".into(),
        created: world.ctx.now(),
        last_used: None,
        counter: 0,
        credential: Credential::Fido2 {
            credential_id: rng::bytes::<16>(world.ctx.rng.as_ref()).to_vec(),
            public_key: vec![1, 2, 3],
            aaguid: uuid::Uuid::nil(),
        },
    };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.authentication_methods().create(&method).await.unwrap();
    unit.commit().await.unwrap();
    method.id.to_string()
}

/// What the app of [`registration_of`] is asked to do.
pub(crate) const OPERATION: &str = "logs";

/// An app on a phone that is to send its logs.
pub(crate) async fn registration_of(world: &World, user: UserId) -> String {
    registration_on(world, user, false).await
}

/// One on a phone that is rooted, or not.
pub(crate) async fn registration_on(world: &World, user: UserId, rooted: bool) -> String {
    let (id, now) = (RegistrationId::random(world.ctx.rng.as_ref()).to_string(), world.ctx.now());
    let body = json!({
        "id": id, "userId": user, "appId": MAIL_APP, "deviceTag": "tag", "deviceId": null, "proofKey": null,
        "appIdentifier": { "@odata.type": "#microsoft.graph.iosMobileAppIdentifier", "bundleId": "com.contoso.mail" },
        "state": {
            "deviceName": "iPhone", "deviceType": "iPhone", "platform": "iOS", "platformVersion": "19.1", "applicationVersion": "1.0",
            "sdkVersion": "1.0", "rooted": rooted, "managementLevel": "unmanaged", "locale": "en", "clock": now,
            "monotonicSeconds": 10, "bootId": "one", "multiIdentity": true, "pinSet": false
        },
        "protection": "active", "intended": null, "appliedTag": null, "createdDateTime": now, "lastSyncDateTime": now, "ended": null,
        "operations": [{ "id": OPERATION, "kind": "collectLogs", "reason": "", "issued": now, "state": "pending" }],
    });
    let document = Document { id: id.clone(), version: 1, body, subject: user.to_string(), created: now, modified: now };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.documents().create(DocumentKind::ManagedAppRegistration, &document, now).await.unwrap();
    unit.commit().await.unwrap();
    id
}

async fn objects(world: &World, token: &str, number: usize) -> Ids {
    let make = async |path: &str, body: Value, id: &str| {
        let answer = world.json(Method::POST, &format!("/v1.0/{path}"), token, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{path}: {}", answer.body);
        answer.json()[id].as_str().unwrap().to_owned()
    };
    let user = |name: &str| json!({ "userPrincipalName": format!("{name}{number}@contoso.example"), "displayName": name, "passwordProfile": { "password": PASSWORD } });
    let pc = json!({ "displayName": "PC", "operatingSystem": "Windows", "trustType": "ServerAD", "certificate": certificate(world) });
    let newest = async |path: &str| {
        let answer = world.json(Method::GET, &format!("/v1.0/auditLogs/{path}?$top=1"), token, &Value::Null).await.json();
        answer["value"][0]["id"].as_str().unwrap().to_owned()
    };
    // There are 99 at most, so it may be there.
    let context = format!("c{}", number % 98 + 1);
    let path = "/v1.0/identity/conditionalAccess/authenticationContextClassReferences";
    world.json(Method::POST, path, token, &json!({ "id": context, "displayName": "Sensitive" })).await;
    let ids = Ids {
        user: make("users", user("first"), "id").await,
        other: make("users", user("second"), "id").await,
        group: make("groups", json!({ "displayName": format!("Group {number}") }), "id").await,
        app: make("applications", json!({ "displayName": format!("App {number}") }), "appId").await,
        secret: String::new(),
        holder: make("applications", json!({ "displayName": format!("Holder {number}") }), "appId").await,
        held: String::new(),
        device: make("devices", pc, "id").await,
        policy: make("identity/conditionalAccess/policies", policy("Some"), "id").await,
        location: make("identity/conditionalAccess/namedLocations", location(), "id").await,
        strength: make("policies/authenticationStrengthPolicies", strength(), "id").await,
        context,
        service: make("doorward/servicePolicies", json!({ "resource": MAIL, "appAccess": { "state": "enabled" } }), "id").await,
        protection: make("deviceAppManagement/managedAppPolicies", protection(), "id").await,
        android: make("deviceAppManagement/androidManagedAppProtections", json!({ "displayName": "Phones" }), "id").await,
        compliance: make("deviceManagement/deviceCompliancePolicies", compliance(), "id").await,
        managed: String::new(),
        sign_in: newest("signIns").await,
        audit: newest("directoryAudits").await,
        method: String::new(),
        registration: String::new(),
        certificate: certificate(world),
    };
    let pc = json!({ "displayName": "PC", "operatingSystem": "Windows", "trustType": "ServerAD", "certificate": certificate(world) });
    let enrolled = json!({ "azureADDeviceId": make("devices", pc, "id").await });
    let user = ids.user.parse().unwrap();
    let ids = Ids { managed: make("deviceManagement/managedDevices", enrolled, "id").await, ..ids };
    let added = world.json(Method::POST, &ids.fill("applications/{app}/addPassword"), token, &Value::Null).await.json();
    let held = make(&format!("servicePrincipals/{}/appRoleAssignments", ids.holder), mail_role_of(&ids.holder), "id").await;
    let ids = Ids { secret: added["keyId"].as_str().unwrap().to_owned(), held, ..ids };
    let ids = Ids { method: passkey_of(world, user).await, registration: registration_of(world, user).await, ..ids };
    let role = json!({ "principalId": ids.other, "roleDefinitionId": Role::SecurityReader.template_id() });
    let reference = json!({ "@odata.id": ids.other });
    for (path, body) in [("roleManagement/directory/roleAssignments", &role), ("groups/{group}/owners/$ref", &reference)] {
        let answer = world.json(Method::POST, &ids.fill(path), token, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }
    if number.is_multiple_of(2) {
        world.json(Method::POST, &ids.fill("groups/{group}/members/$ref"), token, &reference).await;
    }
    ids
}

#[tokio::test]
async fn the_table_names_every_route_with_every_method() {
    let world = World::new().await;
    let mut table: Vec<String> = ROUTES.iter().map(|(method, path, _)| format!("{method} /{}", nameless(path))).collect();
    let mut served = Vec::new();
    for path in doorward_web::admin_api_paths() {
        // No route knows PUT; the refusal says what it knows.
        let answer = world.json(Method::PUT, &format!("/v1.0{path}"), "", &Value::Null).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.headers["allow"].to_str().unwrap().split(',').filter(|method| *method != "HEAD");
        served.extend(allowed.map(|method| format!("{method} {}", nameless(&path))));
    }
    table.sort_unstable();
    served.sort_unstable();
    assert_eq!(table, served);
}

/// A path without the names of its parameters.
fn nameless(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(|part| if part.starts_with('{') { "{}".into() } else { part.to_lowercase() }).collect();
    parts.join("/")
}

#[tokio::test]
async fn every_route_refuses_without_a_token_and_without_a_role() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let anna = world.access_token(&world.anna, SCOPE).await;
    let ids = objects(&world, &admin, 1).await;
    // A person may see themselves and find services, and a batch says of each request what became of it.
    for (method, path, _) in ROUTES {
        let open = matches!(*path, "$batch") || path.starts_with("me") || path.ends_with("/endpoints");
        let (target, body) = (ids.fill(path), body(method, path, &ids));
        let send = async |token: &str| world.json(method.parse().unwrap(), &target, token, &body).await;
        let nobody = send("").await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert!(nobody.headers.contains_key("www-authenticate"));
        assert_eq!(send(&anna).await.status, if open { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{method} {path}");
        let forged = format!("{}x", admin);
        assert_eq!(send(&forged).await.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

#[tokio::test]
async fn every_change_is_audited_with_before_and_after_and_names_who_made_it() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    for (number, (method, path, changes)) in ROUTES.iter().enumerate() {
        // Members are removed where one was added.
        let ids = objects(&world, &admin, if path.contains("{other}") { 1000 } else { number * 2 + 1 }).await;
        // The log orders by time, so the change must not fall into the same instant as what was made for it.
        world.clock.advance(1);
        let newest = async || {
            let audits = world.json(Method::GET, "/v1.0/auditLogs/directoryAudits?$top=1", &admin, &Value::Null).await.json();
            audits["value"][0].clone()
        };
        let before = newest().await;
        let answer = world.json(method.parse().unwrap(), &ids.fill(path), &admin, &body(method, path, &ids)).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.body);
        let after = newest().await;
        if *changes {
            assert_ne!(before["id"], after["id"], "{method} {path} leaves no audit record");
            assert_eq!(after["initiatedBy"]["user"]["userPrincipalName"], "admin@contoso.example");
            assert_eq!(
                after["before"].is_null(),
                after["activityDisplayName"].as_str().unwrap().starts_with("Create")
                    || path.ends_with("members/$ref")
                    || path.ends_with("owners/$ref")
            );
            assert!(
                !["argon2", "sha256"].iter().any(|secret| after.to_string().contains(&format!("\"{secret}\":"))),
                "no hash in the audit: {after}"
            );
            assert!(!after.to_string().contains("$argon2"), "no hash in the audit: {after}");
        } else {
            assert_eq!(before["id"], after["id"], "{method} {path} only reads");
        }
    }
}

#[tokio::test]
async fn roles_are_read_from_the_directory_and_reach_as_far_as_their_names_say() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let ids = objects(&world, &admin, 1).await;
    let cases = [
        (Role::SecurityReader, [true, false, false, false]),
        (Role::ConditionalAccessAdministrator, [true, true, false, false]),
        (Role::IntuneAdministrator, [true, false, true, false]),
        (Role::GlobalAdministrator, [true, true, true, true]),
    ];
    for (role, allowed) in cases {
        let user = person(&world.ctx, &format!("{role:?}").to_lowercase(), vec![role]).await;
        let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
        unit.users().create(&user).await.unwrap();
        unit.commit().await.unwrap();
        let token = world.access_token(&user, SCOPE).await;
        let tries = [
            ("GET", "users", Value::Null),
            ("POST", "identity/conditionalAccess/policies", policy("Mine")),
            ("PATCH", "devices/{device}", json!({ "isCompliant": true })),
            ("POST", "groups", json!({ "displayName": format!("{role:?}") })),
        ];
        for ((method, path, body), allowed) in tries.into_iter().zip(allowed) {
            let answer = world.json(method.parse().unwrap(), &ids.fill(path), &token, &body).await;
            assert_eq!(answer.status.is_success(), allowed, "{role:?} {method} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_last_global_administrator_cannot_be_disabled_stripped_or_deleted() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    // The tenant's first administrator goes, so one is left.
    let first = world.json(Method::DELETE, "/v1.0/users/root@contoso.example", &admin, &Value::Null).await;
    assert_eq!(first.status, StatusCode::NO_CONTENT, "{}", first.body);
    let path = format!("/v1.0/users/{}", world.admin.id);
    for (method, body) in [("PATCH", json!({ "accountEnabled": false })), ("PATCH", json!({ "roles": [] })), ("DELETE", Value::Null)] {
        let answer = world.json(method.parse().unwrap(), &path, &admin, &body).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{method} {body}: {}", answer.body);
    }
    assert_eq!(world.json(Method::GET, "/v1.0/me", &admin, &Value::Null).await.status, StatusCode::OK);
}

#[tokio::test]
async fn app_access_and_certificate_based_authentication_exclude_each_other_both_ways() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let service =
        |state: &str| json!({ "id": "mail", "resource": "11111111-0000-4000-8000-000000000004", "appAccess": { "state": state } });
    let switch =
        async |on: bool| world.json(Method::PATCH, "/v1.0/organization", &admin, &json!({ "certificateBasedAuthentication": on })).await;
    let create = async |body: Value| world.json(Method::POST, "/v1.0/doorward/servicePolicies", &admin, &body).await;
    assert_eq!(switch(true).await.status, StatusCode::NO_CONTENT);
    let refused = create(service("enabled")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("certificate-based authentication"), "{}", refused.body);
    assert_eq!(create(service("disabled")).await.status, StatusCode::CREATED);
    assert_eq!(switch(false).await.status, StatusCode::NO_CONTENT);
    let enable = json!({ "appAccess": { "state": "enabled" } });
    assert_eq!(world.json(Method::PATCH, "/v1.0/doorward/servicePolicies/mail", &admin, &enable).await.status, StatusCode::NO_CONTENT);
    assert_eq!(switch(true).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_policy_that_the_engine_does_not_know_is_refused_and_names_the_place() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let mut unknown = policy("Unknown");
    unknown["conditions"]["times"] = json!({ "includedRanges": ["night"] });
    let answer = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &unknown).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("$.conditions.times"), "{}", answer.body);
    let mut filter = policy("Filter");
    filter["conditions"]["devices"] = json!({ "deviceFilter": { "mode": "include", "rule": "device.nonsense -eq 1" } });
    let answer = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &filter).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
}

#[tokio::test]
async fn the_second_of_two_administrators_saving_at_once_is_told() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let created = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &admin, &policy("Shared")).await;
    let path = format!("/v1.0/identity/conditionalAccess/policies/{}", created.json()["id"].as_str().unwrap());
    let etag = created.headers["etag"].to_str().unwrap().to_owned();
    let save = async |name: &str| {
        let authorization = format!("Bearer {admin}");
        let request = axum::http::Request::builder()
            .method(Method::PATCH)
            .uri(&path)
            .header("authorization", authorization)
            .header("content-type", "application/json")
            .header("if-match", &etag)
            .body(json!({ "displayName": name }).to_string().into())
            .unwrap();
        world.send(request).await.status
    };
    assert_eq!(save("One").await, StatusCode::NO_CONTENT);
    assert_eq!(save("Two").await, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn the_applications_of_every_tenant_cannot_be_switched_off_or_renamed() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let path = "/v1.0/applications/00000003-0000-0000-c000-000000000000";
    for change in [json!({ "isDisabled": true }), json!({ "identifierUris": [] }), json!({ "api": { "oauth2PermissionScopes": [] } })] {
        assert_eq!(world.json(Method::PATCH, path, &admin, &change).await.status, StatusCode::CONFLICT, "{change}");
    }
    assert_eq!(world.json(Method::DELETE, path, &admin, &Value::Null).await.status, StatusCode::CONFLICT);
    let harmless = json!({ "doorward": { "signingAlgorithm": "ES256" } });
    assert_eq!(world.json(Method::PATCH, path, &admin, &harmless).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_misspelt_member_is_refused_rather_than_ignored() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let ids = objects(&world, &admin, 1).await;
    for path in ["users/{user}", "groups/{group}", "applications/{app}", "devices/{device}", "organization"] {
        let answer = world.json(Method::PATCH, &ids.fill(path), &admin, &json!({ "accountEnabeld": false })).await;
        assert!(answer.status.is_client_error(), "{path}: {} {}", answer.status, answer.body);
    }
}

#[tokio::test]
async fn a_filter_that_is_not_understood_is_refused_rather_than_ignored() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    for path in ["users", "groups", "devices", "identity/conditionalAccess/policies", "auditLogs/signIns", "auditLogs/directoryAudits"] {
        let answer = world.json(Method::GET, &format!("/v1.0/{path}?$filter=nonsense%20ne%20'x'"), &admin, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
    }
    let found = world.json(Method::GET, "/v1.0/users?$filter=userPrincipalName%20eq%20'anna@contoso.example'", &admin, &Value::Null).await;
    assert_eq!(found.json()["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_methods_of_a_person_are_listed_without_what_proves_them() {
    let world = World::new().await;
    let admin = world.access_token(&world.admin, SCOPE).await;
    let method = passkey_of(&world, world.anna.id).await;
    let path = format!("/v1.0/users/{}/authentication/methods", world.anna.user_principal_name);
    let listed = world.json(Method::GET, &path, &admin, &Value::Null).await;
    let kinds: Vec<String> =
        listed.json()["value"].as_array().unwrap().iter().map(|one| one["@odata.type"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["#microsoft.graph.passwordAuthenticationMethod", "#microsoft.graph.fido2AuthenticationMethod"]);
    assert!(!listed.body.contains("ublic_key") && !listed.body.contains("ublicKey"), "{}", listed.body);
    // Somebody else's method does not exist among Anna's, and Anna's not among theirs.
    let others = format!("/v1.0/users/{}/authentication/methods/{method}", world.admin.id);
    assert_eq!(world.json(Method::DELETE, &others, &admin, &Value::Null).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.json(Method::DELETE, &format!("{path}/{method}"), &admin, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.json(Method::GET, &path, &admin, &Value::Null).await.json()["value"].as_array().unwrap().len(), 1);
}
