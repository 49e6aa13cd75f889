//! A small company with a clock that tests set and a seeded generator, behind the real router and a real database.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use doorward_model::application::{AppRole, Application, ConsentPolicy, PlatformIdentity, RedirectPlatform, RedirectUri};
use doorward_model::clock::FixedClock;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_model::rng::SeededRng;
use doorward_model::role::Role;
use doorward_model::sign_in_record::SignInRecord;
use doorward_model::tenant::Tenant;
use doorward_model::user::{User, UserType};
use doorward_model::{AppId, Clock, PermissionId, UserId};
use doorward_service::Context;
use doorward_service::directory::Limits;
use doorward_service::master_key::MasterKey;
use doorward_service::setup::{self, NewTenant};
use doorward_store::query::Query;
use doorward_store_sql::SqliteStore;
use jiff::Timestamp;
use tower::ServiceExt as _;
use uuid::uuid;

/// Password of every person in the world.
pub const PASSWORD: &str = "correct horse battery";
/// The mail app: on the approved list, protectable, with an identity on both phone platforms.
pub const MAIL_APP: AppId = AppId(uuid!("11111111-0000-4000-8000-000000000001"));
/// A desktop client that may use the password and device code grants.
pub const CLI: AppId = AppId(uuid!("11111111-0000-4000-8000-000000000002"));
/// A confidential web application that asks for consent.
pub const WEB_APP: AppId = AppId(uuid!("11111111-0000-4000-8000-000000000003"));
/// The mail service.
pub const MAIL: AppId = AppId(uuid!("11111111-0000-4000-8000-000000000004"));
/// Its app role `Mail.Read.All`.
pub const MAIL_ROLE: PermissionId = PermissionId(uuid!("11111111-0000-4000-8000-0000000000a1"));
/// Redirect URI of the desktop client.
pub const CLI_REDIRECT: &str = "http://localhost";
/// Redirect URI of the web application.
pub const WEB_REDIRECT: &str = "https://web.contoso.example/callback";
/// Secret of the web application.
pub const WEB_SECRET: &str = "web-application-secret";

/// The world.
pub struct World {
    /// Service context behind the router.
    pub ctx: Arc<Context>,
    /// Clock.
    pub clock: Arc<FixedClock>,
    /// The tenant.
    pub tenant: Tenant,
    /// Anna, without roles.
    pub anna: User,
    /// The administrator, whose password needs no change.
    pub admin: User,
    router: doorward_web::Routes,
    folder: tempfile::TempDir,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The `Location` header.
    pub fn location(&self) -> url::Url {
        self.headers[header::LOCATION].to_str().unwrap().parse().unwrap()
    }

    /// A parameter of the query of the `Location` header.
    pub fn location_parameter(&self, name: &str) -> Option<String> {
        self.location().query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Cookies set by the answer, as a `Cookie` header.
    pub fn cookies(&self) -> String {
        let pairs =
            self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned());
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let start = self.body.find(&mark).unwrap_or_else(|| panic!("no field {name} in {}", self.body)) + mark.len();
        self.body[start..].split('"').next().unwrap().replace("&#43;", "+").replace("&#61;", "=")
    }
}

fn master_key() -> MasterKey {
    MasterKey::new(&[7; 32]).unwrap()
}

impl World {
    /// The audit, newest first.
    pub async fn audits(&self) -> Vec<DirectoryAudit> {
        let mut unit = self.ctx.store.tenant(self.tenant.id).read().await.unwrap();
        unit.logs().audits(&Query { limit: 1000, ..Query::default() }).await.unwrap().items
    }

    /// The sign-in log, newest first.
    pub async fn sign_ins(&self) -> Vec<SignInRecord> {
        self.ctx.sign_in_log.flush().await;
        let mut unit = self.ctx.store.tenant(self.tenant.id).read().await.unwrap();
        unit.logs().sign_ins(&Query { limit: 1000, ..Query::default() }).await.unwrap().items
    }

    /// How much the database takes on the disk.
    pub fn stored_bytes(&self) -> u64 {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }

    /// A fresh company: tenant, built-in applications, Anna, an administrator, a mail app, a mail service, two other clients.
    pub async fn new() -> Self {
        // Tests ask faster than any administrator.
        Self::with_limits(Limits::new(Duration::from_micros(1), u32::MAX)).await
    }

