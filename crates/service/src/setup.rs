//! A new tenant: its keys, its device authority, the applications every tenant has, and its first administrator.

mod graph_permissions;

pub use graph_permissions::{GRAPH_PERMISSIONS, GraphPermission};

use doorward_model::application::{Application, ConsentPolicy, PermissionScope, RedirectPlatform, RedirectUri, SigningAlgorithm};
use doorward_model::directory_audit::{DirectoryAudit, Initiator};
use doorward_model::role::Role;
use doorward_model::tenant::Tenant;
use doorward_model::user::{User, UserType};
use doorward_model::{AppId, AuditId, PermissionId, TenantId, UserId};
use doorward_store::Unit;
use jiff::Timestamp;
use uuid::{Builder, uuid};

use crate::context::Context;
use crate::error::Result;
use crate::one_time::sha256;
use crate::{keys, mail, password, resource};

/// Client id of the broker of phones and PCs, fixed in existing clients.
pub const BROKER: AppId = AppId(uuid!("29d9ed98-a469-4536-ade2-f981bc1d605e"));
/// Client id that brokers put into requests for a primary refresh token.
pub const PRT_BROKER: AppId = AppId(uuid!("38aa3b87-a06d-4817-b275-7a316988d93b"));
/// Client id of the Linux broker.
pub const LINUX_BROKER: AppId = AppId(uuid!("b743a22d-6705-4147-8670-d92fa515ee2b"));

/// What a new tenant starts with.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Domain, for example `contoso.example`.
    pub domain: String,
    /// Name shown on the sign-in pages.
    pub display_name: String,
    /// Sign-in name of the first administrator.
    pub administrator: String,
}

/// A tenant with its first administrator.
#[derive(Debug, Clone)]
pub struct Created {
    /// The tenant.
    pub tenant: Tenant,
    /// The administrator's object id.
    pub administrator: UserId,
    /// One-time password; it must be changed at the first sign-in and is kept nowhere.
    pub one_time_password: String,
}

/// Makes a tenant.
///
/// # Errors
/// `AlreadyExists` when the domain is taken, storage failure, or key generation failure.
pub async fn create_tenant(ctx: &Context, new: &NewTenant) -> Result<Created> {
    let now = ctx.now();
    let tenant = Tenant {
        id: TenantId::random(ctx.rng.as_ref()),
        display_name: new.display_name.clone(),
        domains: vec![new.domain.to_lowercase()],
        certificate_based_authentication: false,
        tells_whether_accounts_exist: false,
        device_limit: 20,
        broker_store_link_ios: "https://apps.apple.com/app/id983156458".into(),
        broker_store_link_android: "https://play.google.com/store/apps/details?id=com.microsoft.windowsintune.companyportal".into(),
        created: now,
    };
    let one_time_password = password::generate(ctx.rng.as_ref(), &[&new.administrator]);
    let administrator = User {
        id: UserId::random(ctx.rng.as_ref()),
        user_principal_name: new.administrator.clone(),
        display_name: "Administrator".into(),
        account_enabled: true,
        user_type: UserType::Member,
        password_hash: Some(ctx.passwords.hash(&one_time_password, ctx.rng.as_ref()).await?),
        force_change_password: true,
        roles: vec![Role::GlobalAdministrator],
        sign_in_sessions_valid_from: now,
        on_premises: None,
        account_expires: None,
        created: now,
    };
    ctx.store.create_tenant(&tenant).await?;
    ctx.tenants.invalidate();
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    keys::create_signing_keys(ctx, unit.as_mut(), tenant.id).await?;
    keys::create_device_ca(ctx, unit.as_mut(), tenant.id).await?;
    for application in built_in_applications(now).into_iter().chain(own_clients(ctx, now)) {
        unit.applications().create(&application).await?;
    }
    unit.users().create(&administrator).await?;
    unit.logs()
        .append_audit(&DirectoryAudit {
            id: AuditId::random(ctx.rng.as_ref()),
            activity_date_time: now,
            activity_display_name: "Create tenant".into(),
            initiated_by: Initiator { id: None, is_app: false, display_name: "command line".into() },
            target_type: "Tenant".into(),
            target_id: tenant.id.to_string(),
            before: serde_json::Value::Null,
            after: serde_json::json!({ "tenant": tenant, "administrator": administrator.user_principal_name }),
        })
        .await?;
    unit.commit().await?;
    Ok(Created { tenant, administrator: administrator.id, one_time_password })
}

