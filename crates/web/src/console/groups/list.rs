//! `GET /console/groups`: groups by name.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::group::Group;
use doorward_service::directory::{self, Search, Task};
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
    after: String,
}

#[derive(Template)]
#[template(path = "console/groups.html")]
struct Groups {
    shell: Shell,
    filters: Filters,
    groups: Vec<Group>,
    pages: Pages,
    may_manage: bool,
}

/// Shows the list.
pub(super) async fn get(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let search = Search { text: filters.search.clone(), after: page_token::read(&filters.after) };
    let (found, count) = directory::find_groups(&admin.ctx, admin.tenant.id, &search).await?;
    let fields = [("search", filters.search.as_str())];
    let page = Groups {
        shell: admin.shell(Section::Groups)?,
        pages: Pages::new(PATH, &fields, &filters.after, found.next.as_ref(), counted(count, "group", "groups")),
        groups: found.items,
        may_manage: admin.may(Task::ManageGroups),
        filters,
    };
    Ok(plain(StatusCode::OK, &page))
}
