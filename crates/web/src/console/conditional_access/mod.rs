//! `/console/conditional-access`: the policies, the form of each, and what a change would do before it is made.

mod draft;
mod export;
mod field;
mod form;
mod import;
mod list;
mod offers;
mod remove;
mod review;

use axum::Extension;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::conditional_access::PolicyState;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::rng;
use doorward_service::conditional_access::{self, Problem};
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_service::directory_search::{self, display_name};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) use self::export::{all as export_all, one as export_one};
pub(super) use self::import::{form as import_form, look as import_look, make as import_make};
pub(super) use self::list::list;
pub(super) use self::remove::{ask as ask_to_delete, delete};

use self::draft::{Draft, Wish};
use self::form::{Drawing, Form, PICKERS, Results, Told};
use self::review::Review;
use super::admin::{Admin, ManagesAccess, Reads};
use super::difference::differences;
use super::flash::Flash;
use super::guard::Posted;
use super::names::Names;
use super::notice::{Trouble, plain};
use super::shell::Section;
use crate::area::sentence;

const KIND: DocumentKind = DocumentKind::ConditionalAccessPolicy;
/// The list.
const ROOT: &str = "/console/conditional-access";
/// The key of a policy that is not there yet.
const NEW: &str = "new";

/// What a new policy begins from.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Origin {
    /// The policy to copy.
    from: String,
}

/// Sets a member of a document in the spelling in which it stands there.
pub(super) fn set_member(document: &mut Value, name: &str, value: Value) {
    field::set(document, &[name], value);
}

/// The policy of an address; none for a new one.
async fn stored<P>(admin: &Admin<P>, key: &str) -> Result<Option<Document>, Trouble> {
    if key == NEW {
        return Ok(None);
    }
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(super::notice::store)?;
    let document = unit.documents().get(KIND, &key.to_lowercase()).await.map_err(super::notice::store)?;
    document.ok_or_else(Trouble::missing).map(Some)
}

/// `GET /console/conditional-access/new`: an empty policy, or a copy.
pub(super) async fn new(admin: Admin<ManagesAccess>, Query(origin): Query<Origin>) -> Result<Response, Trouble> {
    let id = rng::uuid(admin.ctx.rng.as_ref()).to_string();
    let document = if origin.from.is_empty() { None } else { stored(&admin, &origin.from).await? };
    let base = document.map_or_else(|| blank(&id), |document| copy(&document, &id));
    show(&admin, None, Draft::of(&base, None), Told::default()).await
}

