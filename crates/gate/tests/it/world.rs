//! A tenant with one person, a mail service and two clients, behind the routes of a gate and on a real database.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use doorward_gate::{Gate, Mailbox};
use doorward_model::application::{Application, ConsentPolicy};
use doorward_model::clock::FixedClock;
use doorward_model::rng::SeededRng;
use doorward_model::tenant::Tenant;
use doorward_model::user::{User, UserType};
use doorward_model::{AppId, Clock as _, CorrelationId, UserId};
use doorward_service::Context;
use doorward_service::caller::Caller;
use doorward_service::directory::{self, Actor};
use doorward_service::master_key::MasterKey;
use doorward_service::setup::{self, NewTenant};
use doorward_service::token::issue::Version;
use doorward_service::token::password::{self, PasswordGrant};
use doorward_store_sql::SqliteStore;
use serde_json::Value;
use tower::ServiceExt as _;
use uuid::uuid;

pub(crate) const NAME: &str = "anna@contoso.example";
pub(crate) const PASSWORD: &str = "correct horse battery";
const MAIL: AppId = AppId(uuid!("11111111-0000-4000-8000-000000000004"));
const CLI: AppId = AppId(uuid!("11111111-0000-4000-8000-000000000002"));

pub(crate) struct World {
    pub(crate) ctx: Arc<Context>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) tenant: Tenant,
    pub(crate) anna: User,
    router: Router,
    _folder: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(&folder.path().join("doorward.db")).await.unwrap());
        let clock = Arc::new(FixedClock::at("2026-11-23T09:00:00Z".parse().unwrap()));
        let base = "https://login.contoso.example/".parse().unwrap();
        let master_key = MasterKey::new(&[7; 32]).unwrap();
        let ctx = Arc::new(Context::new(store, clock.clone(), Arc::new(SeededRng::new(7)), master_key, base, 2).unwrap());
        let new =
            NewTenant { domain: "contoso.example".into(), display_name: "Contoso".into(), administrator: "root@contoso.example".into() };
        let tenant = setup::create_tenant(&ctx, &new).await.unwrap().tenant;
        let anna = User {
            id: UserId::random(ctx.rng.as_ref()),
            user_principal_name: NAME.into(),
            display_name: "Anna".into(),
            account_enabled: true,
            user_type: UserType::Member,
            password_hash: Some(ctx.passwords.hash(PASSWORD, ctx.rng.as_ref()).await.unwrap()),
            force_change_password: false,
            roles: vec![],
            sign_in_sessions_valid_from: clock.now(),
            on_premises: None,
            account_expires: None,
            created: clock.now(),
        };
        let blank =
            |app_id, name: &str| Application { consent: ConsentPolicy::Preauthorized, ..Application::new(app_id, name, clock.now()) };
        let service = Application {
            identifier_uris: vec!["api://contoso-mail".into()],
            scopes: ["Mail.Read", "Mail.Send"].map(|scope| setup::scope_of(MAIL, scope)).to_vec(),
            ..blank(MAIL, "Contoso Mail service")
        };
        let client = Application { is_fallback_public_client: true, ..blank(CLI, "Command line") };
        let mut unit = ctx.store.tenant(tenant.id).write().await.unwrap();
        unit.applications().create(&service).await.unwrap();
        unit.applications().create(&client).await.unwrap();
        unit.users().create(&anna).await.unwrap();
        unit.commit().await.unwrap();
        let gate = Gate { context: ctx.clone(), tenant: tenant.id, service: MAIL, mailbox: Arc::new(Mailbox::sample()) };
        Self { ctx, clock, tenant, anna, router: doorward_gate::routes(gate), _folder: folder }
    }

    /// Whether Anna's account is enabled.
    pub(crate) async fn enable(&self, enabled: bool) {
        let patch = directory::UserPatch { account_enabled: Some(enabled), ..directory::UserPatch::default() };
        directory::update_user(&self.ctx, self.tenant.id, &Actor::command_line(), self.anna.id, patch, None).await.unwrap();
    }

    /// A policy for everybody's mail that asks for what a password cannot give.
    pub(crate) async fn block_mail(&self) {
        let body: Value = serde_json::json!({
            "displayName": "No mail", "state": "enabled",
            "conditions": { "users": { "includeUsers": ["All"] }, "applications": { "includeApplications": [MAIL] }, "clientAppTypes": ["all"] },
            "grantControls": { "operator": "OR", "builtInControls": ["block"] },
        });
        let kind = doorward_model::document::DocumentKind::ConditionalAccessPolicy;
        directory::create_policy(&self.ctx, self.tenant.id, &Actor::command_line(), kind, body).await.unwrap();
    }

    /// An access token of Anna's for a scope.
    pub(crate) async fn token(&self, scope: &str) -> String {
        let caller = Caller {
            ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10)),
            user_agent: String::new(),
            client_sku: String::new(),
            broker_hint: false,
            answers_pkeyauth: false,
            in_system_browser: false,
            correlation_id: CorrelationId::random(self.ctx.rng.as_ref()),
        };
        let client = {
            let mut unit = self.ctx.store.tenant(self.tenant.id).read().await.unwrap();
            unit.applications().get(CLI).await.unwrap().unwrap()
        };
        let grant = PasswordGrant { username: NAME, password: PASSWORD, scope, resource: None, capabilities: &[] };
        password::sign_in(&self.ctx, &self.tenant, &caller, &client, grant, Version::V2).await.unwrap().access_token
    }

    pub(crate) async fn send(&self, method: Method, path: &str, authorization: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        if !authorization.is_empty() {
            request.headers_mut().insert("authorization", authorization.parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::new(192, 0, 2, 10), 50000))));
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
