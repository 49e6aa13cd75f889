//! Applications in the shape that Microsoft Graph documents, and what comes of their members at the endpoints.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::SigningAlgorithm;
use doorward_wire::key::SigningKey;
use doorward_wire::{certificate, jwt};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::authority::sign_in_pages::{sign_in, submit, verifier};
use crate::world::{Answer, CLI, MAIL, MAIL_APP, PASSWORD, WEB_APP, WEB_SECRET, World};

const READ: &str = "2f6dbb32-9f4d-4c0a-9a55-4b2c1c3f0a01";
const ADMINISTER: &str = "2f6dbb32-9f4d-4c0a-9a55-4b2c1c3f0a02";
const WRITER: &str = "2f6dbb32-9f4d-4c0a-9a55-4b2c1c3f0a03";

/// A key with its certificate, which is valid for ten years.
struct Certificate {
    key: SigningKey,
    der: Vec<u8>,
}

impl Certificate {
    fn new(world: &World, algorithm: SigningAlgorithm) -> Self {
        let (key, pkcs8) = SigningKey::generate(algorithm).unwrap();
        let der = certificate::self_signed("client", &pkcs8, world.ctx.now(), world.ctx.rng.as_ref()).unwrap();
        Self { key, der }
    }

    fn credential(&self) -> Value {
        json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&self.der), "displayName": "CN=client" })
    }

    /// Asks for a token with an assertion that it signs.
    async fn token(&self, world: &World, client: &str) -> Answer {
        let now = world.ctx.now().as_second();
        let id = doorward_model::rng::secret(world.ctx.rng.as_ref());
        let audience = format!("{}/oauth2/v2.0/token", world.ctx.authority(world.tenant.id));
        let claims = json!({ "iss": client, "sub": client, "aud": audience, "nbf": now, "exp": now + 600, "jti": id });
        let assertion = jwt::sign_with_header(&self.key, json!({ "typ": "JWT" }), &claims).unwrap();
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("scope", "api://contoso-mail/.default"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
        ];
        world.token(&fields).await
    }
}

async fn token_by_secret(world: &World, client: &str, secret: &str) -> Answer {
    let fields =
        [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret), ("scope", "api://contoso-mail/.default")];
    world.token(&fields).await
}