fn blank(id: &str) -> Value {
    json!({
        "id": id,
        "displayName": "",
        "state": PolicyState::ReportOnly,
        "conditions": {
            "users": { "includeUsers": [], "excludeUsers": [] },
            "applications": { "includeApplications": [] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": [] },
    })
}

/// A copy begins on trial, whatever the original does.
fn copy(document: &Document, id: &str) -> Value {
    let mut body = document.body.clone();
    let name = format!("Copy of {}", display_name(document));
    for (member, value) in [("id", id), ("displayName", name.as_str()), ("state", PolicyState::ReportOnly.as_str())] {
        field::set(&mut body, &[member], value.into());
    }
    for member in ["createdDateTime", "modifiedDateTime"] {
        field::set(&mut body, &[member], Value::Null);
    }
    body
}

/// `GET /console/conditional-access/{id}`: the form; for those who may only read, the same without a way to change it.
pub(super) async fn edit(admin: Admin<Reads>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let document = stored(&admin, &key).await?.ok_or_else(Trouble::missing)?;
    let draft = Draft::of(&document.body, Some(document.version));
    show(&admin, Some(&document), draft, Told::default()).await
}

async fn show<P>(admin: &Admin<P>, document: Option<&Document>, draft: Draft, told: Told) -> Result<Response, Trouble> {
    let (ctx, tenant) = (&admin.ctx, admin.tenant.id);
    let names = Names::naming(ctx, tenant, &[&draft.document]).await?;
    let mut found = Results::new();
    for (list, text) in &draft.sought {
        if let Some((_, kind)) = PICKERS.iter().find(|(name, _)| name == list) {
            found.insert(list.clone(), directory_search::find(ctx, tenant, *kind, text).await?);
        }
    }
    let strengths = strengths(admin).await?;
    let drawing = Drawing::of(&draft, &names, &strengths, &found, &told.problems);
    let status = if told.problem.is_some() || !told.problems.is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if told.changed.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let form = Form {
        shell: admin.shell(Section::ConditionalAccess)?,
        key: document.map_or_else(|| NEW.to_owned(), |document| document.id.clone()),
        title: document.map_or_else(|| "A new policy".to_owned(), display_name),
        exists: document.is_some(),
        may_edit: admin.may(Task::ManageAccess),
        state: document.map(|document| state_of(&document.body)).unwrap_or_default(),
        kept: draft.kept(),
        cards: if draft.text.is_some() { Vec::new() } else { drawing.cards() },
        elsewhere: if draft.text.is_some() { told.problems.clone() } else { drawing.elsewhere() },
        pretty: drawing.pretty(),
        text: draft.text.clone(),
        told,
    };
    Ok(plain(status, &form))
}

/// The word of a policy's state.
fn state_of(body: &Value) -> String {
    field::named("state").and_then(|field| field.read(body).into_iter().next()).unwrap_or_default()
}

/// The tenant's own strengths.
async fn strengths<P>(admin: &Admin<P>) -> Result<Vec<(String, String)>, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(super::notice::store)?;
    let documents = unit.documents().list(DocumentKind::AuthenticationStrengthPolicy).await.map_err(super::notice::store)?;
    Ok(documents.iter().map(|document| (document.id.clone(), display_name(document))).collect())
}

/// `POST /console/conditional-access/{id}/draft`: adds, removes, searches, goes to JSON and back, or shows what saving would do. Changes
/// nothing.
pub(super) async fn draft(
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let document = stored(&admin, &key).await?;
    let (draft, wish, broken) = Draft::read(&fields);
    if wish == Wish::Edit {
        let told = Told { problems: broken.into_iter().collect(), ..Told::default() };
        return show(&admin, document.as_ref(), draft, told).await;
    }
    let problems = problems(&admin, &draft, broken).await?;
    if !problems.is_empty() {
        return show(&admin, document.as_ref(), draft, Told { problems, ..Told::default() }).await;
    }
    review(&admin, document.as_ref(), &draft).await
}

/// All that keeps the draft from being stored.
async fn problems(admin: &Admin<ManagesAccess>, draft: &Draft, broken: Option<Problem>) -> Result<Vec<Problem>, Trouble> {
    match broken {
        Some(problem) => Ok(vec![problem]),
        None => Ok(conditional_access::problems(&admin.ctx, admin.tenant.id, &draft.document).await?),
    }
}

/// The page before saving.
async fn review(admin: &Admin<ManagesAccess>, document: Option<&Document>, draft: &Draft) -> Result<Response, Trouble> {
    let id = document.map_or_else(|| id_of(&draft.document), |document| document.id.clone());
    let preview = conditional_access::preview(&admin.ctx, admin.tenant.id, &id, Some(&draft.document)).await?;
    let before = document.map_or(Value::Null, |document| document.body.clone());
    let names = Names::naming(&admin.ctx, admin.tenant.id, &[&before, &draft.document]).await?;
    let page = Review {
        shell: admin.shell(Section::ConditionalAccess)?,
        key: document.map_or_else(|| NEW.to_owned(), |document| document.id.clone()),
        name: name_of(&draft.document),
        exists: document.is_some(),
        kept: draft.kept(),
        changes: differences(&before, &draft.document, &names),
        looked: review::Looked::of(preview),
    };
    Ok(plain(StatusCode::OK, &page))
}

fn id_of(body: &Value) -> String {
    body.get("id").and_then(Value::as_str).unwrap_or_default().to_lowercase()
}

fn name_of(body: &Value) -> String {
    field::named("display_name").and_then(|field| field.read(body).into_iter().next()).unwrap_or_default()
}

/// `GET /console/conditional-access/{id}/state/{state}`: what switching the policy on, off or to trial would do, with a button for it.
pub(super) async fn switch(admin: Admin<ManagesAccess>, Path((key, state)): Path<(String, String)>) -> Result<Response, Trouble> {
    let document = stored(&admin, &key).await?.ok_or_else(Trouble::missing)?;
    let state = PolicyState::from_wire(&state).ok_or_else(Trouble::missing)?;
    let mut draft = Draft::of(&document.body, Some(document.version));
    field::set(&mut draft.document, &["state"], state.as_str().into());
    let problems = problems(&admin, &draft, None).await?;
    if !problems.is_empty() {
        return show(&admin, Some(&document), draft, Told { problems, ..Told::default() }).await;
    }
    review(&admin, Some(&document), &draft).await
}

/// `POST /console/conditional-access/new`: makes the policy.
pub(super) async fn create(admin: Admin<ManagesAccess>, Extension(Posted(fields)): Extension<Posted>) -> Result<Response, Trouble> {
    put(&admin, NEW, &fields).await
}

/// `POST /console/conditional-access/{id}`: saves, at the version that the form was made from.
pub(super) async fn save(
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    put(&admin, &key, &fields).await
}

async fn put(admin: &Admin<ManagesAccess>, key: &str, fields: &[(String, String)]) -> Result<Response, Trouble> {
    let document = stored(admin, key).await?;
    let (draft, _, broken) = Draft::read(fields);
    let problems = problems(admin, &draft, broken).await?;
    if !problems.is_empty() {
        return show(admin, document.as_ref(), draft, Told { problems, ..Told::default() }).await;
    }
    let (ctx, tenant, actor) = (&admin.ctx, admin.tenant.id, admin.actor());
    let saved = match (&document, draft.version) {
        (Some(document), Some(version)) if document.body == draft.document => {
            // At another version it was this very form, sent twice, that saved it.
            return Ok(done(if document.version == version { Flash::NothingChanged } else { Flash::PolicySaved }));
        }
        (Some(document), Some(version)) => {
            directory::replace_policy(ctx, tenant, &actor, KIND, &document.id, &draft.document, Some(version)).await
        }
        (Some(_), None) => Err(DirectoryError::Changed),
        (None, _) => directory::create_policy(ctx, tenant, &actor, KIND, draft.document.clone()).await,
    };
    match saved {
        Ok(_) => Ok(done(Flash::PolicySaved)),
        Err(DirectoryError::Changed) => changed_meanwhile(admin, key, draft).await,
        Err(DirectoryError::AlreadyExists(_)) if id_of(&draft.document) != id_of(&draft.base) => {
            let problem = format!("Another policy has the id {}. Give this one an id of its own.", id_of(&draft.document));
            show(admin, None, draft, Told { problem: Some(problem), ..Told::default() }).await
        }
        // The form of a new policy bears its id, so this is the same form sent twice, or once more with changes.
        Err(DirectoryError::AlreadyExists(_)) => changed_meanwhile(admin, &id_of(&draft.document), draft).await,
        Err(error @ (DirectoryError::Invalid { .. } | DirectoryError::Conflict(_))) => {
            let told = Told { problem: Some(sentence(&error.to_string())), ..Told::default() };
            show(admin, document.as_ref(), draft, told).await
        }
        Err(error) => Err(error.into()),
    }
}

fn done(flash: Flash) -> Response {
    let mut response = Redirect::to(ROOT).into_response();
    flash.leave(&mut response);
    response
}

/// The form with what was entered, and what somebody else changed since it was made. Saving it again saves over that, knowingly.
async fn changed_meanwhile(admin: &Admin<ManagesAccess>, key: &str, draft: Draft) -> Result<Response, Trouble> {
    let document = stored(admin, key).await?.ok_or_else(Trouble::missing)?;
    if draft.version.is_none() && document.body == draft.document {
        return Ok(done(Flash::PolicySaved));
    }
    let names = Names::naming(&admin.ctx, admin.tenant.id, &[&draft.base, &document.body]).await?;
    let changed = differences(&draft.base, &document.body, &names);
    let draft = Draft { version: Some(document.version), base: document.body.clone(), ..draft };
    show(admin, Some(&document), draft, Told { changed: Some(changed), ..Told::default() }).await
}
