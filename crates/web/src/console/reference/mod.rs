//! `/console/named-locations` and `/console/authentication-strengths`: what conditional access policies refer to.

mod draft;
mod preview;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use doorward_model::document::DocumentKind;
use doorward_model::rng;
use doorward_service::Context;
use doorward_service::conditional_access::{self, Reference};
use doorward_service::directory::{self, DirectoryError, Task};
use http::StatusCode;
use serde::Deserialize;

use self::draft::{Draft, Shape};
use super::admin::{Admin, ManagesAccess, Reads};
use super::difference::{Difference, differences};
use super::flash::Flash;
use super::guard::Posted;
use super::moment::Moment;
use super::names::Names;
use super::notice::{Trouble, plain};
use super::replay::Replay;
use super::shell::{Section, Shell};

/// Both lists are on one page.
const ROOT: &str = "/console/named-locations";
/// The key of what is not there yet.
const NEW: &str = "new";
/// Rows of each list.
const MOST: usize = 200;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    /// A named location.
    Location,
    /// An authentication strength.
    Strength,
}

impl Noun {
    fn kind(self) -> DocumentKind {
        match self {
            Self::Location => DocumentKind::NamedLocation,
            Self::Strength => DocumentKind::AuthenticationStrengthPolicy,
        }
    }

    fn root(self) -> &'static str {
        match self {
            Self::Location => ROOT,
            Self::Strength => "/console/authentication-strengths",
        }
    }
}

/// Routes of both.
pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new().route(ROOT, get(list)).merge(of(Noun::Location)).merge(of(Noun::Strength))
}

fn of(noun: Noun) -> Router<Arc<Context>> {
    let root = noun.root();
    let new =
        get(move |admin, wanted| new(noun, admin, wanted)).post(move |admin, posted| async move { save(noun, admin, NEW, posted).await });
    let one = get(move |admin, key| edit(noun, admin, key))
        .post(move |admin, Path(key): Path<String>, posted| async move { save(noun, admin, &key, posted).await });
    let draft = post(move |admin, key, posted| preview::draft(noun, admin, key, posted));
    let gone = get(move |admin, key| ask_to_delete(noun, admin, key)).post(move |admin, key, posted| delete(noun, admin, key, posted));
    Router::new()
        .route(&format!("{root}/new"), new)
        .route(&format!("{root}/{{id}}"), one)
        .route(&format!("{root}/{{id}}/draft"), draft)
        .route(&format!("{root}/{{id}}/delete"), gone)
}

/// Which kind of location is to be made.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    kind: String,
}

struct Row {
    address: String,
    name: String,
    what: String,
    trusted: bool,
    used_by: Vec<String>,
    changed: Moment,
}

/// One of the two lists.
struct Part {
    title: &'static str,
    none: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "console/reference/list.html")]
struct List {
    shell: Shell,
    parts: [Part; 2],
    more: bool,
    may_edit: bool,
}

