//! The same facts give the same answer everywhere: `policy eval`, `policy what-if` and the admin API.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use doorward_model::application::{Application, ConsentPolicy};
use doorward_model::clock::FixedClock;
use doorward_model::group::{Group, Member};
use doorward_model::rng::SeededRng;
use doorward_model::role::Role;
use doorward_model::user::{User, UserType};
use doorward_model::{AppId, Clock as _, GroupId, UserId};
use doorward_service::Context;
use doorward_service::master_key::MasterKey;
use doorward_service::setup::{self, NewTenant};
use doorward_store_sql::SqliteStore;
use doorward_web::Routes;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::{Uuid, uuid};

const ANNA: Uuid = uuid!("11111111-0000-4000-8000-00000000000a");
const ROOT: Uuid = uuid!("11111111-0000-4000-8000-00000000000b");
/// Spared by every policy, or the last of them could not be made.
const EMERGENCY: Uuid = uuid!("11111111-0000-4000-8000-00000000000c");
const STAFF: Uuid = uuid!("22222222-0000-4000-8000-000000000001");
const MAIL: Uuid = uuid!("44444444-0000-4000-8000-000000000001");
const OTHER: Uuid = uuid!("44444444-0000-4000-8000-000000000002");
const OFFICE: &str = "55555555-0000-4000-8000-000000000001";
const HOME: &str = "55555555-0000-4000-8000-000000000002";
const PARTNER: &str = "99999999-0000-4000-8000-000000000001";
const PASSWORD: &str = "correct horse battery";

/// One company twice: as files, and as a tenant behind the admin API.
struct Bench {
    folder: TempDir,
    router: Routes,
    token: String,
}

/// One sign-in in three languages.
struct Case {
    command_line: &'static [&'static str],
    sign_in: Value,
    question: Value,
}

/// Id and reason of each policy that is not disabled.
type Reasons = Vec<(String, Option<String>)>;

fn policies() -> Vec<Value> {
    let all_apps = json!({"includeApplications": ["All"]});
    let cases = [
        json!({}),
        json!({"users": {"includeGroups": [STAFF]}}),
        json!({"users": {"includeRoles": [Role::GlobalAdministrator.template_id()]}}),
        json!({"users": {"includeUsers": ["All"], "excludeUsers": [ANNA]}}),
        json!({"users": {"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "b2bCollaborationGuest,serviceProvider",
            "externalTenants": {"membershipKind": "enumerated", "members": [PARTNER]}}}}),
        json!({"applications": {"includeApplications": ["Office365"]}}),
        json!({"applications": {"includeApplications": ["All"], "excludeApplications": [OTHER]}}),
        json!({"applications": {"includeUserActions": ["urn:user:registersecurityinfo"]}}),
        json!({"applications": {"includeAuthenticationContextClassReferences": ["c1"]}}),
        json!({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}}),
        json!({"devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True -or device.model -startsWith \"Pix\""}}}),
        json!({"devices": {"deviceFilter": {"mode": "include", "rule": "device.extensionAttribute1 -eq \"kiosk\""}}}),
        json!({"clientAppTypes": ["exchangeActiveSync", "other"]}),
        json!({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}),
        json!({"locations": {"includeLocations": [HOME]}}),
        json!({"signInRiskLevels": ["medium", "high"]}),
        json!({"userRiskLevels": ["high"]}),
        json!({"insiderRiskLevels": "elevated"}),
        json!({"authenticationFlows": {"transferMethods": "deviceCodeFlow,authenticationTransfer"}}),
        json!({"users": {"includeUsers": ["None"]}, "clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]}}),
        json!({"users": {"includeUsers": ["None"]}, "clientApplications": {"includeServicePrincipals": [OTHER]},
            "servicePrincipalRiskLevels": ["high"]}),
    ];
    (0..)
        .zip(cases)
        .map(|(index, set)| {
            let mut conditions = json!({"users": {"includeUsers": ["All"]}, "applications": all_apps, "clientAppTypes": ["all"]});
            merge(&mut conditions, &set);
            if conditions.get("clientApplications").is_none() {
                let spared = conditions["users"]["excludeUsers"].as_array().cloned().unwrap_or_default();
                conditions["users"]["excludeUsers"] = [spared, vec![json!(EMERGENCY)]].concat().into();
            }
            let state = if index % 3 == 0 { "enabledForReportingButNotEnforced" } else { "enabled" };
            json!({"id": format!("66666666-0000-4000-8000-{index:012}"), "displayName": set.to_string(), "state": state,
            "conditions": conditions, "grantControls": {"operator": "OR", "builtInControls": ["block"]}})
        })
        .collect()
}

