//! `/console/settings/roles`: who holds which role; giving and taking them.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_service::directory::{self, DirectoryError, Task, UserPatch, entity_tag};
use http::StatusCode;

use super::{ManagesRoles, ROLES};
use crate::area::question::Question;
use crate::area::sentence;
use crate::console::admin::{Admin, Reads};
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::users;

struct Held {
    id: String,
    name: &'static str,
    purpose: &'static str,
    holders: Vec<User>,
    /// How many more there are than the page shows.
    more: usize,
}

/// Holders of one role that the page shows.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "console/roles.html")]
struct Roles {
    shell: Shell,
    roles: Vec<Held>,
    login: String,
    chosen: String,
    login_problem: Option<String>,
    may_manage: bool,
}

/// `GET /console/settings/roles`.
pub(super) async fn list(admin: Admin<Reads>) -> Result<Response, Trouble> {
    show(&admin, "", "", None).await
}

async fn show<P>(admin: &Admin<P>, login: &str, chosen: &str, login_problem: Option<String>) -> Result<Response, Trouble> {
    let holders = directory::role_holders(&admin.ctx, admin.tenant.id).await?;
    let held = |role: Role| {
        let hold = || holders.iter().filter(|user| user.roles.contains(&role));
        Held {
            id: role.template_id().to_string(),
            name: role.display_name(),
            purpose: users::purpose(role),
            holders: hold().take(SHOWN).cloned().collect(),
            more: hold().count().saturating_sub(SHOWN),
        }
    };
    let page = Roles {
        shell: admin.shell(Section::Settings)?,
        roles: Role::ALL.map(held).into(),
        login: login.to_owned(),
        chosen: chosen.to_owned(),
        login_problem,
        may_manage: admin.may(Task::ManageRoles),
    };
    Ok(plain(if page.login_problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn role(id: &str) -> Result<Role, Trouble> {
    id.parse().ok().and_then(Role::from_template_id).ok_or_else(Trouble::missing)
}

/// `POST /console/settings/roles`.
pub(super) async fn give(admin: Admin<ManagesRoles>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let (login, chosen) = (posted.one("login").trim(), posted.one("role"));
    let role = role(chosen)?;
    let Some(user) = directory::user_by_name(&admin.ctx, admin.tenant.id, login).await? else {
        return show(&admin, login, chosen, Some("Nobody here has this sign-in name.".to_owned())).await;
    };
    if user.roles.contains(&role) {
        return Ok(flash::done(ROLES, Flash::NothingChanged));
    }
    let mut roles = user.roles.clone();
    roles.push(role);
    match change(&admin, &user, roles).await {
        Ok(()) => Ok(flash::done(ROLES, Flash::RoleGiven)),
        Err(DirectoryError::Conflict(problem)) => show(&admin, login, chosen, Some(sentence(&problem))).await,
        Err(error) => Err(error.into()),
    }
}

/// Sets the roles of a user who is still as they were read: a role that was given meanwhile must not be lost.
async fn change(admin: &Admin<ManagesRoles>, user: &User, roles: Vec<Role>) -> Result<(), DirectoryError> {
    let patch = UserPatch { roles: Some(roles), ..UserPatch::default() };
    directory::update_user(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, patch, Some(&entity_tag(user))).await.map(drop)
}

fn question(admin: &Admin<ManagesRoles>, user: &User, role: Role, problem: Option<String>) -> Result<Response, Trouble> {
    let question = Question {
        crumb: (ROLES.to_owned(), "Roles".to_owned()),
        title: "Take this role away?".to_owned(),
        text: vec![format!("{} ({}) will not be {} any more.", user.display_name, user.user_principal_name, role.display_name())],
        problem,
        fields: Vec::new(),
        action: format!("{ROLES}/{}/{}/take", role.template_id(), user.id),
        button: "Take away",
        back: ROLES.to_owned(),
        shell: admin.shell(Section::Settings)?,
    };
    Ok(question.page())
}

/// `GET /console/settings/roles/{role}/{user}/take`.
pub(super) async fn ask_to_take(admin: Admin<ManagesRoles>, Path((id, user)): Path<(String, String)>) -> Result<Response, Trouble> {
    let (role, user) = (role(&id)?, users::find(&admin, &user).await?);
    question(&admin, &user, role, None)
}

/// `POST /console/settings/roles/{role}/{user}/take`.
pub(super) async fn take(admin: Admin<ManagesRoles>, Path((id, user)): Path<(String, String)>) -> Result<Response, Trouble> {
    let (role, user) = (role(&id)?, users::find(&admin, &user).await?);
    if !user.roles.contains(&role) {
        return Ok(flash::done(ROLES, Flash::NothingChanged));
    }
    let roles = user.roles.iter().copied().filter(|held| *held != role).collect();
    match change(&admin, &user, roles).await {
        Ok(()) => Ok(flash::done(ROLES, Flash::RoleTaken)),
        Err(DirectoryError::Conflict(problem)) => question(&admin, &user, role, Some(sentence(&problem))),
        Err(error) => Err(error.into()),
    }
}
