//! The sample company: made once, found again on the same data.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use doorward_model::application::{Application, ConsentPolicy, PlatformIdentity, RedirectPlatform, RedirectUri, SigningAlgorithm};
use doorward_model::document::DocumentKind;
use doorward_model::group::{Group, Member};
use doorward_model::role::Role;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{AppId, GroupId};
use doorward_service::directory::{self, Actor, NewPassword, NewUser, UserPatch};
use doorward_service::setup::{self, NewTenant};
use doorward_service::{Context, password, tenants};
use serde_json::{Value, json};
use uuid::uuid;

use super::catalogue::{DESKTOP, DOMAIN, FILES_APP, MAIL, MAIL_APP, OTHER_MAIL_APP, OTHER_SIGNATURE, SIGNATURE, WEB_APP, android, ios};
use super::secrets::{self, Secrets};
use super::week;
use crate::config::Config;
use crate::durable_file;

/// The company.
pub(super) struct Company {
    /// Tenant.
    pub(super) tenant: Arc<Tenant>,
    /// Password of everybody in it.
    pub(super) password: String,
    /// Users.
    pub(super) users: Vec<User>,
    /// Groups with their direct members.
    pub(super) groups: Vec<(Group, Vec<Member>)>,
    /// Applications.
    pub(super) applications: Vec<Application>,
    /// Secret of the web application.
    pub(super) web_secret: String,
}

/// Who may use mail how.
const BY_APP: &str = "Mail with approved apps";
const EXEMPTED: &str = "Exempted from approved apps";
const BY_DEVICE: &str = "Mail on managed devices";

/// Clears away what a first start that was cut off has left, so that the company is made anew: half of one is of no use. Call this
/// before the database is opened. A database that no demo began is not touched.
///
/// # Errors
/// When a file cannot be removed or written.
pub(super) fn clear_unfinished(config: &Config) -> anyhow::Result<()> {
    let (mark, database) = (unfinished_mark(&config.data), config.database());
    if secrets::read(&config.data)?.is_some() {
        return remove(&mark);
    }
    if mark.exists() {
        // The log goes first: without its database it would be taken for that of the next one.
        for suffix in ["-wal", "-shm", ""] {
            let mut file = database.clone().into_os_string();
            file.push(suffix);
            remove(Path::new(&file))?;
        }
    } else if database.exists() {
        return Ok(());
    }
    durable_file::replace(&mark, "The sample company is being made. If nothing runs here, the next start begins anew.\n", 0o600)
}

fn unfinished_mark(data: &Path) -> PathBuf {
    data.join("sample-company.unfinished")
}

