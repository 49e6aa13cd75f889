//! `/auditLogs/directoryAudits`: Graph's members, and the object before and after the change.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_model::AuditId;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_service::directory::{DirectoryError, Task};
use doorward_store::query::{AuditField, Filter, Query};
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::{self, List, Noun, counted};

pub(super) const AUDITS: Noun<AuditField> = Noun {
    context: "auditLogs/directoryAudits",
    properties: &[
        ("id", AuditField::Id),
        ("activityDateTime", AuditField::Created),
        ("activityDisplayName", AuditField::Activity),
        ("initiatedBy/user/id", AuditField::ActorId),
        ("initiatedBy/user/userPrincipalName", AuditField::ActorName),
        ("initiatedBy/app/appId", AuditField::ActorId),
        ("initiatedBy/app/displayName", AuditField::ActorName),
        ("targetId", AuditField::TargetId),
        ("targetType", AuditField::TargetType),
    ],
    shown: &[
        "id",
        "activityDateTime",
        "activityDisplayName",
        "category",
        "loggedByService",
        "operationType",
        "result",
        "initiatedBy",
        "targetResources",
        "targetId",
        "targetType",
        "before",
        "after",
    ],
};

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadLogs)?;
    let query = list.query(&AUDITS)?;
    list.only_by(&query, AuditField::Created, "activityDateTime")?;
    let mut unit = admin.read().await?;
    let page = unit.logs().audits(&query).await?;
    let count = if list.options.count { Some(counted(unit.logs().count_audits(&query).await?)?) } else { None };
    Ok(list.answer(AUDITS.context, page, count, shown))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadLogs)?;
    Ok(list::count(counted(admin.read().await?.logs().count_audits(&list.query(&AUDITS)?).await?)?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<AuditId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadLogs)?;
    let found = admin.read().await?.logs().audits(&Query::of(Filter::equal(AuditField::Id, id.0))).await?;
    let record = found.items.first().ok_or_else(|| DirectoryError::NotFound(format!("audit record {id}")))?;
    Ok(list.object(&AUDITS, shown(record))?.into_response())
}

fn shown(record: &DirectoryAudit) -> Value {
    let by = &record.initiated_by;
    let initiated_by = match (by.is_app, by.id) {
        (false, Some(id)) => {
            json!({ "user": { "id": id, "displayName": by.display_name, "userPrincipalName": by.display_name }, "app": null })
        }
        // The command line on the server has no id.
        (_, id) => json!({ "user": null, "app": { "appId": id, "displayName": by.display_name } }),
    };
    let operation = match (record.before.is_null(), record.after.is_null()) {
        (true, _) => "Add",
        (false, true) => "Delete",
        (false, false) => "Update",
    };
    let named = |object: &Value| object.get("displayName").cloned();
    let upn = |object: &Value| object.get("userPrincipalName").cloned();
    json!({
        "id": record.id,
        "activityDateTime": record.activity_date_time,
        "activityDisplayName": record.activity_display_name,
        "category": category(&record.target_type),
        "loggedByService": service(&record.target_type),
        "operationType": operation,
        // A change that fails leaves no record, because both are one.
        "result": "success",
        "initiatedBy": initiated_by,
        "targetResources": [{
            "id": record.target_id,
            "type": record.target_type,
            "displayName": named(&record.after).or_else(|| named(&record.before)),
            "userPrincipalName": upn(&record.after).or_else(|| upn(&record.before)),
            "modifiedProperties": modified(&record.before, &record.after),
        }],
        "targetId": record.target_id,
        "targetType": record.target_type,
        "before": record.before,
        "after": record.after,
    })
}

/// What differs, as JSON texts.
fn modified(before: &Value, after: &Value) -> Vec<Value> {
    let empty = serde_json::Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |value: Option<&Value>| value.map(Value::to_string);
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| json!({ "displayName": name, "oldValue": text(before.get(name)), "newValue": text(after.get(name)) }))
        .collect()
}

fn category(target: &str) -> &'static str {
    match target {
        "user" => "UserManagement",
        "group" => "GroupManagement",
        "application" => "ApplicationManagement",
        "device" => "Device",
        "conditionalAccessPolicy" | "namedLocation" | "authenticationStrengthPolicy" | "servicePolicy" | "appProtectionPolicy" => "Policy",
        _ => "DirectoryManagement",
    }
}

fn service(target: &str) -> &'static str {
    match target {
        "conditionalAccessPolicy" | "namedLocation" => "Conditional Access",
        _ => "Core Directory",
    }
}