fn claims(answer: &Answer) -> Value {
    let body = answer.json();
    jwt::unverified_payload(body["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body))).unwrap()
}

fn scope(id: &str, value: &str, kind: &str) -> Value {
    json!({
        "id": id, "value": value, "type": kind, "isEnabled": true, "adminConsentDisplayName": value,
        "adminConsentDescription": format!("Allows to {value}."), "userConsentDisplayName": null, "userConsentDescription": null,
    })
}

/// A registration with everything that Graph documents and means something here.
fn whole(certificate: &Certificate) -> Value {
    let mut key = certificate.credential();
    key["keyId"] = json!("0f6dbb32-9f4d-4c0a-9a55-4b2c1c3f0a09");
    key["customKeyIdentifier"] = json!("AQID");
    key["startDateTime"] = json!("2027-01-01T00:00:00Z");
    key["endDateTime"] = json!("2028-01-01T00:00:00Z");
    json!({
        "displayName": "Orders",
        "description": "Takes orders",
        "notes": "asked for by sales",
        "serviceManagementReference": "SMR-7",
        "isDisabled": false,
        "signInAudience": "AzureADMyOrg",
        "tags": ["sales", "WindowsAzureActiveDirectoryIntegratedApp"],
        "identifierUris": ["api://orders"],
        "web": {
            "redirectUris": ["https://orders.contoso.example/signin-oidc"],
            "homePageUrl": "https://orders.contoso.example",
            "logoutUrl": "https://orders.contoso.example/signout",
            "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false },
        },
        "spa": { "redirectUris": ["https://orders.contoso.example/app", "http://localhost:3000"] },
        "publicClient": { "redirectUris": ["http://localhost", "orders://auth"] },
        "isFallbackPublicClient": true,
        "api": {
            "oauth2PermissionScopes": [scope(READ, "Orders.Read", "User"), scope(ADMINISTER, "Orders.Administer", "Admin")],
            "preAuthorizedApplications": [{ "appId": MAIL_APP, "delegatedPermissionIds": [READ] }],
            "knownClientApplications": [MAIL_APP],
            "requestedAccessTokenVersion": 2,
            "acceptMappedClaims": false,
        },
        "appRoles": [{
            "id": WRITER, "value": "Writer", "displayName": "Writer", "description": "Writes orders", "isEnabled": true,
            "allowedMemberTypes": ["User", "Application"],
        }],
        "requiredResourceAccess": [{
            "resourceAppId": "00000003-0000-0000-c000-000000000000",
            "resourceAccess": [{ "id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope" }],
        }],
        "keyCredentials": [key],
        "info": {
            "logoUrl": null, "marketingUrl": "https://contoso.example", "privacyStatementUrl": null, "supportUrl": null,
            "termsOfServiceUrl": "https://contoso.example/terms",
        },
        "doorward": {
            "platformIdentities": [{ "platform": "iOS", "bundleId": "com.contoso.orders" }],
            "approved": true, "protectable": true, "broker": false, "consent": "user", "signingAlgorithm": "RS256", "bundles": ["Office365"],
            "hubApplications": [MAIL_APP], "familyMember": false,
            "attestation": { "requiredAssurance": "brokered", "appleTeamId": "AB12CD34EF", "androidSigningCertificates": [] },
        },
    })
}

#[tokio::test]
async fn a_registration_written_as_graph_documents_it_reads_back_whole() {
    let bench = Bench::new().await;
    let body = whole(&Certificate::new(&bench.world, SigningAlgorithm::RS256));
    let made = bench.post("applications", body.clone()).await;
    let id = made["id"].as_str().unwrap();
    for shown in [
        &made,
        &bench.get(&format!("applications/{id}")).await,
        &bench.get("applications?$filter=displayName%20eq%20'Orders'").await["value"][0],
    ] {
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&shown[name], value, "{name}");
        }
        assert_eq!((&shown["appId"], &shown["publisherDomain"]), (&made["id"], &json!("contoso.example")));
        assert_eq!(shown["createdDateTime"], json!(bench.world.ctx.now()));
        assert_eq!(shown["passwordCredentials"], json!([]));
    }
    // The service principal shows the same to whoever asks what the application offers.
    let principal = bench.get(&format!("servicePrincipals/{id}")).await;
    for (name, expected) in [
        ("appId", made["appId"].clone()),
        ("accountEnabled", json!(true)),
        ("appRoleAssignmentRequired", json!(false)),
        ("servicePrincipalType", json!("Application")),
        ("servicePrincipalNames", json!([id, "api://orders"])),
        ("oauth2PermissionScopes", body["api"]["oauth2PermissionScopes"].clone()),
        ("appRoles", body["appRoles"].clone()),
        ("homepage", body["web"]["homePageUrl"].clone()),
        ("tags", body["tags"].clone()),
    ] {
        assert_eq!(principal[name], expected, "{name}");
    }
    assert_eq!(principal["replyUrls"].as_array().unwrap().len(), 5);
    // What was read may be sent back as it is, and changes nothing.
    let read = bench.get(&format!("applications/{id}")).await;
    let mut same = read.clone();
    same.as_object_mut().unwrap().remove("@odata.context");
    assert_eq!(bench.send(Method::PATCH, &format!("applications/{id}"), same).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bench.get(&format!("applications/{id}")).await, read);
    let audits = bench.world.audits().await;
    let update = audits.iter().find(|record| record.activity_display_name == "Update application").unwrap();
    assert_eq!(update.before, update.after);
}

