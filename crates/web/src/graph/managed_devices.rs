//! `/deviceManagement/managedDevices`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::DeviceId;
use doorward_model::compliance::{
    AndroidManagement, DeviceOwnerType, FactSource, FactValue, ManagedDevice, PolicyState, SettingState, Standing,
};
use doorward_policy::compliance::PolicyKind;
use doorward_service::compliance::{self, Enrolment, Report};
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_store::query::ManagedDeviceField;
use doorward_store::{ListedDevice, Unit};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::admin::Admin;
use super::entity::ObjectBody;
use super::error::GraphError;
use super::list::{self, List, Noun};
use super::page::{if_match, with_etag};

const CONTEXT: &str = "deviceManagement/managedDevices";
/// How long a device may wait until its next report, for its agent.
const NEXT_REPORT: &str = "PT8H";

pub(super) const DEVICES: Noun<ManagedDeviceField> = Noun {
    context: CONTEXT,
    properties: &[
        ("id", ManagedDeviceField::Id),
        ("azureADDeviceId", ManagedDeviceField::Id),
        ("deviceName", ManagedDeviceField::DisplayName),
        ("operatingSystem", ManagedDeviceField::OperatingSystem),
        ("osVersion", ManagedDeviceField::OperatingSystemVersion),
        ("userId", ManagedDeviceField::Owner),
        ("managedDeviceOwnerType", ManagedDeviceField::OwnerType),
        ("managementState", ManagedDeviceField::ManagementState),
        ("complianceState", ManagedDeviceField::ComplianceState),
        ("lastSyncDateTime", ManagedDeviceField::LastReport),
        ("enrolledDateTime", ManagedDeviceField::Enrolled),
    ],
    shown: &[
        "id",
        "azureADDeviceId",
        "azureADRegistered",
        "deviceRegistrationState",
        "deviceName",
        "operatingSystem",
        "osVersion",
        "userId",
        "userPrincipalName",
        "managedDeviceOwnerType",
        "managementAgent",
        "managementState",
        "androidManagement",
        "complianceState",
        "complianceGracePeriodExpirationDateTime",
        "enrolledDateTime",
        "lastSyncDateTime",
        "easActivated",
        "easDeviceId",
        "isEncrypted",
        "jailBroken",
        "androidSecurityPatchLevel",
    ],
};

/// Body of an enrolment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EnrolBody {
    #[serde(rename = "azureADDeviceId")]
    device_id: DeviceId,
    managed_device_owner_type: Option<DeviceOwnerType>,
    android_management: Option<AndroidManagement>,
}

/// Body of a report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReportBody {
    #[serde(default)]
    facts: Map<String, Value>,
    #[serde(default)]
    not_applicable: Vec<String>,
    #[serde(default)]
    enforced: Vec<String>,
    collected_at: Option<Timestamp>,
    compliance_state: Option<Standing>,
    expires_at: Option<Timestamp>,
}

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadManagedDevices)?;
    let query = list.query(&DEVICES)?;
    let mut unit = admin.read().await?;
    let page = unit.managed_devices().page(&query).await?;
    let count = if list.options.count { Some(unit.managed_devices().count(&query).await?) } else { None };
    let owners = owners(unit.as_mut(), &page.items).await?;
    Ok(list.answer(CONTEXT, page, count, |listed| shown(listed, owners.get(&listed.device.id))))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadManagedDevices)?;
    Ok(list::count(admin.read().await?.managed_devices().count(&list.query(&DEVICES)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<DeviceId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadManagedDevices)?;
    let detail = compliance::device_detail(&admin.ctx, admin.tenant.id, id).await?;
    let tag = directory::entity_tag(&detail.managed);
    let owner = detail.owner.map(|owner| owner.user_principal_name.clone());
    let listed = ListedDevice { managed: detail.managed, device: detail.device };
    Ok(with_etag(list.object(&DEVICES, shown(&listed, owner.as_ref()))?, &tag))
}

pub(super) async fn enrol(admin: Admin, ObjectBody(body): ObjectBody<EnrolBody>) -> Result<Response, GraphError> {
    admin.may(Task::ManageManagedDevices)?;
    let enrolment = Enrolment {
        device_id: body.device_id,
        owner_type: body.managed_device_owner_type.unwrap_or(DeviceOwnerType::Personal),
        android: body.android_management,
    };
    let managed = compliance::enrol(&admin.ctx, admin.tenant.id, &admin.actor(), enrolment).await?;
    let detail = compliance::device_detail(&admin.ctx, admin.tenant.id, managed.device_id).await?;
    let tag = directory::entity_tag(&detail.managed);
    let owner = detail.owner.map(|owner| owner.user_principal_name.clone());
    let listed = ListedDevice { managed: detail.managed, device: detail.device };
    Ok(with_etag((StatusCode::CREATED, Json(shown(&listed, owner.as_ref()))), &tag))
}

pub(super) async fn retire(admin: Admin, Path(id): Path<DeviceId>, headers: HeaderMap) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageManagedDevices)?;
    compliance::retire(&admin.ctx, admin.tenant.id, &admin.actor(), id, if_match(&headers)?.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete(admin: Admin, Path(id): Path<DeviceId>, headers: HeaderMap) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageManagedDevices)?;
    compliance::delete(&admin.ctx, admin.tenant.id, &admin.actor(), id, if_match(&headers)?.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Facts by the word of whoever calls: another device management acting for itself, or an administrator.
pub(super) async fn report(
    admin: Admin,
    Path(id): Path<DeviceId>,
    ObjectBody(body): ObjectBody<ReportBody>,
) -> Result<Response, GraphError> {
    admin.may(Task::ManageManagedDevices)?;
    let actor = admin.actor();
    if body.expires_at.is_some() && body.compliance_state.is_none() {
        return Err(
            DirectoryError::Invalid { member: "expiresAt".into(), problem: "is about complianceState, which is missing".into() }.into()
        );
    }
    let report = Report {
        source: FactSource::Partner,
        facts: body.facts.into_iter().collect(),
        not_applicable: body.not_applicable,
        enforced: body.enforced,
        collected: body.collected_at,
        word: body.compliance_state.map(|standing| (actor.display_name().to_owned(), standing, body.expires_at)),
    };
    let answer = compliance::report(&admin.ctx, admin.tenant.id, &actor, id, report).await?;
    let failing: Vec<Value> = answer
        .failing
        .iter()
        .map(|one| json!({ "setting": one.setting, "expected": one.expected, "actual": one.actual, "help": one.help }))
        .collect();
    let told = json!({
        "complianceState": answer.standing.compliance_state(),
        "failing": failing,
        "graceEnds": answer.grace_ends,
        "nextReport": NEXT_REPORT,
    });
    Ok(Json(told).into_response())
}

/// How the device stands to each policy, setting by setting.
pub(super) async fn policy_states(admin: Admin, list: List, Path(id): Path<DeviceId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadManagedDevices)?;
    let detail = compliance::device_detail(&admin.ctx, admin.tenant.id, id).await?;
    let policies = compliance::all(admin.read().await?.as_mut()).await?;
    let kind = |id: &str| policies.iter().find(|stored| stored.document.id == id).map(|stored| stored.policy.kind);
    let states = detail.managed.judgement.iter().flat_map(|judgement| &judgement.policies);
    let objects = states.map(|state| policy_state(state, kind(&state.policy_id))).collect();
    list.in_memory(&format!("{CONTEXT}('{id}')/deviceCompliancePolicyStates"), objects, &["id", "displayName", "state"])
}

