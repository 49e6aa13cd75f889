//! `/console/compliance/settings`: what holds for every managed device of the tenant.

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::compliance::ComplianceSettings;
use doorward_service::compliance::{self, SettingsPatch};
use doorward_service::directory::DirectoryError;
use http::StatusCode;

use super::ROOT;
use crate::console::admin::{Admin, ManagesCompliance};
use crate::console::difference::{Difference, differences};
use crate::console::flash::Flash;
use crate::console::guard::{Posted, field};
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/compliance/settings.html")]
struct Page {
    shell: Shell,
    draft: Draft,
    problem: Option<String>,
    changed: Option<Vec<Difference>>,
    least: u32,
    most: u32,
}

/// What the form holds, as it was typed.
struct Draft {
    version: i64,
    base: String,
    secure_by_default: bool,
    days: String,
    scheduled_actions: bool,
}

impl Draft {
    fn of((settings, version): (ComplianceSettings, i64)) -> Self {
        Self {
            version,
            base: serde_json::to_string(&settings).unwrap_or_default(),
            secure_by_default: settings.secure_by_default,
            days: settings.device_compliance_checkin_threshold_days.to_string(),
            scheduled_actions: settings.is_scheduled_action_enabled,
        }
    }

    fn read(fields: &[(String, String)]) -> Self {
        Self {
            version: field(fields, "version").parse().unwrap_or(-1),
            base: field(fields, "base").to_owned(),
            secure_by_default: field(fields, "without_policy") == "noncompliant",
            days: field(fields, "days").trim().to_owned(),
            scheduled_actions: field(fields, "scheduled_actions") == "on",
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let said = |draft: &Self| (draft.secure_by_default, draft.days.clone(), draft.scheduled_actions);
        said(self) == said(other)
    }

    fn patch(&self) -> Option<SettingsPatch> {
        Some(SettingsPatch {
            secure_by_default: Some(self.secure_by_default),
            threshold_days: Some(self.days.parse().ok()?),
            scheduled_actions: Some(self.scheduled_actions),
        })
    }
}

fn show(
    admin: &Admin<ManagesCompliance>,
    draft: Draft,
    problem: Option<String>,
    changed: Option<Vec<Difference>>,
) -> Result<Response, Trouble> {
    let status = match (&problem, &changed) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, Some(_)) => StatusCode::CONFLICT,
        (None, None) => StatusCode::OK,
    };
    let days = ComplianceSettings::THRESHOLD_DAYS;
    let shell = admin.shell(Section::Compliance)?;
    Ok(plain(status, &Page { shell, draft, problem, changed, least: *days.start(), most: *days.end() }))
}

async fn present(admin: &Admin<ManagesCompliance>) -> Result<(ComplianceSettings, i64), Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    Ok(compliance::settings(unit.as_mut()).await?)
}

/// `GET /console/compliance/settings`.
pub(in crate::console) async fn settings(admin: Admin<ManagesCompliance>) -> Result<Response, Trouble> {
    let draft = Draft::of(present(&admin).await?);
    show(&admin, draft, None, None)
}

/// `POST /console/compliance/settings`: saves, at the version that the form was made from.
pub(in crate::console) async fn save_settings(
    admin: Admin<ManagesCompliance>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let draft = Draft::read(&fields);
    let Some(patch) = draft.patch() else {
        let days = ComplianceSettings::THRESHOLD_DAYS;
        return show(&admin, draft, Some(format!("Enter a number of days from {} to {}.", days.start(), days.end())), None);
    };
    let now = Draft::of(present(&admin).await?);
    // At another version it was this very form, sent twice, that saved them.
    if draft.is_same(&now) && draft.version != now.version {
        return Ok(done());
    }
    match compliance::update_settings(&admin.ctx, admin.tenant.id, &admin.actor(), patch, Some(draft.version)).await {
        Ok(_) => Ok(done()),
        Err(DirectoryError::Invalid { problem, .. }) => show(&admin, draft, Some(format!("The number of days {problem}.")), None),
        Err(DirectoryError::Changed) => {
            let present = Draft::of(present(&admin).await?);
            let names = Names::read(&admin.ctx, admin.tenant.id).await?;
            let read = |text: &str| serde_json::from_str(text).unwrap_or_default();
            let changed = differences(&read(&draft.base), &read(&present.base), &names);
            show(&admin, Draft { version: present.version, base: present.base, ..draft }, None, Some(changed))
        }
        Err(error) => Err(error.into()),
    }
}

fn done() -> Response {
    let mut response = Redirect::to(ROOT).into_response();
    Flash::ComplianceSettingsSaved.leave(&mut response);
    response
}