#[tokio::test]
async fn a_change_is_laid_over_objects_and_replaces_lists_and_null_clears() {
    let bench = Bench::new().await;
    let body = whole(&Certificate::new(&bench.world, SigningAlgorithm::RS256));
    let id = bench.post("applications", body).await["id"].as_str().unwrap().to_owned();
    let path = format!("applications/{id}");
    for (change, pointer, expected) in [
        (json!({ "web": { "logoutUrl": null } }), "/web/logoutUrl", Value::Null),
        (
            json!({ "web": { "homePageUrl": "https://other.example" } }),
            "/web/redirectUris/0",
            json!("https://orders.contoso.example/signin-oidc"),
        ),
        (json!({ "api": { "requestedAccessTokenVersion": null } }), "/api/oauth2PermissionScopes/0/value", json!("Orders.Read")),
        (json!({ "doorward": { "approved": false } }), "/doorward/protectable", json!(true)),
        (
            json!({ "spa": { "redirectUris": ["https://orders.contoso.example/new"] } }),
            "/spa/redirectUris",
            json!(["https://orders.contoso.example/new"]),
        ),
        (json!({ "spa": null }), "/spa/redirectUris", json!([])),
        (json!({ "tags": [] }), "/tags", json!([])),
        (json!({ "isDisabled": true }), "/isDisabled", json!(true)),
        (json!({ "isDisabled": null }), "/isDisabled", json!(false)),
        (json!({ "description": null }), "/description", Value::Null),
    ] {
        let (status, answer) = bench.send(Method::PATCH, &path, change.clone()).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{change}: {answer}");
        assert_eq!(bench.get(&path).await.pointer(pointer), Some(&expected), "{change}");
    }
    let shown = bench.get(&path).await;
    assert_eq!(shown["web"]["homePageUrl"], "https://other.example");
    assert_eq!(shown["publicClient"]["redirectUris"], json!(["http://localhost", "orders://auth"]));
}

