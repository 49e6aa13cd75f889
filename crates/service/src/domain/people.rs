//! What the people of a domain become here.

use std::sync::Arc;

use doorward_model::UserId;
use doorward_model::user::{User, UserType};
use doorward_store::Unit;
use serde_json::Value;
use uuid::Uuid;

use super::source::DomainUser;
use super::sync::{Run, SyncError};
use crate::directory::{Change, DirectoryError, audit, record, replace_user};

const KIND: &str = "user";

/// Makes the user of an account, or changes it to what the domain says.
pub(super) async fn take(run: &mut Run<'_>, unit: &mut dyn Unit, entry: &DomainUser) -> Result<(), SyncError> {
    let before = unit.users().find_by_object_guid(entry.account.object_guid).await?;
    let obstacle = obstacle(run, unit, entry, before.as_deref()).await?;
    if let Some(reason) = &obstacle {
        run.unsettle(entry.account.object_guid, &entry.user_principal_name, reason.clone());
    }
    match before {
        Some(before) => {
            let keeps_name = obstacle.is_some();
            change(run, unit, entry, before, keeps_name).await
        }
        None if obstacle.is_some() => Ok(()),
        None => create(run, unit, entry).await,
    }
}

/// Why the account cannot have its sign-in name here; in a sentence that says what to do.
async fn obstacle(run: &Run<'_>, unit: &mut dyn Unit, entry: &DomainUser, before: Option<&User>) -> Result<Option<String>, SyncError> {
    let name = &entry.user_principal_name;
    let domain = name.rsplit_once('@').filter(|(local, _)| !local.is_empty()).map(|(_, domain)| domain.to_lowercase());
    if domain.is_none_or(|domain| !run.tenant.domains.contains(&domain)) || name.len() > 256 {
        let domains = run.tenant.domains.join(", ");
        return Ok(Some(format!("The sign-in name is in no domain of the tenant ({domains}): change it in the domain.")));
    }
    let is_other = |found: Option<Arc<User>>| found.filter(|found| Some(found.id) != before.map(|before| before.id));
    // Whoever controls an account of the domain must not come by an account that was made here.
    if let Some(other) = is_other(unit.users().find(name).await?) {
        let origin = if other.on_premises.is_some() { "of another account of the domain" } else { "that was made here" };
        return Ok(Some(format!("The sign-in name belongs to a user {origin}: rename one of the two, or delete it.")));
    }
    let holder = unit.users().find_by_security_identifier(&entry.account.security_identifier).await?;
    if is_other(holder).is_some() {
        return Ok(Some("The security identifier belongs to another user: delete that one.".into()));
    }
    Ok(None)
}

async fn create(run: &mut Run<'_>, unit: &mut dyn Unit, entry: &DomainUser) -> Result<(), SyncError> {
    let now = run.ctx.now();
    let user = User {
        id: UserId::random(run.ctx.rng.as_ref()),
        user_principal_name: entry.user_principal_name.clone(),
        display_name: entry.display_name.clone(),
        account_enabled: entry.enabled,
        user_type: UserType::Member,
        // The domain keeps its passwords to itself.
        password_hash: None,
        force_change_password: false,
        roles: Vec::new(),
        sign_in_sessions_valid_from: now,
        created: now,
        on_premises: Some(entry.account.clone()),
        account_expires: entry.expires,
    };
    unit.users().create(&user).await?;
    run.report.users.created += 1;
    audit_change(run, unit, "Create", None, Some(&user)).await
}

async fn change(run: &mut Run<'_>, unit: &mut dyn Unit, entry: &DomainUser, before: Arc<User>, keeps_name: bool) -> Result<(), SyncError> {
    let mut user = User {
        display_name: entry.display_name.clone(),
        account_enabled: entry.enabled,
        account_expires: entry.expires,
        ..(*before).clone()
    };
    if !keeps_name {
        user.user_principal_name.clone_from(&entry.user_principal_name);
        user.on_premises = Some(entry.account.clone());
    }
    if user == *before {
        return Ok(());
    }
    let now = run.ctx.now();
    // Nothing was written when an account expired: its sessions must not come back with it.
    if before.is_active_at(now) != user.is_active_at(now) {
        user.end_sessions(now);
    }
    if !replace(run, unit, &before, &user).await? {
        return Ok(());
    }
    run.report.users.updated += 1;
    audit_change(run, unit, "Update", Some(&before), Some(&user)).await
}

/// Deletes the user of an account that is gone.
pub(super) async fn delete(run: &mut Run<'_>, unit: &mut dyn Unit, object_guid: Uuid) -> Result<(), SyncError> {
    let Some(before) = unit.users().find_by_object_guid(object_guid).await? else { return Ok(()) };
    // The guards judge changes that can be taken back.
    if !replace(run, unit, &before, &User { account_enabled: false, ..(*before).clone() }).await? {
        return Ok(());
    }
    unit.users().delete(before.id).await?;
    run.report.users.deleted += 1;
    audit_change(run, unit, "Delete", Some(&before), None).await
}

/// Writes a user unless that would lock the administrators out: the domain is not to be able to do what no administrator can.
async fn replace(run: &mut Run<'_>, unit: &mut dyn Unit, before: &User, after: &User) -> Result<bool, SyncError> {
    match replace_user(run.ctx, unit, run.tenant.id, before, after).await {
        Ok(()) => Ok(true),
        Err(DirectoryError::Conflict(reason)) => {
            unit.users().update(before).await?;
            if let Some(account) = &before.on_premises {
                run.unsettle(account.object_guid, &before.user_principal_name, format!("It stays as it is: {reason}."));
            }
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

async fn audit_change(
    run: &Run<'_>,
    unit: &mut dyn Unit,
    activity: &'static str,
    before: Option<&User>,
    after: Option<&User>,
) -> Result<(), SyncError> {
    let shown = |user: Option<&User>| user.map_or(Value::Null, audit::shown);
    let id = after.or(before).map(|user| user.id.to_string()).unwrap_or_default();
    let change = Change { activity, kind: KIND, id, before: shown(before), after: shown(after), actor: &run.actor };
    Ok(record(run.ctx, unit, change).await?)
}
