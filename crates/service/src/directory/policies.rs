//! Policies and what they refer to, as documents. What cannot be decided is not stored.

use doorward_model::application::MobilePlatform;
use doorward_model::authentication_strength::built_in;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::service_policy::check_certificate_conflict;
use doorward_model::{TenantId, rng};
use doorward_policy::conditional_access::{check, contradiction};
use doorward_policy::protection;
use doorward_store::Unit;
use doorward_wire::policy_file;
use jiff::SignedDuration;
use serde_json::{Map, Value};

use super::audit::{Actor, Change, record};
use super::error::{DirectoryError, Result};
use crate::access;
use crate::context::Context;
use crate::one_time;

/// Members that are told of a document beside what was written.
const OURS: [&str; 3] = ["@odata.context", "createdDateTime", "modifiedDateTime"];

/// Makes a policy. Without an `id` in the body it gets a fresh one.
///
/// # Errors
/// [`DirectoryError::Invalid`] names the member; [`DirectoryError::Conflict`] when it contradicts another setting, or would lock everybody
/// out of the console.
pub async fn create_policy(ctx: &Context, tenant: TenantId, actor: &Actor, kind: DocumentKind, body: Value) -> Result<Document> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let document = create(ctx, unit.as_mut(), actor, kind, body).await?;
    guard(ctx, unit.as_mut(), kind, &[(&document.id, None)]).await?;
    unit.commit().await?;
    Ok(document)
}

/// Makes several policies, all of them or none. What was made under the same `once` before is not made again.
///
/// # Errors
/// As [`create_policy`], for the first that cannot be made; [`DirectoryError::AlreadyExists`] when `once` was used in the last day.
pub async fn create_policies(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    kind: DocumentKind,
    bodies: Vec<Value>,
    once: &str,
) -> Result<Vec<Document>> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let expires = ctx.now().saturating_add(SignedDuration::from_hours(24)).unwrap_or(ctx.now());
    if !one_time::use_once(unit.as_mut(), &format!("{} {once}", name(kind)), expires).await? {
        return Err(DirectoryError::AlreadyExists("what was sent"));
    }
    let mut documents = Vec::new();
    for body in bodies {
        documents.push(create(ctx, unit.as_mut(), actor, kind, body).await?);
    }
    let made: Vec<_> = documents.iter().map(|document| (document.id.as_str(), None)).collect();
    guard(ctx, unit.as_mut(), kind, &made).await?;
    unit.commit().await?;
    Ok(documents)
}

async fn create(ctx: &Context, unit: &mut dyn Unit, actor: &Actor, kind: DocumentKind, mut body: Value) -> Result<Document> {
    let id = given_id(&body)?.unwrap_or_else(|| rng::uuid(ctx.rng.as_ref()).to_string()).to_lowercase();
    match &mut body {
        Value::Object(members) => {
            without_ours(members);
            members.insert("id".into(), id.clone().into());
        }
        _ => return Err(DirectoryError::invalid("body", "must be a JSON object")),
    };
    refuse_built_in(kind, &id)?;
    let body = canonical(kind, body)?;
    let now = ctx.now();
    validate(unit, kind, &id, &body).await?;
    let document = Document { id: id.clone(), version: 1, body, subject: String::new(), created: now, modified: now };
    let document = unit.documents().create(kind, &document, now).await?;
    let change = Change { activity: "Create", kind: name(kind), id, before: Value::Null, after: document.body.clone(), actor };
    record(ctx, unit, change).await?;
    Ok(document)
}

/// Changes the members that `patch` names. With `expected`, only at that version.
///
/// # Errors
/// As [`create_policy`]; [`DirectoryError::Changed`].
pub async fn update_policy(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    kind: DocumentKind,
    id: &str,
    patch: &Value,
    expected: Option<i64>,
) -> Result<Document> {
    let Value::Object(changes) = patch else { return Err(DirectoryError::invalid("body", "must be a JSON object")) };
    let merged = |before: &Value| {
        let mut body = before.clone();
        if let Value::Object(members) = &mut body {
            members.extend(changes.iter().filter(|(member, _)| *member != "id").map(|(member, value)| (member.clone(), value.clone())));
            without_ours(members);
        }
        body
    };
    update(ctx, tenant, actor, (kind, id), merged, expected).await
}

