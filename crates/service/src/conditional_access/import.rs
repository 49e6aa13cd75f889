//! Importing policies from files: what is in them, and making them, all or none.

use std::collections::HashSet;

use doorward_model::conditional_access::PolicyState;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::{TenantId, rng};
use doorward_policy::conditional_access::check::{self, Rule};
use doorward_wire::policy_file::{self, BrokenFile, Json, policies_of_file};
use serde_json::Value;

use super::Problem;
use super::preview::{catalogue, find_problems};
use crate::access::People;
use crate::context::Context;
use crate::directory::{self, Actor, DirectoryError};
use crate::error::Result;

/// People looked at, to tell ids that nobody has.
const PEOPLE: usize = 100_000;
/// Policies of one import.
const MOST: usize = 500;

/// A policy of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    /// Where it comes from, for example `policies.json`.
    pub file: String,
    /// JSON path within the file.
    pub path: String,
    /// Its name; empty when it has none.
    pub name: String,
    /// The policy, without the wrapping of a template.
    pub body: Value,
    /// Why it cannot be taken.
    pub problems: Vec<Problem>,
    /// What it names and the directory does not have, and other remarks.
    pub remarks: Vec<String>,
    /// A policy with its id is there already; it will get another one.
    pub id_is_taken: bool,
}

/// What is in the files of an import.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// The policies, in the order of the files.
    pub policies: Vec<Offered>,
    /// Files that hold no policies, with what is wrong and where.
    pub broken: Vec<(String, String)>,
}

impl Imported {
    /// Everything can be taken, and there is something to take.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.broken.is_empty() && !self.policies.is_empty() && self.policies.iter().all(|policy| policy.problems.is_empty())
    }
}

/// How policies are imported: never so that they act at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// On trial.
    ReportOnly,
    /// Off.
    Disabled,
}

/// Looks at files: their names and bytes.
///
/// # Errors
/// Storage failure.
pub async fn offered(ctx: &Context, tenant: TenantId, files: &[(String, Vec<u8>)]) -> Result<Imported> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let taken: HashSet<String> =
        unit.documents().list(DocumentKind::ConditionalAccessPolicy).await?.into_iter().map(|document| document.id).collect();
    let people = People::read(unit.as_mut(), PEOPLE).await?;
    let catalogue = catalogue(unit.as_mut(), people.users).await?;
    drop(unit);
    let mut found = Imported::default();
    for (name, bytes) in files {
        match read(name, bytes.clone()) {
            Ok(policies) => found.policies.extend(policies),
            Err(problem) => found.broken.push((name.clone(), problem)),
        }
    }
    if found.policies.len() > MOST {
        let number = found.policies.len();
        found = Imported::default();
        found.broken.push(("All files".into(), format!("{number} policies are too many for one import, which may have {MOST}")));
    }
    for policy in &mut found.policies {
        let problems = find_problems(&policy.body, catalogue.strengths()).into_iter();
        policy.problems.extend(problems.map(|problem| Problem { path: problem.path.replacen('$', &policy.path, 1), ..problem }));
        let id = policy.body.get("id").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        policy.id_is_taken = taken.contains(&id);
        if let Ok(read) = policy_file::conditional_access::read(&policy.body, &policy.path) {
            let told = check::review(&[read], Some(&catalogue)).into_iter();
            let names_nobody = told.filter(|finding| matches!(finding.rule, Rule::UnknownObject | Rule::NotAnId));
            policy.remarks.extend(names_nobody.map(|finding| format!("{}: {}", finding.member, finding.message)));
        }
    }
    Ok(found)
}

/// The policies of one file, or what is wrong with it.
fn read(name: &str, bytes: Vec<u8>) -> std::result::Result<Vec<Offered>, String> {
    let json = policy_file::parse(bytes).map_err(|error: BrokenFile| error.to_string())?;
    let nodes = policies_of_file(&json.root()).map_err(|error| error.to_string())?;
    if nodes.is_empty() {
        return Err("there is no policy in it".into());
    }
    nodes.iter().map(|node| offer(name, node.path(), node.json())).collect()
}

fn offer(file: &str, path: &str, json: &Json) -> std::result::Result<Offered, String> {
    let value = serde_json::to_value(json).map_err(|error| format!("{path}: {error}"))?;
    let mut remarks = Vec::new();
    let mut path = path.to_owned();
    let body = match member(&value, "details").filter(|details| details.is_object()) {
        None => value,
        Some(details) => {
            path.push_str(".details");
            remarks.push("It is a template: what it says of policies was taken.".to_owned());
            let mut details = details.clone();
            if let Value::Object(members) = &mut details {
                let name = member(&value, "name").cloned().unwrap_or(Value::Null);
                if !members.keys().any(|key| key.eq_ignore_ascii_case("displayName")) {
                    members.insert("displayName".into(), name);
                }
                if !members.keys().any(|key| key.eq_ignore_ascii_case("state")) {
                    members.insert("state".into(), PolicyState::ReportOnly.as_str().into());
                }
            }
            details
        }
    };
    let name = member(&body, "displayName").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Offered { file: file.to_owned(), path, name, body, problems: Vec::new(), remarks, id_is_taken: false })
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, member)| member)
}

/// Makes the policies of files in one state, all or none. Whoever looked at the files before may send them again: they are read anew.
/// `form` names the form that is sent: sent twice with the same files, they are taken once.
///
/// # Errors
/// [`DirectoryError::Invalid`] when something in the files cannot be taken; else as [`directory::create_policies`].
pub async fn import(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    files: &[(String, Vec<u8>)],
    state: ImportState,
    form: &str,
) -> std::result::Result<Vec<Document>, DirectoryError> {
    let found = offered(ctx, tenant, files).await?;
    if !found.is_sound() {
        let problem = "not everything in it can be taken, so nothing was".to_owned();
        return Err(DirectoryError::Invalid { member: "file".into(), problem });
    }
    let state = match state {
        ImportState::ReportOnly => PolicyState::ReportOnly,
        ImportState::Disabled => PolicyState::Disabled,
    };
    let taken = found.policies.iter().map(|policy| policy.body.to_string()).collect::<Vec<_>>().join("\n");
    let once = format!("{form} {} {taken}", state.as_str());
    let mut ids = HashSet::new();
    let mut bodies = Vec::new();
    for policy in found.policies {
        let Value::Object(mut members) = policy.body else { continue };
        let id = members.get("id").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        // An id that is taken, here or in the same files, would name two policies.
        if policy.id_is_taken || !ids.insert(id) {
            members.insert("id".into(), rng::uuid(ctx.rng.as_ref()).to_string().into());
        }
        members.retain(|name, _| !name.eq_ignore_ascii_case("state"));
        members.insert("state".into(), state.as_str().into());
        bodies.push(Value::Object(members));
    }
    directory::create_policies(ctx, tenant, actor, DocumentKind::ConditionalAccessPolicy, bodies, &once).await
}