/// `GET /console/named-locations`.
async fn list(admin: Admin<Reads>) -> Result<Response, Trouble> {
    let (ctx, tenant) = (&admin.ctx, admin.tenant.id);
    let locations = conditional_access::references(ctx, tenant, DocumentKind::NamedLocation).await?;
    let strengths = conditional_access::references(ctx, tenant, DocumentKind::AuthenticationStrengthPolicy).await?;
    let row = |noun: Noun| {
        move |reference: Reference| {
            let draft = Draft::of(noun, &reference.document.body, None);
            Row {
                address: format!("{}/{}", noun.root(), reference.document.id),
                what: draft.summary(),
                trusted: draft.shape == Shape::Ip && draft.flag,
                name: reference.name,
                used_by: reference.used_by,
                changed: Moment(reference.document.modified),
            }
        }
    };
    let page = List {
        shell: admin.shell(Section::ConditionalAccess)?,
        more: locations.len() > MOST || strengths.len() > MOST,
        parts: [
            Part {
                title: "Named locations",
                none: "Policies can tell places apart once these have a name.",
                rows: locations.into_iter().take(MOST).map(row(Noun::Location)).collect(),
            },
            Part {
                title: "Authentication strengths",
                none: "Policies can ask for certain proofs once these have a name. Three built-in strengths are always there.",
                rows: strengths.into_iter().take(MOST).map(row(Noun::Strength)).collect(),
            },
        ],
        may_edit: admin.may(Task::ManageAccess),
    };
    Ok(plain(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "console/reference/edit.html")]
struct Form {
    shell: Shell,
    root: &'static str,
    key: String,
    draft: Draft,
    used_by: Vec<String>,
    changed: Option<Vec<Difference>>,
    problem: Option<String>,
    name_problem: Option<&'static str>,
    lines_problem: Option<String>,
}

async fn stored(admin: &Admin<ManagesAccess>, noun: Noun, key: &str) -> Result<Option<Reference>, Trouble> {
    if key == NEW {
        return Ok(None);
    }
    let all = conditional_access::references(&admin.ctx, admin.tenant.id, noun.kind()).await?;
    let found = all.into_iter().find(|reference| reference.document.id.eq_ignore_ascii_case(key));
    found.ok_or_else(Trouble::missing).map(Some)
}

/// `GET …/new`: an empty form.
async fn new(noun: Noun, admin: Admin<ManagesAccess>, Query(wanted): Query<Wanted>) -> Result<Response, Trouble> {
    let id = rng::uuid(admin.ctx.rng.as_ref()).to_string();
    show(&admin, noun, None, Draft::new(noun, &wanted.kind, &id), Told::default())
}

/// `GET …/{id}`: the form.
async fn edit(noun: Noun, admin: Admin<ManagesAccess>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let found = stored(&admin, noun, &key).await?.ok_or_else(Trouble::missing)?;
    let draft = Draft::of(noun, &found.document.body, Some(found.document.version));
    show(&admin, noun, Some(&found), draft, Told::default())
}

/// What the form says above and at its fields.
#[derive(Default)]
struct Told {
    changed: Option<Vec<Difference>>,
    problem: Option<String>,
    name: Option<&'static str>,
    lines: Option<String>,
}

impl Told {
    fn at_lines(problem: &str) -> Self {
        Self { lines: Some(format!("{}.", problem.trim_start_matches("$."))), ..Self::default() }
    }
}

fn show(admin: &Admin<ManagesAccess>, noun: Noun, found: Option<&Reference>, draft: Draft, told: Told) -> Result<Response, Trouble> {
    let status = if told.problem.is_some() || told.name.is_some() || told.lines.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if told.changed.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let form = Form {
        shell: admin.shell(Section::ConditionalAccess)?,
        root: noun.root(),
        key: found.map_or_else(|| NEW.to_owned(), |found| found.document.id.clone()),
        draft,
        used_by: found.map(|found| found.used_by.clone()).unwrap_or_default(),
        changed: told.changed,
        problem: told.problem,
        name_problem: told.name,
        lines_problem: told.lines,
    };
    Ok(plain(status, &form))
}

/// `POST …/{id}`: saves, at the version that the form was made from.
async fn save(
    noun: Noun,
    admin: Admin<ManagesAccess>,
    key: &str,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let found = stored(&admin, noun, key).await?;
    let draft = Draft::read(noun, &fields);
    let (name, lines) = draft.problems();
    if name.is_some() || lines.is_some() {
        return show(&admin, noun, found.as_ref(), draft, Told { name, lines, ..Told::default() });
    }
    let body = draft.body();
    let (ctx, tenant, actor, kind) = (&admin.ctx, admin.tenant.id, admin.actor(), noun.kind());
    let saved = match (&found, draft.version) {
        (Some(found), Some(version)) if found.document.body == body => {
            // At another version it was this very form, sent twice, that saved it.
            return Ok(done(if found.document.version == version { Flash::NothingChanged } else { Flash::ReferenceSaved }));
        }
        (Some(found), Some(version)) => {
            directory::replace_policy(ctx, tenant, &actor, kind, &found.document.id, &body, Some(version)).await
        }
        (Some(_), None) => Err(DirectoryError::Changed),
        (None, _) => directory::create_policy(ctx, tenant, &actor, kind, body.clone()).await,
    };
    match saved {
        Ok(_) => Ok(done(Flash::ReferenceSaved)),
        Err(DirectoryError::Changed | DirectoryError::AlreadyExists(_)) => {
            let now = stored(&admin, noun, &draft.id()).await?.ok_or_else(Trouble::missing)?;
            if now.document.body == body {
                // The same form, sent twice.
                return Ok(done(Flash::ReferenceSaved));
            }
            let names = Names::read(ctx, tenant).await?;
            let changed = differences(&draft.base, &now.document.body, &names);
            let draft = Draft { version: Some(now.document.version), base: now.document.body.clone(), ..draft };
            show(&admin, noun, Some(&now), draft, Told { changed: Some(changed), ..Told::default() })
        }
        Err(DirectoryError::Invalid { problem, .. }) => show(&admin, noun, found.as_ref(), draft, Told::at_lines(&problem)),
        Err(DirectoryError::Conflict(why)) => {
            show(&admin, noun, found.as_ref(), draft, Told { problem: Some(format!("With this, {why}.")), ..Told::default() })
        }
        Err(error) => Err(error.into()),
    }
}

fn done(flash: Flash) -> Response {
    let mut response = Redirect::to(ROOT).into_response();
    flash.leave(&mut response);
    response
}

#[derive(Template)]
#[template(path = "console/reference/delete.html")]
struct Delete {
    shell: Shell,
    root: &'static str,
    key: String,
    name: String,
    version: i64,
    used_by: Vec<String>,
    problem: Option<String>,
    replay: Replay,
}

/// `GET …/{id}/delete`: what that would do, with a button for it.
async fn ask_to_delete(noun: Noun, admin: Admin<ManagesAccess>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let found = stored(&admin, noun, &key).await?.ok_or_else(Trouble::missing)?;
    confirm(&admin, noun, found, None, StatusCode::OK).await
}

async fn confirm(
    admin: &Admin<ManagesAccess>,
    noun: Noun,
    found: Reference,
    problem: Option<String>,
    status: StatusCode,
) -> Result<Response, Trouble> {
    let replay = conditional_access::preview_reference(&admin.ctx, admin.tenant.id, noun.kind(), &found.document.id, None).await?;
    let page = Delete {
        replay: Replay::of(replay),
        shell: admin.shell(Section::ConditionalAccess)?,
        root: noun.root(),
        key: found.document.id,
        name: found.name,
        version: found.document.version,
        used_by: found.used_by,
        problem,
    };
    Ok(plain(status, &page))
}

/// `POST …/{id}/delete`, at the version that was looked at.
async fn delete(
    noun: Noun,
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let found = match stored(&admin, noun, &key).await {
        Ok(found) => found.ok_or_else(Trouble::missing)?,
        // Gone already: it was sent twice.
        Err(trouble) if trouble.is_missing() => return Ok(done(Flash::ReferenceDeleted)),
        Err(trouble) => return Err(trouble),
    };
    let version = fields.iter().find(|(name, _)| name == "version").and_then(|(_, version)| version.parse().ok());
    // Without a version nothing was looked at.
    let version = Some(version.unwrap_or(0));
    let (ctx, actor, id) = (&admin.ctx, admin.actor(), &found.document.id);
    match directory::delete_policy(ctx, admin.tenant.id, &actor, noun.kind(), id, version).await {
        Ok(()) => Ok(done(Flash::ReferenceDeleted)),
        Err(DirectoryError::Changed) => {
            let told = "Somebody else changed it since you looked at it. Look again.".to_owned();
            confirm(&admin, noun, found, Some(told), StatusCode::CONFLICT).await
        }
        Err(DirectoryError::Conflict(why)) => {
            confirm(&admin, noun, found, Some(format!("Without it, {why}.")), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}
