//! Making, changing, duplicating and deleting a policy.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::document::DocumentKind;
use doorward_model::rng;
use doorward_service::directory::{self, DirectoryError};
use doorward_service::protection::{self, Stored};
use doorward_wire::policy_file::app_protection as format;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::draft::{Draft, Problems, Wish, field_of};
use super::form::{Choices, Form, Preview, Told};
use super::subject::{self, Subject};
use super::{ROOT, words};
use crate::console::admin::{Admin, ManagesProtection};
use crate::console::difference::differences;
use crate::console::flash::Flash;
use crate::console::guard::Posted;
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::{Section, Shell};

const KIND: DocumentKind = DocumentKind::AppProtectionPolicy;

async fn stored(admin: &Admin<ManagesProtection>, id: &str) -> Result<Option<Stored>, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let all = protection::policies(unit.as_mut()).await?;
    Ok(all.into_iter().find(|stored| stored.document.id.eq_ignore_ascii_case(id)))
}

async fn existing(admin: &Admin<ManagesProtection>, id: &str) -> Result<Stored, Trouble> {
    stored(admin, id).await?.ok_or_else(Trouble::missing)
}

/// The form of a new policy bears its id: sent twice, it makes one.
fn with_new_id(admin: &Admin<ManagesProtection>, mut body: Value) -> Value {
    if let Value::Object(members) = &mut body {
        members.insert("id".to_owned(), rng::uuid(admin.ctx.rng.as_ref()).to_string().into());
    }
    body
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Beginning {
    platform: String,
    from: String,
}

/// `GET /console/app-protection/new`: an empty form, or with `from` one that another policy has filled.
pub(super) async fn new(admin: Admin<ManagesProtection>, Query(beginning): Query<Beginning>) -> Result<Response, Trouble> {
    let body = if beginning.from.is_empty() {
        protection::beginning(words::platform_of(&beginning.platform).ok_or_else(Trouble::missing)?)
    } else {
        protection::duplicate(&existing(&admin, &beginning.from).await?)
    };
    let subject = Subject { id: None, version: None, body: with_new_id(&admin, body) };
    let draft = Draft::of(&subject.body, None).ok_or_else(Trouble::missing)?;
    show(&admin, &subject, draft, Problems::new(), Told::default()).await
}

/// `GET /console/app-protection/policies/{id}`: the form.
pub(super) async fn edit(admin: Admin<ManagesProtection>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let subject = Subject::from(existing(&admin, &id).await?);
    let draft = Draft::of(&subject.body, subject.version).ok_or_else(Trouble::missing)?;
    show(&admin, &subject, draft, Problems::new(), Told::default()).await
}

async fn show(
    admin: &Admin<ManagesProtection>,
    subject: &Subject,
    draft: Draft,
    problems: Problems,
    told: Told,
) -> Result<Response, Trouble> {
    let status = if told.changed.is_some() || told.deleted {
        StatusCode::CONFLICT
    } else if !problems.is_empty() || told.problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let choices = choices(admin).await?;
    let shell = admin.shell(Section::AppProtection)?;
    Ok(plain(status, &Form::new(shell, &choices, subject, draft, problems, told)))
}

async fn choices(admin: &Admin<ManagesProtection>) -> Result<Choices, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    Choices::read(unit.as_mut()).await.map_err(store)
}

