//! The schemas of applications and service principals.

use serde_json::{Value, json};

use super::schemas::{Schemas, closed, entity, flag, id, many, open, or_null, shown, text, time, word};
use crate::graph::applications::{APPLICATIONS, NOT_OFFERED};
use crate::graph::service_principals::SERVICE_PRINCIPALS;

/// Whether a schema is of what is taken or of what is given.
#[derive(Clone, Copy)]
enum Way {
    Taken,
    Given,
}

impl Way {
    fn object(self, required: &[&str], members: &[(&str, Value)]) -> Value {
        match self {
            Self::Taken => closed(required, members),
            Self::Given => open(members),
        }
    }
}

pub(super) fn all() -> Schemas {
    let given = [server(), settable(Way::Given)].concat();
    let taken = [settable(Way::Taken), not_offered()].concat();
    let new = [taken.clone(), vec![("appId", or_null(id()))]].concat();
    let new_secret = closed(&[], &[("displayName", limited()), ("startDateTime", or_null(time())), ("endDateTime", or_null(time()))]);
    let assignment = [
        ("appRoleId", id()),
        ("principalId", id()),
        ("principalDisplayName", text()),
        ("principalType", text()),
        ("resourceId", id()),
        ("resourceDisplayName", text()),
    ];
    let ids = [("appRoleId", id()), ("principalId", id()), ("resourceId", id())];
    vec![
        ("application", shown(APPLICATIONS.shown, &given)),
        ("newApplication", entity("application", &["displayName"], &new)),
        ("applicationChange", entity("application", &[], &taken)),
        ("newSecret", closed(&[], &[("passwordCredential", json!({ "anyOf": [new_secret, { "type": "null" }] }))])),
        ("secret", secret()),
        ("secretId", closed(&["keyId"], &[("keyId", id())])),
        ("servicePrincipal", shown(SERVICE_PRINCIPALS.shown, &principal())),
        ("appRoleAssignment", open(&[&[("id", text())], assignment.as_slice()].concat())),
        ("newAppRoleAssignment", entity("appRoleAssignment", &["appRoleId", "principalId", "resourceId"], &ids)),
    ]
}

/// What the server sets.
fn server() -> Schemas {
    vec![
        ("id", id()),
        ("appId", id()),
        ("createdDateTime", time()),
        ("publisherDomain", or_null(text())),
        ("passwordCredentials", many(secret())),
    ]
}

fn secret() -> Value {
    open(&[
        ("keyId", id()),
        ("displayName", or_null(text())),
        ("hint", text()),
        ("startDateTime", time()),
        ("endDateTime", time()),
        ("secretText", or_null(text())),
    ])
}

fn limited() -> Value {
    json!({ "type": ["string", "null"], "maxLength": 256 })
}

fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 256 })
}

fn nullable(object: &Value) -> Value {
    json!({ "anyOf": [object, { "type": "null" }] })
}

fn settable(way: Way) -> Schemas {
    let texts = || or_null(many(text()));
    let optional_flag = || or_null(flag());
    let redirects = || nullable(&way.object(&[], &[("redirectUris", texts())]));
    let implicit = way.object(
        &[],
        &[("enableAccessTokenIssuance", json!({ "enum": [false, null] })), ("enableIdTokenIssuance", json!({ "enum": [false, null] }))],
    );
    let repeated = or_null(many(way.object(&["uri"], &[("uri", text()), ("index", json!({ "type": "null" }))])));
    let web = [
        ("redirectUris", texts()),
        ("homePageUrl", or_null(text())),
        ("logoutUrl", described(or_null(text()), "Kept; nobody is told of a sign-out")),
        ("implicitGrantSettings", nullable(&implicit)),
        ("redirectUriSettings", described(repeated, "May repeat redirectUris; not kept")),
    ];
    let info = ["logoUrl", "marketingUrl", "privacyStatementUrl", "supportUrl", "termsOfServiceUrl"].map(|name| (name, or_null(text())));
    let known = described(or_null(many(id())), "Kept; consent is asked for each application");
    let api = [
        ("oauth2PermissionScopes", or_null(many(scope(way)))),
        ("preAuthorizedApplications", or_null(many(way.object(&["appId"], &[("appId", id()), ("delegatedPermissionIds", many(id()))])))),
        ("knownClientApplications", known),
        ("requestedAccessTokenVersion", json!({ "enum": [1, 2, null], "description": "Without it the endpoint that was asked decides" })),
        ("acceptMappedClaims", json!({ "enum": [false, null] })),
    ];
    let access = way.object(&["id", "type"], &[("id", id()), ("type", word(&["Scope", "Role"]))]);
    let required = many(way.object(&["resourceAppId", "resourceAccess"], &[("resourceAppId", id()), ("resourceAccess", many(access))]));
    vec![
        ("displayName", name()),
        ("description", or_null(text())),
        ("notes", or_null(text())),
        ("serviceManagementReference", or_null(text())),
        ("isDisabled", optional_flag()),
        ("signInAudience", json!({ "enum": ["AzureADMyOrg", null] })),
        ("tags", texts()),
        ("identifierUris", texts()),
        ("web", nullable(&way.object(&[], &web))),
        ("spa", redirects()),
        ("publicClient", redirects()),
        ("isFallbackPublicClient", optional_flag()),
        ("api", nullable(&way.object(&[], &api))),
        ("appRoles", or_null(many(role(way)))),
        ("requiredResourceAccess", described(or_null(required), "Kept; permissions are given with app role assignments and consent")),
        ("keyCredentials", or_null(many(certificate(way)))),
        ("info", nullable(&way.object(&[], &info))),
        ("doorward", nullable(&own(way))),
    ]
}