/// Puts another document in the place of one; its id stays. With `expected`, only at that version.
///
/// # Errors
/// As [`update_policy`].
pub async fn replace_policy(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    kind: DocumentKind,
    id: &str,
    body: &Value,
    expected: Option<i64>,
) -> Result<Document> {
    let Value::Object(members) = body else { return Err(DirectoryError::invalid("body", "must be a JSON object")) };
    let mut members = members.clone();
    without_ours(&mut members);
    members.insert("id".into(), id.into());
    update(ctx, tenant, actor, (kind, id), |_| Value::Object(members), expected).await
}

async fn update(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    (kind, id): (DocumentKind, &str),
    changed: impl FnOnce(&Value) -> Value,
    expected: Option<i64>,
) -> Result<Document> {
    refuse_built_in(kind, id)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = unit.documents().get(kind, id).await?.ok_or_else(|| DirectoryError::NotFound(format!("{} {id}", name(kind))))?;
    let body = canonical(kind, changed(&before.body))?;
    if kind == DocumentKind::AppProtectionPolicy && platform(&before.body).is_some_and(|before| platform(&body) != Some(before)) {
        let problem = "is the platform of the policy, which cannot change: make a policy for the other platform";
        return Err(DirectoryError::invalid("@odata.type", problem));
    }
    validate(unit.as_mut(), kind, id, &body).await?;
    let document = unit.documents().update(kind, id, &before.subject, &body, expected, ctx.now()).await?;
    guard(ctx, unit.as_mut(), kind, &[(id, Some(&before.body))]).await?;
    let change =
        Change { activity: "Update", kind: name(kind), id: id.to_owned(), before: before.body, after: document.body.clone(), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(document)
}

/// Deletes a policy.
///
/// # Errors
/// As [`update_policy`].
pub async fn delete_policy(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    kind: DocumentKind,
    id: &str,
    expected: Option<i64>,
) -> Result<()> {
    refuse_built_in(kind, id)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = unit.documents().get(kind, id).await?.ok_or_else(|| DirectoryError::NotFound(format!("{} {id}", name(kind))))?;
    unit.documents().delete(kind, id, expected).await?;
    guard(ctx, unit.as_mut(), kind, &[(id, Some(&before.body))]).await?;
    let change = Change { activity: "Delete", kind: name(kind), id: id.to_owned(), before: before.body, after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

/// What decisions depend on may not lock everybody out of the console.
async fn guard(ctx: &Context, unit: &mut dyn Unit, kind: DocumentKind, before: &[(&str, Option<&Value>)]) -> Result<()> {
    match kind {
        DocumentKind::AppProtectionPolicy
        | DocumentKind::ManagedAppRegistration
        | DocumentKind::AuthenticationContextClassReference
        | DocumentKind::CompliancePolicy
        | DocumentKind::DeviceManagementSettings => Ok(()),
        DocumentKind::ConditionalAccessPolicy
        | DocumentKind::ServicePolicy
        | DocumentKind::NamedLocation
        | DocumentKind::AuthenticationStrengthPolicy => access::keeps_an_administrator(ctx, unit, kind, before).await,
    }
}

/// The document as it is kept.
fn canonical(kind: DocumentKind, body: Value) -> Result<Value> {
    match kind {
        DocumentKind::AppProtectionPolicy => {
            policy_file::app_protection::canonical(&body).map_err(|error| DirectoryError::invalid(error.path, error.message))
        }
        _ => Ok(body),
    }
}

fn platform(body: &Value) -> Option<MobilePlatform> {
    body.as_object().and_then(|members| policy_file::app_protection::platform(members).ok())
}

/// Refuses what cannot be decided.
pub(crate) async fn validate(unit: &mut dyn Unit, kind: DocumentKind, id: &str, body: &Value) -> Result<()> {
    let invalid = |error: &dyn std::fmt::Display| DirectoryError::invalid(name(kind), error.to_string());
    match kind {
        DocumentKind::ConditionalAccessPolicy => {
            let policy = policy_file::conditional_access::read(body, id).map_err(|error| invalid(&error))?;
            let mut strengths = Vec::new();
            for document in unit.documents().list(DocumentKind::AuthenticationStrengthPolicy).await? {
                strengths.push(policy_file::authentication_strength::read(&document.body).map_err(|error| invalid(&error))?);
            }
            check(&policy, &strengths).map_err(|error| invalid(&error))?;
            match contradiction(&policy) {
                Some(found) => Err(DirectoryError::invalid(found.member, found.problem)),
                None => Ok(()),
            }
        }
        DocumentKind::ServicePolicy => {
            let policy = policy_file::service_policy::read(body).map_err(|error| invalid(&error))?;
            if policy.resource.is_empty() {
                return Err(DirectoryError::invalid("resource", "must be the app id of the service"));
            }
            let certificates = unit.tenant().get().await?.is_some_and(|tenant| tenant.certificate_based_authentication);
            check_certificate_conflict(&[policy], certificates).map_err(|conflict| DirectoryError::Conflict(conflict.to_string()))
        }
        DocumentKind::NamedLocation => {
            check_name(body)?;
            policy_file::named_location::read(body).map(drop).map_err(|error| invalid(&error))
        }
        DocumentKind::AuthenticationStrengthPolicy => {
            check_name(body)?;
            policy_file::authentication_strength::read(body).map(drop).map_err(|error| invalid(&error))
        }
        DocumentKind::AuthenticationContextClassReference => check_context(id, body),
        DocumentKind::AppProtectionPolicy => protection::parse(id, 1, body).map(drop).map_err(|error| invalid(&error)),
        DocumentKind::ManagedAppRegistration => Err(DirectoryError::invalid("kind", "registrations are made by apps")),
        DocumentKind::CompliancePolicy | DocumentKind::DeviceManagementSettings => {
            Err(DirectoryError::invalid("kind", "compliance has its own ways to be changed"))
        }
    }
}

/// The id that a body asks for.
fn given_id(body: &Value) -> Result<Option<String>> {
    let fits = |id: &str| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    match body.get("id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) if id.is_empty() => Ok(None),
        Some(Value::String(id)) if fits(id) => Ok(Some(id.clone())),
        Some(_) => Err(DirectoryError::invalid("id", "must be a text of at most 64 letters, digits, and . _ -, or left out")),
    }
}

fn refuse_built_in(kind: DocumentKind, id: &str) -> Result<()> {
    if kind == DocumentKind::AuthenticationStrengthPolicy && built_in(id).is_some() {
        return Err(DirectoryError::Conflict(format!("the strength {id} is built in and cannot be changed: make one of your own")));
    }
    Ok(())
}

/// Takes away what this server says of a document, which clients send back with what they changed.
fn without_ours(members: &mut Map<String, Value>) {
    members.retain(|member, _| !OURS.contains(&member.as_str()));
}

fn check_name(body: &Value) -> Result<()> {
    let name = body.get("displayName").and_then(Value::as_str).unwrap_or_default();
    if name.trim().is_empty() || name.chars().count() > 256 {
        return Err(DirectoryError::invalid("displayName", "must have 1 to 256 characters"));
    }
    Ok(())
}

/// An authentication context is a name for what policies and applications call `c1` to `c99`.
fn check_context(id: &str, body: &Value) -> Result<()> {
    let number = id.strip_prefix('c').filter(|number| !number.starts_with(['0', '+'])).and_then(|number| number.parse::<u8>().ok());
    if !number.is_some_and(|number| (1..=99).contains(&number)) {
        return Err(DirectoryError::invalid("id", "must be c1 to c99"));
    }
    for (member, value) in body.as_object().into_iter().flatten() {
        let fits = match member.as_str() {
            "id" | "displayName" => true,
            "description" => value.is_null() || value.as_str().is_some_and(|text| text.chars().count() <= 1024),
            "isAvailable" => value.is_boolean(),
            _ => return Err(DirectoryError::invalid(member, "there is no such member of an authentication context")),
        };
        if !fits {
            return Err(DirectoryError::invalid(member, "description is a text of at most 1024 characters, isAvailable true or false"));
        }
    }
    check_name(body)
}

fn name(kind: DocumentKind) -> &'static str {
    kind.as_str()
}
