//! `/applications`.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_store::query::ApplicationField;
use serde_json::{Map, Value, json};

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
        ("enabled", ApplicationField::Enabled),
        ("approved", ApplicationField::Approved),
        ("protectable", ApplicationField::Protectable),
        ("createdDateTime", ApplicationField::Created),
    ],
    shown: &[
        "id",
        "appId",
        "displayName",
        "enabled",
        "redirectUris",
        "platformIdentities",
        "identifierUris",
        "scopes",
        "appRoles",
        "appRoleAssignments",
        "secrets",
        "keyCredentials",
        "approved",
        "protectable",
        "attestation",
        "broker",
        "isFallbackPublicClient",
        "consent",
        "signingAlgorithm",
        "bundles",
        "homepage",
        "created",
        "createdDateTime",
    ],
};

/// Members that a client cannot set.
const OURS: [&str; 5] = ["id", "appId", "secrets", "created", "createdDateTime"];

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let query = list.query(&APPLICATIONS)?;
    let mut unit = admin.read().await?;
    let page = unit.applications().page(&query).await?;
    let count = if list.options.count { Some(unit.applications().count(&query).await?) } else { None };
    Ok(list.answer(APPLICATIONS.context, page, count, shown))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    Ok(list::count(admin.read().await?.applications().count(&list.query(&APPLICATIONS)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<AppId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadApplications)?;
    let application = find(&admin, id).await?;
    Ok(with_etag(list.object(&APPLICATIONS, shown(&application))?, &directory::entity_tag(&application)))
}

pub(super) async fn create(admin: Admin, Json(body): Json<Map<String, Value>>) -> Result<Response, GraphError> {
    admin.may(Task::ManageApplications)?;
    // A well-known client id may be given, so that software that carries it works.
    let given = body.get("appId").and_then(Value::as_str).map(str::parse::<AppId>).transpose();
    let app_id =
        given.map_err(|error| GraphError::BadRequest(format!("appId: {error}")))?.unwrap_or_else(|| AppId::random(admin.ctx.rng.as_ref()));
    let base = json!({ "appId": app_id, "displayName": "", "enabled": true, "created": admin.ctx.now() });
    let application = merged(base, body)?;
    admin.principal.may_register(None, Some(&application))?;
    let application = directory::create_application(&admin.ctx, admin.tenant.id, &admin.actor(), application).await?;
    Ok(with_etag((StatusCode::CREATED, Json(shown(&application))), &directory::entity_tag(&application)))
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
    let application = merged(json!(present), body)?;
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

pub(super) async fn add_password(admin: Admin, Path(id): Path<AppId>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ManageApplications)?;
    admin.principal.may_register(Some(&find(&admin, id).await?), None)?;
    let (value, secret) = directory::add_password(&admin.ctx, admin.tenant.id, &admin.actor(), id, None).await?;
    Ok(Json(json!({ "secretText": value, "hint": secret.hint, "endDateTime": secret.expires })))
}

pub(super) async fn find(admin: &Admin, id: AppId) -> Result<Application, GraphError> {
    let found = admin.read().await?.applications().get(id).await?;
    Ok(found.ok_or_else(|| DirectoryError::NotFound(format!("application {id}")))?)
}

fn shown(application: &Application) -> Value {
    let mut shown = directory::without_hashes(application);
    if let Value::Object(members) = &mut shown {
        members.insert("id".into(), json!(application.app_id));
        members.insert("createdDateTime".into(), json!(application.created));
    }
    shown
}

/// A registration with the members of a request put in. Unknown members are refused: a misspelt one would be silently without effect.
fn merged(base: Value, mut body: Map<String, Value>) -> Result<Application, GraphError> {
    check_type(&mut body, "application")?;
    let Value::Object(mut members) = base else { return Err(GraphError::BadRequest("the body must be a JSON object".into())) };
    for (name, value) in body {
        if !OURS.contains(&name.as_str()) {
            members.insert(name, value);
        }
    }
    let names: Vec<String> = members.keys().cloned().collect();
    let application: Application =
        serde_json::from_value(Value::Object(members)).map_err(|error| GraphError::BadRequest(error.to_string()))?;
    let known = json!(application);
    match names.iter().find(|name| known.get(name.as_str()).is_none()) {
        Some(unknown) => Err(GraphError::BadRequest(format!("{unknown}: there is no such member of an application"))),
        None => Ok(application),
    }
}
