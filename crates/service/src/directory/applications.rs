//! Application registrations.

use doorward_model::application::{Application, ClientSecret, PlatformIdentity};
use doorward_model::{AppId, TenantId, rng};
use doorward_store::Unit;
use doorward_wire::hex;
use jiff::SignedDuration;
use serde_json::Value;
use url::Url;

use super::attestation;
use super::audit::{Actor, Change, record, shown};
use super::error::{DirectoryError, Result};
use super::tag::{check_tag, entity_tag};
use crate::access::{Advice, Watch};
use crate::context::Context;
use crate::one_time::sha256;
use crate::resource;
use crate::setup;

const KIND: &str = "application";
/// Life of a client secret.
const SECRET_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365);

/// Makes a registration.
///
/// # Errors
/// [`DirectoryError`].
pub async fn create_application(ctx: &Context, tenant: TenantId, actor: &Actor, application: Application) -> Result<Application> {
    check(&application)?;
    attestation::check(ctx, tenant, &application)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    unit.applications().create(&application).await?;
    let id = application.app_id.to_string();
    let change = Change { activity: "Create", kind: KIND, id, before: Value::Null, after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(application)
}

/// Replaces a registration.
///
/// # Errors
/// [`DirectoryError`].
pub async fn update_application(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    application: Application,
    expected: Option<&str>,
) -> Result<Application> {
    check(&application)?;
    attestation::check(ctx, tenant, &application)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), application.app_id).await?;
    check_tag(&before, expected)?;
    let essentials = |app: &Application| (app.enabled, app.identifier_uris.clone(), app.scopes.clone(), app.broker);
    if setup::is_built_in(application.app_id) && essentials(&before) != essentials(&application) {
        return Err(DirectoryError::Conflict(
            "this application belongs to every tenant: switching it off or renaming it would lock everybody out".into(),
        ));
    }
    // Secrets are added by their own call; one that came meanwhile must not be lost to an older copy.
    let application = Application { secrets: before.secrets.clone(), ..application };
    let watch = match application.app_id {
        resource::CONSOLE => Watch::begin(ctx, unit.as_mut(), tenant).await?,
        _ => Watch::none(),
    };
    unit.applications().update(&application).await?;
    watch.end(ctx, unit.as_mut(), Advice::Directory).await?;
    let id = application.app_id.to_string();
    let change = Change { activity: "Update", kind: KIND, id, before: without_hashes(&before), after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok(application)
}

/// Deletes a registration with everything issued to it.
///
/// # Errors
/// [`DirectoryError`]; those that every tenant has stay.
pub async fn delete_application(ctx: &Context, tenant: TenantId, actor: &Actor, id: AppId, expected: Option<&str>) -> Result<()> {
    if setup::is_built_in(id) {
        return Err(DirectoryError::Conflict("this application belongs to every tenant and cannot be deleted".into()));
    }
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = get(unit.as_mut(), id).await?;
    check_tag(&before, expected)?;
    unit.applications().delete(id).await?;
    let change = Change { activity: "Delete", kind: KIND, id: id.to_string(), before: without_hashes(&before), after: Value::Null, actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

/// Adds a secret and returns it; it is shown this once.
///
/// # Errors
/// [`DirectoryError`]; those that every tenant has get none: existing clients of theirs have none to show, and would be refused.
pub async fn add_password(
    ctx: &Context,
    tenant: TenantId,
    actor: &Actor,
    id: AppId,
    expected: Option<&str>,
) -> Result<(String, ClientSecret)> {
    if setup::is_built_in(id) {
        return Err(DirectoryError::Conflict("this application belongs to every tenant and has no secrets".into()));
    }
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let mut application = get(unit.as_mut(), id).await?;
    check_tag(&application, expected)?;
    let before = without_hashes(&application);
    let value = rng::secret(ctx.rng.as_ref());
    let secret = ClientSecret {
        sha256: hex(&sha256(&value)),
        hint: value.chars().take(3).collect(),
        expires: ctx.now().saturating_add(SECRET_LIFETIME).unwrap_or(ctx.now()),
    };
    application.secrets.push(secret.clone());
    unit.applications().update(&application).await?;
    let change = Change { activity: "Add password to", kind: KIND, id: id.to_string(), before, after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    unit.commit().await?;
    Ok((value, secret))
}

/// Removes the secret that has this entity tag: whoever knows it cannot use it from now on.
///
/// # Errors
/// [`DirectoryError`].
pub async fn remove_password(ctx: &Context, tenant: TenantId, actor: &Actor, id: AppId, tag: &str) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let mut application = get(unit.as_mut(), id).await?;
    let before = without_hashes(&application);
    let held = application.secrets.len();
    application.secrets.retain(|secret| entity_tag(secret) != tag);
    if application.secrets.len() == held {
        return Err(DirectoryError::NotFound("secret".into()));
    }
    unit.applications().update(&application).await?;
    let change =
        Change { activity: "Remove password from", kind: KIND, id: id.to_string(), before, after: without_hashes(&application), actor };
    record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}

async fn get(unit: &mut dyn Unit, id: AppId) -> Result<Application> {
    unit.applications().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("application {id}")))
}

