//! Users.

use std::sync::Arc;

use doorward_model::role::Role;
use doorward_model::tenant::Tenant;
use doorward_model::user::{User, UserType};
use doorward_model::{TenantId, UserId};
use doorward_store::Unit;
use jiff::Timestamp;

use super::administrators::{active_administrators, is_active_administrator};
use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::tag::check_tag;
use crate::access::{Advice, Watch};
use crate::context::Context;
use crate::password;

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Sign-in name, in a domain of the tenant.
    pub user_principal_name: String,
    /// Name for people.
    pub display_name: String,
    /// First password.
    pub password: String,
    /// It must be changed at the first sign-in.
    pub force_change_password: bool,
    /// Enabled.
    pub account_enabled: bool,
    /// Roles.
    pub roles: Vec<Role>,
}

/// Changes of a user; none leaves a member as it is.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    /// Name for people.
    pub display_name: Option<String>,
    /// Enabled.
    pub account_enabled: Option<bool>,
    /// New password, and whether it must be changed.
    pub password: Option<(String, bool)>,
    /// Roles.
    pub roles: Option<Vec<Role>>,
}

pub(super) const KIND: &str = "user";

/// Makes a user.
///
/// # Errors
/// [`DirectoryError`].
pub async fn create_user(ctx: &Context, tenant: &Tenant, actor: &Actor, new: NewUser) -> Result<User> {
    let name = new.user_principal_name.trim().to_owned();
    let domain = name.rsplit_once('@').filter(|(local, _)| !local.is_empty()).map(|(_, domain)| domain.to_lowercase());
    if domain.is_none_or(|domain| !tenant.domains.contains(&domain)) || name.len() > 256 {
        let domains = tenant.domains.join(", ");
        return Err(DirectoryError::invalid("userPrincipalName", format!("must be name@domain with a domain of the tenant ({domains})")));
    }
    check_display_name(&new.display_name)?;
    let password_hash = Some(hash(ctx, &new.password, &name).await?);
    let now = ctx.now();
    let user = User {
        id: UserId::random(ctx.rng.as_ref()),
        user_principal_name: name,
        display_name: new.display_name,
        account_enabled: new.account_enabled,
        user_type: UserType::Member,
        password_hash,
        force_change_password: new.force_change_password,
        roles: new.roles,
        sign_in_sessions_valid_from: now,
        on_premises: None,
        account_expires: None,
        created: now,
    };
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    unit.users().create(&user).await?;
    let change =
        Change { activity: "Create", kind: KIND, id: user.id.to_string(), before: serde_json::Value::Null, after: shown(&user), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(user)
}

/// Changes a user; with `expected`, only while it has that entity tag. Disabling and a new password end every session.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] when it would leave the tenant without an enabled Global Administrator, or without
/// one who is let into the console.
pub async fn update_user(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: UserId,
    patch: UserPatch,
    expected: Option<&str>,
) -> Result<User> {
    if let Some(name) = &patch.display_name {
        check_display_name(name)?;
    }
    let name = {
        let mut unit = ctx.store.tenant(tenant).read().await?;
        get(unit.as_mut(), id).await?.user_principal_name
    };
    let password_hash = match &patch.password {
        Some((password, _)) => Some(hash(ctx, password, &name).await?),
        None => None,
    };
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    let mut user = before.clone();
    if let Some(display_name) = patch.display_name {
        user.display_name = display_name;
    }
    if let Some(enabled) = patch.account_enabled {
        user.account_enabled = enabled;
    }
    require_own(&before, &user)?;
    if let Some(roles) = patch.roles {
        user.roles = roles;
    }
    if let (Some(hash), Some((_, force))) = (password_hash, &patch.password) {
        user.password_hash = Some(hash);
        user.force_change_password = *force;
    }
    if patch.password.is_some() || (before.account_enabled && !user.account_enabled) {
        user.end_sessions(ctx.now());
    }
    replace_user(ctx, unit.as_mut(), tenant, &before, &user).await?;
    let change = Change { activity: "Update", kind: KIND, id: id.to_string(), before: shown(&before), after: shown(&user), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(user)
}

/// Writes a changed user.
///
/// # Errors
/// [`DirectoryError::Conflict`] as for [`update_user`], storage failure. The change is written all the same: the unit of work must not be
/// committed before it is taken back.
pub(crate) async fn replace_user(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, before: &User, after: &User) -> Result<()> {
    let watch = Watch::over(ctx, unit, tenant, before).await?;
    unit.users().update(after).await?;
    keep_an_administrator(unit, before, ctx.now()).await?;
    watch.end(ctx, unit, Advice::Directory).await
}

/// Gives a user a new one-time password, which must be changed at the next sign-in, and ends every session. Returns it, to be shown once.
///
/// # Errors
/// As [`update_user`].
pub async fn reset_password(ctx: &Context, tenant: TenantId, actor: &Actor, id: UserId, expected: Option<&str>) -> Result<String> {
    let user = get(ctx.store.tenant(tenant).read().await?.as_mut(), id).await?;
    let one_time = password::generate(ctx.rng.as_ref(), &[&user.user_principal_name]);
    let patch = UserPatch { password: Some((one_time.clone(), true)), ..UserPatch::default() };
    update_user(ctx, tenant, actor, id, patch, expected).await?;
    Ok(one_time)
}

/// Deletes a user with everything issued to it; with `expected`, only while it has that entity tag.
///
/// # Errors
/// As [`update_user`].
pub async fn delete_user(ctx: &Context, tenant: TenantId, actor: &Actor, id: UserId, expected: Option<&str>) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    if before.on_premises.is_some() {
        return Err(DirectoryError::Conflict("this user comes from the domain: delete the account there".into()));
    }
    let watch = Watch::over(ctx, unit.as_mut(), tenant, &before).await?;
    unit.users().delete(id).await?;
    keep_an_administrator(unit.as_mut(), &before, ctx.now()).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    let change =
        Change { activity: "Delete", kind: KIND, id: id.to_string(), before: shown(&before), after: serde_json::Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

pub(super) async fn get(unit: &mut dyn Unit, id: UserId) -> Result<User> {
    unit.users().get(id).await?.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("user {id}")))
}

/// Refuses a change that would lock everybody out.
pub(super) async fn keep_an_administrator(unit: &mut dyn Unit, changed: &User, now: Timestamp) -> Result<()> {
    if !is_active_administrator(changed, now) || !active_administrators(unit, now).await?.is_empty() {
        return Ok(());
    }
    Err(DirectoryError::Conflict("this is the last enabled Global Administrator: make another one first".into()))
}

/// Refuses a change of what the domain says about a user who comes from there: the next run would undo it, or never see it.
fn require_own(before: &User, after: &User) -> Result<()> {
    if before.on_premises.is_none() {
        return Ok(());
    }
    for (member, changes) in
        [("displayName", before.display_name != after.display_name), ("accountEnabled", before.account_enabled != after.account_enabled)]
    {
        if changes {
            return Err(DirectoryError::invalid(member, "comes from the domain: change it there"));
        }
    }
    Ok(())
}

fn check_display_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > 256 {
        return Err(DirectoryError::invalid("displayName", "must have 1 to 256 characters"));
    }
    Ok(())
}

async fn hash(ctx: &Context, password: &str, name: &str) -> Result<String> {
    password::check_strength(password, name).map_err(|weak| DirectoryError::invalid("passwordProfile.password", weak.to_string()))?;
    Ok(ctx.passwords.hash(password, ctx.rng.as_ref()).await?)
}