/// The policy that a posted form is about. One that was deleted meanwhile goes on as a new one.
async fn posted(
    admin: &Admin<ManagesProtection>,
    id: Option<&str>,
    fields: &[(String, String)],
) -> Result<(Subject, Draft, Wish, bool), Trouble> {
    let one = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
    let found = match id {
        Some(id) => stored(admin, id).await?,
        None => None,
    };
    let deleted = id.is_some() && found.is_none();
    let subject = match found {
        Some(stored) => Subject::from(stored),
        None => {
            let platform = words::platform_of(one("platform")).ok_or_else(Trouble::missing)?;
            let base = serde_json::from_str(one("base")).ok().filter(|base| Draft::of(base, None).is_some());
            let body = match base {
                Some(base) if !deleted => base,
                // What was deleted comes back as another policy.
                base => with_new_id(admin, base.unwrap_or_else(|| protection::beginning(platform))),
            };
            Subject { id: None, version: None, body }
        }
    };
    let (mut draft, wish) = Draft::read(subject.platform(), fields);
    if subject.id.is_none() {
        draft.version = None;
        draft.base = subject.body.to_string();
    }
    let choices = choices(admin).await?;
    choices.resolve(&mut draft.included);
    choices.resolve(&mut draft.excluded);
    Ok((subject, draft, wish, deleted))
}

/// `POST …/draft`: adds and removes apps and groups in the form, or shows what saving would change. Changes nothing.
pub(super) async fn draft(
    admin: Admin<ManagesProtection>,
    id: Option<Path<String>>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let (subject, draft, wish, deleted) = posted(&admin, id.as_deref().map(String::as_str), &fields).await?;
    if deleted {
        return show(&admin, &subject, draft, Problems::new(), Told { deleted, ..Told::default() }).await;
    }
    if wish == Wish::Edit {
        return show(&admin, &subject, draft, Problems::new(), Told::default()).await;
    }
    let after = match checked(&subject, &draft) {
        Ok(after) => after,
        Err((problems, problem)) => return show(&admin, &subject, draft, problems, Told { problem, ..Told::default() }).await,
    };
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let before = if subject.id.is_some() { words::told(&subject.body, &names) } else { Value::Null };
    let page = Preview {
        shell: admin.shell(Section::AppProtection)?,
        action: subject.action(),
        name: draft.name.clone(),
        fields: draft.fields(),
        changes: differences(&before, &words::told(&after, &names), &names),
        warnings: subject::warnings(&after),
        is_new: subject.id.is_none(),
        json: subject::json(&after),
    };
    Ok(plain(StatusCode::OK, &page))
}

/// The document with the draft in it; or what is wrong, at the fields and above them.
fn checked(subject: &Subject, draft: &Draft) -> Result<Value, (Problems, Option<String>)> {
    let patch = draft.patch(&subject.body).map_err(|problems| (problems, None))?;
    let mut body = subject.body.clone();
    if let Value::Object(members) = &mut body {
        members.extend(patch);
    }
    format::canonical(&body).map_err(|error| refusal(draft, &error.path, &error.message))
}

/// Where a refusal of the document is shown: at its field, or above them all where no field holds it.
fn refusal(draft: &Draft, member: &str, problem: &str) -> (Problems, Option<String>) {
    let field = field_of(member);
    let is_shown = ["name", "description", "app", "included", "level"].contains(&field.as_str())
        || draft.settings.iter().any(|(setting, _)| super::field::name(setting) == field);
    if is_shown {
        (Problems::from([(field, format!("{} {problem}.", member.trim_start_matches("$.")))]), None)
    } else {
        (Problems::new(), Some(format!("{member} {problem}")))
    }
}

