//! Policies and what they refer to, as documents. What cannot be decided is not stored.

use doorward_model::application::MobilePlatform;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::service_policy::check_certificate_conflict;
use doorward_model::{TenantId, rng};
use doorward_policy::conditional_access::check;
use doorward_policy::protection;
use doorward_store::Unit;
use doorward_wire::policy_file;
use serde_json::Value;

use super::audit::{Actor, Change, record};
use super::error::{DirectoryError, Result};
use crate::access;
use crate::context::Context;

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

/// Makes several policies, all of them or none.
///
/// # Errors
/// As [`create_policy`], for the first that cannot be made.
pub async fn create_policies(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    kind: DocumentKind,
    bodies: Vec<Value>,
) -> Result<Vec<Document>> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
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
    let given = body.get("id").and_then(Value::as_str).filter(|id| !id.is_empty() && id.len() <= 64).map(str::to_owned);
    let id = given.unwrap_or_else(|| rng::uuid(ctx.rng.as_ref()).to_string()).to_lowercase();
    match &mut body {
        Value::Object(members) => members.insert("id".into(), id.clone().into()),
        _ => return Err(DirectoryError::invalid("body", "must be a JSON object")),
    };
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

async fn validate(unit: &mut dyn Unit, kind: DocumentKind, id: &str, body: &Value) -> Result<()> {
    let invalid = |error: &dyn std::fmt::Display| DirectoryError::invalid(name(kind), error.to_string());
    match kind {
        DocumentKind::ConditionalAccessPolicy => {
            let policy = policy_file::conditional_access::read(body, id).map_err(|error| invalid(&error))?;
            let mut strengths = Vec::new();
            for document in unit.documents().list(DocumentKind::AuthenticationStrengthPolicy).await? {
                strengths.push(policy_file::authentication_strength::read(&document.body).map_err(|error| invalid(&error))?);
            }
            check(&policy, &strengths).map_err(|error| invalid(&error))
        }
        DocumentKind::ServicePolicy => {
            let policy = policy_file::service_policy::read(body).map_err(|error| invalid(&error))?;
            let certificates = unit.tenant().get().await?.is_some_and(|tenant| tenant.certificate_based_authentication);
            check_certificate_conflict(&[policy], certificates).map_err(|conflict| DirectoryError::Conflict(conflict.to_string()))
        }
        DocumentKind::NamedLocation => policy_file::named_location::read(body).map(drop).map_err(|error| invalid(&error)),
        DocumentKind::AuthenticationStrengthPolicy => {
            policy_file::authentication_strength::read(body).map(drop).map_err(|error| invalid(&error))
        }
        DocumentKind::AppProtectionPolicy => protection::parse(id, 1, body).map(drop).map_err(|error| invalid(&error)),
        DocumentKind::ManagedAppRegistration => Err(DirectoryError::invalid("kind", "registrations are made by apps")),
        DocumentKind::CompliancePolicy | DocumentKind::DeviceManagementSettings => {
            Err(DirectoryError::invalid("kind", "compliance has its own ways to be changed"))
        }
    }
}

fn name(kind: DocumentKind) -> &'static str {
    kind.as_str()
}
