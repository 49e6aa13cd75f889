//! Protected apps as administrators see them, and their wipe: `/deviceAppManagement/managedAppRegistrations`.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use doorward_model::document::DocumentKind;
use doorward_model::protection::{AppState, IntendedPolicy, ManagedAppOperation, ManagedAppRegistration, MobileAppIdentifier};
use doorward_model::{RegistrationId, UserId};
use doorward_service::directory::{DirectoryError, Task};
use doorward_service::protection;
use doorward_store::query::{Page, Position};
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::Admin;
use super::app_protection;
use super::entity::ObjectBody;
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

/// What it enforced at its last check-in. A policy that has been deleted since is not among them.
pub(super) async fn applied_policies(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let registration = find(&admin, &id).await?;
    policies(&admin, &list, &registration, "appliedPolicies", &registration.applied_policies).await
}

/// What it should enforce now.
pub(super) async fn intended_policies(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let registration = find(&admin, &id).await?;
    let registered = protection::registered(&admin.ctx, admin.tenant.id, registration.id).await?;
    let current = registered.and_then(|registered| registered.current).map(|current| current.effective.intended);
    policies(&admin, &list, &registration, "intendedPolicies", &current.unwrap_or_default()).await
}

async fn policies(
    admin: &Admin,
    list: &List,
    registration: &ManagedAppRegistration,
    which: &str,
    policies: &[IntendedPolicy],
) -> Result<Response, GraphError> {
    let mut documents = admin.read().await?.documents().list(DocumentKind::AppProtectionPolicy).await?;
    documents.retain(|document| policies.iter().any(|policy| policy.id == document.id));
    let context = format!("{CONTEXT}('{}')/{which}", registration.id);
    list.in_memory(&context, documents.iter().map(|document| app_protection::shown(document, &[])).collect(), &app_protection::PROPERTIES)
}

/// The policies that are assigned to a person, for whatever app and device.
pub(super) async fn policies_of_user(admin: Admin, list: List, Path(user): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let user = user_id(&admin, &user).await?;
    let stored = protection::policies_of_user(admin.read().await?.as_mut(), user).await?;
    let shown = stored.iter().map(|stored| app_protection::shown(&stored.document, &[])).collect();
    list.in_memory("Collection(microsoft.graph.managedAppPolicy)", shown, &app_protection::PROPERTIES)
}

/// What keeps a person's apps from being protected.
pub(super) async fn diagnostic_statuses(admin: Admin, list: List, Path(user): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let user = user_id(&admin, &user).await?;
    let tests = protection::diagnose(&admin.ctx, admin.read().await?.as_mut(), admin.tenant.id, user).await?;
    let shown = |test: &protection::Diagnosis| {
        let (state, mend) = if test.passed { ("passed", None) } else { ("failed", Some(test.mend)) };
        json!({ "validationName": test.name, "state": state, "mitigationInstruction": mend })
    };
    list.in_memory(
        "Collection(microsoft.graph.managedAppDiagnosticStatus)",
        tests.iter().map(shown).collect(),
        &["validationName", "state"],
    )
}

/// Ids of people with a device that says something is wrong with it.
pub(super) async fn flagged_users(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    list.only_pages()?;
    let all = protection::all(admin.read().await?.as_mut()).await?;
    let flagged = all.iter().filter(|one| one.ended.is_none() && !one.state.flagged_reasons().is_empty());
    let users: BTreeSet<UserId> = flagged.map(|one| one.user_id).collect();
    let after = list.after::<UserId>()?;
    let mut rest = users.into_iter().filter(|user| after.is_none_or(|after| *user > after)).peekable();
    let limit = usize::try_from(list.options.page()).unwrap_or(usize::MAX);
    let items: Vec<UserId> = rest.by_ref().take(limit).collect();
    let next = items.last().filter(|_| rest.peek().is_some()).map(|last| Position { key: None, id: last.to_string() });
    let page = Page { items, next };
    Ok(list.answer("Collection(Edm.String)", page, None, |user| json!(user)))
}

pub(super) async fn cancel(admin: Admin, Path((id, operation)): Path<(String, String)>) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let id = find(&admin, &id).await?.id;
    protection::cancel_operation(&admin.ctx, admin.tenant.id, &admin.actor(), id, &operation).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn wipe(admin: Admin, Path(user): Path<String>, ObjectBody(body): ObjectBody<WipeBody>) -> Result<StatusCode, GraphError> {
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
        "flaggedReasons": flagged_reasons(state),
        "evidence": registration.evidence,
        "createdDateTime": registration.created_date_time,
        "lastSyncDateTime": registration.last_sync_date_time,
    })
}

fn flagged_reasons(state: &AppState) -> Value {
    match state.flagged_reasons() {
        none if none.is_empty() => json!(["none"]),
        reasons => json!(reasons),
    }
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
