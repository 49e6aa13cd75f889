//! App protection policies as they are kept, and the two changes that have names of their own.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_model::application::MobilePlatform;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::{TenantId, UserId};
use doorward_policy::protection::{AppProtectionPolicy, Warning, is_assigned, parse};
use doorward_store::Unit;
use doorward_wire::policy_file;
use serde_json::{Map, Value, json};

use crate::by_generation::ByGeneration;
use crate::context::Context;
use crate::directory::{Actor, DirectoryError, update_policy};
use crate::error::Result;

const KIND: DocumentKind = DocumentKind::AppProtectionPolicy;

/// A policy and the document it was read from.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The document.
    pub document: Document,
    /// What this version understands of it.
    pub policy: AppProtectionPolicy,
    /// What is to be said about its members.
    pub warnings: Vec<Warning>,
}

/// Every policy of the tenant, in order of id.
///
/// # Errors
/// Storage failure.
pub async fn all(unit: &mut dyn Unit) -> Result<Vec<Stored>> {
    let mut all = Vec::new();
    for document in unit.documents().list(KIND).await? {
        match parse(&document.id, document.version, &document.body) {
            Ok((policy, warnings)) => all.push(Stored { document, policy, warnings }),
            // Documents are checked when they are written, so this one was made by another version or by hand.
            Err(error) => tracing::warn!(policy = document.id, %error, "app protection policy cannot be read"),
        }
    }
    Ok(all)
}

/// App protection policies as they are understood, by tenant.
#[derive(Default)]
pub struct AppProtectionCache(ByGeneration<Vec<Stored>>);

/// What [`all`] gives, remembered until a policy changes: each token for a protected app asks for it.
///
/// # Errors
/// Storage failure.
pub(super) async fn current(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<Arc<Vec<Stored>>> {
    let generation = unit.tenant().generation().await?;
    if let Some(policies) = ctx.app_protection.0.get(tenant, generation) {
        return Ok(policies);
    }
    let policies = all(unit).await?;
    Ok(ctx.app_protection.0.put(tenant, generation, policies))
}

/// The policies that are assigned to a user, for whatever app and device.
///
/// # Errors
/// Storage failure.
pub async fn of_user(unit: &mut dyn Unit, user: UserId) -> Result<Vec<Stored>> {
    let groups: BTreeSet<_> = unit.groups().transitive_of(user).await?.iter().copied().collect();
    let mut stored = all(unit).await?;
    stored.retain(|stored| is_assigned(&stored.policy, &groups));
    Ok(stored)
}

/// What a policy made by hand begins with: settings that protect without getting in the way.
#[must_use]
pub fn beginning(platform: MobilePlatform) -> Value {
    json!({
        "@odata.type": policy_file::app_protection::odata_type(platform),
        "displayName": "",
        "allowedOutboundDataTransferDestinations": "managedApps",
        "allowedOutboundClipboardSharingLevel": "managedAppsWithPasteIn",
        "dataBackupBlocked": true,
        "pinRequired": true,
        "minimumPinLength": 4,
        "maximumPinRetries": 5,
        "simplePinBlocked": true,
        "deviceComplianceRequired": true,
    })
}

/// What a duplicate begins with: everything but whom it is for, as a copy that applied at once would double what it was made from.
#[must_use]
pub fn duplicate(of: &Stored) -> Value {
    let mut body = of.document.body.clone();
    if let Value::Object(members) = &mut body {
        members.remove("id");
        members.remove("assignments");
        members.insert("displayName".to_owned(), format!("Copy of {}", of.policy.display_name).into());
    }
    body
}

/// Replaces whom a policy is for (Graph `assign`). With `expected`, only at that version.
///
/// # Errors
/// As [`update_policy`].
pub async fn assign(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: &str,
    assignments: Value,
    expected: Option<i64>,
) -> std::result::Result<(), DirectoryError> {
    must_be_list("assignments", &assignments)?;
    let patch = Map::from_iter([("assignments".to_owned(), assignments)]);
    update_policy(ctx, tenant, actor, KIND, id, &patch.into(), expected).await.map(drop)
}

/// Replaces which apps a policy is for (Graph `targetApps`); without a group type it is the apps of the list.
///
/// # Errors
/// As [`update_policy`].
pub async fn target_apps(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: &str,
    (apps, app_group_type): (Value, Option<Value>),
    expected: Option<i64>,
) -> std::result::Result<(), DirectoryError> {
    must_be_list("apps", &apps)?;
    let group_type = app_group_type.unwrap_or_else(|| "selectedPublicApps".into());
    let patch = Map::from_iter([("apps".to_owned(), apps), ("appGroupType".to_owned(), group_type)]);
    update_policy(ctx, tenant, actor, KIND, id, &patch.into(), expected).await.map(drop)
}

/// Null would take everything away without saying so.
fn must_be_list(member: &str, value: &Value) -> std::result::Result<(), DirectoryError> {
    let problem = || DirectoryError::Invalid { member: member.to_owned(), problem: "must be a list, which may be empty".to_owned() };
    if value.is_array() { Ok(()) } else { Err(problem()) }
}
