//! `GET /console/groups/{id}`: one group with its members.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_model::group::Group;
use doorward_service::directory::{self, NamedMember, Task};
use http::StatusCode;
use serde::Deserialize;

use super::page_of;
use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};

/// Which members, and from where on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    nested: String,
    after: String,
}

/// A member in a table.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) detail: String,
    /// What the form posts: `user:…` or `group:…`.
    pub(super) value: String,
}

impl Row {
    pub(super) fn of(member: NamedMember) -> Self {
        match member {
            NamedMember::User(user) => Self {
                href: format!("/console/users/{}", user.id),
                value: format!("user:{}", user.id),
                name: user.display_name,
                detail: user.user_principal_name,
            },
            NamedMember::Group(group) => {
                Self { href: page_of(group.id), value: format!("group:{}", group.id), name: group.display_name, detail: "Group".to_owned() }
            }
        }
    }
}

#[derive(Template)]
#[template(path = "console/group.html")]
struct OneGroup {
    shell: Shell,
    group: Group,
    created: Moment,
    rows: Vec<Row>,
    nested: bool,
    first: Option<String>,
    next: Option<String>,
    may_manage: bool,
}

/// Shows the page.
pub(super) async fn get(admin: Admin<Reads>, Path(id): Path<String>, Query(which): Query<Which>) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let nested = which.nested == "1";
    let after = which.after.parse().ok();
    let found = directory::group_details(&admin.ctx, admin.tenant.id, id, nested, after).await?.ok_or_else(Trouble::missing)?;
    let address = format!("{}?{}", page_of(id), if nested { "nested=1&" } else { "" });
    let page = OneGroup {
        shell: admin.shell(Section::Groups)?,
        created: Moment(found.group.created),
        group: found.group,
        rows: found.members.into_iter().map(Row::of).collect(),
        nested,
        first: after.map(|_| address.trim_end_matches(['?', '&']).to_owned()),
        next: found.next.map(|next| format!("{address}after={next}")),
        may_manage: admin.may(Task::ManageGroups),
    };
    Ok(plain(StatusCode::OK, &page))
}
