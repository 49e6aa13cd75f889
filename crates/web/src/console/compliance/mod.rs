//! `/console/compliance`: what devices must be like, which devices are, and why.

mod device;
mod devices;
mod draft;
mod edit;
mod form;
mod policy;
mod settings;
mod words;

use askama::Template;
use axum::response::Response;
use doorward_model::compliance::Standing;
use doorward_policy::compliance::PolicyKind;
use doorward_service::compliance::{self, PolicySummary};
use doorward_service::directory::Task;
use http::StatusCode;

pub(super) use self::device::{confirm_retire, device, retire};
pub(super) use self::devices::devices;
pub(super) use self::edit::{draft, edit, new, new_draft, new_save, save};
pub(super) use self::policy::{confirm_delete, delete, policy};
pub(super) use self::settings::{save_settings, settings};
use super::admin::{Admin, Reads};
use super::moment::Moment;
use super::names::Names;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};
use super::words::{Badge, number};

/// Where everything of this section stands.
const ROOT: &str = "/console/compliance";

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
