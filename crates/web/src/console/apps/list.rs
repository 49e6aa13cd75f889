//! `GET /console/apps`: registrations, by name and mark.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::application::{Application, MobilePlatform};
use doorward_service::directory::{self, Search, Task};
use doorward_store::query::ApplicationField;
use http::StatusCode;
use serde::Deserialize;

use super::PATH;
use crate::console::admin::{Admin, Reads};
use crate::console::notice::{Trouble, plain};
use crate::console::pages::{Pages, counted};
use crate::console::shell::{Section, Shell};
use crate::page_token;

/// The filters, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filters {
    search: String,
    mark: String,
    after: String,
}

const MARKS: [(&str, &str); 3] = [("", "Any"), ("approved", "Approved"), ("protectable", "Support app protection")];

struct Row {
    id: String,
    name: String,
    kinds: String,
    approved: bool,
    protectable: bool,
    enabled: bool,
}

#[derive(Template)]
#[template(path = "console/apps.html")]
struct Apps {
    shell: Shell,
    filters: Filters,
    rows: Vec<Row>,
    pages: Pages,
    may_manage: bool,
}

impl Apps {
    fn marks(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        MARKS.into_iter().map(|(value, text)| (value, text, value == self.filters.mark))
    }

    fn filtered(&self) -> bool {
        !self.filters.search.is_empty() || !self.filters.mark.is_empty()
    }
}

/// Shows the list.
pub(super) async fn get(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let search = Search { text: filters.search.clone(), after: page_token::read(&filters.after) };
    let mark = match filters.mark.as_str() {
        "approved" => Some(ApplicationField::Approved),
        "protectable" => Some(ApplicationField::Protectable),
        _ => None,
    };
    let (found, count) = directory::find_applications(&admin.ctx, admin.tenant.id, &search, mark).await?;
    let fields = [("search", filters.search.as_str()), ("mark", &filters.mark)];
    let page = Apps {
        shell: admin.shell(Section::Apps)?,
        pages: Pages::new(PATH, &fields, &filters.after, found.next.as_ref(), counted(count, "registration", "registrations")),
        rows: found.items.into_iter().map(row).collect(),
        may_manage: admin.may(Task::ManageApplications),
        filters,
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(app: Application) -> Row {
    let on = |platform: MobilePlatform| app.platform_identities.iter().any(|identity| identity.platform() == platform);
    let kinds: Vec<&str> = [
        (on(MobilePlatform::Ios), "iOS"),
        (on(MobilePlatform::Android), "Android"),
        (app.broker, "Broker"),
        (app.is_confidential(), "Confidential client"),
        (!app.identifier_uris.is_empty(), "Service"),
    ]
    .into_iter()
    .filter_map(|(is, word)| is.then_some(word))
    .collect();
    Row {
        id: app.app_id.to_string(),
        kinds: kinds.join(", "),
        approved: app.approved,
        protectable: app.protectable,
        enabled: app.enabled,
        name: app.display_name,
    }
}