#[tokio::test]
async fn what_is_wrong_or_not_offered_is_refused_by_its_path() {
    let bench = Bench::new().await;
    let certificate = Certificate::new(&bench.world, SigningAlgorithm::RS256);
    let elliptic = Certificate::new(&bench.world, SigningAlgorithm::ES256).credential();
    let with = |member: &str, value: Value| {
        let mut credential = certificate.credential();
        credential[member] = value;
        json!({ "keyCredentials": [credential] })
    };
    let scopes = |scopes: Value| json!({ "api": { "oauth2PermissionScopes": scopes } });
    let role = |member: &str, value: Value| {
        let mut role = json!({ "id": WRITER, "value": "Writer", "displayName": "Writer", "allowedMemberTypes": ["Application"] });
        role[member] = value;
        json!({ "appRoles": [role] })
    };
    for (wrong, path) in [
        (json!({ "displayName": "" }), "displayName: "),
        (json!({ "displayName": null }), "displayName: "),
        (json!({ "id": "nonsense" }), "id: "),
        (json!({ "appId": "nonsense" }), "appId: "),
        (json!({ "createdDateTime": "2020-01-01T00:00:00Z" }), "createdDateTime: "),
        (json!({ "passwordCredentials": [{ "displayName": "x" }] }), "passwordCredentials: use addPassword"),
        (json!({ "nonsense": 1 }), "nonsense: unknown field"),
        (json!({ "web": [] }), "web: must be an object"),
        (json!({ "web": { "implicitGrantSettings": [false] } }), "web.implicitGrantSettings: must be an object"),
        (json!({ "appRoles": [[WRITER, "Writer", "Writer", null, true, ["User"]]] }), "appRoles: must not hold lists"),
        (
            json!({ "requiredResourceAccess": [{ "resourceAppId": MAIL, "resourceAccess": [[READ, "Scope"]] }] }),
            "requiredResourceAccess[0].resourceAccess: must not hold lists",
        ),
        (json!({ "enabled": true }), "enabled: unknown field"),
        (json!({ "redirectUris": [] }), "redirectUris: unknown field"),
        (json!({ "web": { "redirectUri": [] } }), "web.redirectUri: unknown field"),
        (json!({ "web": { "redirectUris": ["https://a.example", "http://b.example"] } }), "web.redirectUris[1]: must be https"),
        (json!({ "spa": { "redirectUris": ["https://a.example/*"] } }), "spa.redirectUris[0]: "),
        (json!({ "publicClient": { "redirectUris": [7] } }), "publicClient.redirectUris[0]: "),
        (json!({ "web": { "homePageUrl": "javascript:alert(1)" } }), "web.homePageUrl: "),
        (json!({ "web": { "logoutUrl": "nowhere" } }), "web.logoutUrl: "),
        (
            json!({ "web": { "implicitGrantSettings": { "enableIdTokenIssuance": true } } }),
            "web.implicitGrantSettings.enableIdTokenIssuance: ",
        ),
        (
            json!({ "web": { "implicitGrantSettings": { "enableAccessTokenIssuance": true } } }),
            "web.implicitGrantSettings.enableAccessTokenIssuance: ",
        ),
        (
            json!({ "web": { "redirectUris": ["https://a.example"], "redirectUriSettings": [{ "uri": "https://a.example", "index": 1 }] } }),
            "web.redirectUriSettings: ",
        ),
        (json!({ "signInAudience": "AzureADMultipleOrgs" }), "signInAudience: "),
        (json!({ "identifierUris": ["api://a b"] }), "identifierUris[0]: "),
        (json!({ "groupMembershipClaims": "SecurityGroup" }), "groupMembershipClaims: Doorward does not offer this"),
        (json!({ "optionalClaims": { "idToken": [{ "name": "groups" }] } }), "optionalClaims: Doorward does not offer this"),
        (json!({ "api": { "acceptMappedClaims": true } }), "api.acceptMappedClaims: "),
        (json!({ "api": { "requestedAccessTokenVersion": 3 } }), "api.requestedAccessTokenVersion: "),
        (
            json!({ "api": { "preAuthorizedApplications": [{ "appId": MAIL_APP, "delegatedPermissionIds": [READ] }] } }),
            "api.preAuthorizedApplications[0].delegatedPermissionIds: ",
        ),
        (scopes(json!([{ "value": "A" }])), "api.oauth2PermissionScopes[0]: missing field `id`"),
        (scopes(json!([scope("nonsense", "A", "User")])), "api.oauth2PermissionScopes[0].id: "),
        (scopes(json!([scope(READ, "a b", "User")])), "api.oauth2PermissionScopes[0].value: "),
        (scopes(json!([scope(READ, "A", "Anybody")])), "api.oauth2PermissionScopes[0].type: "),
        (scopes(json!([scope(READ, "A", "User"), scope(READ, "B", "User")])), "api.oauth2PermissionScopes[1].id: "),
        (scopes(json!([scope(READ, "A", "User"), scope(WRITER, "a", "User")])), "api.oauth2PermissionScopes[1].value: "),
        (role("allowedMemberTypes", json!([])), "appRoles[0].allowedMemberTypes: "),
        (role("allowedMemberTypes", json!(["Group"])), "appRoles[0].allowedMemberTypes[0]: "),
        (role("displayName", json!(" ")), "appRoles[0].displayName: "),
        (role("value", json!("a b")), "appRoles[0].value: "),
        (
            json!({ "requiredResourceAccess": [{ "resourceAppId": MAIL, "resourceAccess": [{ "id": READ, "type": "Right" }] }] }),
            "requiredResourceAccess[0].resourceAccess[0].type: ",
        ),
        (with("type", json!("Symmetric")), "keyCredentials[0].type: "),
        (with("usage", json!("Sign")), "keyCredentials[0].usage: "),
        (with("key", json!("AQID")), "keyCredentials[0].key: "),
        (with("key", Value::Null), "keyCredentials[0].key: the certificate is missing"),
        (with("customKeyIdentifier", json!("?")), "keyCredentials[0].customKeyIdentifier: "),
        (with("startDateTime", json!("2001-01-01T00:00:00Z")), "keyCredentials[0].startDateTime: "),
        (with("endDateTime", json!("2999-01-01T00:00:00Z")), "keyCredentials[0].endDateTime: "),
        (json!({ "keyCredentials": [elliptic] }), "keyCredentials[0].key: must be an X.509 certificate with an RSA key"),
        (
            json!({ "doorward": { "platformIdentities": [{ "platform": "iOS", "bundleId": "nothing" }] } }),
            "doorward.platformIdentities[0]: ",
        ),
        (json!({ "doorward": { "signingAlgorithm": "none" } }), "doorward.signingAlgorithm: "),
        (json!({ "doorward": { "hubApplications": ["mail"] } }), "doorward.hubApplications[0]: "),
        (json!({ "doorward": { "hubApplications": [MAIL_APP, MAIL_APP] } }), "doorward.hubApplications[1]: is there twice"),
        (
            json!({ "doorward": { "familyMember": true }, "keyCredentials": [certificate.credential()] }),
            "doorward.familyMember: is for apps without a secret or certificate",
        ),
    ] {
        let mut body = json!({ "displayName": "New" });
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        for (method, path_of, body) in
            [(Method::POST, "applications", body), (Method::PATCH, &format!("applications/{CLI}"), wrong.clone())]
        {
            let (status, answer) = bench.send(method.clone(), path_of, body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{method} {wrong}: {answer}");
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.starts_with(path), "{method} {wrong}: {message}");
        }
    }
}

