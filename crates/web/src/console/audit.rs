//! `/console/audit`: who changed what.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_model::AuditId;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_store::query::{self, AuditField, Filter, Page};
use http::StatusCode;
use serde::Deserialize;

use super::admin::{Admin, Reads};
use super::difference::{Difference, differences};
use super::moment::Moment;
use super::names::Names;
use super::notice::{Trouble, plain, store};
use super::shell::{Section, Shell};
use super::words;
use crate::page_token;

/// Changes of one page.
const PAGE: u32 = 50;

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
    newest: Option<String>,
}

/// `GET /console/audit`.
pub(super) async fn list(admin: Admin<Reads>, Query(from): Query<From>) -> Result<Response, Trouble> {
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let query = query::Query { after: page_token::read(&from.after), limit: PAGE, ..Default::default() };
    let records = records(&admin, &query).await?;
    let page = Audit {
        shell: admin.shell(Section::Audit)?,
        rows: records.items.iter().map(|record| row(record, &names)).collect(),
        older: records.next.map(|next| format!("/console/audit?after={}", page_token::write(&next))),
        newest: (!from.after.is_empty()).then(|| "/console/audit".to_owned()),
    };
    Ok(plain(StatusCode::OK, &page))
}

async fn records<P>(admin: &Admin<P>, query: &query::Query<AuditField>) -> Result<Page<DirectoryAudit>, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    unit.logs().audits(query).await.map_err(store)
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
    let id: AuditId = id.parse().map_err(|_| Trouble::missing())?;
    let found = records(&admin, &query::Query { limit: 1, ..query::Query::of(Filter::equal(AuditField::Id, id.0)) }).await?;
    let record = found.items.first().ok_or_else(Trouble::missing)?;
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
