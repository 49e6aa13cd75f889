//! Which resource a request is for, and which of its scopes.

use std::borrow::Cow;
use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::{AppId, ErrorCode};
use doorward_store::Unit;
use doorward_wire::oauth::scope::{self, OpenIdScopes};
use uuid::{Uuid, uuid};

use crate::error::{Error, Result};

/// The directory and policy API of Doorward itself, under the id that existing SDKs ask for.
pub const GRAPH: AppId = AppId(uuid!("00000003-0000-0000-c000-000000000000"));
/// Device registration.
pub const DEVICE_REGISTRATION: AppId = AppId(uuid!("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"));
/// Check-in of protected apps.
pub const PROTECTION: AppId = AppId(uuid!("0a9d5b1e-6c1f-4d0e-9a57-3c6a1f7e2b01"));

/// Device management: check-in of Linux clients, and what they name when they enrol a person's first sign-in.
pub const MANAGEMENT: AppId = AppId(uuid!("0000000a-0000-0000-c000-000000000000"));
/// Enrolment into device management.
pub const ENROLMENT: AppId = AppId(uuid!("d4ebce55-015a-49b5-a083-c84d1797ae8c"));
/// Where a managed device asks how it stands.
pub const COMPLIANCE: AppId = AppId(uuid!("b8066b99-6e67-41be-abfa-75db1a2c8809"));

/// The name under which clients ask for administration when they only want a second factor given: nothing is served under it.
pub const PORTAL: AppId = AppId(uuid!("c44b4083-3bb0-49c1-b47d-974e53cbdf3c"));

/// The administrator's console: client and resource at once, so that policies can be made for it alone.
pub const CONSOLE: AppId = AppId(uuid!("0a9d5b1e-6c1f-4d0e-9a57-3c6a1f7e2b03"));

/// My account, likewise.
pub const ACCOUNT: AppId = AppId(uuid!("0a9d5b1e-6c1f-4d0e-9a57-3c6a1f7e2b04"));

/// Scope value that stands for everything the client was granted.
const DEFAULT: &str = ".default";

/// A resource and what is asked of it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The resource.
    pub resource: Arc<Application>,
    /// How the client named it; the audience of v1.0 tokens.
    pub name: String,
    /// Delegated scopes, without the resource's name; sorted, no doubles.
    pub scopes: Vec<String>,
    /// OpenID Connect scopes of the request.
    pub openid: OpenIdScopes,
    /// `.default` was asked for.
    pub default: bool,
    /// The scope as granted, echoed in the answer: what was asked, then what `.default` stands for.
    pub granted: String,
}

/// Reads a v2.0 `scope`. Scopes of one resource only; none at all, or bare names, mean Graph.
///
/// # Errors
/// [`ErrorCode::INVALID_SCOPE`], [`ErrorCode::RESOURCE_NOT_FOUND`], [`ErrorCode::RESOURCE_DISABLED`], or storage failure.
pub async fn from_scope(unit: &mut dyn Unit, text: &str) -> Result<Target> {
    let parsed =
        scope::parse(text).map_err(|error| Error::refused(ErrorCode::INVALID_SCOPE, format!("The scope is not valid: {error}.")))?;
    let graph = || Cow::Owned(GRAPH.to_string());
    let mut name: Option<Cow<'_, str>> = None;
    for item in &parsed.resource {
        let this = item.resource.map_or_else(graph, Cow::Borrowed);
        match &name {
            Some(other) if !same_resource(other, &this) => {
                return Err(Error::refused(
                    ErrorCode::INVALID_SCOPE,
                    format!("One request can ask for scopes of one resource only, not of both '{other}' and '{this}'."),
                ));
            }
            Some(_) => {}
            None => name = Some(this),
        }
    }
    let name = name.unwrap_or_else(graph).into_owned();
    let resource = find(unit, &name).await?;
    let mut scopes = Vec::new();
    let mut default = false;
    for item in &parsed.resource {
        if item.value == DEFAULT {
            default = true;
        } else if let Some(offered) = resource.offered_scopes().find(|offered| offered.value.eq_ignore_ascii_case(item.value)) {
            scopes.push(offered.value.clone());
        } else {
            let offered = resource.offered_scopes().map(|offered| offered.value.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Error::refused(
                ErrorCode::INVALID_SCOPE,
                format!("'{}' is not a scope of '{}'. It offers: {offered}.", item.value, resource.display_name),
            ));
        }
    }
    let mut granted = String::with_capacity(2 * text.len());
    text.split_ascii_whitespace().for_each(|scope| grant(&mut granted, &[scope]));
    if default {
        for offered in resource.offered_scopes() {
            grant(&mut granted, &[name.trim_end_matches('/'), "/", &offered.value]);
            scopes.push(offered.value.clone());
        }
    }
    dedup(&mut scopes);
    Ok(Target { resource, name, scopes, openid: parsed.openid, default, granted })
}

/// Adds a scope, given in pieces, to those that are granted, unless it is among them.
fn grant(granted: &mut String, scope: &[&str]) {
    let before = granted.len();
    if before > 0 {
        granted.push(' ');
    }
    let begin = granted.len();
    scope.iter().for_each(|piece| granted.push_str(piece));
    let (known, added) = granted.split_at(begin);
    if known.split(' ').any(|known| known == added) {
        granted.truncate(before);
    }
}

/// Reads a v1.0 `resource`: everything the resource offers, with the OpenID Connect scopes of `scope` if there are any.
///
/// # Errors
/// As [`from_scope`].
pub async fn from_resource(unit: &mut dyn Unit, name: &str, scope: &str) -> Result<Target> {
    let openid = scope::parse(scope).map(|parsed| parsed.openid).unwrap_or_default();
    let resource = find(unit, name).await?;
    let mut scopes: Vec<String> = resource.offered_scopes().map(|offered| offered.value.clone()).collect();
    dedup(&mut scopes);
    let granted = scopes.join(" ");
    Ok(Target { resource, name: name.to_owned(), scopes, openid, default: true, granted })
}

/// Reads `resource` when the client sent one (v1.0), else `scope` (v2.0).
///
/// # Errors
/// As [`from_scope`].
pub async fn from_request(unit: &mut dyn Unit, resource: Option<&str>, scope: &str) -> Result<Target> {
    match resource {
        Some(name) => from_resource(unit, name, scope).await,
        None => from_scope(unit, scope).await,
    }
}

/// The enabled resource with that client id or identifier URI.
///
/// # Errors
/// [`ErrorCode::RESOURCE_NOT_FOUND`], [`ErrorCode::RESOURCE_DISABLED`], or storage failure.
pub async fn find(unit: &mut dyn Unit, name: &str) -> Result<Arc<Application>> {
    let found = match Uuid::try_parse(name) {
        Ok(id) => unit.applications().get(AppId(id)).await?,
        Err(_) => unit.applications().find_by_identifier_uri(name).await?,
    };
    let Some(resource) = found else {
        let shown: String = name.chars().take(128).collect();
        return Err(Error::refused(ErrorCode::RESOURCE_NOT_FOUND, format!("The resource '{shown}' was not found in this tenant.")));
    };
    if !resource.enabled {
        return Err(Error::refused(ErrorCode::RESOURCE_DISABLED, format!("The resource '{}' is disabled.", resource.display_name)));
    }
    Ok(resource)
}

fn same_resource(a: &str, b: &str) -> bool {
    a.trim_end_matches('/').eq_ignore_ascii_case(b.trim_end_matches('/'))
}

fn dedup(scopes: &mut Vec<String>) {
    scopes.sort_unstable();
    scopes.dedup();
}