/// Anna, a member of the staff, asks for mail; each case says what is different.
fn cases() -> Vec<Case> {
    let context = |kind: &str, member: &str, value: Value| json!({"@odata.type": format!("#microsoft.graph.{kind}"), member: value});
    let user = |mut identity: Value| {
        identity["@odata.type"] = "#microsoft.graph.userSignIn".into();
        json!({"signInIdentity": identity})
    };
    let workload = json!({"@odata.type": "#microsoft.graph.servicePrincipalSignIn", "servicePrincipalId": OTHER});
    let same = |command_line, sign_in: Value| Case { command_line, question: json!({"signInConditions": sign_in}), sign_in };
    let device = |command_line, device: Value| Case {
        command_line,
        question: json!({"signInConditions": {"deviceInfo": device}}),
        sign_in: json!({"device": device}),
    };
    vec![
        same(&[], json!({})),
        same(&["--platform", "ios"], json!({"devicePlatform": "iOS"})),
        same(&["--platform", "linux", "--client", "other"], json!({"devicePlatform": "linux", "clientAppType": "other"})),
        same(&["--client", "exchangeActiveSync"], json!({"clientAppType": "exchangeActiveSync"})),
        same(&["--ip", "192.0.2.9"], json!({"ipAddress": "192.0.2.9"})),
        same(&["--ip", "2001:db8::1", "--country", "NL"], json!({"ipAddress": "2001:db8::1", "country": "NL"})),
        same(&["--country", "de"], json!({"country": "de"})),
        same(&["--sign-in-risk", "medium", "--user-risk", "high"], json!({"signInRiskLevel": "medium", "userRiskLevel": "high"})),
        same(&["--insider-risk", "ELEVATED"], json!({"insiderRiskLevel": "ELEVATED"})),
        Case {
            command_line: &["--transfer-method", "deviceCodeFlow"],
            sign_in: json!({"transferMethod": "deviceCodeFlow"}),
            question: json!({"signInConditions": {"authenticationFlow": {"transferMethod": "deviceCodeFlow"}}}),
        },
        device(&["--device", "registered"], json!({"trustType": "Workplace", "isManaged": false, "isCompliant": false})),
        device(&["--device", "compliant"], json!({"trustType": "AzureAD", "isManaged": true, "isCompliant": true})),
        device(
            &["--device", "domain-joined", "--device-attribute", "extensionAttribute1=Kiosk"],
            json!({"trustType": "ServerAD", "isManaged": false, "isCompliant": false, "extensionAttribute1": "Kiosk"}),
        ),
        device(
            &["--device-attribute", "model=Pixel 9", "--device-attribute", "extensionAttribute1=kiosk"],
            json!({"trustType": "Workplace", "isManaged": false, "isCompliant": false, "model": "Pixel 9", "extensionAttribute1": "kiosk"}),
        ),
        Case {
            command_line: &["--user", "root@contoso.example"],
            sign_in: json!({"userId": ROOT}),
            question: user(json!({"userId": ROOT})),
        },
        Case {
            command_line: &["--user", "partner"],
            sign_in: json!({"userId": "partner"}),
            question: user(json!({"externalUserType": "b2bCollaborationGuest", "externalTenantId": PARTNER})),
        },
        Case {
            command_line: &["--user", "stranger"],
            sign_in: json!({"userId": "stranger"}),
            question: user(json!({"externalUserType": "b2bCollaborationGuest", "externalTenantId": "elsewhere"})),
        },
        Case {
            command_line: &["--app", "Other", "--user", "Anna"],
            sign_in: json!({"resources": [OTHER]}),
            question: json!({"signInContext": context("applicationContext", "includeApplications", json!([OTHER]))}),
        },
        Case {
            command_line: &["--user-action", "registerSecurityInformation"],
            sign_in: json!({"resources": [], "userAction": "registerSecurityInformation"}),
            question: json!({"signInContext": context("userActionContext", "userAction", json!("registerSecurityInformation"))}),
        },
        Case {
            command_line: &["--authentication-context", "c1"],
            sign_in: json!({"resources": [], "authenticationContext": "c1"}),
            question: json!({"signInContext": context("authContext", "authenticationContextValue", json!("c1"))}),
        },
        Case {
            command_line: &["--service-principal", "Other"],
            sign_in: json!({"userId": null, "servicePrincipalId": OTHER}),
            question: json!({"signInIdentity": workload}),
        },
        Case {
            command_line: &["--service-principal", "Other", "--service-principal-risk", "high"],
            sign_in: json!({"userId": null, "servicePrincipalId": OTHER, "servicePrincipalRiskLevel": "high"}),
            question: json!({"signInIdentity": workload, "signInConditions": {"servicePrincipalRiskLevel": "high"}}),
        },
    ]
}

