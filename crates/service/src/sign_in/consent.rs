//! Consent: a person agrees once that an app may act for them.

use doorward_model::ErrorCode;
use doorward_model::application::{Application, ConsentPolicy};
use doorward_model::consent::Consent;
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
    let given = unit.grants().consent(user.id, client.app_id, target.resource.app_id).await?;
    Ok(!given.is_some_and(|consent| target.scopes.iter().all(|scope| consent.scopes.contains(scope))))
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
/// Storage failure.
pub async fn give(unit: &mut dyn Unit, client: &Application, user: &User, target: &Target) -> Result<()> {
    let mut scopes = target.scopes.clone();
    if let Some(earlier) = unit.grants().consent(user.id, client.app_id, target.resource.app_id).await? {
        scopes.extend(earlier.scopes);
    }
    scopes.sort_unstable();
    scopes.dedup();
    let consent = Consent { user_id: user.id, app_id: client.app_id, resource: target.resource.app_id, scopes };
    Ok(unit.grants().put_consent(&consent).await?)
}
