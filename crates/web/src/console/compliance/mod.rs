//! `/console/compliance`: what devices must be like, which devices are, and why.

mod device;
mod devices;
mod draft;
mod edit;
mod form;
mod policy;
mod settings;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use doorward_model::compliance::Standing;
use doorward_policy::compliance::PolicyKind;
use doorward_service::Context;
use doorward_service::compliance::{self, PolicySummary};
use doorward_service::directory::Task;
use http::StatusCode;

use super::admin::{Admin, Reads};
use super::moment::Moment;
use super::names::Names;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};
use super::words::{Badge, number};

/// Where everything of this section stands.
const ROOT: &str = "/console/compliance";

/// The routes of this section.
pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/console/compliance", get(list))
        .route("/console/compliance/settings", get(settings::settings).post(settings::save_settings))
        .route("/console/compliance/new/{kind}", get(edit::new).post(edit::new_save))
        .route("/console/compliance/new/{kind}/draft", post(edit::new_draft))
        .route("/console/compliance/policies/{id}", get(policy::policy).post(edit::save))
        .route("/console/compliance/policies/{id}/edit", get(edit::edit))
        .route("/console/compliance/policies/{id}/draft", post(edit::draft))
        .route("/console/compliance/policies/{id}/delete", get(policy::confirm_delete).post(policy::delete))
        .route("/console/compliance/devices", get(devices::devices))
        .route("/console/compliance/devices/{id}", get(device::device))
        .route("/console/compliance/devices/{id}/retire", get(device::confirm_retire).post(device::retire))
}

/// A policy in the list.
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    settings: String,
    whom: String,
    modified: Moment,
    devices: Vec<(Badge, u64)>,
}

#[derive(Template)]
#[template(path = "console/compliance/policies.html")]
struct Page {
    shell: Shell,
    states: Vec<State>,
    rows: Vec<Row>,
    secure_by_default: bool,
    days: u32,
    scheduled_actions: bool,
    may_edit: bool,
}

/// How many devices there are in one state.
struct State {
    title: &'static str,
    word: &'static str,
    dot: &'static str,
    devices: u64,
}

impl Page {
    /// The kinds of policy that can be made.
    fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
        PolicyKind::ALL.into_iter().map(|kind| (kind.type_name(), kind.title()))
    }
}

/// `GET /console/compliance`.
pub(super) async fn list(admin: Admin<Reads>) -> Result<Response, Trouble> {
    let summary = compliance::summary(&admin.ctx, admin.tenant.id).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let count = |word: &str| summary.states.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map_or(0, |(_, devices)| *devices);
    let page = Page {
        shell: admin.shell(Section::Compliance)?,
        states: words::STATES.iter().map(|(word, title, dot)| State { title, word, dot, devices: count(word) }).collect(),
        rows: summary.policies.iter().map(|policy| row(policy, &names)).collect(),
        secure_by_default: summary.settings.secure_by_default,
        days: summary.settings.device_compliance_checkin_threshold_days,
        scheduled_actions: summary.settings.is_scheduled_action_enabled,
        may_edit: admin.may(Task::ManageCompliance),
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(summary: &PolicySummary, names: &Names) -> Row {
    let policy = &summary.stored.policy;
    let devices = |standing: &Standing| summary.devices.get(standing).map(|devices| (words::standing(*standing), *devices));
    Row {
        id: policy.id.clone(),
        name: policy.display_name.clone(),
        kind: policy.kind.title(),
        settings: number(policy.settings.len(), "setting", "settings"),
        whom: words::whom(&policy.assignments, names),
        modified: Moment(summary.stored.document.modified),
        devices: Standing::ALL.iter().rev().filter_map(devices).collect(),
    }
}
