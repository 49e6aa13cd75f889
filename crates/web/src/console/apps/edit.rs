//! `/console/apps/new`, `…/{id}/edit` and `…/{id}/delete`.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_service::directory::{self, DirectoryError, Task};

use super::draft::{Draft, Problems};
use super::{ManagesApps, PATH, find, page_of, stamp};
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
#[template(path = "console/app_edit.html")]
struct Form {
    shell: Shell,
    stamp: Stamp,
    /// Address and name of the page it belongs to.
    crumb: (String, String),
    title: &'static str,
    action: String,
    button: &'static str,
    draft: Draft,
    problems: Problems,
    told: Told,
}

/// A form in front of somebody, and what it says.
struct Shown {
    stamp: Stamp,
    draft: Draft,
    problems: Problems,
    told: Told,
}

impl Shown {
    fn new(stamp: Stamp, draft: Draft) -> Self {
        Self { stamp, draft, problems: Problems::default(), told: Told::default() }
    }

    /// `present` is the registration that is changed; none for a new one.
    fn page(self, admin: &Admin<ManagesApps>, present: Option<&Application>) -> Result<Response, Trouble> {
        let (crumb, title, action, button) = match present {
            Some(app) => {
                let page = page_of(app.app_id);
                ((page.clone(), app.display_name.clone()), "Edit app", format!("{page}/edit"), "Save")
            }
            None => ((PATH.to_owned(), "Apps".to_owned()), "New app", format!("{PATH}/new"), "Make app"),
        };
        let Self { stamp, draft, problems, told } = self;
        let form = Form { shell: admin.shell(Section::Apps)?, stamp, crumb, title, action, button, draft, problems, told };
        Ok(plain(form.told.status(form.problems.any()), &form))
    }

    /// The form with what the directory says against it.
    fn refused(self, admin: &Admin<ManagesApps>, present: Option<&Application>, error: DirectoryError) -> Result<Response, Trouble> {
        let (problems, problem) = match error {
            DirectoryError::Invalid { member, problem } => match self.draft.problems(&member, &problem) {
                Some(problems) => (problems, None),
                None => (Problems::default(), Some(format!("{member} {problem}."))),
            },
            DirectoryError::AlreadyExists(_) => {
                let taken = "Another app has one of these. Each names one app only.".to_owned();
                (Problems { identifier_uris: Some(taken), ..Problems::default() }, None)
            }
            DirectoryError::Conflict(problem) => (Problems::default(), Some(sentence(&problem))),
            error => return Err(error.into()),
        };
        Self { problems, told: Told { changed: None, problem }, ..self }.page(admin, present)
    }
}

/// `GET /console/apps/new`.
pub(super) async fn new(admin: Admin<ManagesApps>) -> Result<Response, Trouble> {
    let draft = Draft { enabled: true, asks_people: true, ..Draft::default() };
    Shown::new(Stamp::for_new(admin.ctx.rng.as_ref()), draft).page(&admin, None)
}

/// `POST /console/apps/new`.
pub(super) async fn create(admin: Admin<ManagesApps>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let shown = Shown::new(Stamp::read(&posted), Draft::read(&posted));
    let id = shown.stamp.tag.parse().unwrap_or_else(|_| AppId::random(admin.ctx.rng.as_ref()));
    if let Some(made) = directory::application(&admin.ctx, admin.tenant.id, id).await? {
        return made_already(&admin, shown, &made);
    }
    let blank = Application::new(id, "", admin.ctx.now());
    let app = match shown.draft.apply(&blank, admin.ctx.rng.as_ref()) {
        Ok(app) => app,
        Err(problems) => return Shown { problems: *problems, ..shown }.page(&admin, None),
    };
    match directory::create_application(&admin.ctx, admin.tenant.id, &admin.actor(), app).await {
        Ok(app) => Ok(flash::done(&page_of(app.app_id), Flash::Created)),
        Err(error) => shown.refused(&admin, None, error),
    }
}

/// The form was sent before: with the same in it, it was sent twice.
fn made_already(admin: &Admin<ManagesApps>, shown: Shown, made: &Application) -> Result<Response, Trouble> {
    if shown.draft == Draft::of(made) {
        return Ok(flash::done(&page_of(made.app_id), Flash::Created));
    }
    let stamp = Stamp::for_new(admin.ctx.rng.as_ref());
    Shown { stamp, told: Told::made_already(&made.display_name), ..shown }.page(admin, None)
}

async fn permitted(admin: &Admin<ManagesApps>, id: &str) -> Result<Application, Trouble> {
    let app = find(admin, id).await?;
    admin.require(Task::to_register(Some(&app), None))?;
    Ok(app)
}

/// `GET /console/apps/{id}/edit`.
pub(super) async fn form(admin: Admin<ManagesApps>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let app = permitted(&admin, &id).await?;
    Shown::new(stamp(&app), Draft::of(&app)).page(&admin, Some(&app))
}

/// `POST /console/apps/{id}/edit`.
pub(super) async fn save(
    admin: Admin<ManagesApps>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let present = permitted(&admin, &id).await?;
    let shown = Shown::new(Stamp::read(&posted), Draft::read(&posted));
    let page = page_of(present.app_id);
    if shown.draft == Draft::of(&present) {
        return Ok(flash::done(&page, shown.stamp.settled(&stamp(&present))));
    }
    let app = match shown.draft.apply(&present, admin.ctx.rng.as_ref()) {
        Ok(app) => app,
        Err(problems) => return Shown { problems: *problems, ..shown }.page(&admin, Some(&present)),
    };
    match directory::update_application(&admin.ctx, admin.tenant.id, &admin.actor(), app, Some(&shown.stamp.tag)).await {
        Ok(_) => Ok(flash::done(&page, Flash::Saved)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id).await?;
            let now = stamp(&present);
            let told = shown.stamp.told(&admin, &now).await?;
            Shown { stamp: now, told, ..shown }.page(&admin, Some(&present))
        }
        Err(error) => shown.refused(&admin, Some(&present), error),
    }
}

fn question(admin: &Admin<ManagesApps>, app: &Application, stamp: &Stamp, problem: Option<String>) -> Result<Response, Trouble> {
    let text = ["The registration and everything issued to it go for good. Whoever uses the app cannot sign in with it any more."];
    let shell = admin.shell(Section::Apps)?;
    Ok(deletion::question(shell, page_of(app.app_id), &app.display_name, &text, stamp, problem))
}

/// `GET /console/apps/{id}/delete`.
pub(super) async fn ask_to_delete(admin: Admin<ManagesApps>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let app = permitted(&admin, &id).await?;
    question(&admin, &app, &stamp(&app), None)
}

/// `POST /console/apps/{id}/delete`.
pub(super) async fn delete(
    admin: Admin<ManagesApps>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let app = match permitted(&admin, &id).await {
        Ok(app) => app,
        // Gone already: it was sent twice.
        Err(trouble) if trouble.is_missing() => return Ok(flash::done(PATH, Flash::Deleted)),
        Err(trouble) => return Err(trouble),
    };
    let seen = Stamp::read(&posted);
    match directory::delete_application(&admin.ctx, admin.tenant.id, &admin.actor(), app.app_id, Some(&seen.tag)).await {
        Ok(()) => Ok(flash::done(PATH, Flash::Deleted)),
        Err(DirectoryError::Changed) => {
            let now = stamp(&app);
            question(&admin, &app, &now, Some(seen.sentence(&admin, &now).await?))
        }
        Err(DirectoryError::Conflict(problem)) => question(&admin, &app, &seen, Some(sentence(&problem))),
        Err(error) => Err(error.into()),
    }
}
