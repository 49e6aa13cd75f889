//! `/deviceManagement/deviceCompliancePolicies`.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::compliance::{ComplianceStatus, PolicyState, Standing};
use doorward_model::rng;
use doorward_service::compliance::{self, Stored};
use doorward_service::directory::Task;
use doorward_store::ListedDevice;
use doorward_store::query::{Page, Position};
use serde_json::{Map, Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::List;
use super::managed_devices::owners;
use super::page::{if_match_version, with_etag};

const CONTEXT: &str = "deviceManagement/deviceCompliancePolicies";
const PROPERTIES: [&str; 6] = ["id", "displayName", "description", "createdDateTime", "lastModifiedDateTime", "version"];
const ASSIGNMENTS: &str = "assignments";
const ACTIONS: &str = "scheduledActionsForRule";
const RELATED: [&str; 2] = [ASSIGNMENTS, ACTIONS];

pub(super) async fn list(admin: Admin, mut list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    let expand = list.expand(&RELATED)?;
    let all = compliance::all(admin.read().await?.as_mut()).await?;
    list.in_memory(CONTEXT, all.iter().map(|stored| shown(stored, &expand)).collect(), &PROPERTIES)
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    let all = compliance::all(admin.read().await?.as_mut()).await?;
    list.count_in_memory(all.iter().map(plain).collect(), &PROPERTIES)
}

pub(super) async fn get(admin: Admin, mut list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    let expand = list.expand(&RELATED)?;
    let stored = compliance::find(admin.read().await?.as_mut(), &id).await?;
    let answer = list.one(CONTEXT, shown(&stored, &expand))?;
    Ok(with_etag(answer, &stored.document.version.to_string()))
}

pub(super) async fn create(admin: Admin, Json(body): Json<Value>) -> Result<Response, GraphError> {
    admin.may(Task::ManageCompliance)?;
    let id = rng::uuid(admin.ctx.rng.as_ref());
    let stored = compliance::create_policy(&admin.ctx, admin.tenant.id, &admin.actor(), id, &body).await?;
    Ok(with_etag((StatusCode::CREATED, Json(plain(&stored))), &stored.document.version.to_string()))
}

pub(super) async fn update(
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(patch): Json<Value>,
) -> Result<Response, GraphError> {
    admin.may(Task::ManageCompliance)?;
    let stored = changed(&admin, &id, &headers, &patch).await?;
    Ok(with_etag(Json(plain(&stored)), &stored.document.version.to_string()))
}

pub(super) async fn delete(admin: Admin, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, GraphError> {
    admin.may(Task::ManageCompliance)?;
    let expected = if_match_version(&headers)?;
    compliance::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), &id, expected).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn assignments(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    part(&admin, &list, &id, ASSIGNMENTS).await
}

pub(super) async fn actions(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    part(&admin, &list, &id, ACTIONS).await
}

async fn part(admin: &Admin, list: &List, id: &str, member: &str) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    list.only_pages()?;
    let stored = compliance::find(admin.read().await?.as_mut(), id).await?;
    list.in_memory(&format!("{CONTEXT}('{id}')/{member}"), related(&stored, member), &["id"])
}

/// Puts the targets of the body in place of those that were there.
pub(super) async fn assign(
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ManageCompliance)?;
    let patch = only_member(body, ASSIGNMENTS, ASSIGNMENTS)?;
    let stored = changed(&admin, &id, &headers, &patch).await?;
    Ok(Json(json!({ "value": related(&stored, ASSIGNMENTS) })))
}

/// Puts the actions of the body in place of those that were there.
pub(super) async fn schedule_actions(
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageCompliance)?;
    let patch = only_member(body, "deviceComplianceScheduledActionForRules", ACTIONS)?;
    changed(&admin, &id, &headers, &patch).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The body of an action, which has one list, as a change of the policy.
fn only_member(body: Value, name: &str, member: &str) -> Result<Value, GraphError> {
    let members = match body {
        Value::Object(members) if members.len() == 1 => members,
        _ => Map::new(),
    };
    match members.into_iter().find(|(given, value)| given.eq_ignore_ascii_case(name) && value.is_array()) {
        Some((_, list)) => Ok(json!({ member: list })),
        None => Err(GraphError::BadRequest(format!("the body must be {{\"{name}\": […]}}"))),
    }
}