fn merge(target: &mut Value, change: &Value) {
    for (name, value) in change.as_object().unwrap() {
        target[name] = value.clone();
    }
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let locations = [
            json!({"id": OFFICE, "displayName": "Office", "isTrusted": true, "ipRanges": [{"cidrAddress": "192.0.2.0/24"}]}),
            json!({"id": HOME, "displayName": "Home", "countriesAndRegions": ["NL"]}),
        ];
        let guest = |id: &str, tenant: &str| json!({"id": id, "userType": "Guest", "externalUserType": "b2bCollaborationGuest", "homeTenantId": tenant});
        let directory = json!({
            "users": [
                {"id": ANNA, "userPrincipalName": "anna@contoso.example", "displayName": "Anna"},
                {"id": ROOT, "userPrincipalName": "root@contoso.example", "roles": [Role::GlobalAdministrator.template_id()]},
                guest("partner", PARTNER),
                guest("stranger", "elsewhere"),
            ],
            "groups": [{"id": STAFF, "members": [ANNA]}],
            "servicePrincipals": [{"id": OTHER, "appId": OTHER}],
            "applications": [{"appId": MAIL, "displayName": "Mail", "bundles": ["Office365"]}, {"appId": OTHER, "displayName": "Other"}],
            "namedLocations": locations,
        });
        fs::write(folder.path().join("directory.json"), directory.to_string()).unwrap();
        fs::write(folder.path().join("policies.json"), json!(policies()).to_string()).unwrap();

        let (router, token) = tenant(&folder).await;
        let bench = Self { folder, router, token };
        for location in locations {
            bench.post("/v1.0/identity/conditionalAccess/namedLocations", &location).await;
        }
        for policy in policies() {
            bench.post("/v1.0/identity/conditionalAccess/policies", &policy).await;
        }
        bench
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        send(
            &self.router,
            path,
            &[("authorization", &format!("Bearer {}", self.token)), ("content-type", "application/json")],
            body.to_string(),
        )
        .await
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Vec<u8> {
        let files = ["policy", command, "--policies", "policies.json", "--directory", "directory.json"];
        let output =
            Command::new(env!("CARGO_BIN_EXE_doorward")).current_dir(self.folder.path()).args(files).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn eval(&self, case: &Case) -> Reasons {
        let mut sign_in = json!({"id": "s", "userId": ANNA, "resources": [MAIL]});
        merge(&mut sign_in, &case.sign_in);
        fs::write(self.folder.path().join("sign-in.jsonl"), sign_in.to_string()).unwrap();
        reasons(&self.run("eval", &["--sign-ins", "sign-in.jsonl"]))
    }

    fn what_if(&self, case: &Case, format: &str) -> Vec<u8> {
        let mut arguments = case.command_line.to_vec();
        if !arguments.contains(&"--user") && !arguments.contains(&"--service-principal") {
            arguments.extend(["--user", "anna"]);
        }
        if !["--app", "--user-action", "--authentication-context"].iter().any(|option| arguments.contains(option)) {
            arguments.extend(["--app", "mail"]);
        }
        self.run("what-if", &[&arguments[..], &["--format", format]].concat())
    }

    async fn api(&self, case: &Case) -> Value {
        let mut question = json!({
            "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": ANNA},
            "signInContext": {"@odata.type": "#microsoft.graph.applicationContext", "includeApplications": [MAIL]},
        });
        merge(&mut question, &case.question);
        self.post("/v1.0/identity/conditionalAccess/evaluate", &question).await
    }
}

async fn send(router: &Routes, path: &str, headers: &[(&str, &str)], body: String) -> Value {
    let mut request = Request::builder().method(Method::POST).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body)).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50000))));
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
    assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