fn policy_state(state: &PolicyState, kind: Option<PolicyKind>) -> Value {
    json!({
        "id": state.policy_id,
        "displayName": state.display_name,
        "state": state.status,
        "complianceGracePeriodExpirationDateTime": state.grace_ends,
        "settingCount": state.settings.len(),
        "settingStates": state.settings.iter().map(|setting| setting_state(state, setting, kind)).collect::<Vec<_>>(),
    })
}

fn setting_state(policy: &PolicyState, setting: &SettingState, kind: Option<PolicyKind>) -> Value {
    let capital = |name: &str| {
        let mut letters = name.chars();
        letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let name = match kind {
        Some(kind) => format!("{}.{}", capital(kind.type_name()), capital(&setting.setting)),
        None => capital(&setting.setting),
    };
    json!({
        "setting": name,
        "state": setting.status,
        "expectedValue": setting.expected,
        "currentValue": setting.actual,
        "errorCode": 0,
        "errorDescription": setting.reason,
        "sources": [{ "id": policy.policy_id, "displayName": policy.display_name, "sourceType": "deviceCompliancePolicy" }],
    })
}

/// The sign-in names of the owners of devices, by device.
pub(super) async fn owners(unit: &mut dyn Unit, devices: &[ListedDevice]) -> Result<HashMap<DeviceId, String>, GraphError> {
    let mut names = HashMap::new();
    for listed in devices {
        let Some(owner) = listed.device.owner else { continue };
        if let Some(user) = unit.users().get(owner).await? {
            names.insert(listed.device.id, user.user_principal_name.clone());
        }
    }
    Ok(names)
}

fn shown(listed: &ListedDevice, owner: Option<&String>) -> Value {
    let ListedDevice { managed, device } = listed;
    let judgement = managed.judgement.as_ref();
    json!({
        "id": managed.device_id,
        "azureADDeviceId": managed.device_id,
        "azureADRegistered": true,
        "deviceRegistrationState": "registered",
        "deviceName": device.display_name,
        "operatingSystem": device.operating_system,
        "osVersion": fact(managed, "osVersion").and_then(Value::as_str).unwrap_or(&device.operating_system_version),
        "userId": device.owner,
        "userPrincipalName": owner,
        "managedDeviceOwnerType": managed.owner_type,
        "managementAgent": "mdm",
        "managementState": managed.management_state,
        "androidManagement": managed.android,
        "complianceState": managed.standing().compliance_state(),
        "complianceGracePeriodExpirationDateTime": judgement.and_then(|judgement| judgement.grace_ends),
        "enrolledDateTime": managed.enrolled,
        "lastSyncDateTime": managed.last_report,
        "easActivated": device.eas_device_id.is_some(),
        "easDeviceId": device.eas_device_id,
        "isEncrypted": fact(managed, "storageEncrypted"),
        "jailBroken": match fact(managed, "jailbroken") {
            Some(Value::Bool(true)) => "True",
            Some(Value::Bool(false)) => "False",
            _ => "Unknown",
        },
        "androidSecurityPatchLevel": fact(managed, "securityPatchLevel"),
    })
}

fn fact<'a>(managed: &'a ManagedDevice, name: &str) -> Option<&'a Value> {
    match &managed.facts.get(name)?.value {
        FactValue::Known(value) => Some(value),
        FactValue::NotApplicable => None,
    }
}
