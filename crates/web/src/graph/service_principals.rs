//! `/servicePrincipals`: registrations as the tenant's own view of an application. Here both are one object with one id, the client id.

use axum::extract::Path;
use axum::response::Response;
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_service::directory::{DirectoryError, Task};
use doorward_service::resource;
use doorward_store::query::ApplicationField;
use serde_json::{Value, json};

use super::admin::Admin;
use super::applications;
use super::error::GraphError;
use super::list::{self, List, Noun};
use crate::linux;

pub(super) const SERVICE_PRINCIPALS: Noun<ApplicationField> = Noun {
    context: "servicePrincipals",
    properties: &[
        ("id", ApplicationField::Id),
        ("appId", ApplicationField::Id),
        ("displayName", ApplicationField::DisplayName),
        ("appDisplayName", ApplicationField::DisplayName),
        ("accountEnabled", ApplicationField::Enabled),
    ],
    shown: &[
        "id",
        "appId",
        "displayName",
        "appDisplayName",
        "accountEnabled",
        "appOwnerOrganizationId",
        "appRoleAssignmentRequired",
        "appRoles",
        "oauth2PermissionScopes",
        "servicePrincipalNames",
        "servicePrincipalType",
        "replyUrls",
        "homepage",
        "logoutUrl",
        "appDescription",
        "notes",
        "signInAudience",
        "tags",
        "info",
    ],
};

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let query = list.query(&SERVICE_PRINCIPALS)?;
    let mut unit = admin.read().await?;
    let page = unit.applications().page(&query).await?;
    let count = if list.options.count { Some(unit.applications().count(&query).await?) } else { None };
    Ok(list.answer(SERVICE_PRINCIPALS.context, page, count, |application| shown(&admin, application)))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    Ok(list::count(admin.read().await?.applications().count(&list.query(&SERVICE_PRINCIPALS)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<AppId>) -> Result<Response, GraphError> {
    use axum::response::IntoResponse as _;
    admin.may(Task::ReadApplications)?;
    let application = applications::find(&admin, id).await?;
    Ok(list.object(&SERVICE_PRINCIPALS, shown(&admin, &application))?.into_response())
}

/// Where the parts of a service are. Clients of device management look for them here, so that everybody may ask.
pub(super) async fn endpoints(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadSelf)?;
    let id: AppId =
        id.strip_prefix("appid=").unwrap_or(&id).parse().map_err(|_| DirectoryError::NotFound(format!("service principal {id}")))?;
    let application = applications::find(&admin, id).await?;
    let authority = admin.ctx.authority(admin.tenant.id);
    let services = if application.app_id == resource::MANAGEMENT { linux::SERVICES.as_slice() } else { &[] };
    let endpoint = |(name, path): &(&str, &str)| json!({ "id": name, "capability": name, "providerName": name, "providerId": id, "uri": format!("{authority}/{path}") });
    let known = ["id", "capability", "providerName", "providerId", "uri"];
    list.in_memory(&format!("servicePrincipals('{id}')/endpoints"), services.iter().map(endpoint).collect(), &known)
}

pub(super) fn shown(admin: &Admin, application: &Application) -> Value {
    let names: Vec<String> = std::iter::once(application.app_id.to_string()).chain(application.identifier_uris.iter().cloned()).collect();
    json!({
        "id": application.app_id,
        "appId": application.app_id,
        "displayName": application.display_name,
        "appDisplayName": application.display_name,
        "accountEnabled": application.enabled,
        "appOwnerOrganizationId": admin.tenant.id,
        // People are kept from an app by policies, not by assignments.
        "appRoleAssignmentRequired": false,
        "appRoles": application.app_roles,
        "oauth2PermissionScopes": application.scopes,
        "servicePrincipalNames": names,
        "servicePrincipalType": "Application",
        "replyUrls": application.redirect_uris.iter().map(|redirect| &redirect.uri).collect::<Vec<_>>(),
        "homepage": application.homepage,
        "logoutUrl": application.logout_url,
        "appDescription": application.description,
        "notes": application.notes,
        "signInAudience": "AzureADMyOrg",
        "tags": application.tags,
        "info": application.info,
    })
}
