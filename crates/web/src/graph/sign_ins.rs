//! `/auditLogs/signIns`: Graph's members, beside those of the record itself.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_model::SignInId;
use doorward_model::sign_in_record::SignInRecord;
use doorward_service::directory::{DirectoryError, Task};
use doorward_store::query::{Filter, Query, SignInField};
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::{self, List, Noun, counted};

pub(super) const SIGN_INS: Noun<SignInField> = Noun {
    context: "auditLogs/signIns",
    properties: &[
        ("id", SignInField::Id),
        ("createdDateTime", SignInField::Created),
        ("userId", SignInField::UserId),
        ("userPrincipalName", SignInField::UserPrincipalName),
        ("appId", SignInField::AppId),
        ("appDisplayName", SignInField::AppDisplayName),
        ("resourceId", SignInField::ResourceId),
        ("correlationId", SignInField::CorrelationId),
        ("ipAddress", SignInField::IpAddress),
        ("status/errorCode", SignInField::ErrorCode),
        ("errorCode", SignInField::ErrorCode),
        ("outcome", SignInField::Outcome),
    ],
    shown: &[
        "id",
        "createdDateTime",
        "correlationId",
        "userId",
        "userPrincipalName",
        "appId",
        "appDisplayName",
        "resourceId",
        "resourceDisplayName",
        "ipAddress",
        "userAgent",
        "isInteractive",
        "clientAppUsed",
        "conditionalAccessStatus",
        "appliedConditionalAccessPolicies",
        "status",
        "deviceDetail",
        "servicePrincipalId",
        "grant",
        "deviceId",
        "outcome",
        "errorCode",
        "failureReason",
        "facts",
        "appliedPolicies",
        "policySet",
    ],
};

/// Members that tell of policies, for which reading the log is not enough.
const OF_POLICIES: [&str; 4] = ["appliedConditionalAccessPolicies", "appliedPolicies", "facts", "policySet"];

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadLogs)?;
    let query = list.query(&SIGN_INS)?;
    list.only_by(&query, SignInField::Created, "createdDateTime")?;
    // What this node has queued is part of the answer.
    admin.ctx.sign_in_log.flush().await;
    let mut unit = admin.read().await?;
    let page = unit.logs().sign_ins(&query).await?;
    let count = if list.options.count { Some(counted(unit.logs().count_sign_ins(&query).await?)?) } else { None };
    Ok(list.answer(SIGN_INS.context, page, count, |record| shown(&admin, record)))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadLogs)?;
    let query = list.query(&SIGN_INS)?;
    admin.ctx.sign_in_log.flush().await;
    Ok(list::count(counted(admin.read().await?.logs().count_sign_ins(&query).await?)?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<SignInId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadLogs)?;
    admin.ctx.sign_in_log.flush().await;
    let found = admin.read().await?.logs().sign_ins(&Query::of(Filter::equal(SignInField::Id, id.0))).await?;
    let record = found.items.first().ok_or_else(|| DirectoryError::NotFound(format!("sign-in {id}")))?;
    Ok(list.object(&SIGN_INS, shown(&admin, record))?.into_response())
}

fn shown(admin: &Admin, record: &SignInRecord) -> Value {
    let mut shown = json!(record);
    let Value::Object(members) = &mut shown else { return shown };
    let (facts, policies) = (record.circumstances.facts.value(), record.circumstances.applied_policies.value());
    let fact = |name: &str| facts.get(name).cloned().unwrap_or(Value::Null);
    let device = |name: &str| facts.pointer(&format!("/device/{name}")).cloned().unwrap_or(Value::Null);
    let policies: &[Value] = policies.as_array().map_or(&[], Vec::as_slice);
    let has = |result: &str| policies.iter().any(|policy| policy.get("result").and_then(Value::as_str) == Some(result));
    let applied =
        |policy: &Value| json!({ "id": policy.get("id"), "displayName": policy.get("displayName"), "result": policy.get("result") });
    members.extend([
        ("isInteractive".to_owned(), json!(is_interactive(&record.circumstances.grant))),
        ("clientAppUsed".to_owned(), json!(fact("clientAppType").as_str().map(client_app))),
        (
            "conditionalAccessStatus".to_owned(),
            json!(match (has("failure"), has("success")) {
                (true, _) => "failure",
                (false, true) => "success",
                (false, false) => "notApplied",
            }),
        ),
        ("appliedConditionalAccessPolicies".to_owned(), policies.iter().map(applied).collect()),
        ("status".to_owned(), json!({ "errorCode": record.circumstances.error_code, "failureReason": record.circumstances.failure_reason, "additionalDetails": null })),
        (
            "deviceDetail".to_owned(),
            json!({
                "deviceId": record.circumstances.device_id,
                "displayName": device("displayName"),
                "operatingSystem": match device("operatingSystem") {
                    Value::Null => fact("devicePlatform"),
                    system => system,
                },
                "browser": null,
                "isCompliant": device("isCompliant"),
                "isManaged": device("isManaged"),
                "trustType": device("trustType"),
            }),
        ),
        ("servicePrincipalId".to_owned(), fact("servicePrincipalId")),
    ]);
    if admin.may(Task::ReadAccess).is_err() {
        members.retain(|name, _| !OF_POLICIES.contains(&name.as_str()));
    }
    shown
}

/// A person was there, and not only a token.
fn is_interactive(grant: &str) -> bool {
    matches!(grant, "authorization_code" | "password" | "device_code")
}

/// The kind of client, in the words of the published log.
fn client_app(kind: &str) -> &str {
    match kind {
        "browser" => "Browser",
        "mobileAppsAndDesktopClients" => "Mobile Apps and Desktop clients",
        "exchangeActiveSync" => "Exchange ActiveSync",
        "other" => "Other clients",
        unknown => unknown,
    }
}
