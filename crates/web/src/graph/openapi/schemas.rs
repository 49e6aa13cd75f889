//! The schemas of what the API takes and gives.
//!
//! Answers may get more members, so their schemas are open, and `$select` leaves members out, so none is required. What the API takes is
//! closed: it refuses members that it does not know. Policies are checked by more than a schema can say.

use serde_json::{Map, Value, json};

use super::application;
use crate::graph::{audits, devices, groups, managed_devices, sign_ins, users};

/// An id or name in a path.
pub(super) fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[A-Za-z0-9@._-]+$" })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

pub(super) fn id() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

pub(super) fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

pub(super) fn word(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

pub(super) fn many(item: Value) -> Value {
    json!({ "type": "array", "items": item })
}

pub(super) fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind, "null"]);
    }
    schema
}

fn reference(schema: &str) -> Value {
    super::reference(schema)
}

/// An object that is given.
pub(super) fn open(members: &[(&str, Value)]) -> Value {
    let members: Map<String, Value> = members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": members })
}

/// An object that is taken, with the members that must be there.
pub(super) fn closed(required: &[&str], members: &[(&str, Value)]) -> Value {
    let Value::Object(mut schema) = open(members) else { return Value::Null };
    schema.insert("additionalProperties".into(), false.into());
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema.into()
}

/// A typed object that is taken.
pub(super) fn entity(kind: &str, required: &[&str], members: &[(&str, Value)]) -> Value {
    let kind = [("@odata.type", json!({ "const": format!("#microsoft.graph.{kind}") }))];
    closed(required, &[&kind, members].concat())
}

/// An object that a list shows: every property that is shown, with what is known of its values.
pub(super) fn shown(names: &[&str], known: &[(&str, Value)]) -> Value {
    let known_of = |name: &str| known.iter().find(|(known, _)| *known == name).map_or_else(|| json!({}), |(_, schema)| schema.clone());
    open(&names.iter().map(|name| (*name, known_of(name))).collect::<Vec<_>>())
}

/// A page of a list.
pub(super) fn list_of(item: &Value) -> Value {
    let Value::Object(mut schema) = open(&[
        ("@odata.context", text()),
        ("@odata.count", json!({ "type": "integer", "minimum": 0 })),
        ("@odata.nextLink", text()),
        ("value", many(item.clone())),
    ]) else {
        return Value::Null;
    };
    schema.insert("required".into(), json!(["@odata.context", "value"]));
    schema.into()
}

