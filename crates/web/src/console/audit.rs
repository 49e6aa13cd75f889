//! `/console/audit`: who changed what.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_model::directory_audit::DirectoryAudit;
use http::StatusCode;
use serde::Deserialize;

use super::admin::{Admin, Reads};
use super::difference::{Difference, differences};
use super::moment::Moment;
use super::names::Names;
use super::notice::{Trouble, plain, store};
use super::shell::{Section, Shell};
use super::words;

/// Changes of one page.
const PAGE: usize = 50;
/// Changes that the console reaches back at most; the admin API has them all.
const REACH: u32 = 1000;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct From {
    after: String,
}

struct Row {
    id: String,
    time: Moment,
    activity: String,
    who: String,
    target: String,
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Audit {
    shell: Shell,
    rows: Vec<Row>,
    older: Option<String>,
    newest: bool,
    at_end_of_reach: bool,
}

/// `GET /console/audit`.
pub(super) async fn list(admin: Admin<Reads>, Query(from): Query<From>) -> Result<Response, Trouble> {
    let records = records(&admin).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let reached = records.len() >= REACH as usize;
    let start = match from.after.as_str() {
        "" => 0,
        after => records.iter().position(|record| record.id.to_string() == after).map_or(records.len(), |place| place.saturating_add(1)),
    };
    let rest = records.get(start..).unwrap_or_default();
    let shown = rest.get(..PAGE).unwrap_or(rest);
    let older = (rest.len() > PAGE).then(|| shown.last().map(|record| format!("/console/audit?after={}", record.id))).flatten();
    let page = Audit {
        shell: admin.shell(Section::Audit)?,
        rows: shown.iter().map(|record| row(record, &names)).collect(),
        at_end_of_reach: reached && older.is_none(),
        older,
        newest: !from.after.is_empty(),
    };
    Ok(plain(StatusCode::OK, &page))
}

async fn records<P>(admin: &Admin<P>) -> Result<Vec<DirectoryAudit>, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    unit.logs().audits(REACH).await.map_err(store)
}

fn row(record: &DirectoryAudit, names: &Names) -> Row {
    Row {
        id: record.id.to_string(),
        time: Moment(record.activity_date_time),
        activity: words::spaced(&record.activity_display_name),
        who: record.initiated_by.display_name.clone(),
        target: target(record, names),
    }
}

/// The name that the object bears, or bore.
fn target(record: &DirectoryAudit, names: &Names) -> String {
    let named = |value: &serde_json::Value| {
        ["displayName", "userPrincipalName"].iter().find_map(|member| value.get(member)?.as_str().map(str::to_owned))
    };
    named(&record.after).or_else(|| named(&record.before)).unwrap_or_else(|| names.of(&record.target_id).to_owned())
}

#[derive(Template)]
#[template(path = "console/audit_one.html")]
struct One {
    shell: Shell,
    row: Row,
    kind: String,
    target_id: String,
    differences: Vec<Difference>,
    created: bool,
    deleted: bool,
}

/// `GET /console/audit/{id}`.
pub(super) async fn one(admin: Admin<Reads>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let records = records(&admin).await?;
    let record = records.iter().find(|record| record.id.to_string() == id).ok_or_else(Trouble::missing)?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let page = One {
        shell: admin.shell(Section::Audit)?,
        row: row(record, &names),
        kind: words::spaced(&record.target_type),
        target_id: record.target_id.clone(),
        differences: differences(&record.before, &record.after, &names),
        created: record.before.is_null(),
        deleted: record.after.is_null(),
    };
    Ok(plain(StatusCode::OK, &page))
}
