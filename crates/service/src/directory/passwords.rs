//! Secrets of confidential clients.

use doorward_model::application::{Application, ClientSecret};
use doorward_model::{AppId, CredentialId, TenantId, rng};
use doorward_wire::hex;
use jiff::{SignedDuration, Timestamp};

use super::applications::{KIND, get, without_hashes};
use super::audit::{Actor, Change, record};
use super::error::{DirectoryError, Result};
use super::tag::check_tag;
use crate::context::Context;
use crate::one_time::sha256;
use crate::setup;

/// Life of a client secret when nothing else is said.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365);

/// What a secret is to be like.
#[derive(Debug, Clone, Default)]
pub struct NewPassword {
    /// What administrators call it.
    pub display_name: Option<String>,
    /// Start of validity; now when it is not said.
    pub start: Option<Timestamp>,
    /// End of validity; a year after its start when it is not said.
    pub end: Option<Timestamp>,
}

/// Adds a secret and returns it; it is shown this once. `expected` is the entity tag that the registration had when it was looked at.
///
/// # Errors
/// [`DirectoryError`]; those that every tenant has get none: existing clients of theirs have none to show, and would be refused.
pub async fn add_password(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: AppId,
    new: NewPassword,
    expected: Option<&str>,
) -> Result<(String, ClientSecret)> {
    if setup::is_built_in(id) {
        return Err(DirectoryError::Conflict("this application belongs to every tenant and has no secrets".into()));
    }
    let now = ctx.now();
    let start = new.start.unwrap_or(now);
    let expires = new.end.unwrap_or_else(|| start.saturating_add(LIFETIME).unwrap_or(start));
    if expires <= start || expires <= now {
        let problem = "must be in the future, and after startDateTime";
        return Err(DirectoryError::invalid("passwordCredential.endDateTime", problem));
    }
    if new.display_name.as_ref().is_some_and(|name| name.chars().count() > 256) {
        return Err(DirectoryError::invalid("passwordCredential.displayName", "must have at most 256 characters"));
    }
    let value = rng::secret(ctx.rng.as_ref());
    let secret = ClientSecret {
        key_id: CredentialId::random(ctx.rng.as_ref()),
        display_name: new.display_name,
        sha256: hex(&sha256(&value)),
        hint: value.chars().take(3).collect(),
        start,
        expires,
    };
    let added = secret.clone();
    change_secrets(ctx, tenant, actor, id, "Add password to", |application| {
        check_tag(application, expected)?;
        application.secrets.push(added);
        Ok(())
    })
    .await?;
    Ok((value, secret))
}

/// Removes a secret: whoever knows it cannot use it from now on.
///
/// # Errors
/// [`DirectoryError`].
pub async fn remove_password(ctx: &Context, tenant: TenantId, actor: &Actor, id: AppId, key: CredentialId) -> Result<()> {
    change_secrets(ctx, tenant, actor, id, "Remove password from", |application| {
        let held = application.secrets.len();
        application.secrets.retain(|secret| secret.key_id != key);
        if application.secrets.len() == held { Err(DirectoryError::NotFound(format!("password {key}"))) } else { Ok(()) }
    })
    .await
}

async fn change_secrets(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: AppId,
    activity: &'static str,
    change: impl FnOnce(&mut Application) -> Result<()> + Send,
) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let mut application = get(unit.as_mut(), id).await?;
    let before = without_hashes(&application);
    change(&mut application)?;
    unit.applications().update(&application).await?;
    let change = Change { activity, kind: KIND, id: id.to_string(), before, after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
