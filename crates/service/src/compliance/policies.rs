//! Compliance policies as documents, in the form in which Graph writes them.

use std::collections::BTreeSet;

use doorward_model::document::{Document, DocumentKind};
use doorward_model::protection::AssignmentTarget;
use doorward_model::{GroupId, TenantId};
use doorward_policy::compliance::{CompliancePolicy, PolicyKind};
use doorward_store::Unit;
use doorward_wire::policy_file::compliance as file;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::due::judge_all;
use super::stored::{Stored, find};
use crate::context::Context;
use crate::directory::{Actor, Change, DirectoryError, record};

const KIND: DocumentKind = DocumentKind::CompliancePolicy;
/// Policies of a tenant at most: each report reads all of them.
const MOST: usize = 200;

/// Makes a policy under an id that the caller has drawn: sent twice, it is made once. Where no action blocks, one is added that does so at
/// once.
///
/// # Errors
/// [`DirectoryError::Invalid`] names the member; [`DirectoryError::AlreadyExists`].
pub async fn create_policy(ctx: &Context, tenant: TenantId, actor: &Actor, id: Uuid, body: &Value) -> Result<Stored, DirectoryError> {
    let now = ctx.now();
    let id = id.to_string();
    let policy = read(body, &id)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    if unit.documents().list(KIND).await?.len() >= MOST {
        return Err(DirectoryError::Conflict(format!("there can be {MOST} compliance policies: delete one first")));
    }
    check_groups(unit.as_mut(), &policy, &[]).await?;
    let body = file::write(&policy);
    let document = Document { id: id.clone(), version: 1, body, subject: String::new(), created: now, modified: now };
    let document = unit.documents().create(KIND, &document, now).await?;
    let change = Change { activity: "Create", kind: KIND.as_str(), id, before: Value::Null, after: document.body.clone(), actor };
    record(ctx, unit.as_mut(), change).await?;
    finish(ctx, tenant, unit, !policy.assignments.is_empty()).await?;
    Ok(Stored { document, policy })
}

/// Changes the members that `patch` names. With `expected`, only at that version. Devices are judged by what a policy asks for with their
/// next report; whom it is for counts at once.
///
/// # Errors
/// As [`create_policy`]; [`DirectoryError::NotFound`]; [`DirectoryError::Changed`].
pub async fn update_policy(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: &str,
    patch: &Value,
    expected: Option<i64>,
) -> Result<Stored, DirectoryError> {
    let Value::Object(changes) = patch else { return Err(DirectoryError::invalid("body", "must be a JSON object")) };
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = find(unit.as_mut(), id).await?;
    if expected.is_some_and(|version| version != before.document.version) {
        return Err(DirectoryError::Changed);
    }
    let given = changes.get("@odata.type").and_then(Value::as_str);
    if given.is_some_and(|given| PolicyKind::from_odata_type(given) != Some(before.policy.kind)) {
        return Err(DirectoryError::invalid("@odata.type", "cannot be changed: make a policy of the other type"));
    }
    let policy = read(&merged(&before.document.body, changes), id)?;
    check_groups(unit.as_mut(), &policy, &before.policy.assignments).await?;
    let document = unit.documents().update(KIND, id, "", &file::write(&policy), expected, ctx.now()).await?;
    let change = Change {
        activity: "Update",
        kind: KIND.as_str(),
        id: id.to_owned(),
        before: before.document.body,
        after: document.body.clone(),
        actor,
    };
    record(ctx, unit.as_mut(), change).await?;
    finish(ctx, tenant, unit, policy.assignments != before.policy.assignments).await?;
    Ok(Stored { document, policy })
}

/// Deletes a policy. Devices are judged again without it.
///
/// # Errors
/// [`DirectoryError::NotFound`]; [`DirectoryError::Changed`].
pub async fn delete_policy(ctx: &Context, tenant: TenantId, actor: &Actor, id: &str, expected: Option<i64>) -> Result<(), DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = unit.documents().get(KIND, id).await?.ok_or_else(|| DirectoryError::NotFound(format!("compliance policy {id}")))?;
    unit.documents().delete(KIND, id, expected).await?;
    let change = Change { activity: "Delete", kind: KIND.as_str(), id: id.to_owned(), before: before.body, after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    finish(ctx, tenant, unit, true).await
}

/// Commits a change of policies; where it changes which are for whom, devices are judged again.
async fn finish(ctx: &Context, tenant: TenantId, mut unit: Box<dyn Unit>, whom: bool) -> Result<(), DirectoryError> {
    if whom {
        unit.managed_devices().make_due().await?;
    }
    unit.commit().await?;
    if whom {
        judge_all(ctx, tenant).await;
    }
    Ok(())
}

/// Reads a policy that is not to be saved yet; every problem with it, with its member, instead of the first one.
///
/// # Errors
/// Storage failure.
pub async fn draft_policy(
    ctx: &Context,
    tenant: TenantId,
    body: &Value,
) -> Result<Result<CompliancePolicy, Vec<(String, String)>>, DirectoryError> {
    let policy = match file::read_all(body, "") {
        Ok(reading) => reading.policy,
        Err(problems) => return Ok(Err(problems.into_iter().map(|problem| (member(&problem.path), problem.message)).collect())),
    };
    let mut unit = ctx.store.tenant(tenant).read().await?;
    match check_groups(unit.as_mut(), &policy, &[]).await {
        Ok(()) => Ok(Ok(policy)),
        Err(DirectoryError::Invalid { member, problem }) => Ok(Err(vec![(member, problem)])),
        Err(error) => Err(error),
    }
}

/// A path in the words of the admin API.
fn member(path: &str) -> String {
    path.trim_start_matches("$.").to_owned()
}

fn read(body: &Value, id: &str) -> Result<CompliancePolicy, DirectoryError> {
    let reading = file::read(body, id).map_err(|error| DirectoryError::invalid(member(&error.path), error.message))?;
    if reading.block_added {
        tracing::info!(policy = id, "a compliance policy without an action that blocks now blocks at once");
    }
    Ok(reading.policy)
}

/// The document with changed members, whose names are taken in any case.
fn merged(body: &Value, changes: &Map<String, Value>) -> Value {
    let mut members = body.as_object().cloned().unwrap_or_default();
    for (name, value) in changes.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("id")) {
        members.retain(|known, _| !known.eq_ignore_ascii_case(name));
        members.insert(name.clone(), value.clone());
    }
    Value::Object(members)
}

/// A group that does not exist would be left out without a word. One that was there before and is gone since is no reason to refuse.
async fn check_groups(unit: &mut dyn Unit, policy: &CompliancePolicy, before: &[AssignmentTarget]) -> Result<(), DirectoryError> {
    let group = |target: &AssignmentTarget| match target {
        AssignmentTarget::Group { group_id } | AssignmentTarget::ExclusionGroup { group_id } => Some(*group_id),
        AssignmentTarget::AllLicensedUsers {} => None,
    };
    let known: BTreeSet<GroupId> = before.iter().filter_map(group).collect();
    for (index, target) in policy.assignments.iter().enumerate() {
        let Some(id) = group(target).filter(|id| !known.contains(id)) else { continue };
        if unit.groups().get(id).await?.is_none() {
            return Err(DirectoryError::invalid(format!("assignments[{index}].target.groupId"), format!("there is no group {id}")));
        }
    }
    Ok(())
}