fn remove(file: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

/// Opens the company of a data folder, or makes it.
///
/// # Errors
/// Storage failure, or a folder that holds something else.
pub(super) async fn open(ctx: &Context, data: &Path) -> anyhow::Result<Company> {
    let secrets = match secrets::read(data)? {
        Some(secrets) => secrets,
        None => create(ctx, data).await?,
    };
    let tenant = tenants::resolve(ctx, DOMAIN, None).await?;
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let users = unit.users().list(None, 100).await?;
    let mut groups = Vec::new();
    let all = unit.groups().list().await?;
    for group in all {
        let members = unit.groups().members(group.id).await?;
        groups.push((group, members));
    }
    let applications = unit.applications().list().await?;
    drop(unit);
    Ok(Company { tenant, password: secrets.password, users, groups, applications, web_secret: secrets.web_secret })
}

async fn create(ctx: &Context, data: &Path) -> anyhow::Result<Secrets> {
    let administrator = format!("admin@{DOMAIN}");
    let new = NewTenant { domain: DOMAIN.into(), display_name: "Contoso".into(), administrator };
    let created = setup::create_tenant(ctx, &new).await.context("is the folder in use by something else? Choose another with --data")?;
    let (tenant, actor) = (created.tenant, Actor::command_line());
    let by_app = directory::create_group(
        ctx,
        tenant.id,
        &actor,
        GroupId::random(ctx.rng.as_ref()),
        BY_APP,
        Some("May use mail with approved apps only"),
    )
    .await?;
    let exempted =
        directory::create_group(ctx, tenant.id, &actor, GroupId::random(ctx.rng.as_ref()), EXEMPTED, Some("May use any mail app")).await?;
    let by_device = directory::create_group(
        ctx,
        tenant.id,
        &actor,
        GroupId::random(ctx.rng.as_ref()),
        BY_DEVICE,
        Some("May use mail on managed devices"),
    )
    .await?;
    let people: [(&str, &str, &[&Group], Vec<Role>); 7] = [
        ("anna", "Anna Svensson", &[&by_app], vec![]),
        ("ben", "Ben Okafor", &[&by_app, &exempted], vec![]),
        ("carla", "Carla Rossi", &[], vec![]),
        ("dora", "Dora Lindqvist", &[&by_app, &by_device], vec![]),
        ("emil", "Emil Novak", &[&by_app], vec![]),
        ("ines", "Ines Duarte", &[], vec![Role::IntuneAdministrator]),
        ("sam", "Sam Reader", &[], vec![Role::SecurityReader]),
    ];
    let names: Vec<_> = ["admin"].into_iter().chain(people.iter().map(|person| person.0)).chain(week::names()).collect();
    let password = password::generate(ctx.rng.as_ref(), &names);
    // The demo's administrator is a sample like everybody else: the one-time password is replaced by the company's.
    let patch = UserPatch { password: Some((password.clone(), false)), ..UserPatch::default() };
    directory::update_user(ctx, tenant.id, &actor, created.administrator, patch, None).await?;
    for (name, display_name, groups, roles) in people {
        let new = NewUser {
            user_principal_name: format!("{name}@{DOMAIN}"),
            display_name: display_name.into(),
            password: password.clone(),
            force_change_password: false,
            account_enabled: true,
            roles,
        };
        let user = directory::create_user(ctx, &tenant, &actor, new).await?;
        for group in groups {
            directory::add_member(ctx, tenant.id, &actor, group.id, Member::User(user.id)).await?;
        }
    }
    for application in applications(ctx) {
        directory::create_application(ctx, tenant.id, &actor, application).await?;
    }
    let (web_secret, _) = directory::add_password(ctx, tenant.id, &actor, WEB_APP, NewPassword::default(), None).await?;
    for (kind, body) in policies(&by_app, &exempted, &by_device) {
        directory::create_policy(ctx, tenant.id, &actor, kind, body).await?;
    }
    let groups = week::Groups { by_app: &by_app, by_device: &by_device };
    week::live(ctx, &tenant, &actor, &groups, &password).await.context("the week before cannot be played")?;
    let secrets = Secrets { password, web_secret };
    secrets::write(data, &secrets)?;
    remove(&unfinished_mark(data))?;
    Ok(secrets)
}

fn applications(ctx: &Context) -> Vec<Application> {
    let blank =
        |app_id: AppId, name: &str| Application { consent: ConsentPolicy::Preauthorized, ..Application::new(app_id, name, ctx.now()) };
    let redirects = |platform: RedirectPlatform, uris: &[&str]| {
        uris.iter().map(|uri| RedirectUri { uri: (*uri).to_owned(), platform }).collect::<Vec<_>>()
    };
    let on_phones = |name: &str, signature: &str| -> Vec<PlatformIdentity> { vec![ios(name), android(name, signature)] };
    let public = |app_id: AppId, name: &str| Application {
        is_fallback_public_client: true,
        redirect_uris: redirects(
            RedirectPlatform::PublicClient,
            &["https://login.microsoftonline.com/common/oauth2/nativeclient", "http://localhost"],
        ),
        signing_algorithm: SigningAlgorithm::RS256,
        ..blank(app_id, name)
    };
    vec![
        Application {
            identifier_uris: vec!["api://contoso-mail".into()],
            scopes: ["Mail.Read", "Mail.Send"].map(|scope| setup::scope_of(MAIL, scope)).to_vec(),
            ..blank(MAIL, "Contoso Mail service")
        },
        Application {
            approved: true,
            protectable: true,
            platform_identities: on_phones("com.contoso.mail", SIGNATURE),
            ..blank(MAIL_APP, "Contoso Mail")
        },
        Application {
            approved: true,
            protectable: true,
            platform_identities: on_phones("com.contoso.files", SIGNATURE),
            ..blank(FILES_APP, "Contoso Files")
        },
        Application { platform_identities: on_phones("com.example.fastmail", OTHER_SIGNATURE), ..blank(OTHER_MAIL_APP, "Fast Mail") },
        Application {
            is_fallback_public_client: true,
            redirect_uris: redirects(RedirectPlatform::PublicClient, &["http://localhost"]),
            ..blank(DESKTOP, "Contoso Desktop")
        },
        Application {
            consent: ConsentPolicy::User,
            redirect_uris: redirects(RedirectPlatform::Web, &["https://localhost/callback"]),
            ..blank(WEB_APP, "Contoso Intranet")
        },
        // Client ids that existing software carries.
        public(AppId(uuid!("04b07795-8ddb-461a-bbee-02f9e1bf7b46")), "Command line"),
        public(AppId(uuid!("ce6ff14a-7fdc-4685-bbe0-f6afdfcfa8e0")), "SSH sign-in"),
        public(AppId(uuid!("d3590ed6-52b3-4102-aeff-aad2292ab01c")), "Office"),
    ]
}

fn policies(by_app: &Group, exempted: &Group, by_device: &Group) -> Vec<(DocumentKind, Value)> {
    let protection = |platform: &str, app: Value| {
        json!({
            "@odata.type": format!("#microsoft.graph.{platform}ManagedAppProtection"),
            "displayName": format!("Work data on {platform} phones"),
            "allowedOutboundDataTransferDestinations": "managedApps",
            "allowedInboundDataTransferSources": "allApps",
            "allowedOutboundClipboardSharingLevel": "managedAppsWithPasteIn",
            "pinRequired": true,
            "minimumPinLength": 4,
            "deviceComplianceRequired": true,
            "apps": app,
            "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": by_app.id } }],
        })
    };
    let apps = |kind: &str, member: &str| {
        let app = |name: &str| json!({ "mobileAppIdentifier": { "@odata.type": format!("#microsoft.graph.{kind}MobileAppIdentifier"), member: name } });
        json!([app("com.contoso.mail"), app("com.contoso.files")])
    };
    vec![
        (
            DocumentKind::ServicePolicy,
            json!({
                "id": "mail",
                "resource": MAIL,
                "appAccess": {
                    "state": "enabled", "allowedApps": "supportAppProtection",
                    "restrictedGroups": [by_app.id], "exemptedGroups": [exempted.id],
                },
                "deviceAccess": { "state": "enabled", "platforms": "all", "targetedGroups": [by_device.id], "windows": "domainJoined" },
            }),
        ),
        (
            DocumentKind::ConditionalAccessPolicy,
            json!({
                "displayName": "Second factor for mail (trial)",
                "state": "enabledForReportingButNotEnforced",
                "conditions": {
                    "users": { "includeUsers": ["All"] },
                    "applications": { "includeApplications": [MAIL] },
                    "clientAppTypes": ["all"],
                },
                "grantControls": { "operator": "OR", "builtInControls": ["mfa"] },
            }),
        ),
        (DocumentKind::AppProtectionPolicy, protection("ios", apps("ios", "bundleId"))),
        (DocumentKind::AppProtectionPolicy, protection("android", apps("android", "packageId"))),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Secrets, clear_unfinished, secrets, unfinished_mark};
    use crate::config::Config;

    #[test]
    fn only_a_database_that_an_unfinished_first_start_began_is_cleared_away() {
        // Mark, database and credentials before; mark and database after.
        let table = [
            ("fresh folder", (false, false, false), (true, false)),
            ("cut off", (true, true, false), (true, false)),
            ("cut off before the database", (true, false, false), (true, false)),
            ("cut off at the very end", (true, true, true), (false, true)),
            ("finished", (false, true, true), (false, true)),
            ("somebody else's", (false, true, false), (false, true)),
        ];
        for (name, (mark, database, credentials), after) in table {
            let folder = tempfile::tempdir().unwrap();
            let config = Config { data: folder.path().to_owned(), ..Config::default() };
            let log = folder.path().join("doorward.db-wal");
            if mark {
                std::fs::write(unfinished_mark(folder.path()), "").unwrap();
            }
            if database {
                std::fs::write(config.database(), "").unwrap();
                std::fs::write(&log, "").unwrap();
            }
            if credentials {
                let secrets = Secrets { password: "p".into(), web_secret: "s".into() };
                secrets::write(folder.path(), &secrets).unwrap();
            }
            clear_unfinished(&config).unwrap();
            assert_eq!((unfinished_mark(folder.path()).exists(), config.database().exists()), after, "{name}");
            assert_eq!(log.exists(), config.database().exists(), "{name}");
        }
    }
}
