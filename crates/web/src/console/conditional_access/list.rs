//! The list of policies.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::conditional_access::PolicyState;
use doorward_service::conditional_access::{self, Effect, Listed, PAGE, Search};
use doorward_service::directory::Task;
use doorward_service::overview::DAYS;
use http::StatusCode;
use serde::Deserialize;

use super::ROOT;
use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::words::{self, Badge};

/// The filters, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Filters {
    name: String,
    state: String,
    page: String,
}

const STATES: [(&str, &str, Option<PolicyState>); 4] = [
    ("", "Any", None),
    ("on", "On", Some(PolicyState::Enabled)),
    ("trial", "Report-only", Some(PolicyState::ReportOnly)),
    ("off", "Off", Some(PolicyState::Disabled)),
];

struct Row {
    id: String,
    name: String,
    badge: Badge,
    applied: u64,
    /// What it did beyond letting pass, in words.
    did: Vec<String>,
    changed: Moment,
    changed_by: Option<String>,
}

#[derive(Template)]
#[template(path = "console/conditional_access/list.html")]
struct Page {
    shell: Shell,
    filters: Filters,
    rows: Vec<Row>,
    matching: usize,
    all: usize,
    days: i32,
    may_edit: bool,
    newest: Option<String>,
    older: Option<String>,
}

impl Page {
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        STATES.into_iter().map(|(value, text, _)| (value, text, value == self.filters.state))
    }

    fn filtered(&self) -> bool {
        !self.filters.name.is_empty() || !self.filters.state.is_empty()
    }
}

impl Filters {
    fn address(&self, page: usize) -> String {
        let page = if page == 0 { String::new() } else { page.to_string() };
        let fields = [("name", self.name.as_str()), ("state", self.state.as_str()), ("page", page.as_str())];
        let set: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match serde_urlencoded::to_string(set).unwrap_or_default() {
            query if query.is_empty() => ROOT.to_owned(),
            query => format!("{ROOT}?{query}"),
        }
    }
}

/// `GET /console/conditional-access`.
pub(in crate::console) async fn list(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let state = STATES.into_iter().find(|(word, ..)| *word == filters.state).and_then(|(.., state)| state);
    let page = filters.page.parse().unwrap_or(0);
    let search = Search { name: filters.name.clone(), state, page };
    let list = conditional_access::list(&admin.ctx, admin.tenant.id, &search).await?;
    let is_last = page.saturating_add(1).saturating_mul(PAGE) >= list.matching;
    let page = Page {
        shell: admin.shell(Section::ConditionalAccess)?,
        newest: (page > 0).then(|| filters.address(0)),
        older: (!is_last).then(|| filters.address(page.saturating_add(1))),
        filters,
        rows: list.policies.into_iter().map(row).collect(),
        matching: list.matching,
        all: list.all,
        days: DAYS,
        may_edit: admin.may(Task::ManageAccess),
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(listed: Listed) -> Row {
    Row {
        id: listed.document.id,
        name: listed.name,
        badge: words::policy_state(listed.state),
        applied: listed.effect.applied,
        did: did(listed.effect),
        changed: Moment(listed.document.modified),
        changed_by: listed.changed_by,
    }
}

fn did(effect: Effect) -> Vec<String> {
    let parts = [(effect.refused, "not met"), (effect.would_refuse, "would refuse"), (effect.would_ask, "would ask")];
    parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, words)| format!("{number} {words}")).collect()
}
