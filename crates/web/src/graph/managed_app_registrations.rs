//! Protected apps as administrators see them, and their wipe: `/deviceAppManagement/managedAppRegistrations`.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use doorward_model::protection::{ManagedAppOperation, ManagedAppRegistration, MobileAppIdentifier};
use doorward_model::{RegistrationId, UserId};
use doorward_service::directory::{DirectoryError, Task};
use doorward_service::protection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::List;
use super::users;

/// Body of `wipeManagedAppRegistrationsByDeviceTag`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WipeBody {
    device_tag: String,
}

const CONTEXT: &str = "deviceAppManagement/managedAppRegistrations";
const SHOWN: [&str; 13] = [
    "id",
    "userId",
    "applicationVersion",
    "deviceName",
    "deviceType",
    "deviceTag",
    "azureADDeviceId",
    "platformVersion",
    "managementSdkVersion",
    "createdDateTime",
    "lastSyncDateTime",
    "appIdentifier/bundleId",
    "appIdentifier/packageId",
];

/// Those that live.
pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    living(&list, CONTEXT, &protection::all(admin.read().await?.as_mut()).await?)
}

pub(super) async fn of_user(admin: Admin, list: List, Path(user): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let user = user_id(&admin, &user).await?;
    let context = format!("users('{user}')/managedAppRegistrations");
    living(&list, &context, &protection::of_user(admin.read().await?.as_mut(), user).await?)
}

fn living(list: &List, context: &str, all: &[ManagedAppRegistration]) -> Result<Response, GraphError> {
    list.in_memory(context, all.iter().filter(|one| one.ended.is_none()).map(shown).collect(), &SHOWN)
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<String>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ReadProtection)?;
    list.one(CONTEXT, shown(&find(&admin, &id).await?))
}

/// What the app is or was asked to do; also when the registration has ended, which is what a wipe comes to.
pub(super) async fn operations(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let registration = find(&admin, &id).await?;
    let context = format!("{CONTEXT}('{}')/operations", registration.id);
    let known = ["id", "displayName", "state", "lastModifiedDateTime"];
    list.in_memory(&context, registration.operations.iter().map(operation).collect(), &known)
}

pub(super) async fn cancel(admin: Admin, Path((id, operation)): Path<(String, String)>) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let id = find(&admin, &id).await?.id;
    protection::cancel_operation(&admin.ctx, admin.tenant.id, &admin.actor(), id, &operation).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn wipe(admin: Admin, Path(user): Path<String>, Json(body): Json<WipeBody>) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let user = user_id(&admin, &user).await?;
    protection::request_wipe(&admin.ctx, admin.tenant.id, &admin.actor(), user, &body.device_tag).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// By id also where the user is gone: their apps may still be there.
async fn user_id(admin: &Admin, user: &str) -> Result<UserId, GraphError> {
    match user.parse() {
        Ok(id) => Ok(id),
        Err(_) => Ok(users::find(admin, user).await?.id),
    }
}

async fn find(admin: &Admin, id: &str) -> Result<ManagedAppRegistration, GraphError> {
    let unknown = || DirectoryError::NotFound(format!("managed app registration {id}"));
    let parsed: RegistrationId = id.parse().map_err(|_| unknown())?;
    let found = protection::find(admin.read().await?.as_mut(), parsed).await?;
    Ok(found.ok_or_else(unknown)?)
}

fn shown(registration: &ManagedAppRegistration) -> Value {
    let state = &registration.state;
    let (kind, member) = match &registration.app_identifier {
        MobileAppIdentifier::Ios { .. } => ("ios", "bundleId"),
        MobileAppIdentifier::Android { .. } => ("android", "packageId"),
    };
    json!({
        "@odata.type": format!("#microsoft.graph.{kind}ManagedAppRegistration"),
        "id": registration.id,
        "userId": registration.user_id,
        "appIdentifier": {
            "@odata.type": format!("#microsoft.graph.{kind}MobileAppIdentifier"),
            member: registration.app_identifier.identifier(),
        },
        "applicationVersion": state.application_version,
        "deviceName": state.device_name,
        "deviceType": state.device_type,
        "deviceTag": registration.device_tag,
        "azureADDeviceId": registration.device_id,
        "platformVersion": state.platform_version,
        "managementSdkVersion": state.sdk_version,
        "flaggedReasons": [if state.rooted == Some(true) { "rootedDevice" } else { "none" }],
        "createdDateTime": registration.created_date_time,
        "lastSyncDateTime": registration.last_sync_date_time,
    })
}

fn operation(operation: &ManagedAppOperation) -> Value {
    let ending = operation.ending.as_ref();
    json!({
        "id": operation.id,
        "displayName": operation.kind,
        "state": operation.state,
        "lastModifiedDateTime": ending.map_or(operation.issued, |ending| ending.at),
        "failureReason": ending.map(|ending| ending.reason.as_str()).filter(|reason| !reason.is_empty()),
    })
}
