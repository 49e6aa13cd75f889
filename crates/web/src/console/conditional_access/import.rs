//! Taking policies from files: what is in them, and making them, all or none.

use askama::Template;
use axum::Extension;
use axum::response::Response;
use doorward_model::rng;
use doorward_service::conditional_access::{self, ImportState, Imported};
use doorward_service::directory::DirectoryError;
use doorward_wire::policy_file;
use http::StatusCode;

use super::done;
use crate::area::sentence;
use crate::console::admin::{Admin, ManagesAccess};
use crate::console::flash::Flash;
use crate::console::guard::{Posted, Uploaded};
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};

/// What the browser is to send: names and contents of files, and what was pasted.
type Files = Vec<(String, Vec<u8>)>;

/// How the text field is called where files are named.
const PASTED: &str = "Pasted text";

#[derive(Template)]
#[template(path = "console/conditional_access/import.html")]
struct Page {
    shell: Shell,
    disabled: bool,
    /// Files that were sent, as text, so that they can be corrected here.
    texts: Vec<(String, String)>,
    found: Option<Imported>,
    problem: Option<String>,
    /// Names this form, so that it is taken once.
    form: String,
}

/// `GET /console/conditional-access/import`.
pub(in crate::console) async fn form(admin: Admin<ManagesAccess>) -> Result<Response, Trouble> {
    let shell = admin.shell(Section::ConditionalAccess)?;
    Ok(plain(StatusCode::OK, &Page { shell, disabled: false, texts: Vec::new(), found: None, problem: None, form: name(&admin) }))
}

/// `POST /console/conditional-access/import/look`: says what is in the files. Changes nothing.
pub(in crate::console) async fn look(
    admin: Admin<ManagesAccess>,
    Extension(Posted(fields)): Extension<Posted>,
    Extension(Uploaded(uploaded)): Extension<Uploaded>,
) -> Result<Response, Trouble> {
    let files = files(&fields, &uploaded);
    page(&admin, &fields, &files, None).await
}

/// `POST /console/conditional-access/import`: makes the policies.
pub(in crate::console) async fn make(
    admin: Admin<ManagesAccess>,
    Extension(Posted(fields)): Extension<Posted>,
    Extension(Uploaded(uploaded)): Extension<Uploaded>,
) -> Result<Response, Trouble> {
    let files = files(&fields, &uploaded);
    let state = if is_disabled(&fields) { ImportState::Disabled } else { ImportState::ReportOnly };
    let form = fields.iter().find(|(name, _)| name == "once").map(|(_, value)| value.as_str()).unwrap_or_default();
    match conditional_access::import(&admin.ctx, admin.tenant.id, &admin.actor(), &files, state, form).await {
        // Taken already: it was sent twice.
        Ok(_) | Err(DirectoryError::AlreadyExists(_)) => Ok(done(Flash::PoliciesImported)),
        Err(error @ (DirectoryError::Invalid { .. } | DirectoryError::Conflict(_))) => page(&admin, &fields, &files, Some(error)).await,
        Err(error) => Err(error.into()),
    }
}

async fn page(
    admin: &Admin<ManagesAccess>,
    fields: &[(String, String)],
    files: &Files,
    error: Option<DirectoryError>,
) -> Result<Response, Trouble> {
    let found = conditional_access::offered(&admin.ctx, admin.tenant.id, files).await?;
    // What is wrong with a file is told at the file.
    let problem = match error {
        _ if files.is_empty() => Some("Choose a file, or paste the text of one.".to_owned()),
        Some(error) if found.is_sound() => Some(sentence(&error.to_string())),
        _ => None,
    };
    let status = if problem.is_none() && found.is_sound() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let texts = files.iter().filter_map(|(name, bytes)| Some((name.clone(), policy_file::decode(bytes.clone()).ok()?)));
    let page = Page {
        shell: admin.shell(Section::ConditionalAccess)?,
        disabled: is_disabled(fields),
        texts: texts.collect(),
        found: (!files.is_empty()).then_some(found),
        problem,
        form: name(admin),
    };
    Ok(plain(status, &page))
}

/// A name for a form, which no other has.
fn name(admin: &Admin<ManagesAccess>) -> String {
    rng::uuid(admin.ctx.rng.as_ref()).to_string()
}

fn is_disabled(fields: &[(String, String)]) -> bool {
    fields.iter().any(|(name, value)| name == "state" && value == "disabled")
}

/// Chosen files, and texts with the names that the page gave them.
fn files(fields: &[(String, String)], uploaded: &[(String, Vec<u8>)]) -> Files {
    let of = |wanted: &'static str| fields.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value);
    let shown = of("file").zip(of("content")).map(|(name, content)| (name.clone(), content.clone().into_bytes()));
    let pasted = of("text").map(|text| (PASTED.to_owned(), text.clone().into_bytes()));
    let all = shown.chain(pasted).chain(uploaded.iter().cloned());
    all.filter(|(_, content)| !content.trim_ascii().is_empty()).collect()
}
