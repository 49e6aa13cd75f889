//! What outside clients need to use the demo: `demo.json`, and the sample credentials behind it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use doorward_model::role::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::catalogue::{DOMAIN, MAIL, WEB_APP};
use super::company::Company;
use crate::config::Config;
use crate::{durable_file, tls};

/// Sample credentials, kept so that a restart on the same data finds them.
#[derive(Serialize, Deserialize)]
pub(super) struct Secrets {
    pub(super) password: String,
    pub(super) web_secret: String,
}

fn secrets_file(data: &Path) -> PathBuf {
    data.join("sample-credentials.json")
}

/// The file that describes the demo.
pub(super) fn demo_file(data: &Path) -> PathBuf {
    data.join("demo.json")
}

/// The credentials of an earlier run on this folder.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read_secrets(data: &Path) -> anyhow::Result<Option<Secrets>> {
    let path = secrets_file(data);
    match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .with_context(|| format!("{} is damaged: choose another folder with --data", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Keeps the credentials.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write_secrets(data: &Path, secrets: &Secrets) -> anyhow::Result<()> {
    durable_file::replace(&secrets_file(data), &serde_json::to_string_pretty(secrets)?, 0o600)
}

/// Writes `demo.json`, whole or not at all: whoever waits for the file finds it complete.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write(config: &Config, company: &Company) -> anyhow::Result<()> {
    let base_url = config.base_url.as_str().trim_end_matches('/');
    let groups_of = |user: doorward_model::UserId| {
        let holds = |members: &[doorward_model::group::Member]| members.iter().any(|member| member.id() == user.0);
        company.groups.iter().filter(|(_, members)| holds(members)).map(|(group, _)| group.display_name.clone()).collect::<Vec<_>>()
    };
    let administrator = company.users.iter().find(|user| user.roles.contains(&Role::GlobalAdministrator));
    let users = company.users.iter().filter(|user| user.roles.is_empty()).map(|user| {
        json!({ "userPrincipalName": user.user_principal_name, "password": company.password, "id": user.id, "groups": groups_of(user.id) })
    });
    let applications = company.applications.iter().map(|application| {
        json!({
            "displayName": application.display_name,
            "appId": application.app_id,
            "redirectUris": application.redirect_uris.iter().map(|redirect| &redirect.uri).collect::<Vec<_>>(),
            "approved": application.approved,
            "protectable": application.protectable,
            "secret": (application.app_id == WEB_APP).then_some(&company.web_secret),
        })
    });
    let demo = json!({
        "baseUrl": base_url,
        "caFile": tls::local_ca_file(&config.data),
        "tenantId": company.tenant.id,
        "tenantDomain": DOMAIN,
        "admin": { "userPrincipalName": administrator.map(|user| &user.user_principal_name), "password": company.password },
        "users": users.collect::<Vec<_>>(),
        "groups": company.groups.iter().map(|(group, _)| json!({ "id": group.id, "displayName": group.display_name })).collect::<Vec<_>>(),
        "applications": applications.collect::<Vec<_>>(),
        "resources": [{ "displayName": "Contoso Mail service", "appId": MAIL, "url": format!("{base_url}/mail/v1.0/messages") }],
    });
    durable_file::replace(&demo_file(&config.data), &serde_json::to_string_pretty(&demo)?, 0o600)
}
