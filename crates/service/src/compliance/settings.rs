//! Compliance settings of the tenant.

use doorward_model::TenantId;
use doorward_model::compliance::ComplianceSettings;
use doorward_model::document::{Document, DocumentKind};
use serde_json::json;

use super::due::judge_all;
use super::stored::{SETTINGS_ID, settings};
use crate::context::Context;
use crate::directory::{Actor, Change, DirectoryError, record};

const KIND: DocumentKind = DocumentKind::DeviceManagementSettings;

/// Changes; none leaves a setting as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct SettingsPatch {
    /// Devices without a policy do not comply.
    pub secure_by_default: Option<bool>,
    /// Days for which a report counts.
    pub threshold_days: Option<u32>,
    /// Actions other than blocking are taken.
    pub scheduled_actions: Option<bool>,
}

/// Changes settings. With `expected`, only at that version. Devices are judged again under the new ones.
///
/// # Errors
/// [`DirectoryError::Invalid`] names the setting; [`DirectoryError::Changed`].
pub async fn update_settings(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    patch: SettingsPatch,
    expected: Option<i64>,
) -> Result<ComplianceSettings, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let (before, version) = settings(unit.as_mut()).await?;
    if expected.is_some_and(|expected| expected != version) {
        return Err(DirectoryError::Changed);
    }
    let after = ComplianceSettings {
        secure_by_default: patch.secure_by_default.unwrap_or(before.secure_by_default),
        device_compliance_checkin_threshold_days: patch.threshold_days.unwrap_or(before.device_compliance_checkin_threshold_days),
        is_scheduled_action_enabled: patch.scheduled_actions.unwrap_or(before.is_scheduled_action_enabled),
    };
    let days = ComplianceSettings::THRESHOLD_DAYS;
    if !days.contains(&after.device_compliance_checkin_threshold_days) {
        let problem = format!("must be a number of days from {} to {}", days.start(), days.end());
        return Err(DirectoryError::invalid("deviceComplianceCheckinThresholdDays", problem));
    }
    let now = ctx.now();
    if version == 0 {
        let document =
            Document { id: SETTINGS_ID.into(), version: 1, body: json!(after), subject: String::new(), created: now, modified: now };
        unit.documents().create(KIND, &document, now).await?;
    } else {
        unit.documents().update(KIND, SETTINGS_ID, "", &json!(after), expected, now).await?;
    }
    let change =
        Change { activity: "Update", kind: KIND.as_str(), id: SETTINGS_ID.to_owned(), before: json!(before), after: json!(after), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.managed_devices().make_due().await?;
    unit.commit().await?;
    judge_all(ctx, tenant).await;
    Ok(after)
}
