//! `/applications`.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_service::directory::{self, DirectoryError, Task};
use serde_json::{Map, Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::page::{Options, collection};

/// Members that a client cannot set.
const OURS: [&str; 3] = ["appId", "secrets", "created"];

pub(super) async fn list(admin: Admin, Query(options): Query<Options>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    let wanted = options.equals("displayName")?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let all = unit.applications().list().await?;
    Ok(collection(
        all.iter().filter(|app| wanted.as_ref().is_none_or(|name| *name == app.display_name)).map(directory::without_hashes).collect(),
    ))
}

pub(super) async fn get(admin: Admin, Path(id): Path<AppId>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::Read)?;
    Ok(Json(directory::without_hashes(&find(&admin, id).await?)))
}

pub(super) async fn create(admin: Admin, Json(body): Json<Map<String, Value>>) -> Result<(StatusCode, Json<Value>), GraphError> {
    admin.may(Task::ManageDirectory)?;
    // A well-known client id may be given, so that software that carries it works.
    let given = body.get("appId").and_then(Value::as_str).map(str::parse::<AppId>).transpose();
    let app_id =
        given.map_err(|error| GraphError::BadRequest(format!("appId: {error}")))?.unwrap_or_else(|| AppId::random(admin.ctx.rng.as_ref()));
    let base = json!({ "appId": app_id, "displayName": "", "enabled": true, "created": admin.ctx.now() });
    let application = merged(base, body)?;
    let application = directory::create_application(&admin.ctx, admin.tenant.id, &admin.actor(), application).await?;
    Ok((StatusCode::CREATED, Json(directory::without_hashes(&application))))
}

pub(super) async fn update(admin: Admin, Path(id): Path<AppId>, Json(body): Json<Map<String, Value>>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let present = find(&admin, id).await?;
    let application = merged(json!(present), body)?;
    directory::update_application(&admin.ctx, admin.tenant.id, &admin.actor(), application).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<AppId>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    directory::delete_application(&admin.ctx, admin.tenant.id, &admin.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn add_password(admin: Admin, Path(id): Path<AppId>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let (value, secret) = directory::add_password(&admin.ctx, admin.tenant.id, &admin.actor(), id).await?;
    Ok(Json(json!({ "secretText": value, "hint": secret.hint, "endDateTime": secret.expires })))
}

async fn find(admin: &Admin, id: AppId) -> Result<Application, GraphError> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let found = unit.applications().get(id).await?;
    Ok(found.ok_or_else(|| DirectoryError::NotFound(format!("application {id}")))?)
}

/// A registration with the members of a request put in. Unknown members are refused: a misspelt one would be silently without effect.
fn merged(base: Value, body: Map<String, Value>) -> Result<Application, GraphError> {
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