/// Every schema by name.
pub(super) fn all() -> Map<String, Value> {
    let all = [common(), people(), directory(), application::all(), policies(), protection(), compliance(), logs()].concat();
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

pub(super) type Schemas = Vec<(&'static str, Value)>;

fn common() -> Schemas {
    let inner = open(&[("date", text()), ("request-id", text()), ("client-request-id", text())]);
    let error = closed(&["code", "message", "innerError"], &[("code", text()), ("message", text()), ("innerError", inner)]);
    let request = closed(
        &["id", "method", "url"],
        &[
            ("id", json!({ "type": "string", "minLength": 1 })),
            ("method", word(&["GET", "POST", "PATCH", "DELETE"])),
            ("url", json!({ "type": "string", "pattern": "^/" })),
            ("headers", json!({ "type": "object", "additionalProperties": text() })),
            ("body", json!({})),
            ("dependsOn", many(text())),
        ],
    );
    let response =
        open(&[("id", text()), ("status", json!({ "type": "integer" })), ("headers", json!({ "type": "object" })), ("body", json!({}))]);
    let requests = json!({ "type": "array", "items": request, "minItems": 1, "maxItems": 20 });
    vec![
        ("error", closed(&["error"], &[("error", error)])),
        ("anything", json!({ "type": "object", "description": "The members to change, as the object has them" })),
        ("flag", open(&[("value", flag())])),
        ("ids", open(&[("@odata.context", text()), ("value", many(id()))])),
        ("batch", open(&[("requests", requests)])),
        ("batchAnswer", open(&[("responses", many(response))])),
        ("directoryObject", open(&[("@odata.type", text()), ("id", id()), ("displayName", text())])),
        ("directoryObjects", list_of(&reference("directoryObject"))),
        ("getMemberGroups", closed(&[], &[("securityEnabledOnly", or_null(flag()))])),
        (
            "checkMemberGroups",
            closed(&["groupIds"], &[("groupIds", json!({ "type": "array", "items": id(), "minItems": 1, "maxItems": 20 }))]),
        ),
        (
            "getByIds",
            closed(
                &["ids"],
                &[
                    ("ids", json!({ "type": "array", "items": id(), "minItems": 1, "maxItems": 1000 })),
                    ("types", or_null(many(word(&["user", "group", "device", "servicePrincipal", "application", "directoryObject"])))),
                ],
            ),
        ),
        (
            "reference",
            closed(&["@odata.id"], &[("@odata.id", json!({ "type": "string", "description": "Ends with the id of the object" }))]),
        ),
    ]
}

fn people() -> Schemas {
    let profile = closed(&["password"], &[("password", text()), ("forceChangePasswordNextSignIn", flag())]);
    let user = [
        ("id", id()),
        ("userPrincipalName", text()),
        ("displayName", text()),
        ("mail", text()),
        ("accountEnabled", flag()),
        ("userType", word(&["Member", "Guest"])),
        ("roles", many(id())),
        ("signInSessionsValidFromDateTime", time()),
        ("createdDateTime", time()),
        ("onPremisesSyncEnabled", or_null(flag())),
        ("onPremisesImmutableId", or_null(text())),
        ("onPremisesSamAccountName", or_null(text())),
        ("onPremisesSecurityIdentifier", or_null(text())),
    ];
    let group = [
        ("id", id()),
        ("displayName", text()),
        ("description", or_null(text())),
        ("createdDateTime", time()),
        ("securityEnabled", flag()),
        ("mailEnabled", flag()),
        ("groupTypes", many(text())),
    ];
    let group_body = [
        ("displayName", json!({ "type": "string", "minLength": 1, "maxLength": 256 })),
        ("description", or_null(text())),
        ("mailEnabled", json!({ "const": false })),
        ("securityEnabled", json!({ "const": true })),
        ("mailNickname", or_null(text())),
        ("groupTypes", json!({ "type": "array", "maxItems": 0 })),
    ];
    vec![
        ("user", shown(users::USERS.shown, &user)),
        (
            "newUser",
            entity(
                "user",
                &["userPrincipalName", "displayName", "passwordProfile"],
                &[
                    ("userPrincipalName", text()),
                    ("displayName", text()),
                    ("passwordProfile", profile.clone()),
                    ("accountEnabled", flag()),
                    ("mailNickname", or_null(text())),
                    ("roles", many(id())),
                ],
            ),
        ),
        (
            "userChange",
            entity(
                "user",
                &[],
                &[
                    ("displayName", or_null(text())),
                    ("accountEnabled", or_null(flag())),
                    ("passwordProfile", json!({ "anyOf": [profile, { "type": "null" }] })),
                    ("roles", or_null(many(id()))),
                ],
            ),
        ),
        ("group", shown(groups::GROUPS.shown, &group)),
        ("newGroup", entity("group", &["displayName"], &group_body)),
        ("groupChange", entity("group", &[], &group_body)),
        (
            "authenticationMethod",
            open(&[
                ("@odata.type", text()),
                ("id", id()),
                ("displayName", or_null(text())),
                ("createdDateTime", or_null(time())),
                ("lastUsedDateTime", or_null(time())),
                ("aaGuid", or_null(id())),
            ]),
        ),
    ]
}

fn directory() -> Schemas {
    let texts = || many(text());
    let device = [
        ("id", id()),
        ("deviceId", id()),
        ("displayName", text()),
        ("operatingSystem", text()),
        ("operatingSystemVersion", text()),
        ("alternativeSecurityIds", many(open(&[("type", json!({ "type": "integer" })), ("key", text())]))),
        ("accountEnabled", flag()),
        ("isManaged", flag()),
        ("isCompliant", flag()),
        ("trustType", text()),
        ("owner", or_null(id())),
        ("easDeviceId", or_null(text())),
        ("registrationDateTime", time()),
    ];
    vec![
        ("endpoint", open(&[("id", text()), ("capability", text()), ("providerName", text()), ("providerId", text()), ("uri", text())])),
        ("device", shown(devices::DEVICES.shown, &device)),
        (
            "newDevice",
            entity(
                "device",
                &["displayName", "operatingSystem", "trustType", "certificate"],
                &[
                    ("deviceId", or_null(id())),
                    ("displayName", text()),
                    ("operatingSystem", text()),
                    ("operatingSystemVersion", text()),
                    ("trustType", word(&["Workplace", "AzureAD", "ServerAD"])),
                    ("certificate", json!({ "type": "string", "description": "DER in base64" })),
                    ("transportKey", or_null(text())),
                    ("owner", or_null(id())),
                ],
            ),
        ),
        (
            "deviceChange",
            entity(
                "device",
                &[],
                &[
                    ("displayName", or_null(text())),
                    ("accountEnabled", or_null(flag())),
                    ("isManaged", or_null(flag())),
                    ("isCompliant", or_null(flag())),
                    ("easDeviceId", or_null(text())),
                ],
            ),
        ),
        (
            "organization",
            open(&[
                ("id", id()),
                ("displayName", text()),
                ("domains", texts()),
                ("certificateBasedAuthentication", flag()),
                ("tellsWhetherAccountsExist", flag()),
            ]),
        ),
        ("organizationChange", closed(&[], &[("certificateBasedAuthentication", flag()), ("tellsWhetherAccountsExist", flag())])),
        (
            "roleDefinition",
            open(&[("id", id()), ("templateId", id()), ("displayName", text()), ("isBuiltIn", flag()), ("isEnabled", flag())]),
        ),
        ("roleAssignment", open(&[("id", text()), ("principalId", id()), ("roleDefinitionId", id()), ("directoryScopeId", text())])),
        (
            "newRoleAssignment",
            entity(
                "unifiedRoleAssignment",
                &["principalId", "roleDefinitionId"],
                &[("principalId", id()), ("roleDefinitionId", id()), ("directoryScopeId", json!({ "const": "/" }))],
            ),
        ),
    ]
}

/// A document: with these members, and others that its own rules know.
fn document(members: &[(&str, Value)]) -> Value {
    let id = json!({ "type": ["string", "null"], "maxLength": 64, "pattern": "^[A-Za-z0-9._-]*$" });
    let common = [("id", id), ("displayName", text())];
    open(&[&common, members].concat())
}

fn policies() -> Schemas {
    let anything = || json!({ "type": ["object", "null"] });
    let ranges = many(json!({ "type": "object", "properties": { "cidrAddress": text() } }));
    let reasons = open(&[("policyApplies", flag()), ("analysisReasons", text())]);
    vec![
        (
            "conditionalAccessPolicy",
            document(&[
                ("state", word(&["enabled", "disabled", "enabledForReportingButNotEnforced"])),
                ("conditions", json!({ "type": "object" })),
                ("grantControls", anything()),
                ("sessionControls", anything()),
            ]),
        ),
        (
            "namedLocation",
            document(&[("isTrusted", or_null(flag())), ("ipRanges", or_null(ranges)), ("countriesAndRegions", or_null(many(text())))]),
        ),
        ("authenticationStrengthPolicy", document(&[("allowedCombinations", many(text()))])),
        (
            "authenticationContextClassReference",
            open(&[
                ("id", json!({ "type": "string", "pattern": "^c[1-9][0-9]?$" })),
                ("displayName", text()),
                ("description", or_null(text())),
                ("isAvailable", flag()),
            ]),
        ),
        ("servicePolicy", document(&[("resource", text()), ("appAccess", anything()), ("deviceAccess", anything())])),
        ("managedAppPolicy", document(&[("@odata.type", text()), ("description", or_null(text()))])),
        (
            "whatIf",
            open(&[
                ("signInIdentity", json!({ "type": "object" })),
                ("signInContext", json!({ "type": "object" })),
                ("signInConditions", anything()),
                ("appliedPoliciesOnly", or_null(flag())),
            ]),
        ),
        ("whatIfAnswer", open(&[("value", many(reasons))])),
    ]
}

fn protection() -> Schemas {
    vec![
        ("userId", id()),
        ("managedMobileApp", open(&[("id", text()), ("mobileAppIdentifier", json!({ "type": "object" }))])),
        (
            "targetApps",
            closed(
                &["apps"],
                &[("apps", many(json!({ "type": "object", "required": ["mobileAppIdentifier"] }))), ("appGroupType", text())],
            ),
        ),
        ("managedAppDiagnosticStatus", open(&[("validationName", text()), ("state", text()), ("mitigationInstruction", or_null(text()))])),
        ("wipe", closed(&["deviceTag"], &[("deviceTag", text())])),
        (
            "managedAppRegistration",
            open(&[
                ("@odata.type", text()),
                ("id", text()),
                ("userId", id()),
                ("appIdentifier", json!({ "type": "object" })),
                ("deviceTag", text()),
                ("flaggedReasons", many(text())),
                ("evidence", or_null(open(&[("result", word(&["accepted", "rejected"])), ("problem", text())]))),
                ("createdDateTime", time()),
                ("lastSyncDateTime", time()),
            ]),
        ),
        (
            "managedAppOperation",
            open(&[
                ("id", text()),
                ("displayName", text()),
                ("state", text()),
                ("lastModifiedDateTime", time()),
                ("failureReason", or_null(text())),
            ]),
        ),
    ]
}

/// Whom a policy is for, as an action takes it.
fn targets() -> Value {
    let target = json!({ "type": "object", "required": ["@odata.type"], "properties": { "@odata.type": text(), "groupId": id() } });
    many(json!({ "type": "object", "required": ["target"], "properties": { "target": target } }))
}

fn compliance() -> Schemas {
    let state = || word(&["unknown", "compliant", "noncompliant", "conflict", "error", "inGracePeriod", "configManager"]);
    let settings = [
        ("secureByDefault", flag()),
        ("deviceComplianceCheckinThresholdDays", json!({ "type": "integer", "minimum": 1, "maximum": 120 })),
        ("isScheduledActionEnabled", flag()),
    ];
    let wished: Vec<(&str, Value)> = settings.iter().map(|(name, schema)| (*name, or_null(schema.clone()))).collect();
    let managed = [
        ("id", id()),
        ("azureADDeviceId", id()),
        ("deviceName", text()),
        ("operatingSystem", text()),
        ("osVersion", text()),
        ("complianceState", state()),
        ("enrolledDateTime", time()),
    ];
    let policy = json!({ "type": "string", "pattern": "CompliancePolicy$" });
    vec![
        ("assign", closed(&["assignments"], &[("assignments", targets())])),
        ("assigned", open(&[("value", many(reference("assignment")))])),
        ("assignment", open(&[("id", text()), ("target", json!({ "type": "object" }))])),
        ("deviceManagement", open(&[("id", id()), ("settings", reference("deviceManagementSettings"))])),
        ("deviceManagementSettings", open(&settings)),
        ("deviceManagementChange", closed(&["settings"], &[("settings", closed(&[], &wished))])),
        ("summary", json!({ "type": "object", "additionalProperties": { "type": ["integer", "string"] } })),
        ("deviceCompliancePolicy", document(&[("@odata.type", policy), ("description", or_null(text()))])),
        ("scheduledActions", open(&[("ruleName", text()), ("scheduledActionConfigurations", many(json!({ "type": "object" })))])),
        (
            "scheduleActions",
            closed(
                &["deviceComplianceScheduledActionForRules"],
                &[("deviceComplianceScheduledActionForRules", many(reference("scheduledActions")))],
            ),
        ),
        ("deviceStatus", open(&[("id", text()), ("deviceDisplayName", text()), ("status", text())])),
        ("managedDevice", shown(managed_devices::DEVICES.shown, &managed)),
        (
            "enrolment",
            closed(
                &["azureADDeviceId"],
                &[("azureADDeviceId", id()), ("managedDeviceOwnerType", or_null(text())), ("androidManagement", or_null(text()))],
            ),
        ),
        ("policyState", open(&[("id", text()), ("displayName", text()), ("state", text())])),
        (
            "report",
            closed(
                &[],
                &[
                    ("facts", json!({ "type": "object" })),
                    ("notApplicable", many(text())),
                    ("enforced", many(text())),
                    ("collectedAt", or_null(time())),
                    ("complianceState", or_null(text())),
                    ("expiresAt", or_null(time())),
                ],
            ),
        ),
        (
            "reportAnswer",
            open(&[
                ("complianceState", state()),
                ("failing", many(open(&[("setting", text())]))),
                ("graceEnds", or_null(time())),
                ("nextReport", text()),
            ]),
        ),
    ]
}

fn logs() -> Schemas {
    let number = || json!({ "type": "integer", "minimum": 0 });
    let sign_in = [
        ("id", id()),
        ("createdDateTime", time()),
        ("correlationId", id()),
        ("userId", or_null(id())),
        ("userPrincipalName", text()),
        ("appId", or_null(id())),
        ("appDisplayName", text()),
        ("resourceId", or_null(id())),
        ("resourceDisplayName", text()),
        ("ipAddress", text()),
        ("isInteractive", flag()),
        ("conditionalAccessStatus", word(&["success", "failure", "notApplied"])),
        ("appliedConditionalAccessPolicies", many(open(&[("id", text()), ("result", text())]))),
        ("status", open(&[("errorCode", number()), ("failureReason", or_null(text()))])),
        ("outcome", word(&["granted", "interrupted", "refused"])),
        ("errorCode", number()),
    ];
    let audit = [
        ("id", id()),
        ("activityDateTime", time()),
        ("activityDisplayName", text()),
        ("category", text()),
        ("operationType", word(&["Add", "Update", "Delete"])),
        ("result", text()),
        ("targetResources", many(json!({ "type": "object" }))),
        ("targetId", text()),
        ("targetType", text()),
    ];
    vec![("signIn", shown(sign_ins::SIGN_INS.shown, &sign_in)), ("directoryAudit", shown(audits::AUDITS.shown, &audit))]
}
