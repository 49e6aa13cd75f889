//! `/console/users/{id}/edit`: name and roles.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_service::directory::{self, DirectoryError, Task, UserPatch};

use super::{ManagesUsers, find, page_of};
use crate::area::sentence;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::stamp::Stamp;
use crate::console::told::Told;

#[derive(Template)]
#[template(path = "console/user_edit.html")]
struct Form {
    shell: Shell,
    stamp: Stamp,
    /// Address and name of the page it belongs to.
    crumb: (String, String),
    title: &'static str,
    action: String,
    button: &'static str,
    name: String,
    /// The name is the domain's to change.
    from_domain: bool,
    roles: Vec<(String, &'static str, &'static str, bool)>,
    name_problem: Option<String>,
    told: Told,
}

/// What each role is for.
pub(in crate::console) fn purpose(role: Role) -> &'static str {
    match role {
        Role::GlobalAdministrator => "May do everything.",
        Role::ConditionalAccessAdministrator => "May change conditional access and service policies and named locations.",
        Role::IntuneAdministrator => "May change app protection policies and the management state of devices.",
        Role::SecurityReader => "May look at everything.",
    }
}

/// `GET /console/users/{id}/edit`.
pub(super) async fn form(admin: Admin<ManagesUsers>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let user = find(&admin, &id).await?;
    admin.require(Task::to_manage(Some(&user), None))?;
    let (name, roles) = (user.display_name.clone(), user.roles.clone());
    show(&admin, &user, Stamp::of(&user), name, &roles, None, Told::default())
}

fn show(
    admin: &Admin<ManagesUsers>,
    user: &User,
    stamp: Stamp,
    name: String,
    roles: &[Role],
    name_problem: Option<String>,
    told: Told,
) -> Result<Response, Trouble> {
    let row = |role: Role| (role.template_id().to_string(), role.display_name(), purpose(role), roles.contains(&role));
    let form = Form {
        shell: admin.shell(Section::Users)?,
        stamp,
        crumb: (page_of(user.id), user.display_name.clone()),
        title: "Edit user",
        action: format!("{}/edit", page_of(user.id)),
        button: "Save",
        name,
        from_domain: user.on_premises.is_some(),
        roles: if admin.may(Task::ManageRoles) { Role::ALL.map(row).into() } else { Vec::new() },
        name_problem,
        told,
    };
    Ok(plain(form.told.status(form.name_problem.is_some()), &form))
}

/// `POST /console/users/{id}/edit`.
pub(super) async fn save(
    admin: Admin<ManagesUsers>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let user = find(&admin, &id).await?;
    let stamp = Stamp::read(&posted);
    let name = posted.one("name").trim().to_owned();
    // Who may not give roles is shown none, and changes none.
    let roles: Vec<Role> = if admin.may(Task::ManageRoles) {
        posted.all("role").filter_map(|id| id.parse().ok().and_then(Role::from_template_id)).collect()
    } else {
        user.roles.clone()
    };
    admin.require(Task::to_manage(Some(&user), Some(&roles)))?;
    if name == user.display_name && roles == user.roles {
        return Ok(flash::done(&page_of(user.id), stamp.settled(&Stamp::of(&user))));
    }
    let patch = UserPatch { display_name: Some(name.clone()), roles: Some(roles.clone()), ..UserPatch::default() };
    match directory::update_user(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, patch, Some(&stamp.tag)).await {
        Ok(_) => Ok(flash::done(&page_of(user.id), Flash::Saved)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id).await?;
            let now = Stamp::of(&present);
            let told = stamp.told(&admin, &now).await?;
            show(&admin, &present, now, name, &roles, None, told)
        }
        Err(DirectoryError::Invalid { problem, .. }) => show(&admin, &user, stamp, name, &roles, Some(sentence(&problem)), Told::default()),
        Err(DirectoryError::Conflict(problem)) => {
            show(&admin, &user, stamp, name, &roles, None, Told { changed: None, problem: Some(sentence(&problem)) })
        }
        Err(error) => Err(error.into()),
    }
}