/// `POST /console/app-protection/new` and `…/policies/{id}`: saves, at the version that the form was made from.
pub(super) async fn save(
    admin: Admin<ManagesProtection>,
    id: Option<Path<String>>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let (subject, draft, _, deleted) = posted(&admin, id.as_deref().map(String::as_str), &fields).await?;
    if deleted {
        return show(&admin, &subject, draft, Problems::new(), Told { deleted, ..Told::default() }).await;
    }
    let after = match checked(&subject, &draft) {
        Ok(after) => after,
        Err((problems, problem)) => return show(&admin, &subject, draft, problems, Told { problem, ..Told::default() }).await,
    };
    let (ctx, tenant, actor) = (&admin.ctx, admin.tenant.id, admin.actor());
    let saved = match &subject.id {
        Some(_) if draft.version != subject.version => {
            // This very form, sent twice, has saved it.
            if draft.patch(&subject.body).is_ok_and(|patch| patch.is_empty()) {
                return Ok(done(Flash::ProtectionSaved));
            }
            Err(DirectoryError::Changed)
        }
        Some(id) => {
            let patch = draft.patch(&subject.body).unwrap_or_default();
            if patch.is_empty() {
                return Ok(done(Flash::NothingChanged));
            }
            directory::update_policy(ctx, tenant, &actor, KIND, id, &patch.into(), draft.version).await
        }
        None => directory::create_policy(ctx, tenant, &actor, KIND, after).await,
    };
    match saved {
        Ok(_) => Ok(done(Flash::ProtectionSaved)),
        Err(DirectoryError::Changed) => changed_meanwhile(&admin, subject, draft).await,
        Err(DirectoryError::AlreadyExists(_)) if subject.id.is_none() => {
            let id = subject.body.get("id").and_then(Value::as_str).unwrap_or_default();
            let made = Subject::from(existing(&admin, id).await?);
            // The same form sent twice, or once more with changes.
            if draft.patch(&made.body).is_ok_and(|patch| patch.is_empty()) {
                return Ok(done(Flash::ProtectionSaved));
            }
            changed_meanwhile(&admin, made, draft).await
        }
        Err(DirectoryError::Invalid { member, problem }) => {
            let (problems, problem) = refusal(&draft, &member, &problem);
            show(&admin, &subject, draft, problems, Told { problem, ..Told::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

fn done(flash: Flash) -> Response {
    let mut response = Redirect::to(ROOT).into_response();
    flash.leave(&mut response);
    response
}

/// The form with what was typed, and what somebody else changed since it was made. Saving it again saves over that, knowingly.
async fn changed_meanwhile(admin: &Admin<ManagesProtection>, subject: Subject, draft: Draft) -> Result<Response, Trouble> {
    let subject = match &subject.id {
        Some(id) => stored(admin, id).await?.map(Subject::from).unwrap_or(subject),
        None => subject,
    };
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let base: Value = serde_json::from_str(&draft.base).unwrap_or_else(|_| subject.body.clone());
    let changed = differences(&words::told(&base, &names), &words::told(&subject.body, &names), &names);
    let draft = Draft { version: subject.version, base: subject.body.to_string(), ..draft };
    show(admin, &subject, draft, Problems::new(), Told { changed: Some(changed), ..Told::default() }).await
}

#[derive(Template)]
#[template(path = "console/app_protection/delete.html")]
struct Delete {
    shell: Shell,
    id: String,
    name: String,
    version: i64,
    changed: bool,
}

/// `GET /console/app-protection/policies/{id}/delete`: asks first.
pub(super) async fn ask_delete(admin: Admin<ManagesProtection>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let stored = existing(&admin, &id).await?;
    Ok(plain(StatusCode::OK, &delete_page(&admin, stored, false)?))
}

fn delete_page(admin: &Admin<ManagesProtection>, stored: Stored, changed: bool) -> Result<Delete, Trouble> {
    let (id, version) = (stored.document.id, stored.document.version);
    Ok(Delete { shell: admin.shell(Section::AppProtection)?, id, name: stored.policy.display_name, version, changed })
}

/// `POST /console/app-protection/policies/{id}/delete`.
pub(super) async fn delete(
    admin: Admin<ManagesProtection>,
    Path(id): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    // Gone already: it was sent twice.
    let Some(stored) = stored(&admin, &id).await? else { return Ok(done(Flash::ProtectionDeleted)) };
    let version = fields.iter().find(|(name, _)| name == "version").and_then(|(_, value)| value.parse().ok());
    if version != Some(stored.document.version) {
        return Ok(plain(StatusCode::CONFLICT, &delete_page(&admin, stored, true)?));
    }
    directory::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), KIND, &stored.document.id, version).await?;
    Ok(done(Flash::ProtectionDeleted))
}
