//! How a device stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use doorward_model::compliance::Standing;
use doorward_service::compliance::linux;
use doorward_service::{Context, resource};
use doorward_wire::linux_management::{DeviceState, FailingRule};
use jiff::Timestamp;
use serde_json::Value;

use super::computer;
use super::error::ManagementError;

/// `GET /{tenant}/linux/state/Devices(guid'{id}')`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    Path((segment, device)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, ManagementError> {
    let (tenant, computer) = computer(&ctx, &segment, &headers, resource::COMPLIANCE).await?;
    let id = device.strip_prefix("devices(guid'").and_then(|rest| rest.strip_suffix("')"));
    let id = id.ok_or_else(|| ManagementError::Malformed("the address must end with Devices(guid'…')".into()))?;
    let state = linux::state(&ctx, &tenant, &computer, id).await?;
    let failing: Vec<FailingRule> =
        state.failing.into_iter().map(|rule| FailingRule { setting: rule.setting, expected: rule.expected, help: rule.help }).collect();
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let grace_ends = state.managed.judgement.as_ref().and_then(|judgement| judgement.grace_ends);
    let answer = DeviceState {
        address: &format!("{}/linux/state/Devices(guid'{id}')", ctx.authority(tenant.id)),
        id,
        name: &state.device.display_name,
        os_version: &state.device.operating_system_version,
        state: word(state.standing),
        is_compliant: state.standing.is_compliant(),
        is_managed: true,
        enrolled: &time(Some(state.managed.enrolled)),
        last_contact: &time(state.managed.last_report),
        grace_ends: &time(grace_ends),
        failing: &failing,
    };
    Ok(Json(answer.to_json()))
}

/// The client's words. A grace period counts as compliant; what is to be mended stands among the rules.
fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Compliant | Standing::InGracePeriod => "Compliant",
        Standing::NonCompliant => "Noncompliant",
        Standing::Unknown | Standing::NotApplicable => "Unknown",
        Standing::Error => "Error",
    }
}