/// The company as a tenant, and an access token of its administrator.
async fn tenant(folder: &TempDir) -> (Routes, String) {
    let store = Arc::new(SqliteStore::open(&folder.path().join("doorward.db")).await.unwrap());
    let clock = Arc::new(FixedClock::at("2026-11-23T09:00:00Z".parse().unwrap()));
    let base = "https://login.contoso.example/".parse().unwrap();
    let ctx = Context::new(store, clock.clone(), Arc::new(SeededRng::new(7)), MasterKey::new(&[7; 32]).unwrap(), base, 2).unwrap();
    let ctx = Arc::new(ctx);
    let new = NewTenant { domain: "contoso.example".into(), display_name: "Contoso".into(), administrator: "first@contoso.example".into() };
    let tenant = setup::create_tenant(&ctx, &new).await.unwrap().tenant;
    let client = AppId(uuid!("44444444-0000-4000-8000-00000000000c"));
    let application =
        |id: AppId, name: &str| Application { consent: ConsentPolicy::Preauthorized, ..Application::new(id, name, clock.now()) };
    let password_hash = Some(ctx.passwords.hash(PASSWORD, ctx.rng.as_ref()).await.unwrap());
    let user = |id: Uuid, name: &str, roles: Vec<Role>| User {
        id: UserId(id),
        user_principal_name: format!("{name}@contoso.example"),
        display_name: name.to_owned(),
        account_enabled: true,
        user_type: UserType::Member,
        password_hash: password_hash.clone(),
        force_change_password: false,
        roles,
        sign_in_sessions_valid_from: clock.now(),
        on_premises: None,
        account_expires: None,
        created: clock.now(),
    };
    let mut unit = ctx.store.tenant(tenant.id).write().await.unwrap();
    unit.users().create(&user(ANNA, "anna", vec![])).await.unwrap();
    unit.users().create(&user(ROOT, "root", vec![Role::GlobalAdministrator])).await.unwrap();
    unit.users().create(&user(EMERGENCY, "emergency", vec![Role::GlobalAdministrator])).await.unwrap();
    let staff = Group { id: GroupId(STAFF), display_name: "Staff".into(), description: None, created: clock.now() };
    unit.groups().create(&staff).await.unwrap();
    unit.groups().add_member(staff.id, Member::User(UserId(ANNA))).await.unwrap();
    for application in [
        Application { bundles: vec!["Office365".into()], ..application(AppId(MAIL), "Mail") },
        application(AppId(OTHER), "Other"),
        Application { is_fallback_public_client: true, ..application(client, "Command line") },
    ] {
        unit.applications().create(&application).await.unwrap();
    }
    unit.commit().await.unwrap();

    let router = doorward_web::router(ctx);
    let form = format!(
        "grant_type=password&client_id={client}&username=root@contoso.example&password={}&scope=https://graph.microsoft.com/.default",
        PASSWORD.replace(' ', "+")
    );
    let path = format!("/{}/oauth2/v2.0/token", tenant.id);
    let answer = send(&router, &path, &[("content-type", "application/x-www-form-urlencoded")], form).await;
    (router, answer["access_token"].as_str().unwrap().to_owned())
}

fn text(policy: &Value, member: &str) -> Option<String> {
    policy[member].as_str().map(str::to_owned)
}

/// From a decision.
fn reasons(decision: &[u8]) -> Reasons {
    let decision: Value = serde_json::from_slice(decision).unwrap();
    decision["policies"].as_array().unwrap().iter().map(|policy| (text(policy, "id").unwrap(), text(policy, "reason"))).collect()
}

/// The reasons of a decision as Graph's answer gives them: applies, and the flag.
fn in_graph_words(reasons: &Reasons) -> Vec<Value> {
    let word = |reason: &Option<String>| match reason.as_deref() {
        None => "notSet".to_owned(),
        Some("servicePrincipalRisk") => "workloadIdentities".to_owned(),
        Some(other) => other.to_owned(),
    };
    reasons.iter().map(|(id, reason)| json!([id, reason.is_none(), word(reason)])).collect()
}

/// The same from Graph's answer.
fn graph_answer(answer: &Value) -> Vec<Value> {
    let row = |policy: &Value| json!([policy["id"], policy["policyApplies"], policy["analysisReasons"]]);
    answer["value"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn eval_what_if_and_the_admin_api_give_the_same_reason_for_every_policy() {
    let bench = Bench::new().await;
    let mut seen = Map::new();
    for case in cases() {
        let expected = bench.eval(&case);
        let name = format!("{:?}", case.command_line);
        assert_eq!(reasons(&bench.what_if(&case, "json")), expected, "{name}");
        let offline: Value = serde_json::from_slice(&bench.what_if(&case, "evaluate")).unwrap();
        assert_eq!(graph_answer(&offline), in_graph_words(&expected), "{name}");
        assert_eq!(graph_answer(&bench.api(&case).await), in_graph_words(&expected), "{name}");
        seen.extend(expected.into_iter().map(|(_, reason)| (reason.unwrap_or_else(|| "notSet".to_owned()), Value::Null)));
    }
    let reasons: Vec<&String> = seen.keys().collect();
    assert_eq!(
        reasons,
        [
            "application",
            "authenticationContext",
            "authenticationFlow",
            "clientApps",
            "devicePlatform",
            "devices",
            "insiderRisk",
            "location",
            "notSet",
            "servicePrincipalRisk",
            "signInRisk",
            "userActions",
            "userRisk",
            "users",
            "workloadIdentities",
        ],
        "the table reaches every reason but that of a policy for nothing, which the API refuses to store"
    );
}