fn described(mut schema: Value, text: &str) -> Value {
    if let Value::Object(members) = &mut schema {
        members.insert("description".into(), text.into());
    }
    schema
}

/// Says once more that a scope or role is the application's own; not kept.
fn origin() -> Value {
    json!({ "enum": ["Application", null] })
}

fn scope(way: Way) -> Value {
    way.object(
        &["id", "value"],
        &[
            ("id", id()),
            ("value", name()),
            ("isEnabled", flag()),
            ("type", word(&["User", "Admin"])),
            ("origin", origin()),
            ("adminConsentDisplayName", or_null(text())),
            ("adminConsentDescription", or_null(text())),
            ("userConsentDisplayName", or_null(text())),
            ("userConsentDescription", or_null(text())),
        ],
    )
}

fn role(way: Way) -> Value {
    let members = json!({ "type": "array", "items": word(&["User", "Application"]), "minItems": 1 });
    way.object(
        &["id", "value", "displayName", "allowedMemberTypes"],
        &[
            ("id", id()),
            ("value", name()),
            ("displayName", name()),
            ("description", or_null(text())),
            ("isEnabled", flag()),
            ("allowedMemberTypes", members),
            ("origin", origin()),
        ],
    )
}

fn certificate(way: Way) -> Value {
    way.object(
        &["type", "usage"],
        &[
            ("keyId", or_null(id())),
            ("type", word(&["AsymmetricX509Cert"])),
            ("usage", word(&["Verify"])),
            ("key", json!({ "type": ["string", "null"], "description": "DER in base64; may be left out of one that is there already" })),
            ("customKeyIdentifier", or_null(text())),
            ("displayName", or_null(text())),
            ("startDateTime", or_null(time())),
            ("endDateTime", or_null(time())),
        ],
    )
}

/// The members that Graph does not have.
fn own(way: Way) -> Value {
    let identity = json!({ "type": "object", "properties": { "platform": word(&["iOS", "android"]) }, "required": ["platform"] });
    way.object(
        &[],
        &[
            ("platformIdentities", or_null(many(identity))),
            ("approved", or_null(flag())),
            ("protectable", or_null(flag())),
            ("attestation", nullable(&attestation(way))),
            ("broker", or_null(flag())),
            ("hubApplications", described(or_null(many(id())), "Apps that may get tokens for it, in whose pages it runs")),
            ("familyMember", described(or_null(flag()), "Shares its refresh tokens with the other members; public clients only")),
            ("consent", json!({ "enum": ["preauthorized", "user", null] })),
            ("signingAlgorithm", json!({ "enum": ["RS256", "ES256", null] })),
            ("bundles", or_null(many(text()))),
        ],
    )
}

fn attestation(way: Way) -> Value {
    way.object(
        &[],
        &[
            ("requiredAssurance", word(&["brokered", "attested"])),
            ("appleTeamId", or_null(text())),
            ("androidSigningCertificates", many(text())),
        ],
    )
}

/// Members that may only ask for nothing.
fn not_offered() -> Schemas {
    let nothing = json!({ "enum": [null, false, "", [], {}], "description": "Not offered: may only be empty" });
    NOT_OFFERED.iter().map(|name| (*name, nothing.clone())).collect()
}

fn principal() -> Schemas {
    let texts = || many(text());
    vec![
        ("id", id()),
        ("appId", id()),
        ("displayName", text()),
        ("appDisplayName", text()),
        ("accountEnabled", flag()),
        ("appOwnerOrganizationId", id()),
        ("appRoleAssignmentRequired", flag()),
        ("appRoles", many(role(Way::Given))),
        ("oauth2PermissionScopes", many(scope(Way::Given))),
        ("servicePrincipalNames", texts()),
        ("servicePrincipalType", text()),
        ("replyUrls", texts()),
        ("homepage", or_null(text())),
        ("logoutUrl", or_null(text())),
        ("appDescription", or_null(text())),
        ("notes", or_null(text())),
        ("signInAudience", text()),
        ("tags", texts()),
    ]
}