    /// The same with limits on the admin API.
    pub async fn with_limits(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&folder.path().join("doorward.db")).await.unwrap());
        let clock = Arc::new(FixedClock::at("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap()));
        let base = "https://login.contoso.example/".parse().unwrap();
        let mut ctx = Context::new(store, clock.clone(), Arc::new(SeededRng::new(7)), master_key(), base, 2).unwrap();
        ctx.admin_limits = limits;
        let ctx = Arc::new(ctx);
        let new =
            NewTenant { domain: "contoso.example".into(), display_name: "Contoso".into(), administrator: "root@contoso.example".into() };
        let tenant = setup::create_tenant(&ctx, &new).await.unwrap().tenant;
        let mut unit = ctx.store.tenant(tenant.id).write().await.unwrap();
        for application in applications(clock.now()) {
            unit.applications().create(&application).await.unwrap();
        }
        let anna = person(&ctx, "anna", vec![]).await;
        let admin = person(&ctx, "admin", vec![Role::GlobalAdministrator]).await;
        unit.users().create(&anna).await.unwrap();
        unit.users().create(&admin).await.unwrap();
        unit.commit().await.unwrap();
        let router = doorward_web::router(ctx.clone());
        Self { ctx, clock, tenant, anna, admin, router, folder }
    }

    /// The same company on a node with another clock.
    pub fn by_clock(self, clock: Arc<dyn Clock>) -> Self {
        let (store, base) = (self.ctx.store.clone(), self.ctx.base_url.clone());
        let ctx = Arc::new(Context::new(store, clock, Arc::new(SeededRng::new(8)), master_key(), base, 2).unwrap());
        Self { router: doorward_web::router(ctx.clone()), ctx, ..self }
    }

    /// Path of an endpoint of the tenant.
    pub fn path(&self, endpoint: &str) -> String {
        format!("/{}/{endpoint}", self.tenant.id)
    }

    /// Sends a request.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::new(192, 0, 2, 10), 50000))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// `GET` with headers.
    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request(Method::GET, path, headers, Body::empty())).await
    }

    /// `POST` of a form.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let mut headers = headers.to_vec();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        self.send(request(Method::POST, path, &headers, body.into())).await
    }

    /// `PUT` of JSON.
    pub async fn put(&self, path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Answer {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.send(request(Method::PUT, path, &headers, body.to_string().into())).await
    }

    /// A JSON request with a bearer token.
    pub async fn json(&self, method: Method, path: &str, token: &str, body: &serde_json::Value) -> Answer {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
        self.send(request(method, path, &headers, body)).await
    }

    /// `POST` to the v2.0 token endpoint.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.post(&self.path("oauth2/v2.0/token"), &[], fields).await
    }

    /// An access token of a person for a scope, by the password grant of the desktop client.
    pub async fn access_token(&self, user: &User, scope: &str) -> String {
        let client = CLI.to_string();
        let fields = [
            ("grant_type", "password"),
            ("client_id", client.as_str()),
            ("username", user.user_principal_name.as_str()),
            ("password", PASSWORD),
            ("scope", scope),
        ];
        let answer = self.token(&fields).await;
        answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }
}

fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body).unwrap()
}

/// A person with the password of the world.
pub async fn person(ctx: &Context, name: &str, roles: Vec<Role>) -> User {
    let now = ctx.now();
    User {
        id: UserId::random(ctx.rng.as_ref()),
        user_principal_name: format!("{name}@contoso.example"),
        display_name: format!("{}{}", name[..1].to_uppercase(), &name[1..]),
        account_enabled: true,
        user_type: UserType::Member,
        password_hash: Some(ctx.passwords.hash(PASSWORD, ctx.rng.as_ref()).await.unwrap()),
        force_change_password: false,
        roles,
        sign_in_sessions_valid_from: now,
        on_premises: None,
        account_expires: None,
        created: now,
    }
}

fn applications(now: Timestamp) -> Vec<Application> {
    let blank = |app_id: AppId, name: &str| Application { consent: ConsentPolicy::Preauthorized, ..Application::new(app_id, name, now) };
    let redirect = |uri: &str, platform| vec![RedirectUri { uri: uri.into(), platform }];
    vec![
        Application {
            approved: true,
            protectable: true,
            platform_identities: vec![
                PlatformIdentity::Ios { bundle_id: "com.contoso.mail".into() },
                PlatformIdentity::Android {
                    package_name: "com.contoso.mail".into(),
                    signature_hash: "2jmj7l5rSw0yVb/vlWAYkK/YBwk=".into(),
                },
            ],
            ..blank(MAIL_APP, "Contoso Mail")
        },
        Application {
            is_fallback_public_client: true,
            redirect_uris: redirect(CLI_REDIRECT, RedirectPlatform::PublicClient),
            ..blank(CLI, "Command line")
        },
        Application {
            consent: ConsentPolicy::User,
            redirect_uris: redirect(WEB_REDIRECT, RedirectPlatform::Web),
            secrets: vec![doorward_model::application::ClientSecret {
                key_id: doorward_model::CredentialId(uuid::uuid!("11111111-0000-4000-8000-00000000c001")),
                display_name: None,
                sha256: doorward_wire::hex(&doorward_service::one_time::sha256(WEB_SECRET)),
                hint: "web".into(),
                start: now,
                expires: now + jiff::SignedDuration::from_hours(24),
            }],
            app_role_assignments: vec![doorward_model::application::AppRoleAssignment { resource: MAIL, value: "Mail.Read.All".into() }],
            ..blank(WEB_APP, "Web application")
        },
        Application {
            identifier_uris: vec!["api://contoso-mail".into()],
            scopes: ["Mail.Read", "Mail.Send"].map(|scope| setup::scope_of(MAIL, scope)).to_vec(),
            app_roles: vec![AppRole::new(MAIL_ROLE, "Mail.Read.All")],
            ..blank(MAIL, "Contoso Mail service")
        },
    ]
}
