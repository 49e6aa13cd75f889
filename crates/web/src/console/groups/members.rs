//! `/console/groups/{id}/members`: finding people and groups to add, adding and removing.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_model::group::{Group, Member};
use doorward_service::directory::{self, DirectoryError, NamedMember, Search};
use http::StatusCode;
use serde::Deserialize;

use super::one::Row;
use super::{ManagesGroups, page_of};
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};

/// What to look for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    search: String,
}

#[derive(Template)]
#[template(path = "console/group_members.html")]
struct Found {
    shell: Shell,
    group: Group,
    search: String,
    rows: Vec<Row>,
    /// There are more than these.
    more: bool,
}

/// `GET /console/groups/{id}/members`: people and groups that can be added.
pub(super) async fn find(admin: Admin<ManagesGroups>, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Result<Response, Trouble> {
    let group = super::find(&admin, &id).await?;
    let mut rows = Vec::new();
    let mut more = false;
    if !wanted.search.trim().is_empty() {
        let search = Search { text: wanted.search.clone(), after: None };
        let (groups, _) = directory::find_groups(&admin.ctx, admin.tenant.id, &search).await?;
        let (users, _) = directory::find_users(&admin.ctx, admin.tenant.id, &search, None, None).await?;
        more = groups.next.is_some() || users.next.is_some();
        let groups = groups.items.into_iter().filter(|found| found.id != group.id).map(NamedMember::Group);
        rows = users.items.into_iter().map(NamedMember::User).chain(groups).map(Row::of).collect();
    }
    let page = Found { shell: admin.shell(Section::Groups)?, group, search: wanted.search, rows, more };
    Ok(plain(StatusCode::OK, &page))
}

fn member(posted: &Posted) -> Option<Member> {
    let (kind, id) = posted.one("member").split_once(':')?;
    match kind {
        "user" => id.parse().ok().map(Member::User),
        "group" => id.parse().ok().map(Member::Group),
        _ => None,
    }
}

/// `POST /console/groups/{id}/members`.
pub(super) async fn add(
    admin: Admin<ManagesGroups>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let group = super::find(&admin, &id).await?;
    let member = member(&posted).ok_or_else(Trouble::missing)?;
    let page = page_of(group.id);
    match directory::add_member(&admin.ctx, admin.tenant.id, &admin.actor(), group.id, member).await {
        Ok(()) => Ok(flash::done(&page, Flash::MemberAdded)),
        Err(DirectoryError::AlreadyExists(_)) => Ok(flash::done(&page, Flash::NothingChanged)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /console/groups/{id}/members/remove`.
pub(super) async fn remove(
    admin: Admin<ManagesGroups>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let group = super::find(&admin, &id).await?;
    let member = member(&posted).ok_or_else(Trouble::missing)?;
    let page = page_of(group.id);
    match directory::remove_member(&admin.ctx, admin.tenant.id, &admin.actor(), group.id, member).await {
        Ok(()) => Ok(flash::done(&page, Flash::MemberRemoved)),
        // Gone already: it was sent twice.
        Err(DirectoryError::NotFound(_)) => Ok(flash::done(&page, Flash::NothingChanged)),
        Err(error) => Err(error.into()),
    }
}
