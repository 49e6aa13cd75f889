//! The way in: to the authorize page and back with a code, by browser redirect; and the way out.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use doorward_model::tenant::Tenant;
use doorward_model::{TenantId, rng};
use doorward_service::caller::Caller;
use doorward_service::nested::HubParameters;
use doorward_service::sign_in::flow;
use doorward_service::token::authorization_code::{self, Redemption};
use doorward_service::token::issue::Version;
use doorward_service::{Context, Error, tenants};
use doorward_wire::jwt;
use doorward_wire::oauth::pkce;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::{Position, Url};

use super::{Tokens, application, refused};
use crate::area::Area;
use crate::authority::cookies;

/// How long a person may take over all sign-in pages.
const LIFETIME: SignedDuration = SignedDuration::from_hours(2);

/// A sign-in under way: the `state` of the request, sealed. Two tabs may each have one.
#[derive(Serialize, Deserialize)]
struct Journey {
    tenant: TenantId,
    nonce: String,
    verifier: String,
    /// Path to come back to.
    back: String,
    /// Only the browser that began it may end it.
    browser: String,
    expires: Timestamp,
}

/// Query of the redirect URI.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// Why a sign-in did not end well.
pub(crate) enum CallbackError {
    /// It was not begun here, or too long ago.
    Unknown,
    /// The authority says no, in these words.
    Refused(String),
    /// Something failed.
    Failure(Error),
}

impl From<Error> for CallbackError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Refused(refusal.message),
            error => Self::Failure(error),
        }
    }
}

/// Sends the browser to the authorize page.
///
/// # Errors
/// When sealing fails.
pub(crate) fn begin(ctx: &Context, area: &Area, tenant: &Tenant, headers: &HeaderMap, back: &str) -> Result<Response, Error> {
    let known = cookies::read(headers, area.browser);
    let browser = known.clone().unwrap_or_else(|| flow::browser_secret(ctx));
    let journey = Journey {
        tenant: tenant.id,
        nonce: rng::secret(ctx.rng.as_ref()),
        verifier: rng::secret(ctx.rng.as_ref()),
        back: own_path(ctx, area, back),
        browser: flow::canary(&browser),
        expires: ctx.now().saturating_add(LIFETIME).unwrap_or(ctx.now()),
    };
    let json = serde_json::to_vec(&journey).map_err(|error| Error::internal("sign-in state", &error))?;
    let query = [
        ("client_id", area.client.to_string()),
        ("response_type", "code".to_owned()),
        ("response_mode", "query".to_owned()),
        ("redirect_uri", redirect_uri(ctx, area)),
        ("scope", area.scope.to_owned()),
        ("state", ctx.master_key.seal_text(ctx.rng.as_ref(), &label(area), &json)?),
        ("nonce", journey.nonce.clone()),
        ("code_challenge", pkce::challenge(&journey.verifier)),
        ("code_challenge_method", "S256".to_owned()),
    ];
    let query = serde_urlencoded::to_string(query).map_err(|error| Error::internal("sign-in address", &error))?;
    let mut response = see_other(&format!("{}/oauth2/v2.0/authorize?{query}", ctx.authority(tenant.id)));
    if known.is_none() {
        cookies::set(&mut response, area.browser, &browser);
    }
    Ok(response)
}

/// Redeems the code and sends the browser back to where it wanted to go.
///
/// # Errors
/// [`CallbackError`].
pub(crate) async fn finish(
    ctx: &Context,
    area: &Area,
    caller: &Caller,
    headers: &HeaderMap,
    answer: &Answer,
) -> Result<Response, CallbackError> {
    let journey = answer.state.as_deref().and_then(|state| open(ctx, area, state)).ok_or(CallbackError::Unknown)?;
    let browser = cookies::read(headers, area.browser).ok_or(CallbackError::Unknown)?;
    if !flow::canary_fits(&browser, &journey.browser) {
        return Err(CallbackError::Unknown);
    }
    let Some(code) = &answer.code else {
        let error = answer.error_description.clone().or_else(|| answer.error.clone());
        return Err(CallbackError::Refused(error.unwrap_or_else(|| "The sign-in was not finished.".to_owned())));
    };
    let tenant = tenants::by_id(ctx, journey.tenant).await?;
    let redirect_uri = redirect_uri(ctx, area);
    let redemption = Redemption {
        code,
        redirect_uri: &redirect_uri,
        code_verifier: Some(&journey.verifier),
        scope: "",
        hub: &HubParameters::default(),
        enrolment: None,
        capabilities: &[],
    };
    let redeemed = async {
        let application = application(ctx, area, &tenant).await?;
        authorization_code::redeem(ctx, &tenant, caller, &application, redemption, Version::V2).await
    };
    let tokens = match redeemed.await {
        Ok(tokens) => tokens,
        Err(error) => return Err(refused(ctx, area, caller, &tenant, error).await.into()),
    };
    // The token came from the function that made it, so its signature says nothing new; the nonce ties it to this sign-in.
    let nonce = tokens.id_token.as_deref().and_then(|token| jwt::unverified_claim(token, "nonce"));
    if nonce.as_deref() != Some(journey.nonce.as_str()) {
        return Err(CallbackError::Unknown);
    }
    let mut response = see_other(&journey.back);
    Tokens::new(tenant.id, tokens).put(ctx, area, &mut response)?;
    Ok(response)
}

/// Where signing out goes on: the authority's page, which ends the session and with it every token that hangs on it.
pub(crate) fn sign_out_address(ctx: &Context, tenant: TenantId) -> String {
    format!("{}/oauth2/v2.0/logout", ctx.authority(tenant))
}

/// A path below the area's root, with its query; the root itself for everything else.
pub(crate) fn own_path(ctx: &Context, area: &Area, text: &str) -> String {
    let inside = |url: &Url| {
        let below = url.path().strip_prefix(area.root);
        url.origin() == ctx.base_url.origin() && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // Joining resolves everything that a browser would: other hosts, dots, backslashes, control characters.
    match ctx.base_url.join(text) {
        Ok(url) if text.starts_with('/') && inside(&url) => url[Position::BeforePath..Position::AfterQuery].to_owned(),
        _ => area.root.to_owned(),
    }
}

fn open(ctx: &Context, area: &Area, state: &str) -> Option<Journey> {
    let journey: Journey = serde_json::from_slice(&ctx.master_key.open_text(&label(area), state)?).ok()?;
    (journey.expires > ctx.now()).then_some(journey)
}

fn label(area: &Area) -> String {
    format!("sign-in to {}", area.root)
}

fn redirect_uri(ctx: &Context, area: &Area) -> String {
    format!("{}{}", ctx.base_url.as_str().trim_end_matches('/'), area.callback)
}

fn see_other(location: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    // Addresses are made above from parsed or encoded parts, so this is always a valid header.
    if let Ok(value) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
