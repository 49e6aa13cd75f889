//! What outside clients need to use the demo: `demo.json`.

use std::path::{Path, PathBuf};

use doorward_model::role::Role;
use serde_json::json;

use super::catalogue::{DOMAIN, MAIL, WEB_APP};
use super::company::Company;
use crate::config::Config;
use crate::{durable_file, tls};

/// The file that describes the demo.
pub(super) fn demo_file(data: &Path) -> PathBuf {
    data.join("demo.json")
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
