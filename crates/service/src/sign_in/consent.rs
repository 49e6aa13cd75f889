//! Consent: a person agrees once that an app may act for them.

use doorward_model::ErrorCode;
use doorward_model::application::{Application, ConsentPolicy, ScopeType};
use doorward_model::consent::Consent;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_store::Unit;

use crate::error::{Error, Result};
use crate::resource::Target;

/// Whether the person must be asked before the client gets what it wants.
///
/// # Errors
/// Storage failure.
pub async fn is_needed(unit: &mut dyn Unit, client: &Application, user: &User, target: &Target) -> Result<bool> {
    if client.consent == ConsentPolicy::Preauthorized || client.app_id == target.resource.app_id {
        return Ok(false);
    }
    if !target.scopes.is_empty() && target.scopes.iter().all(|scope| is_pre_authorized(client, &target.resource, scope)) {
        return Ok(false);
    }
    let given = unit.grants().consent(user.id, client.app_id, target.resource.app_id).await?;
    let agreed = |scope: &String| {
        given.as_ref().is_some_and(|consent| consent.scopes.contains(scope)) || is_pre_authorized(client, &target.resource, scope)
    };
    Ok(given.is_none() || !target.scopes.iter().all(agreed))
}

/// Whether the resource's own registration lets the client have this scope.
fn is_pre_authorized(client: &Application, resource: &Application, scope: &str) -> bool {
    let of_client = resource.pre_authorized_applications.iter().filter(|authorized| authorized.app_id == client.app_id);
    let mut ids = of_client.flat_map(|authorized| &authorized.delegated_permission_ids);
    ids.any(|id| resource.scopes.iter().any(|offered| offered.id == *id && offered.value == scope))
}

/// Refuses to let the person agree to what only an administrator can agree to.
///
/// # Errors
/// [`ErrorCode::ADMIN_CONSENT_REQUIRED`].
pub fn may_agree(client: &Application, user: &User, target: &Target) -> Result<()> {
    let admin_only = |scope: &String| {
        let offered = target.resource.scopes.iter().find(|offered| offered.value == *scope);
        offered.is_some_and(|offered| offered.kind == ScopeType::Admin) && !is_pre_authorized(client, &target.resource, scope)
    };
    if user.roles.contains(&Role::GlobalAdministrator) || !target.scopes.iter().any(admin_only) {
        return Ok(());
    }
    Err(Error::refused(
        ErrorCode::ADMIN_CONSENT_REQUIRED,
        format!(
            "'{}' asks '{}' for more than you can agree to: an administrator must allow it for everybody.",
            client.display_name, target.resource.display_name
        ),
    ))
}

/// Refuses where the person cannot be asked.
///
/// # Errors
/// [`ErrorCode::CONSENT_REQUIRED`], or storage failure.
pub async fn require(unit: &mut dyn Unit, client: &Application, user: &User, target: &Target) -> Result<()> {
    if is_needed(unit, client, user, target).await? {
        return Err(Error::refused(
            ErrorCode::CONSENT_REQUIRED,
            format!(
                "'{}' has not been allowed to use '{}' yet: sign in interactively to agree.",
                client.display_name, target.resource.display_name
            ),
        ));
    }
    Ok(())
}

/// Records the person's yes.
///
/// # Errors
/// As [`may_agree`], or storage failure.
pub async fn give(unit: &mut dyn Unit, client: &Application, user: &User, target: &Target) -> Result<()> {
    may_agree(client, user, target)?;
    let mut scopes = target.scopes.clone();
    if let Some(earlier) = unit.grants().consent(user.id, client.app_id, target.resource.app_id).await? {
        scopes.extend_from_slice(&earlier.scopes);
    }
    scopes.sort_unstable();
    scopes.dedup();
    let consent = Consent { user_id: user.id, app_id: client.app_id, resource: target.resource.app_id, scopes };
    Ok(unit.grants().put_consent(&consent).await?)
}
