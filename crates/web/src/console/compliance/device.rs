//! `/console/compliance/devices/{id}`: one device, with the reason of each setting, and its retirement.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::DeviceId;
use doorward_model::compliance::{AndroidManagement, ComplianceStatus, FactValue, SettingState};
use doorward_service::compliance::{self, DeviceDetail};
use doorward_service::directory::DirectoryError;
use doorward_service::directory::Task;
use http::StatusCode;
use serde_json::Value;

use super::devices::Row;
use super::words;
use crate::console::admin::{Admin, ManagesDevices, Reads};
use crate::console::flash::Flash;
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;

/// A setting with what is asked for and what is so.
struct Line {
    name: String,
    badge: Badge,
    expected: String,
    actual: Option<String>,
    source: Option<&'static str>,
    reason: Option<String>,
    /// What the person can do, where something is to be done.
    help: Option<&'static str>,
}

/// A policy, or somebody's word.
struct Part {
    /// Its address; none where there is no such policy to be shown.
    href: Option<String>,
    name: String,
    badge: Badge,
    since: Option<Moment>,
    grace_ends: Option<Moment>,
    /// Actions that have come up, and when.
    fired: Vec<(&'static str, Moment)>,
    lines: Vec<Line>,
}

/// A fact that was reported.
struct FactLine {
    name: String,
    value: String,
    source: &'static str,
    observed: Moment,
}

#[derive(Template)]
#[template(path = "console/compliance/device.html")]
struct Page {
    shell: Shell,
    row: Row,
    owner: Option<String>,
    owner_type: &'static str,
    android: Option<&'static str>,
    enrolled: Moment,
    judged: Option<Moment>,
    until: Option<Moment>,
    checks: Vec<Line>,
    parts: Vec<Part>,
    facts: Vec<FactLine>,
    may_retire: bool,
}

/// `GET /console/compliance/devices/{id}`.
pub(in crate::console) async fn device(admin: Admin<Reads>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let detail = find(&admin, &id).await?;
    let managed = &detail.managed;
    let judgement = managed.judgement.as_ref();
    let facts = managed.facts.iter().map(|(name, fact)| FactLine {
        name: words::fact(name),
        value: match &fact.value {
            FactValue::Known(Value::Bool(flag)) => if *flag { "yes" } else { "no" }.to_owned(),
            FactValue::Known(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            FactValue::NotApplicable => "does not apply".to_owned(),
        },
        source: words::source(fact.source),
        observed: Moment(fact.observed),
    });
    let page = Page {
        shell: admin.shell(Section::Compliance)?,
        owner: detail.owner.as_ref().map(|owner| owner.user_principal_name.clone()),
        owner_type: managed.owner_type.as_str(),
        android: managed.android.map(android),
        enrolled: Moment(managed.enrolled),
        judged: judgement.map(|judgement| Moment(judgement.at)),
        until: judgement.and_then(|judgement| judgement.compliant_until).map(Moment),
        checks: judgement.iter().flat_map(|judgement| judgement.built_in.iter().map(line)).collect(),
        parts: parts(&detail),
        facts: facts.collect(),
        may_retire: managed.is_managed() && admin.may(Task::ManageManagedDevices),
        row: row(&detail),
    };
    Ok(plain(StatusCode::OK, &page))
}

async fn find<P>(admin: &Admin<P>, id: &str) -> Result<DeviceDetail, Trouble> {
    let id: DeviceId = id.parse().map_err(|_| Trouble::missing())?;
    Ok(compliance::device_detail(&admin.ctx, admin.tenant.id, id).await?)
}

fn row(detail: &DeviceDetail) -> Row {
    Row::of(&doorward_store::ListedDevice { managed: detail.managed.clone(), device: detail.device.clone() })
}

fn android(how: AndroidManagement) -> &'static str {
    match how {
        AndroidManagement::DeviceAdministrator => "Device administrator",
        AndroidManagement::WorkProfile => "Work profile",
        AndroidManagement::DeviceOwner => "Fully managed",
    }
}

fn parts(detail: &DeviceDetail) -> Vec<Part> {
    let states = detail.managed.judgement.iter().flat_map(|judgement| &judgement.policies);
    states
        .map(|state| Part {
            href: (!state.policy_id.starts_with("partner:")).then(|| format!("{}/policies/{}", super::ROOT, state.policy_id)),
            name: state.display_name.clone(),
            badge: words::standing(state.standing),
            since: state.failing_since.map(Moment),
            grace_ends: state.grace_ends.map(Moment),
            fired: state.fired.iter().map(|fired| (words::fired(fired), Moment(fired.at))).collect(),
            lines: state.settings.iter().map(line).collect(),
        })
        .collect()
}

fn line(state: &SettingState) -> Line {
    let fails = matches!(state.status, ComplianceStatus::NonCompliant | ComplianceStatus::Error);
    Line {
        name: words::setting(state),
        badge: words::status(state.status),
        expected: state.expected.clone(),
        actual: state.actual.clone(),
        source: state.source.map(words::source),
        reason: state.reason.as_deref().map(|reason| words::reason(reason).to_owned()),
        help: fails.then(|| compliance::remedy(&state.setting)),
    }
}

#[derive(Template)]
#[template(path = "console/compliance/retire.html")]
struct Confirm {
    shell: Shell,
    row: Row,
    owner: Option<String>,
}

/// `GET /console/compliance/devices/{id}/retire`: asks before it is done.
pub(in crate::console) async fn confirm_retire(admin: Admin<ManagesDevices>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let detail = find(&admin, &id).await?;
    let page = Confirm {
        shell: admin.shell(Section::Compliance)?,
        owner: detail.owner.as_ref().map(|owner| owner.user_principal_name.clone()),
        row: row(&detail),
    };
    Ok(plain(StatusCode::OK, &page))
}

/// `POST /console/compliance/devices/{id}/retire`. A report that came meanwhile is no reason not to.
pub(in crate::console) async fn retire(admin: Admin<ManagesDevices>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let detail = find(&admin, &id).await?;
    match compliance::retire(&admin.ctx, admin.tenant.id, &admin.actor(), detail.device.id, None).await {
        // Retired already: it was sent twice.
        Ok(()) | Err(DirectoryError::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut response = Redirect::to(&format!("{}/devices/{}", super::ROOT, detail.device.id)).into_response();
    Flash::DeviceRetired.leave(&mut response);
    Ok(response)
}