#[tokio::test]
async fn members_that_ask_for_nothing_may_be_there() {
    let bench = Bench::new().await;
    let body = json!({
        "@odata.type": "#microsoft.graph.application", "displayName": "Exported", "groupMembershipClaims": "None",
        "optionalClaims": { "idToken": [], "accessToken": [], "saml2Token": [] }, "isDeviceOnlyAuthSupported": null,
        "parentalControlSettings": { "countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow" }, "deletedDateTime": null, "addIns": [],
        "oauth2RequirePostResponse": false, "verifiedPublisher": { "displayName": null, "verifiedPublisherId": null },
        "web": { "@odata.type": "#microsoft.graph.webApplication", "redirectUris": ["https://a.example"],
            "redirectUriSettings": [{ "uri": "https://a.example", "index": null }] },
        "appRoles": [{ "id": WRITER, "value": "Writer", "displayName": "Writer", "allowedMemberTypes": ["User"], "origin": "Application" }],
        "spa": null, "tags": null,
    });
    let made = bench.post("applications", body).await;
    assert_eq!(made["web"]["redirectUris"], json!(["https://a.example"]));
    assert_eq!(made["appRoles"][0]["isEnabled"], true);
    for absent in ["groupMembershipClaims", "optionalClaims", "parentalControlSettings"] {
        assert_eq!(made.get(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn a_secret_has_a_name_and_its_time_and_ends_when_it_is_removed() {
    let bench = Bench::new().await;
    let id = bench.post("applications", json!({ "displayName": "Daemon" })).await["id"].as_str().unwrap().to_owned();
    let path = format!("applications/{id}");
    let now = bench.world.ctx.now();
    let (tomorrow, week) = (now + SignedDuration::from_hours(24), now + SignedDuration::from_hours(7 * 24));
    let wanted = json!({ "passwordCredential": { "displayName": "deploy", "startDateTime": tomorrow, "endDateTime": week } });
    let made = bench.post(&format!("{path}/addPassword"), wanted).await;
    let secret = made["secretText"].as_str().unwrap();
    let shown = bench.get(&path).await["passwordCredentials"][0].clone();
    for (name, expected) in [
        ("displayName", json!("deploy")),
        ("hint", json!(secret[..3])),
        ("startDateTime", json!(tomorrow)),
        ("endDateTime", json!(week)),
        ("keyId", made["keyId"].clone()),
        ("secretText", Value::Null),
    ] {
        assert_eq!(shown[name], expected, "{name}");
    }
    assert_eq!(token_by_secret(&bench.world, &id, secret).await.json()["error_codes"][0], 7_000_215, "not yet");
    bench.world.clock.advance(25 * 3600);
    assert_eq!(token_by_secret(&bench.world, &id, secret).await.status, StatusCode::OK);
    bench.world.clock.advance(7 * 24 * 3600);
    assert_eq!(token_by_secret(&bench.world, &id, secret).await.json()["error_codes"][0], 7_000_222, "no more");

    let bench = bench.renewed().await;
    let second = bench.post(&format!("{path}/addPassword"), json!({})).await;
    let secret = second["secretText"].as_str().unwrap();
    assert_eq!(token_by_secret(&bench.world, &id, secret).await.status, StatusCode::OK);
    let key = json!({ "keyId": second["keyId"] });
    assert_eq!(bench.send(Method::POST, &format!("{path}/removePassword"), key.clone()).await.0, StatusCode::NO_CONTENT);
    assert_eq!(bench.send(Method::POST, &format!("{path}/removePassword"), key).await.0, StatusCode::NOT_FOUND);
    assert_ne!(token_by_secret(&bench.world, &id, secret).await.status, StatusCode::OK);
    for (wrong, member) in [
        (json!({ "passwordCredential": { "endDateTime": "2001-01-01T00:00:00Z" } }), "passwordCredential.endDateTime: "),
        (json!({ "passwordCredential": { "endDateTime": "soon" } }), "passwordCredential.endDateTime: "),
        (json!({ "passwordCredential": { "secretText": "mine" } }), "passwordCredential.secretText: "),
        (json!({ "passwordCredential": ["x"] }), "passwordCredential: "),
        (json!({ "displayName": "x" }), "displayName: "),
    ] {
        let (status, answer) = bench.send(Method::POST, &format!("{path}/addPassword"), wrong.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer["error"]["message"].as_str().unwrap().starts_with(member), "{wrong}: {answer}");
    }
}

#[tokio::test]
async fn a_certificate_proves_the_client_while_it_is_registered_and_valid() {
    let bench = Bench::new().await;
    let (first, second) =
        (Certificate::new(&bench.world, SigningAlgorithm::RS256), Certificate::new(&bench.world, SigningAlgorithm::RS256));
    let body = json!({ "displayName": "Daemon", "keyCredentials": [first.credential()] });
    let made = bench.post("applications", body).await;
    let (id, key) = (made["id"].as_str().unwrap(), &made["keyCredentials"][0]);
    assert_eq!(key["customKeyIdentifier"], json!(STANDARD.encode(certificate::thumbprint_bytes(&first.der))));
    let (begins, ends) = certificate::validity(&first.der).unwrap();
    assert_eq!((&key["startDateTime"], &key["endDateTime"]), (&json!(begins), &json!(ends)));
    assert_eq!(first.token(&bench.world, id).await.status, StatusCode::OK);
    assert_ne!(second.token(&bench.world, id).await.status, StatusCode::OK);
    // One that is there is named by its keyId alone; the other comes with a time of its own.
    let mut added = second.credential();
    added["endDateTime"] = json!(bench.world.ctx.now() + SignedDuration::from_hours(1));
    let kept = json!({ "keyId": key["keyId"], "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "renamed" });
    let path = format!("applications/{id}");
    let (status, answer) = bench.send(Method::PATCH, &path, json!({ "keyCredentials": [kept, added] })).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
    let keys = bench.get(&path).await["keyCredentials"].clone();
    assert_eq!((&keys[0]["key"], &keys[0]["displayName"]), (&key["key"], &json!("renamed")));
    assert_eq!(second.token(&bench.world, id).await.status, StatusCode::OK);
    bench.world.clock.advance(3601);
    let expired = second.token(&bench.world, id).await;
    assert!(expired.body.contains("expired or not yet valid"), "{}", expired.body);
    assert_eq!(first.token(&bench.world, id).await.status, StatusCode::OK);
    bench.world.clock.advance(11 * 365 * 24 * 3600);
    assert_ne!(first.token(&bench.world, id).await.status, StatusCode::OK, "the certificate itself has ended");
}

#[tokio::test]
async fn scopes_and_roles_that_are_switched_off_are_in_no_token() {
    let bench = Bench::new().await;
    let path = format!("applications/{MAIL}");
    let mut mail = bench.get(&path).await;
    let person = async |scope: &str| {
        let client = CLI.to_string();
        let fields = [
            ("grant_type", "password"),
            ("client_id", client.as_str()),
            ("username", "anna@contoso.example"),
            ("password", PASSWORD),
            ("scope", scope),
        ];
        bench.world.token(&fields).await
    };
    let web = WEB_APP.to_string();
    assert_eq!(claims(&person("api://contoso-mail/.default").await)["scp"], "Mail.Read Mail.Send");
    assert_eq!(claims(&token_by_secret(&bench.world, &web, WEB_SECRET).await)["roles"], json!(["Mail.Read.All"]));
    mail["api"]["oauth2PermissionScopes"][1]["isEnabled"] = json!(false);
    mail["appRoles"][0]["isEnabled"] = json!(false);
    let change = json!({ "api": { "oauth2PermissionScopes": mail["api"]["oauth2PermissionScopes"] }, "appRoles": mail["appRoles"] });
    assert_eq!(bench.send(Method::PATCH, &path, change).await.0, StatusCode::NO_CONTENT);
    assert_eq!(claims(&person("api://contoso-mail/.default").await)["scp"], "Mail.Read");
    assert_eq!(person("api://contoso-mail/Mail.Send").await.json()["error_codes"][0], 70011);
    assert_eq!(claims(&token_by_secret(&bench.world, &web, WEB_SECRET).await)["roles"], json!([]));
    // A role for people is none for applications.
    let people = json!({ "appRoles": [{ "id": WRITER, "value": "Mail.Read.All", "displayName": "All", "allowedMemberTypes": ["User"] }] });
    assert_eq!(bench.send(Method::PATCH, &path, people).await.0, StatusCode::NO_CONTENT);
    assert_eq!(claims(&token_by_secret(&bench.world, &web, WEB_SECRET).await)["roles"], json!([]));
}

#[tokio::test]
async fn the_resource_says_which_version_its_access_tokens_have() {
    let bench = Bench::new().await;
    let web = WEB_APP.to_string();
    for (version, shown, audience) in
        [(json!(null), "2.0", MAIL.to_string()), (json!(1), "1.0", "api://contoso-mail".into()), (json!(2), "2.0", MAIL.to_string())]
    {
        let change = json!({ "api": { "requestedAccessTokenVersion": version } });
        assert_eq!(bench.send(Method::PATCH, &format!("applications/{MAIL}"), change).await.0, StatusCode::NO_CONTENT);
        let of_person = bench.world.access_token(&bench.world.anna, "api://contoso-mail/.default").await;
        let of_person = jwt::unverified_payload(&of_person).unwrap();
        for claims in [of_person, claims(&token_by_secret(&bench.world, &web, WEB_SECRET).await)] {
            assert_eq!((&claims["ver"], &claims["aud"]), (&json!(shown), &json!(audience)), "{version}");
        }
    }
}

#[tokio::test]
async fn a_person_agrees_to_what_they_may_in_the_words_of_the_resource() {
    let bench = Bench::new().await;
    let asks = json!({ "doorward": { "consent": "user" } });
    assert_eq!(bench.send(Method::PATCH, &format!("applications/{CLI}"), asks).await.0, StatusCode::NO_CONTENT);
    let offer = async |kind: &str, pre_authorized: Value| {
        let mut read = scope(READ, "Mail.Read", kind);
        read["userConsentDisplayName"] = json!("Look into your letters");
        read["userConsentDescription"] = json!("All of them.");
        let api = json!({ "oauth2PermissionScopes": [read], "preAuthorizedApplications": pre_authorized });
        let (status, answer) = bench.send(Method::PATCH, &format!("applications/{MAIL}"), json!({ "api": api })).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{answer}");
    };
    let world = &bench.world;
    offer("Admin", json!([])).await;
    let (refused, _) = sign_in(world, &verifier(world), &[]).await;
    assert!(refused.body.contains("90094") || refused.location_parameter("error_description").is_some_and(|text| text.contains("90094")));
    offer("Admin", json!([{ "appId": CLI, "delegatedPermissionIds": [READ] }])).await;
    let (answer, _) = sign_in(world, &verifier(world), &[]).await;
    assert!(answer.location_parameter("code").is_some(), "the resource has agreed already");
    offer("User", json!([])).await;
    let (page, cookies) = sign_in(world, &verifier(world), &[]).await;
    assert!(page.body.contains("Look into your letters") && page.body.contains("All of them."), "{}", page.body);
    let answer = submit(world, &page, &cookies, &[("consent", "accept")]).await;
    assert!(answer.location_parameter("code").is_some(), "{}", answer.body);
}

#[tokio::test]
async fn app_roles_are_given_and_taken_from_either_side() {
    let bench = Bench::new().await;
    let (app, web) = (MAIL_APP.to_string(), WEB_APP.to_string());
    let role = bench.get(&format!("servicePrincipals/{MAIL}")).await["appRoles"][0].clone();
    let (of_app, of_mail) = (format!("servicePrincipals/{app}/appRoleAssignments"), format!("servicePrincipals/{MAIL}/appRoleAssignedTo"));
    let body =
        json!({ "@odata.type": "#microsoft.graph.appRoleAssignment", "principalId": app, "resourceId": MAIL, "appRoleId": role["id"] });
    assert_eq!(bench.get(&of_app).await["value"], json!([]));
    for path in [&of_app, &of_mail] {
        let made = bench.post(path, body.clone()).await;
        for (name, expected) in [
            ("appRoleId", role["id"].clone()),
            ("principalId", json!(app)),
            ("principalDisplayName", json!("Contoso Mail")),
            ("principalType", json!("ServicePrincipal")),
            ("resourceId", json!(MAIL)),
            ("resourceDisplayName", json!("Contoso Mail service")),
        ] {
            assert_eq!(made[name], expected, "{path} {name}");
        }
        assert_eq!(bench.send(Method::POST, path, body.clone()).await.0, StatusCode::CONFLICT, "held already");
        assert_eq!(bench.get(&of_app).await["value"], json!([made]));
        let holders = bench.get(&format!("{of_mail}?$select=principalId&$orderby=principalId")).await;
        assert_eq!(holders["value"], json!([{ "principalId": app }, { "principalId": web }]));
        let id = made["id"].as_str().unwrap();
        let elsewhere =
            [format!("servicePrincipals/{web}/appRoleAssignments/{id}"), format!("servicePrincipals/{app}/appRoleAssignedTo/{id}")];
        for other in elsewhere {
            assert_eq!(bench.send(Method::DELETE, &other, Value::Null).await.0, StatusCode::NOT_FOUND, "{other}");
        }
        assert_eq!(bench.send(Method::DELETE, &format!("{path}/{id}"), Value::Null).await.0, StatusCode::NO_CONTENT);
        assert_eq!(bench.send(Method::DELETE, &format!("{path}/{id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
    }
    for (member, value, status) in [
        ("principalId", json!(bench.world.anna.id), StatusCode::BAD_REQUEST),
        ("appRoleId", json!(READ), StatusCode::BAD_REQUEST),
        ("resourceId", json!(READ), StatusCode::NOT_FOUND),
        ("createdDateTime", json!("2026-01-01T00:00:00Z"), StatusCode::BAD_REQUEST),
    ] {
        let mut wrong = body.clone();
        wrong[member] = value;
        assert_eq!(bench.send(Method::POST, &of_app, wrong).await.0, status, "{member}");
    }
}
