//! `/console/services`: which apps and devices may be used with a service, for whom.

mod card;
mod draft;
mod form;

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::document::DocumentKind;
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_service::service_access::{self, Governed, Services};
use http::StatusCode;
use serde_json::{Value, json};

use self::card::Card;
use self::draft::{Draft, Problems, Wish};
use self::form::{Form, Preview, Told};
use super::admin::{Admin, ManagesAccess, Reads};
use super::difference::differences;
use super::flash::Flash;
use super::guard::Posted;
use super::names::Names;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/services.html")]
struct ServicesPage {
    shell: Shell,
    cards: Vec<Card>,
    free: Vec<(String, String)>,
    may_edit: bool,
}

/// `GET /console/services`.
pub(super) async fn list(admin: Admin<Reads>) -> Result<Response, Trouble> {
    let services = service_access::services(&admin.ctx, admin.tenant.id).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let page = ServicesPage {
        shell: admin.shell(Section::Services)?,
        cards: services.governed.iter().map(|governed| Card::of(governed, &names, services.approved.len())).collect(),
        free: services.free.iter().map(|service| (service.app_id.to_string(), service.display_name.clone())).collect(),
        may_edit: admin.may(Task::ManageAccess),
    };
    Ok(plain(StatusCode::OK, &page))
}

/// The service that an address names: by the id of its policy, or by its own where it has none.
struct Subject<'a> {
    key: String,
    name: String,
    /// The document as it is; for a new policy the beginning of one.
    body: Value,
    governed: Option<&'a Governed>,
}

impl<'a> Subject<'a> {
    fn find(services: &'a Services, key: &str) -> Option<Self> {
        if let Some(governed) = services.governed.iter().find(|governed| governed.document.id.eq_ignore_ascii_case(key)) {
            let (key, name, body) = (governed.document.id.clone(), governed.name.clone(), governed.document.body.clone());
            return Some(Self { key, name, body, governed: Some(governed) });
        }
        let service = services.free.iter().find(|service| service.app_id.to_string() == key)?;
        let key = service.app_id.to_string();
        let body = json!({ "id": key, "resource": key });
        Some(Self { key, name: service.display_name.clone(), body, governed: None })
    }

    /// The document with a draft's halves in it.
    fn with(&self, draft: &Draft) -> Value {
        let mut body = self.body.clone();
        if let (Value::Object(members), Value::Object(halves)) = (&mut body, draft.patch(&self.body)) {
            members.extend(halves);
        }
        body
    }
}

/// `GET /console/services/{id}`: the form.
pub(super) async fn edit(admin: Admin<ManagesAccess>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let services = service_access::services(&admin.ctx, admin.tenant.id).await?;
    let subject = Subject::find(&services, &key).ok_or_else(Trouble::missing)?;
    let draft = match subject.governed {
        Some(governed) => Draft::of(&governed.policy, &governed.document.body, governed.document.version),
        None => Draft::new(),
    };
    show(&admin, &services, &subject, draft, Problems::default(), Told::default())
}

fn show(
    admin: &Admin<ManagesAccess>,
    services: &Services,
    subject: &Subject<'_>,
    draft: Draft,
    problems: Problems,
    told: Told,
) -> Result<Response, Trouble> {
    let status = if problems.any() || told.problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if told.changed.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let shell = admin.shell(Section::Services)?;
    Ok(plain(status, &Form::new(shell, services, &subject.key, &subject.name, draft, problems, told)))
}

/// `POST /console/services/{id}/draft`: adds and removes groups in the form, or shows what saving would do. Changes nothing.
pub(super) async fn draft(
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let services = service_access::services(&admin.ctx, admin.tenant.id).await?;
    let subject = Subject::find(&services, &key).ok_or_else(Trouble::missing)?;
    let (draft, wish) = Draft::read(&fields);
    if wish == Wish::Edit {
        return show(&admin, &services, &subject, draft, Problems::default(), Told::default());
    }
    let problems = draft.problems();
    if problems.any() {
        return show(&admin, &services, &subject, draft, problems, Told::default());
    }
    let body = subject.with(&draft);
    let preview = match service_access::preview(&admin.ctx, admin.tenant.id, &subject.key, &body).await {
        Ok(preview) => preview,
        Err(error) => return refused(&admin, &services, &subject, draft, error),
    };
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let changes = differences(&subject.body, &body, &names);
    let page = Preview::new(admin.shell(Section::Services)?, &subject.key, &subject.name, &draft, changes, preview);
    Ok(plain(StatusCode::OK, &page))
}

/// `POST /console/services/{id}`: saves, at the version that the form was made from.
pub(super) async fn save(
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let services = service_access::services(&admin.ctx, admin.tenant.id).await?;
    let subject = Subject::find(&services, &key).ok_or_else(Trouble::missing)?;
    let (draft, _) = Draft::read(&fields);
    let problems = draft.problems();
    if problems.any() {
        return show(&admin, &services, &subject, draft, problems, Told::default());
    }
    let body = subject.with(&draft);
    let (ctx, tenant, kind) = (&admin.ctx, admin.tenant.id, DocumentKind::ServicePolicy);
    let saved = match (subject.governed, draft.version) {
        (Some(governed), version) if body == governed.document.body => {
            // At another version it was this very form, sent twice, that saved it.
            return Ok(done(if version == Some(governed.document.version) { Flash::NothingChanged } else { Flash::ServiceSaved }));
        }
        (Some(governed), Some(version)) => {
            let patch = draft.patch(&subject.body);
            directory::update_policy(ctx, tenant, &admin.actor(), kind, &governed.document.id, &patch, Some(version)).await
        }
        // It was made, or deleted, since the form was.
        (Some(_), None) | (None, Some(_)) => Err(DirectoryError::Changed),
        (None, None) => directory::create_policy(ctx, tenant, &admin.actor(), kind, body).await,
    };
    match saved {
        Ok(_) => Ok(done(Flash::ServiceSaved)),
        Err(DirectoryError::Changed | DirectoryError::AlreadyExists(_)) => changed_meanwhile(&admin, &key, draft).await,
        Err(error) => refused(&admin, &services, &subject, draft, error),
    }
}

fn done(flash: Flash) -> Response {
    let mut response = Redirect::to("/console/services").into_response();
    flash.leave(&mut response);
    response
}

/// The form with what was typed, and what somebody else changed since it was made. Saving it again saves over that, knowingly.
async fn changed_meanwhile(admin: &Admin<ManagesAccess>, key: &str, draft: Draft) -> Result<Response, Trouble> {
    let services = service_access::services(&admin.ctx, admin.tenant.id).await?;
    let subject = Subject::find(&services, key).ok_or_else(Trouble::missing)?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let base: Value = serde_json::from_str(&draft.base).unwrap_or_else(|_| subject.body.clone());
    let changed = differences(&base, &subject.body, &names);
    let version = subject.governed.map(|governed| governed.document.version);
    let base = if version.is_some() { subject.body.to_string() } else { String::new() };
    let draft = Draft { version, base, ..draft };
    show(admin, &services, &subject, draft, Problems::default(), Told { changed: Some(changed), problem: None })
}

fn refused(
    admin: &Admin<ManagesAccess>,
    services: &Services,
    subject: &Subject<'_>,
    draft: Draft,
    error: DirectoryError,
) -> Result<Response, Trouble> {
    match error {
        DirectoryError::Invalid { .. } | DirectoryError::Conflict(_) => {
            let told = Told { changed: None, problem: Some(error.to_string()) };
            show(admin, services, subject, draft, Problems::default(), told)
        }
        error => Err(error.into()),
    }
}
