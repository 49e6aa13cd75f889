//! `GET /console/devices`: devices, by name, operating system and state.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::device::Device;
use doorward_model::user::User;
use doorward_service::directory::{self, DeviceState, Search};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;

use super::PATH;
use super::one::{state, trust};
use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::pages::{Pages, counted};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;
use crate::page_token;

/// The filters, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filters {
    search: String,
    system: String,
    state: String,
    after: String,
}

const STATES: [(&str, &str, Option<DeviceState>); 6] = [
    ("", "Any", None),
    ("disabled", "Disabled", Some(DeviceState::Disabled)),
    ("managed", "Managed", Some(DeviceState::Managed)),
    ("unmanaged", "Not managed", Some(DeviceState::Unmanaged)),
    ("compliant", "Managed and compliant", Some(DeviceState::Compliant)),
    ("not-compliant", "Managed, not compliant", Some(DeviceState::NotCompliant)),
];

struct Row {
    id: String,
    name: String,
    system: String,
    trust: &'static str,
    owner: Option<(String, String)>,
    registered: Moment,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "console/devices.html")]
struct Devices {
    shell: Shell,
    filters: Filters,
    systems: Vec<String>,
    rows: Vec<Row>,
    pages: Pages,
}

impl Devices {
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        STATES.into_iter().map(|(value, text, _)| (value, text, value == self.filters.state))
    }

    fn filtered(&self) -> bool {
        [&self.filters.search, &self.filters.system, &self.filters.state].into_iter().any(|filter| !filter.is_empty())
    }
}

/// Shows the list.
pub(super) async fn get(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let search = Search { text: filters.search.clone(), after: page_token::read(&filters.after) };
    let system = Some(filters.system.as_str()).filter(|system| !system.is_empty());
    let wanted = STATES.into_iter().find(|(value, ..)| *value == filters.state).and_then(|(.., state)| state);
    let found = directory::find_devices(&admin.ctx, admin.tenant.id, &search, system, wanted).await?;
    let fields = [("search", filters.search.as_str()), ("system", &filters.system), ("state", &filters.state)];
    let page = Devices {
        shell: admin.shell(Section::Devices)?,
        pages: Pages::new(PATH, &fields, &filters.after, found.page.next.as_ref(), counted(found.count, "device", "devices")),
        rows: found.page.items.into_iter().map(|device| row(device, &found.owners, admin.ctx.now())).collect(),
        systems: found.systems,
        filters,
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(device: Device, owners: &[User], now: Timestamp) -> Row {
    let owner = owners.iter().find(|user| device.owner == Some(user.id));
    Row {
        id: device.id.to_string(),
        badge: state(&device, now),
        trust: trust(device.trust_type),
        owner: owner.map(|user| (user.id.to_string(), user.display_name.clone())),
        registered: Moment(device.registered),
        system: format!("{} {}", device.operating_system, device.operating_system_version),
        name: device.display_name,
    }
}
