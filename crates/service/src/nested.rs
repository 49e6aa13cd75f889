//! Nested app authentication: an app that runs in the pages of another, its hub, gets its tokens through it.
//!
//! The tokens are the inner app's. Its registration names the hubs that may ask for it, and what they get stays bound to the pair.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::{AppId, ErrorCode};
use doorward_store::Unit;
use serde::{Deserialize, Serialize};

use crate::client;
use crate::error::{Error, Result};

/// Scheme of the redirect URIs of an inner app, before the client id of the hub.
const SCHEME: &str = "brk-";
/// In place of a client id: any hub that the app allows.
const ANY_HUB: &str = "multihub";

/// What a request says of the hub.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HubParameters {
    /// Client id of the hub.
    pub brk_client_id: Option<String>,
    /// Redirect URI of the hub, which says who it is like that of any app on a phone.
    pub brk_redirect_uri: Option<String>,
}

/// The hub that asks for an app; none when the app asks for itself. `redirect_uri` is the inner app's, where the request has one.
///
/// # Errors
/// A refusal when the hub is unknown or disabled, does not prove who it is, may not ask for the app, or the redirect URI is not for it;
/// storage failure.
pub async fn hub(
    unit: &mut dyn Unit,
    application: &Application,
    redirect_uri: Option<&str>,
    asked: &HubParameters,
) -> Result<Option<Arc<Application>>> {
    let inner = redirect_uri.and_then(hub_in);
    let Some(id) = asked.brk_client_id.as_deref() else {
        if inner.is_some() || asked.brk_redirect_uri.is_some() {
            return Err(Error::refused(
                ErrorCode::MISSING_PARAMETER,
                "The request is one of a nested app: brk_client_id must name the app that asks for it.",
            ));
        }
        return Ok(None);
    };
    let hub = client::find(unit, id).await?;
    require_allowed(application, &hub)?;
    let proved = asked.brk_redirect_uri.as_deref().is_some_and(|uri| client::redirect_platform(&hub, uri).is_some());
    if !proved {
        return Err(Error::refused(
            ErrorCode::REDIRECT_MISMATCH,
            format!("brk_redirect_uri is missing or not registered for '{}'.", hub.display_name),
        ));
    }
    if redirect_uri.is_some() && !inner.is_some_and(|inner| is_for(inner, &hub)) {
        let expected = format!("{SCHEME}{}://<host of the page>", hub.app_id);
        return Err(Error::refused(
            ErrorCode::REDIRECT_MISMATCH,
            format!("The redirect URI of an app in the pages of '{}' must be {expected}.", hub.display_name),
        ));
    }
    Ok(Some(hub))
}

/// The hub of a request that was checked before, as it is registered now.
///
/// # Errors
/// As [`hub`].
pub async fn still_allowed(unit: &mut dyn Unit, application: &Application, hub: Option<AppId>) -> Result<Option<Arc<Application>>> {
    let Some(hub) = hub else { return Ok(None) };
    let hub = client::find(unit, &hub.to_string()).await?;
    require_allowed(application, &hub)?;
    Ok(Some(hub))
}

/// Refuses what was made for another hub, or for none.
///
/// # Errors
/// [`ErrorCode::INVALID_GRANT`].
pub(crate) fn require_same(made_for: Option<AppId>, hub: Option<&Application>) -> Result<()> {
    if made_for == hub.map(|hub| hub.app_id) {
        return Ok(());
    }
    Err(Error::refused(ErrorCode::INVALID_GRANT, "It was made for the pair of an app and its hub, and is good for that pair alone."))
}

fn require_allowed(application: &Application, hub: &Application) -> Result<()> {
    if application.hub_applications.contains(&hub.app_id) {
        return Ok(());
    }
    Err(Error::refused(
        ErrorCode::UNAUTHORIZED_CLIENT,
        format!(
            "'{}' may not get tokens for '{}': an administrator can allow it in the registration of the latter.",
            hub.display_name, application.display_name
        ),
    ))
}

/// What stands for the hub in the redirect URI of an inner app; none in other redirect URIs.
fn hub_in(redirect_uri: &str) -> Option<&str> {
    let (scheme, _) = redirect_uri.split_once(':')?;
    let (prefix, hub) = scheme.split_at_checked(SCHEME.len())?;
    prefix.eq_ignore_ascii_case(SCHEME).then_some(hub)
}

fn is_for(inner: &str, hub: &Application) -> bool {
    inner.eq_ignore_ascii_case(ANY_HUB) || inner.parse() == Ok(hub.app_id)
}