/// Path of the console's redirect URI under the base address.
pub const CONSOLE_CALLBACK: &str = "/console/callback";
/// The scope without which a token does not open the console.
pub const CONSOLE_NEEDS: &str = "Console.Use";
/// What the console asks for at sign-in.
pub const CONSOLE_SCOPE: &str = "openid profile offline_access api://doorward-console/Console.Use";

/// Path of My account's redirect URI under the base address.
pub const ACCOUNT_CALLBACK: &str = "/account/callback";
/// The scope without which a token does not open My account.
pub const ACCOUNT_NEEDS: &str = "Account.Manage";
/// What My account asks for at sign-in.
pub const ACCOUNT_SCOPE: &str = "openid profile offline_access api://doorward-account/Account.Manage";

/// The parts of this server that people sign in to: public clients with PKCE whose tokens are good at themselves only, under the
/// tenant's own policies.
fn own_clients(ctx: &Context, now: Timestamp) -> [Application; 2] {
    let client = |id: AppId, name: &str, callback: &str, identifier: &str, scope: &str| Application {
        redirect_uris: vec![own_redirect(ctx, callback)],
        identifier_uris: vec![identifier.to_owned()],
        scopes: vec![scope_of(id, scope)],
        signing_algorithm: SigningAlgorithm::ES256,
        ..blank(id, name, now)
    };
    let console = client(resource::CONSOLE, "Doorward Console", CONSOLE_CALLBACK, "api://doorward-console", CONSOLE_NEEDS);
    [
        Application { bundles: vec!["MicrosoftAdminPortals".into()], ..console },
        client(resource::ACCOUNT, "Doorward My Account", ACCOUNT_CALLBACK, "api://doorward-account", ACCOUNT_NEEDS),
    ]
}

fn own_redirect(ctx: &Context, path: &str) -> RedirectUri {
    RedirectUri { uri: format!("{}{path}", ctx.base_url.as_str().trim_end_matches('/')), platform: RedirectPlatform::Spa }
}

/// Gives tenants made by an earlier release the console, My account, the services of device management and the admin API's present permissions, and follows a base address that has
/// changed. Runs at each start and writes only where something is missing.
///
/// # Errors
/// Storage failure.
pub async fn complete_tenants(ctx: &Context) -> Result<()> {
    for tenant in ctx.store.tenants().await? {
        let mut unit = ctx.store.tenant(tenant.id).write().await?;
        for own in own_clients(ctx, ctx.now()) {
            let present = unit.applications().get(own.app_id).await?;
            let wanted = match present.as_deref() {
                None => own,
                Some(present) => Application { redirect_uris: own.redirect_uris, ..present.clone() },
            };
            complete(ctx, unit.as_mut(), present.as_deref(), wanted).await?;
        }
        for service in management_services(ctx.now()) {
            if unit.applications().get(service.app_id).await?.is_none() {
                complete(ctx, unit.as_mut(), None, service).await?;
            }
        }
        let graph = unit.applications().get(resource::GRAPH).await?;
        if let Some(present) = graph {
            let wanted = with_permissions(&present);
            complete(ctx, unit.as_mut(), Some(&present), wanted).await?;
        }
        unit.commit().await?;
    }
    Ok(())
}

/// The admin API's registration with all permissions there are, under their ids. What an administrator added stays.
fn with_permissions(graph: &Application) -> Application {
    let mut graph = graph.clone();
    for known in GRAPH_PERMISSIONS.iter() {
        let (scope, role) = (known.scope(), known.role());
        match graph.scopes.iter_mut().find(|held| held.value == scope.value) {
            Some(held) => held.id = scope.id,
            None => graph.scopes.push(scope),
        }
        match graph.app_roles.iter_mut().find(|held| held.value == role.value) {
            Some(held) => held.id = role.id,
            None => graph.app_roles.push(role),
        }
    }
    graph
}

/// A scope of a resource that is set up without an administrator: its id (UUID version 8, RFC 9562 §5.8) follows from both names, so it
/// is the same in every tenant.
#[must_use]
pub fn scope_of(resource: AppId, value: &str) -> PermissionScope {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(sha256(&format!("doorward scope {resource} {value}"))) {
        *to = from;
    }
    PermissionScope::new(PermissionId(Builder::from_custom_bytes(bytes).into_uuid()), value)
}