async fn changed(admin: &Admin, id: &str, headers: &HeaderMap, patch: &Value) -> Result<Stored, GraphError> {
    let expected = if_match_version(headers)?;
    Ok(compliance::update_policy(&admin.ctx, admin.tenant.id, &admin.actor(), id, patch, expected).await?)
}

/// How each device that the policy judged last stands to it.
pub(super) async fn device_statuses(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    admin.may(Task::ReadManagedDevices)?;
    list.only_pages()?;
    let limit = list.options.page();
    let after = list.after()?;
    let mut unit = admin.read().await?;
    let id = compliance::find(unit.as_mut(), &id).await?.document.id;
    let mut devices = unit.managed_devices().of_policy(&id, after, limit.saturating_add(1)).await?;
    let more = devices.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    devices.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = devices.last().filter(|_| more).map(|last| Position { key: None, id: last.device.id.to_string() });
    let owners = owners(unit.as_mut(), &devices).await?;
    let shown = |listed: &ListedDevice| device_status(&id, listed, owners.get(&listed.device.id).map(String::as_str));
    Ok(list.answer(&format!("{CONTEXT}('{id}')/deviceStatuses"), Page { items: devices, next }, None, shown))
}

fn device_status(policy: &str, listed: &ListedDevice, owner: Option<&str>) -> Value {
    let judgement = listed.managed.judgement.as_ref();
    let state: Option<&PolicyState> = judgement.and_then(|judgement| judgement.policies.iter().find(|state| state.policy_id == policy));
    json!({
        "id": format!("{policy}_{}", listed.device.id),
        "deviceDisplayName": listed.device.display_name,
        "userName": owner,
        "userPrincipalName": owner,
        "deviceModel": null,
        "status": state.map_or(ComplianceStatus::Unknown, |state| state.status),
        "complianceGracePeriodExpirationDateTime": state.and_then(|state| state.grace_ends),
        "lastReportedDateTime": listed.managed.last_report,
    })
}

/// How many devices stand to the policy in which way.
pub(super) async fn device_status_overview(admin: Admin, list: List, Path(id): Path<String>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ReadCompliance)?;
    let mut unit = admin.read().await?;
    let document = compliance::find(unit.as_mut(), &id).await?.document;
    let counts = unit.managed_devices().count_by_policy().await?;
    let count = |wanted: &[Standing]| {
        let of_policy = counts.iter().filter(|count| count.policy_id == document.id && wanted.contains(&count.standing));
        of_policy.map(|count| count.devices).sum::<u64>()
    };
    let overview = json!({
        "id": document.id,
        "pendingCount": count(&[Standing::Unknown]),
        "notApplicableCount": count(&[Standing::NotApplicable]),
        "successCount": count(&[Standing::Compliant]),
        "failedCount": count(&[Standing::InGracePeriod, Standing::NonCompliant]),
        "errorCount": count(&[Standing::Error]),
        "conflictCount": 0,
        "configurationVersion": document.version,
        "lastUpdateDateTime": document.modified,
    });
    list.one(&format!("{CONTEXT}('{id}')/deviceStatusOverview"), overview)
}

/// A policy with the relations that were asked for.
fn shown(stored: &Stored, expand: &[&str]) -> Value {
    let mut policy = plain(stored);
    if let Value::Object(members) = &mut policy {
        members.extend(expand.iter().map(|member| ((*member).to_owned(), related(stored, member).into())));
    }
    policy
}

/// A policy without its relations.
fn plain(stored: &Stored) -> Value {
    let document = &stored.document;
    let mut members = document.body.as_object().cloned().unwrap_or_default();
    members.retain(|name, _| name != ASSIGNMENTS && name != ACTIONS);
    members.insert("createdDateTime".into(), json!(document.created));
    members.insert("lastModifiedDateTime".into(), json!(document.modified));
    members.insert("version".into(), document.version.into());
    Value::Object(members)
}

/// The objects of a relation, each with an id: they have none of their own.
fn related(stored: &Stored, member: &str) -> Vec<Value> {
    let id = &stored.document.id;
    let mut objects = stored.document.body.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    for (index, object) in objects.iter_mut().enumerate() {
        let group = object.pointer("/target/groupId").and_then(Value::as_str).map(str::to_owned);
        if let Value::Object(members) = object {
            members.insert("id".into(), format!("{id}_{}", group.unwrap_or_else(|| index.to_string())).into());
        }
    }
    objects
}
