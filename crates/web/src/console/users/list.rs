//! `GET /console/users`: people, by name, state and role.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_service::directory::{self, Search, Task};
use http::StatusCode;
use jiff::Timestamp;
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
    state: String,
    role: String,
    after: String,
}

const STATES: [(&str, &str); 3] = [("", "Any"), ("enabled", "Enabled"), ("disabled", "Disabled")];

struct Row {
    id: String,
    name: String,
    login: String,
    roles: String,
    enabled: bool,
    /// Enabled, but its time has come.
    expired: bool,
}

#[derive(Template)]
#[template(path = "console/users.html")]
struct Users {
    shell: Shell,
    filters: Filters,
    rows: Vec<Row>,
    pages: Pages,
    may_manage: bool,
}

impl Users {
    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        STATES.into_iter().map(|(value, text)| (value, text, value == self.filters.state))
    }

    fn roles(&self) -> Vec<(String, &'static str, bool)> {
        let all = Role::ALL.into_iter().map(|role| {
            let value = role.template_id().to_string();
            let chosen = value == self.filters.role;
            (value, role.display_name(), chosen)
        });
        [(String::new(), "Any", self.filters.role.is_empty())].into_iter().chain(all).collect()
    }

    fn filtered(&self) -> bool {
        [&self.filters.search, &self.filters.state, &self.filters.role].into_iter().any(|filter| !filter.is_empty())
    }
}

/// Shows the list.
pub(super) async fn get(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let search = Search { text: filters.search.clone(), after: page_token::read(&filters.after) };
    let enabled = match filters.state.as_str() {
        "enabled" => Some(true),
        "disabled" => Some(false),
        _ => None,
    };
    let role = filters.role.parse().ok().and_then(Role::from_template_id);
    let (found, count) = directory::find_users(&admin.ctx, admin.tenant.id, &search, enabled, role).await?;
    let fields = [("search", filters.search.as_str()), ("state", &filters.state), ("role", &filters.role)];
    let now = admin.ctx.now();
    let page = Users {
        shell: admin.shell(Section::Users)?,
        pages: Pages::new(PATH, &fields, &filters.after, found.next.as_ref(), counted(count, "person", "people")),
        rows: found.items.into_iter().map(|user| row(user, now)).collect(),
        may_manage: admin.may(Task::ManageUsers),
        filters,
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(user: User, now: Timestamp) -> Row {
    let expired = user.account_enabled && !user.is_active_at(now);
    let roles: Vec<&str> = user.roles.iter().map(|role| role.display_name()).collect();
    Row {
        id: user.id.to_string(),
        roles: roles.join(", "),
        name: user.display_name,
        login: user.user_principal_name,
        enabled: user.account_enabled,
        expired,
    }
}