async fn complete(ctx: &Context, unit: &mut dyn Unit, present: Option<&Application>, wanted: Application) -> Result<()> {
    let activity = match present {
        Some(present) if *present == wanted => return Ok(()),
        Some(_) => {
            unit.applications().update(&wanted).await?;
            "Update application"
        }
        None => {
            unit.applications().create(&wanted).await?;
            "Create application"
        }
    };
    let audit = DirectoryAudit {
        id: AuditId::random(ctx.rng.as_ref()),
        activity_date_time: ctx.now(),
        activity_display_name: activity.into(),
        initiated_by: Initiator { id: None, is_app: false, display_name: "Doorward at its start".into() },
        target_type: "application".into(),
        target_id: wanted.app_id.to_string(),
        before: present.map_or(serde_json::Value::Null, crate::directory::without_hashes),
        after: crate::directory::without_hashes(&wanted),
    };
    Ok(unit.logs().append_audit(&audit).await?)
}

/// The applications of every tenant: Doorward's own resources, and the broker clients whose ids existing software carries.
fn built_in_applications(now: Timestamp) -> Vec<Application> {
    let graph = Application {
        identifier_uris: vec!["https://graph.microsoft.com".into()],
        scopes: GRAPH_PERMISSIONS.iter().map(GraphPermission::scope).collect(),
        app_roles: GRAPH_PERMISSIONS.iter().map(GraphPermission::role).collect(),
        ..blank(resource::GRAPH, "Doorward Graph", now)
    };
    let registration = Application {
        identifier_uris: vec!["urn:ms-drs:enterpriseregistration.windows.net".into()],
        scopes: vec![scope_of(resource::DEVICE_REGISTRATION, "user_impersonation")],
        ..blank(resource::DEVICE_REGISTRATION, "Device Registration", now)
    };
    let protection = Application {
        identifier_uris: vec!["api://doorward-protection".into()],
        scopes: vec![scope_of(resource::PROTECTION, "Protection.CheckIn")],
        ..blank(resource::PROTECTION, "App Protection", now)
    };
    let broker = |id: AppId, name: &str, redirects: &[&str]| Application {
        broker: true,
        is_fallback_public_client: true,
        redirect_uris: redirects
            .iter()
            .map(|uri| RedirectUri { uri: (*uri).to_owned(), platform: RedirectPlatform::PublicClient })
            .collect(),
        ..blank(id, name, now)
    };
    let mut all = vec![
        graph,
        registration,
        protection,
        broker(
            BROKER,
            "Authentication Broker",
            &["msauth://Microsoft.AAD.BrokerPlugin", "ms-aadj-redir://auth/drs", "urn:ietf:wg:oauth:2.0:oob"],
        ),
        broker(PRT_BROKER, "Authentication Broker (tokens)", &[]),
        blank(mail::BUILT_IN_CLIENT, "Built-in mail client", now),
        broker(LINUX_BROKER, "Authentication Broker (Linux)", &["companyportal://com.microsoft.CompanyPortal"]),
    ];
    all.extend(management_services(now));
    all
}

/// The services of device management and administration, under the ids and names that existing clients ask for.
fn management_services(now: Timestamp) -> [Application; 4] {
    let service = |id: AppId, name: &str, uri: &str| Application {
        identifier_uris: vec![uri.into()],
        scopes: vec![scope_of(id, "user_impersonation")],
        ..blank(id, name, now)
    };
    [
        service(resource::MANAGEMENT, "Device management", "https://enrollment.manage.microsoft.com"),
        service(resource::ENROLMENT, "Device enrolment", "api://doorward-enrolment"),
        service(resource::COMPLIANCE, "Device compliance", "api://doorward-compliance"),
        Application {
            bundles: vec!["MicrosoftAdminPortals".into()],
            ..service(resource::PORTAL, "Administration portal", "api://doorward-portal")
        },
    ]
}

fn blank(app_id: AppId, display_name: &str, created: Timestamp) -> Application {
    Application {
        consent: ConsentPolicy::Preauthorized,
        // Clients of these ids know RS256 only.
        signing_algorithm: SigningAlgorithm::RS256,
        ..Application::new(app_id, display_name, created)
    }
}

/// Whether an application belongs to every tenant and must not be deleted.
#[must_use]
pub fn is_built_in(id: AppId) -> bool {
    const IDS: [AppId; 13] = [
        resource::GRAPH,
        resource::DEVICE_REGISTRATION,
        resource::PROTECTION,
        resource::MANAGEMENT,
        resource::ENROLMENT,
        resource::COMPLIANCE,
        resource::PORTAL,
        resource::CONSOLE,
        resource::ACCOUNT,
        BROKER,
        PRT_BROKER,
        LINUX_BROKER,
        mail::BUILT_IN_CLIENT,
    ];
    IDS.contains(&id)
}
