//! `/deviceManagement`: compliance settings of the tenant, and how its devices stand in all.

use axum::Json;
use axum::http::HeaderMap;
use axum::response::Response;
use doorward_model::compliance::ComplianceSettings;
use doorward_service::compliance::{self, SettingsPatch};
use doorward_service::directory::Task;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::List;
use super::page::{if_match_version, with_etag};

/// Body of a change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    settings: SettingsBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SettingsBody {
    secure_by_default: Option<bool>,
    device_compliance_checkin_threshold_days: Option<u32>,
    is_scheduled_action_enabled: Option<bool>,
}

pub(super) async fn get(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    let (settings, version) = compliance::settings(admin.read().await?.as_mut()).await?;
    Ok(with_etag(list.one("deviceManagement", shown(&admin, settings))?, &version.to_string()))
}

pub(super) async fn settings(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadCompliance)?;
    let (settings, version) = compliance::settings(admin.read().await?.as_mut()).await?;
    Ok(with_etag(list.one("deviceManagement/settings", json!(settings))?, &version.to_string()))
}

pub(super) async fn update(admin: Admin, headers: HeaderMap, Json(body): Json<Patch>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ManageCompliance)?;
    let patch = SettingsPatch {
        secure_by_default: body.settings.secure_by_default,
        threshold_days: body.settings.device_compliance_checkin_threshold_days,
        scheduled_actions: body.settings.is_scheduled_action_enabled,
    };
    let expected = if_match_version(&headers)?;
    let settings = compliance::update_settings(&admin.ctx, admin.tenant.id, &admin.actor(), patch, expected).await?;
    Ok(Json(shown(&admin, settings)))
}

fn shown(admin: &Admin, settings: ComplianceSettings) -> Value {
    json!({ "id": admin.tenant.id, "settings": settings })
}

/// How many devices there are in each state.
pub(super) async fn state_summary(admin: Admin, list: List) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ReadManagedDevices)?;
    let states = admin.read().await?.managed_devices().count_by_state().await?;
    let count = |state: &str| states.iter().find(|(known, _)| known == state).map_or(0, |(_, devices)| *devices);
    let summary = json!({
        "id": admin.tenant.id,
        "unknownDeviceCount": count("unknown"),
        "notApplicableDeviceCount": 0,
        "compliantDeviceCount": count("compliant"),
        "remediatedDeviceCount": 0,
        "inGracePeriodCount": count("ingraceperiod"),
        "nonCompliantDeviceCount": count("noncompliant"),
        "errorDeviceCount": count("error"),
        "conflictDeviceCount": 0,
        "configManagerCount": 0,
    });
    list.one("deviceManagement/deviceCompliancePolicyDeviceStateSummary", summary)
}
