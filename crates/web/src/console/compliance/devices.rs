//! `/console/compliance/devices`: devices under management, by state and name.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::compliance::{FactValue, ManagementState};
use doorward_policy::compliance::catalogue;
use doorward_store::ListedDevice;
use doorward_store::query::{self, Comparison, Filter, ManagedDeviceField};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::words::{self, STATES};
use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;
use crate::page_token;

/// Devices of one page.
const PAGE: u32 = 50;

/// The filters, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Filters {
    name: String,
    state: String,
    after: String,
}

/// A device in a list.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) system: String,
    pub(super) badge: Badge,
    pub(super) grace_ends: Option<Moment>,
    pub(super) report: Option<Moment>,
    pub(super) retiring: bool,
}

impl Row {
    pub(super) fn of(listed: &ListedDevice) -> Self {
        let ListedDevice { managed, device } = listed;
        let reported = managed.facts.get(catalogue::OS_VERSION).map(|fact| &fact.value);
        let version = match reported {
            Some(FactValue::Known(Value::String(version))) => version,
            _ => &device.operating_system_version,
        };
        let retired = managed.management_state == ManagementState::Retired;
        Self {
            id: device.id.to_string(),
            name: device.display_name.clone(),
            system: format!("{} {version}", device.operating_system).trim_end().to_owned(),
            badge: if retired { Badge { tone: "calm", text: "Retired" } } else { words::standing(managed.standing()) },
            grace_ends: managed.judgement.as_ref().and_then(|judgement| judgement.grace_ends).map(Moment),
            report: managed.last_report.map(Moment),
            retiring: managed.management_state == ManagementState::RetirePending,
        }
    }
}

#[derive(Template)]
#[template(path = "console/compliance/devices.html")]
struct Page {
    shell: Shell,
    filters: Filters,
    filtered: bool,
    rows: Vec<Row>,
    older: Option<String>,
    newest: Option<String>,
}

impl Page {
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let all = [("", "Any"), ("retirePending", "Waiting to be retired"), ("retired", "Retired")];
        let named = STATES.iter().map(|(word, title, _)| (*word, *title));
        all.into_iter().take(1).chain(named).chain(all.into_iter().skip(1)).map(|(word, title)| (word, title, self.filters.state == word))
    }
}

/// `GET /console/compliance/devices`.
pub(in crate::console) async fn devices(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let query = query::Query {
        filter: filter(&filters.state),
        search: Some(filters.name.trim().to_owned()).filter(|name| !name.is_empty()),
        after: page_token::read(&filters.after),
        limit: PAGE,
        ..Default::default()
    };
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let devices = unit.managed_devices().page(&query).await.map_err(store)?;
    drop(unit);
    let address = |after: &str| {
        let pairs = [("name", filters.name.as_str()), ("state", &filters.state), ("after", after)];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let query = serde_urlencoded::to_string(given).unwrap_or_default();
        format!("/console/compliance/devices?{query}")
    };
    let page = Page {
        shell: admin.shell(Section::Compliance)?,
        filtered: !filters.name.trim().is_empty() || !filters.state.is_empty(),
        rows: devices.items.iter().map(Row::of).collect(),
        older: devices.next.map(|next| address(&page_token::write(&next))),
        newest: (!filters.after.is_empty()).then(|| address("")),
        filters,
    };
    Ok(plain(StatusCode::OK, &page))
}

/// Only devices in a state; those that are retired only where they are asked for.
fn filter(state: &str) -> Option<Filter<ManagedDeviceField>> {
    use ManagedDeviceField::{ComplianceState, ManagementState as Management};
    let managed = Filter::Compare(Management, Comparison::NotEqual, ManagementState::Retired.as_str().into());
    match ManagementState::from_wire(state) {
        Some(state) => Some(Filter::equal(Management, state.as_str())),
        None if state.is_empty() => Some(managed),
        None => Some(managed.and(Filter::equal(ComplianceState, state))),
    }
}
