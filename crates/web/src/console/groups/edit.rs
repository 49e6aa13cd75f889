//! `/console/groups/new`, `…/{id}/edit` and `…/{id}/delete`.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::GroupId;
use doorward_model::group::Group;
use doorward_service::directory::{self, DirectoryError};

use super::{ManagesGroups, PATH, find, page_of};
use crate::area::sentence;
use crate::console::admin::Admin;
use crate::console::deletion;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::stamp::Stamp;
use crate::console::told::Told;

#[derive(Template)]
#[template(path = "console/group_edit.html")]
struct Form {
    shell: Shell,
    stamp: Stamp,
    /// Address and name of the page it belongs to.
    crumb: (String, String),
    title: &'static str,
    action: String,
    button: &'static str,
    name: String,
    description: String,
    name_problem: Option<String>,
    told: Told,
}

/// What was typed.
struct Typed {
    name: String,
    description: String,
}

impl Typed {
    fn read(posted: &Posted) -> Self {
        Self { name: posted.one("name").trim().to_owned(), description: posted.one("description").trim().to_owned() }
    }

    fn is(&self, group: &Group) -> bool {
        self.name == group.display_name && self.description == group.description.as_deref().unwrap_or_default()
    }
}

/// `GET /console/groups/new`.
pub(super) async fn new(admin: Admin<ManagesGroups>) -> Result<Response, Trouble> {
    show_new(
        &admin,
        Stamp::for_new(admin.ctx.rng.as_ref()),
        Typed { name: String::new(), description: String::new() },
        None,
        Told::default(),
    )
}

fn show_new(
    admin: &Admin<ManagesGroups>,
    stamp: Stamp,
    typed: Typed,
    name_problem: Option<String>,
    told: Told,
) -> Result<Response, Trouble> {
    let form = Form {
        shell: admin.shell(Section::Groups)?,
        stamp,
        crumb: (PATH.to_owned(), "Groups".to_owned()),
        title: "New group",
        action: format!("{PATH}/new"),
        button: "Make group",
        name: typed.name,
        description: typed.description,
        name_problem,
        told,
    };
    Ok(plain(form.told.status(form.name_problem.is_some()), &form))
}

/// `POST /console/groups/new`.
pub(super) async fn create(admin: Admin<ManagesGroups>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let (stamp, typed) = (Stamp::read(&posted), Typed::read(&posted));
    let id = stamp.tag.parse().unwrap_or_else(|_| GroupId::random(admin.ctx.rng.as_ref()));
    let description = Some(typed.description.as_str()).filter(|text| !text.is_empty());
    match directory::create_group(&admin.ctx, admin.tenant.id, &admin.actor(), id, &typed.name, description).await {
        Ok(group) => Ok(flash::done(&page_of(group.id), Flash::Created)),
        Err(DirectoryError::AlreadyExists(_)) => {
            let made = find(&admin, &id.to_string()).await?;
            if typed.is(&made) {
                return Ok(flash::done(&page_of(id), Flash::Created));
            }
            show_new(&admin, Stamp::for_new(admin.ctx.rng.as_ref()), typed, None, Told::made_already(&made.display_name))
        }
        Err(DirectoryError::Invalid { problem, .. }) => show_new(&admin, stamp, typed, Some(sentence(&problem)), Told::default()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /console/groups/{id}/edit`.
pub(super) async fn form(admin: Admin<ManagesGroups>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let group = find(&admin, &id).await?;
    let typed = Typed { name: group.display_name.clone(), description: group.description.clone().unwrap_or_default() };
    show(&admin, &group, Stamp::of(&group), typed, None, Told::default())
}

fn show(
    admin: &Admin<ManagesGroups>,
    group: &Group,
    stamp: Stamp,
    typed: Typed,
    name_problem: Option<String>,
    told: Told,
) -> Result<Response, Trouble> {
    let page = page_of(group.id);
    let form = Form {
        shell: admin.shell(Section::Groups)?,
        stamp,
        action: format!("{page}/edit"),
        crumb: (page, group.display_name.clone()),
        title: "Edit group",
        button: "Save",
        name: typed.name,
        description: typed.description,
        name_problem,
        told,
    };
    Ok(plain(form.told.status(form.name_problem.is_some()), &form))
}

/// `POST /console/groups/{id}/edit`.
pub(super) async fn save(
    admin: Admin<ManagesGroups>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let group = find(&admin, &id).await?;
    let (stamp, typed) = (Stamp::read(&posted), Typed::read(&posted));
    let page = page_of(group.id);
    if typed.is(&group) {
        return Ok(flash::done(&page, stamp.settled(&Stamp::of(&group))));
    }
    let (name, description) = (Some(typed.name.as_str()), Some(typed.description.as_str()));
    let saved = directory::update_group(&admin.ctx, admin.tenant.id, &admin.actor(), group.id, name, description, Some(&stamp.tag)).await;
    match saved {
        Ok(_) => Ok(flash::done(&page, Flash::Saved)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id).await?;
            let now = Stamp::of(&present);
            let told = stamp.told(&admin, &now).await?;
            show(&admin, &present, now, typed, None, told)
        }
        Err(DirectoryError::Invalid { problem, .. }) => show(&admin, &group, stamp, typed, Some(sentence(&problem)), Told::default()),
        Err(error) => Err(error.into()),
    }
}

fn question(admin: &Admin<ManagesGroups>, group: &Group, stamp: &Stamp, problem: Option<String>) -> Result<Response, Trouble> {
    let text =
        ["Its members stay, and are in it no more. Policies that name it match nobody by it: what they required of these people is \
             required no more."];
    let shell = admin.shell(Section::Groups)?;
    Ok(deletion::question(shell, page_of(group.id), &group.display_name, &text, stamp, problem))
}

/// `GET /console/groups/{id}/delete`.
pub(super) async fn ask_to_delete(admin: Admin<ManagesGroups>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let group = find(&admin, &id).await?;
    question(&admin, &group, &Stamp::of(&group), None)
}

/// `POST /console/groups/{id}/delete`.
pub(super) async fn delete(
    admin: Admin<ManagesGroups>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let stamp = Stamp::read(&posted);
    match directory::delete_group(&admin.ctx, admin.tenant.id, &admin.actor(), id, Some(&stamp.tag)).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(flash::done(PATH, Flash::Deleted)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id.to_string()).await?;
            let now = Stamp::of(&present);
            question(&admin, &present, &now, Some(stamp.sentence(&admin, &now).await?))
        }
        Err(DirectoryError::Conflict(problem)) => {
            let present = find(&admin, &id.to_string()).await?;
            question(&admin, &present, &stamp, Some(sentence(&problem)))
        }
        Err(error) => Err(error.into()),
    }
}
