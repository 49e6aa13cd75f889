//! `/applications`.

mod key_credential;
pub(super) mod passwords;
mod registration;

pub(super) use registration::NOT_OFFERED;

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_model::tenant::Tenant;
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_store::query::ApplicationField;
use serde_json::{Map, Value, json};

use self::registration::{Registration, merged};
use super::admin::Admin;
use super::entity::check_type;
use super::error::GraphError;
use super::list::{self, List, Noun};
use super::page::{if_match, with_etag};

pub(super) const APPLICATIONS: Noun<ApplicationField> = Noun {
    context: "applications",
    properties: &[
        ("id", ApplicationField::Id),
        ("appId", ApplicationField::Id),
        ("displayName", ApplicationField::DisplayName),
        ("createdDateTime", ApplicationField::Created),
        ("doorward/approved", ApplicationField::Approved),
        ("doorward/protectable", ApplicationField::Protectable),
    ],
    shown: &[
        "id",
        "appId",
        "createdDateTime",
        "publisherDomain",
        "displayName",
        "description",
        "notes",
        "serviceManagementReference",
        "isDisabled",
        "signInAudience",
        "tags",
        "identifierUris",
        "web",
        "spa",
        "publicClient",
        "isFallbackPublicClient",
        "api",
        "appRoles",
        "requiredResourceAccess",
        "passwordCredentials",
        "keyCredentials",
        "info",
        "doorward",
    ],
};

/// Members that the server sets. A client may send back what it was given.
const OURS: [&str; 6] = ["id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain", "passwordCredentials"];

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let query = list.query(&APPLICATIONS)?;
    let mut unit = admin.read().await?;
    let page = unit.applications().page(&query).await?;
    let count = if list.options.count { Some(unit.applications().count(&query).await?) } else { None };
    Ok(list.answer(APPLICATIONS.context, page, count, |application| shown(&admin.tenant, application)))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    Ok(list::count(admin.read().await?.applications().count(&list.query(&APPLICATIONS)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<AppId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let application = find(&admin, id).await?;
    Ok(with_etag(list.object(&APPLICATIONS, shown(&admin.tenant, &application))?, &directory::entity_tag(&application)))
}

pub(super) async fn create(admin: Admin, Json(mut body): Json<Map<String, Value>>) -> Result<Response, GraphError> {
    admin.may(Task::ManageApplications)?;
    // A well-known client id may be given, so that software that carries it works.
    let app_id = match body.remove("appId") {
        None | Some(Value::Null) => AppId::random(admin.ctx.rng.as_ref()),
        Some(given) => serde_json::from_value(given).map_err(|error| GraphError::BadRequest(format!("appId: {error}")))?,
    };
    let blank = Application::new(app_id, "", admin.ctx.now());
    let application = changed(&admin, &blank, body)?;
    admin.principal.may_register(None, Some(&application))?;
    let application = directory::create_application(&admin.ctx, admin.tenant.id, &admin.actor(), application).await?;
    Ok(with_etag((StatusCode::CREATED, Json(shown(&admin.tenant, &application))), &directory::entity_tag(&application)))
}

pub(super) async fn update(
    admin: Admin,
    Path(id): Path<AppId>,
    headers: HeaderMap,
    Json(body): Json<Map<String, Value>>,
) -> Result<Response, GraphError> {
    admin.may(Task::ManageApplications)?;
    let expected = if_match(&headers)?;
    let present = find(&admin, id).await?;
    let application = changed(&admin, &present, body)?;
    admin.principal.may_register(Some(&present), Some(&application))?;
    // Without a tag of the caller's, what was read here counts: members that are not in the body come from it.
    let expected = expected.unwrap_or_else(|| directory::entity_tag(&present));
    directory::update_application(&admin.ctx, admin.tenant.id, &admin.actor(), application, Some(&expected)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<AppId>, headers: HeaderMap) -> Result<Response, GraphError> {
    admin.may(Task::ManageApplications)?;
    let expected = if_match(&headers)?;
    admin.principal.may_register(Some(&find(&admin, id).await?), None)?;
    directory::delete_application(&admin.ctx, admin.tenant.id, &admin.actor(), id, expected.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn find(admin: &Admin, id: AppId) -> Result<Application, GraphError> {
    let found = admin.read().await?.applications().get(id).await?;
    Ok(found.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("application {id}")))?)
}

fn shown(tenant: &Tenant, application: &Application) -> Value {
    let mut shown = json!({
        "id": application.app_id,
        "appId": application.app_id,
        "createdDateTime": application.created,
        "publisherDomain": tenant.default_domain(),
        "passwordCredentials": application.secrets.iter().map(passwords::shown).collect::<Vec<_>>(),
    });
    if let (Value::Object(shown), Value::Object(settable)) = (&mut shown, json!(Registration::of(application))) {
        shown.extend(settable);
    }
    shown
}

/// The registration that a body asks for.
fn changed(admin: &Admin, present: &Application, mut body: Map<String, Value>) -> Result<Application, GraphError> {
    check_type(&mut body, "application")?;
    let known = shown(&admin.tenant, present);
    for name in OURS {
        let Some(given) = body.remove(name) else { continue };
        if !given.is_null() && known.get(name) != Some(&given) {
            return Err(GraphError::BadRequest(match name {
                "passwordCredentials" => "passwordCredentials: use addPassword and removePassword, and leave it out here".into(),
                name => format!("{name}: the server sets it: leave it out, or as it was read"),
            }));
        }
    }
    merged(present, body, admin.ctx.rng.as_ref())
}
