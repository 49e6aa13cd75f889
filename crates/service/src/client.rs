//! Clients: finding them, and checking that a confidential client is who it says.

use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::{Application, KeyCredential, RedirectPlatform};
use doorward_model::sign_in::ClientAppType;
use doorward_model::tenant::Tenant;
use doorward_model::{AppId, ErrorCode};
use doorward_store::Unit;
use doorward_wire::oauth::client_assertion::{self, ClientAssertion};
use doorward_wire::oauth::redirect;
use doorward_wire::{certificate, hex};
use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq as _;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time;

/// How a client authenticates at the token endpoint.
#[derive(Clone, Default)]
pub struct ClientCredential {
    /// `client_secret`, from the body or HTTP Basic.
    pub secret: Option<String>,
    /// `client_assertion` of type jwt-bearer (RFC 7523).
    pub assertion: Option<String>,
}

/// The enabled application with that client id.
///
/// # Errors
/// [`ErrorCode::APP_NOT_FOUND`], [`ErrorCode::APP_DISABLED`], or storage failure.
pub async fn find(unit: &mut dyn Unit, client_id: &str) -> Result<Arc<Application>> {
    let id: AppId = client_id.parse().map_err(|_| not_found(client_id))?;
    let application = unit.applications().get(id).await?.ok_or_else(|| not_found(client_id))?;
    if !application.enabled {
        return Err(Error::refused(ErrorCode::APP_DISABLED, format!("Application '{}' is disabled.", application.display_name)));
    }
    Ok(application)
}

fn not_found(client_id: &str) -> Error {
    let shown: String = client_id.chars().take(64).collect();
    Error::refused(ErrorCode::APP_NOT_FOUND, format!("Application with identifier '{shown}' was not found in this tenant."))
}

/// The platform that a redirect URI belongs to, when it is registered for the client or follows from its identity on phones.
///
/// The broker redirect URIs of a phone app contain what the operating system says of it (bundle id, or package and signing
/// certificate): an exact match is the broker's word for which app is asking.
#[must_use]
pub fn redirect_platform(application: &Application, uri: &str) -> Option<RedirectPlatform> {
    if let Some(registered) = application.redirect_uris.iter().find(|registered| redirect::matches(&registered.uri, uri)) {
        return Some(registered.platform);
    }
    let derived = application.platform_identities.iter().any(|identity| redirect::matches(&redirect::broker_redirect(identity), uri));
    derived.then_some(RedirectPlatform::PublicClient)
}

/// Which client type of the conditional access model a redirect platform stands for.
#[must_use]
pub fn app_type(platform: RedirectPlatform) -> ClientAppType {
    match platform {
        RedirectPlatform::Web | RedirectPlatform::Spa => ClientAppType::Browser,
        RedirectPlatform::PublicClient => ClientAppType::MobileAppsAndDesktopClients,
    }
}

/// Checks the credential of a client at the token endpoint. A public client needs none and must send none.
///
/// # Errors
/// A refusal with an `invalid_client` code, or storage failure.
pub async fn authenticate(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    application: &Application,
    credential: &ClientCredential,
) -> Result<()> {
    match (&credential.assertion, &credential.secret) {
        (Some(assertion), _) => check_assertion(ctx, unit, tenant, application, assertion).await,
        (None, Some(secret)) => check_secret(ctx, application, secret),
        (None, None) if application.is_confidential() => Err(Error::refused(
            ErrorCode::CLIENT_CREDENTIAL_MISSING,
            "The request body must contain client_secret or client_assertion: this client is confidential.",
        )),
        (None, None) => Ok(()),
    }
}

fn check_secret(ctx: &Context, application: &Application, secret: &str) -> Result<()> {
    let given = hex(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
    let fitting = application.secrets.iter().find(|known| bool::from(known.sha256.as_bytes().ct_eq(given.as_bytes())));
    match fitting {
        None => Err(Error::refused(ErrorCode::INVALID_CLIENT_SECRET, "Invalid client secret provided.")),
        Some(known) if known.start > ctx.now() => {
            Err(Error::refused(ErrorCode::INVALID_CLIENT_SECRET, format!("The client secret is not valid before {}.", known.start)))
        }
        Some(known) if known.expires <= ctx.now() => {
            Err(Error::refused(ErrorCode::CLIENT_SECRET_EXPIRED, "The client secret has expired: an administrator can add a new one."))
        }
        Some(_) => Ok(()),
    }
}

/// From when until when a certificate proves its client: by its registration, else by its own words. None when it cannot be read.
#[must_use]
pub fn validity(credential: &KeyCredential) -> Option<(Timestamp, Timestamp)> {
    let der = STANDARD.decode(&credential.certificate).ok()?;
    let (start, end) = certificate::validity(&der).ok()?;
    Some((credential.start.unwrap_or(start), credential.end.unwrap_or(end)))
}

/// Longest life of a client assertion that is accepted; it is remembered that long so that it works once.
const ASSERTION_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

async fn check_assertion(ctx: &Context, unit: &mut dyn Unit, tenant: &Tenant, application: &Application, assertion: &str) -> Result<()> {
    let refuse = |why: String| Error::refused(ErrorCode::INVALID_CLIENT_ASSERTION, format!("Client assertion is not valid: {why}."));
    let now = ctx.now();
    let verified =
        |credential: &KeyCredential| Some((validity(credential), client_assertion::verify(assertion, &credential.certificate).ok()?));
    let signed: Vec<_> = application.key_credentials.iter().filter_map(verified).collect();
    if signed.is_empty() {
        return Err(refuse("it is not signed by a certificate registered for this client".into()));
    }
    let mut valid = signed.into_iter().filter(|(validity, _)| validity.is_some_and(|(start, end)| start <= now && now < end));
    let Some((_, claims)) = valid.next() else {
        return Err(refuse("the certificate that signed it is expired or not yet valid: an administrator can add a new one".into()));
    };
    let ClientAssertion { issuer, subject, audience, expires, not_before, id } = claims;
    let client_id = application.app_id.to_string();
    if issuer != client_id || subject != client_id {
        return Err(refuse("iss and sub must be the client id".into()));
    }
    let authority = ctx.authority(tenant.id);
    let ours = [format!("{authority}/oauth2/v2.0/token"), format!("{authority}/oauth2/token"), ctx.issuer(tenant.id)];
    if !audience.iter().any(|audience| ours.contains(audience)) {
        return Err(refuse("aud must be the token endpoint".into()));
    }
    if expires <= now || not_before.is_some_and(|start| start > now.saturating_add(SignedDuration::from_mins(5)).unwrap_or(now)) {
        return Err(refuse("it is expired or not yet valid".into()));
    }
    if expires > now.saturating_add(ASSERTION_LIFETIME).unwrap_or(now) {
        return Err(refuse("exp must not be more than an hour away".into()));
    }
    let Some(id) = id else { return Err(refuse("jti is missing".into())) };
    if !one_time::use_once(unit, &format!("assertion {client_id} {id}"), expires).await? {
        return Err(refuse("it was used before (jti)".into()));
    }
    Ok(())
}
