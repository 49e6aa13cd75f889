//! Second factors of users, as administrators and their owners see them.

use std::sync::Arc;

use doorward_model::authentication_method::AuthenticationMethod;
use doorward_model::user::User;
use doorward_model::{MethodId, TenantId, UserId};
use doorward_store::Unit;
use serde_json::{Value, json};

use super::audit::{Actor, Change, record};
use super::error::{DirectoryError, Result};
use crate::access::{Advice, Watch};
use crate::authentication_method::registered::{KIND, is_for_pages, shown};
use crate::context::Context;

/// The second factors of a user, oldest first.
///
/// # Errors
/// [`DirectoryError`].
pub async fn authentication_methods(ctx: &Context, tenant: TenantId, user: UserId) -> Result<Vec<AuthenticationMethod>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    existing(unit.as_mut(), user).await?;
    Ok(unit.authentication_methods().of_user(user).await?)
}

/// Takes a second factor away. With the last one go the recovery codes, so that the person registers anew at the next sign-in.
///
/// # Errors
/// [`DirectoryError`]; a method of somebody else does not exist; [`DirectoryError::Conflict`] when nobody could sign in to the console
/// without it.
pub async fn delete_authentication_method(ctx: &Context, tenant: TenantId, actor: &Actor, user: UserId, id: MethodId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let person = existing(unit.as_mut(), user).await?;
    let methods = unit.authentication_methods().of_user(user).await?;
    let method = methods.iter().find(|method| method.id == id);
    let method = method.ok_or_else(|| DirectoryError::NotFound(format!("authentication method {id}")))?;
    let watch = Watch::over(ctx, unit.as_mut(), tenant, &person).await?;
    unit.authentication_methods().delete(id).await?;
    if is_for_pages(method) && !methods.iter().any(|other| other.id != id && is_for_pages(other)) {
        unit.authentication_methods().set_recovery_codes(user, &[]).await?;
    }
    watch.end(ctx, unit.as_mut(), Advice::SecondFactor).await?;
    let change = Change { activity: "Delete", kind: KIND, id: id.to_string(), before: shown(method), after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

/// Takes every second factor and recovery code away and ends every session: the person registers anew at the next sign-in that asks
/// for a second factor.
///
/// # Errors
/// [`DirectoryError`]; [`DirectoryError::Conflict`] when nobody could sign in to the console then.
pub async fn require_registration_again(ctx: &Context, tenant: TenantId, actor: &Actor, user: UserId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let mut person = existing(unit.as_mut(), user).await?;
    let methods = unit.authentication_methods().of_user(user).await?;
    let watch = Watch::over(ctx, unit.as_mut(), tenant, &person).await?;
    for method in &methods {
        unit.authentication_methods().delete(method.id).await?;
    }
    unit.authentication_methods().set_recovery_codes(user, &[]).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    person.end_sessions(ctx.now());
    unit.users().update(&person).await?;
    let before = json!(methods.iter().map(shown).collect::<Vec<_>>());
    let change =
        Change { activity: "Require registration of", kind: KIND, id: user.to_string(), before, after: Value::Array(Vec::new()), actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

async fn existing(unit: &mut dyn Unit, user: UserId) -> Result<User> {
    unit.users().get(user).await?.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("user {user}")))
}