fn check(application: &Application) -> Result<()> {
    if application.display_name.trim().is_empty() || application.display_name.chars().count() > 256 {
        return Err(DirectoryError::invalid("displayName", "must have 1 to 256 characters"));
    }
    for (index, redirect) in application.redirect_uris.iter().enumerate() {
        let member = format!("redirectUris[{index}]");
        let url = Url::parse(&redirect.uri).map_err(|error| DirectoryError::invalid(&member, format!("is not a URI: {error}")))?;
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() == "http" && !loopback {
            return Err(DirectoryError::invalid(member, "must be https; http is for loopback addresses only"));
        }
        if ["javascript", "data", "vbscript", "file"].contains(&url.scheme()) || url.fragment().is_some() || redirect.uri.contains('*') {
            return Err(DirectoryError::invalid(member, "must be an exact address without fragment or wildcard"));
        }
    }
    for (index, identity) in application.platform_identities.iter().enumerate() {
        let named = identity.identifier().split('.').count() >= 2
            && identity.identifier().chars().all(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(letter));
        if !named {
            let member = format!("platformIdentities[{index}]");
            return Err(DirectoryError::invalid(member, "must name a bundle id or package such as com.contoso.mail"));
        }
        if let PlatformIdentity::Android { signature_hash, .. } = identity
            && !is_sha1(signature_hash)
        {
            let member = format!("platformIdentities[{index}].signatureHash");
            return Err(DirectoryError::invalid(member, "must be the SHA-1 of the signing certificate in base64 (28 characters)"));
        }
    }
    let plain = |text: &String| !text.is_empty() && !text.contains(char::is_whitespace) && text.chars().count() <= 256;
    if let Some(index) = application.identifier_uris.iter().position(|uri| !plain(uri)) {
        return Err(DirectoryError::invalid(
            format!("identifierUris[{index}]"),
            "must be a URI without spaces, such as api://contoso-mail",
        ));
    }
    if let Some(index) = application.scopes.iter().position(|scope| !plain(scope) || scope.contains('/')) {
        return Err(DirectoryError::invalid(format!("scopes[{index}]"), "must be a name without spaces and slashes, such as Mail.Read"));
    }
    if let Some(homepage) = &application.homepage
        && !Url::parse(homepage).is_ok_and(|url| ["https", "http"].contains(&url.scheme()))
    {
        return Err(DirectoryError::invalid("homepage", "must be the address of a web page, such as https://mail.contoso.example"));
    }
    Ok(())
}

fn is_sha1(text: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == 20)
}

/// A registration as the audit and the admin API show it: secrets by hint and end, not by hash.
#[must_use]
pub fn without_hashes(application: &Application) -> Value {
    let mut shown = shown(application);
    if let Some(Value::Array(secrets)) = shown.get_mut("secrets") {
        for secret in secrets.iter_mut().filter_map(Value::as_object_mut) {
            secret.remove("sha256");
        }
    }
    shown
}
