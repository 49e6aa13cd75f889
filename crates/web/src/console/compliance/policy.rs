//! `/console/compliance/policies/{id}`: one policy with its devices, and its deletion.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_service::compliance::{self, Stored};
use doorward_service::directory::{DirectoryError, Task};
use http::StatusCode;
use serde::Deserialize;

use super::devices::Row;
use super::{ROOT, words};
use crate::console::admin::{Admin, ManagesCompliance, Reads};
use crate::console::flash::Flash;
use crate::console::guard::{Posted, field};
use crate::console::moment::Moment;
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;

/// Devices of one page.
const PAGE: u32 = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::console) struct From {
    after: String,
}

/// A device with how it stands to the policy, which may be better than how it stands in all.
struct DeviceRow {
    row: Row,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "console/compliance/policy.html")]
struct Page {
    shell: Shell,
    id: String,
    name: String,
    description: String,
    kind: &'static str,
    whom: String,
    version: i64,
    modified: Moment,
    actions: Vec<String>,
    settings: Vec<(String, String)>,
    devices: Vec<DeviceRow>,
    older: Option<String>,
    newest: Option<String>,
    may_edit: bool,
}

/// `GET /console/compliance/policies/{id}`.
pub(in crate::console) async fn policy(admin: Admin<Reads>, Path(id): Path<String>, Query(from): Query<From>) -> Result<Response, Trouble> {
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let Stored { document, policy } = compliance::find(unit.as_mut(), &id).await?;
    let mut devices = unit.managed_devices().of_policy(&document.id, from.after.parse().ok(), PAGE + 1).await.map_err(store)?;
    drop(unit);
    let length = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = devices.len() > length;
    devices.truncate(length);
    let here = format!("{ROOT}/policies/{}", document.id);
    let last = devices.last().map(|listed| listed.device.id);
    let page = Page {
        shell: admin.shell(Section::Compliance)?,
        name: policy.display_name.clone(),
        description: policy.description.clone(),
        kind: policy.kind.title(),
        whom: words::whom(&policy.assignments, &names),
        version: document.version,
        modified: Moment(document.modified),
        actions: policy.actions.iter().map(words::action).collect(),
        settings: words::settings(&policy),
        older: last.filter(|_| more).map(|last| format!("{here}?after={last}")),
        newest: (!from.after.is_empty()).then(|| here.clone()),
        devices: devices
            .iter()
            .map(|listed| {
                let states = listed.managed.judgement.iter().flat_map(|judgement| &judgement.policies);
                let standing = states.filter(|state| state.policy_id == document.id).map(|state| state.standing).next();
                DeviceRow { row: Row::of(listed), badge: words::standing(standing.unwrap_or(listed.managed.standing())) }
            })
            .collect(),
        may_edit: admin.may(Task::ManageCompliance),
        id: document.id,
    };
    Ok(plain(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "console/compliance/delete.html")]
struct Confirm {
    shell: Shell,
    id: String,
    name: String,
    kind: &'static str,
    whom: String,
    version: i64,
    changed: bool,
}

/// `GET /console/compliance/policies/{id}/delete`: asks before it is done.
pub(in crate::console) async fn confirm_delete(admin: Admin<ManagesCompliance>, Path(id): Path<String>) -> Result<Response, Trouble> {
    confirm(&admin, &id, false).await
}

async fn confirm(admin: &Admin<ManagesCompliance>, id: &str, changed: bool) -> Result<Response, Trouble> {
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let Stored { document, policy } = compliance::find(unit.as_mut(), id).await?;
    drop(unit);
    let page = Confirm {
        shell: admin.shell(Section::Compliance)?,
        name: policy.display_name,
        kind: policy.kind.title(),
        whom: words::whom(&policy.assignments, &names),
        version: document.version,
        changed,
        id: document.id,
    };
    Ok(plain(if changed { StatusCode::CONFLICT } else { StatusCode::OK }, &page))
}

/// `POST /console/compliance/policies/{id}/delete`: deletes the version that was shown.
pub(in crate::console) async fn delete(
    admin: Admin<ManagesCompliance>,
    Path(id): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let version = field(&fields, "version").parse().unwrap_or(-1);
    match compliance::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), &id, Some(version)).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => {
            let mut response = Redirect::to(ROOT).into_response();
            Flash::ComplianceDeleted.leave(&mut response);
            Ok(response)
        }
        Err(DirectoryError::Changed) => confirm(&admin, &id, true).await,
        Err(error) => Err(error.into()),
    }
}
