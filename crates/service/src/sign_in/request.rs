//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): what is checked before anybody signs in.

use std::sync::Arc;

use doorward_model::application::{Application, RedirectPlatform};
use doorward_model::{AppId, ErrorCode};
use doorward_store::Unit;
use doorward_wire::oauth::{claims_parameter, pkce, redirect};
use serde::{Deserialize, Serialize};

use super::device_challenge::DeviceAnswer;
use crate::caller::Caller;
use crate::client;
use crate::error::{Error, Refusal, Result};
use crate::nested::{self, HubParameters};
use crate::resource::{self, Target};

/// Parameters as they arrive, by their wire names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct AuthorizeParameters {
    /// Client id.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// `code`; nothing else is offered.
    pub response_type: String,
    /// `query` (default), `fragment` or `form_post`.
    pub response_mode: Option<String>,
    /// Scopes (v2.0).
    pub scope: String,
    /// Resource (v1.0).
    pub resource: Option<String>,
    /// Returned unchanged.
    pub state: Option<String>,
    /// Repeated in the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge.
    pub code_challenge: Option<String>,
    /// PKCE method; S256 only.
    pub code_challenge_method: Option<String>,
    /// `none`, `login`, `select_account`, `consent`, or several separated by spaces.
    pub prompt: Option<String>,
    /// Account to suggest.
    pub login_hint: Option<String>,
    /// Claims request (JSON).
    pub claims: Option<String>,
    /// Methods that the sign-in must have used (v1.0): `mfa` and `ngcmfa` ask for a second factor.
    pub amr_values: Option<String>,
    /// The app that asks for the client, and its redirect URI (nested app authentication).
    #[serde(flatten)]
    pub hub: HubParameters,
    /// The nonce that was handed out for a browser's broker to sign; it stands in the signed message.
    pub sso_nonce: Option<String>,
}

/// How the answer is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In its fragment.
    Fragment,
    /// By a form that the browser posts.
    FormPost,
}

/// A checked request, small enough to travel sealed through the pages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// Client.
    pub app_id: AppId,
    /// Registered redirect URI, as the client sent it.
    pub redirect_uri: String,
    /// Its platform.
    pub platform: RedirectPlatform,
    /// How to answer.
    pub response_mode: ResponseMode,
    /// Scope as asked.
    pub scope: String,
    /// Resource as asked (v1.0).
    pub resource: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Nonce.
    pub nonce: Option<String>,
    /// PKCE challenge (S256).
    pub code_challenge: Option<String>,
    /// Prompts.
    pub prompt: Vec<String>,
    /// Suggested account.
    pub login_hint: Option<String>,
    /// Announced client capabilities (`xms_cc`).
    pub capabilities: Vec<String>,
    /// Authentication context that the client asks for (`acrs`).
    #[serde(default)]
    pub authentication_context: Option<String>,
    /// The client asks for a second factor, whatever policies say (`amr_values`).
    #[serde(default)]
    pub second_factor: bool,
    /// The app that asks for the client, which runs in its pages.
    #[serde(default)]
    pub hub: Option<AppId>,
    /// What the request said of it.
    #[serde(default)]
    pub hub_parameters: HubParameters,
    /// The client says that it answers challenges for its device (PKeyAuth). Some say it with the first request only.
    #[serde(default)]
    pub answers_pkeyauth: bool,
    /// The library of an app on iOS shows the pages in the system's browser: it takes addresses below its redirect URI and no others.
    #[serde(default)]
    pub in_system_browser: bool,
    /// What it has answered.
    #[serde(default)]
    pub device_answer: Option<DeviceAnswer>,
}

impl AuthorizeRequest {
    /// Whether the client asked for that prompt.
    #[must_use]
    pub fn prompts(&self, prompt: &str) -> bool {
        self.prompt.iter().any(|given| given == prompt)
    }
}

/// Why a request goes no further.
#[derive(Debug)]
pub enum RequestError {
    /// The client or its redirect URI is not certain: the error is shown here and sent nowhere.
    Here(Error),
    /// The redirect URI is certain: the client learns of it there (RFC 6749 §4.1.2.1).
    ToClient(Box<Refusal>, Box<AuthorizeRequest>),
}

impl From<Error> for RequestError {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

/// Checks a request. `brokered`: the message came with a proof of a primary refresh token, which takes the place of PKCE.
///
/// # Errors
/// [`RequestError`].
pub async fn check(
    unit: &mut dyn Unit,
    caller: &Caller,
    parameters: &AuthorizeParameters,
    brokered: bool,
) -> std::result::Result<(AuthorizeRequest, Arc<Application>, Target), RequestError> {
    let application = client::find(unit, &parameters.client_id).await?;
    let platform = client::redirect_platform(&application, &parameters.redirect_uri).ok_or_else(|| {
        let shown: String = parameters.redirect_uri.chars().take(200).collect();
        Error::refused(
            ErrorCode::REDIRECT_MISMATCH,
            format!("The redirect URI '{shown}' is not registered for the application '{}'.", application.display_name),
        )
    })?;
    let hub = nested::hub(unit, &application, Some(&parameters.redirect_uri), &parameters.hub).await?;
    let request = AuthorizeRequest {
        app_id: application.app_id,
        redirect_uri: parameters.redirect_uri.clone(),
        platform,
        response_mode: match parameters.response_mode.as_deref() {
            Some("fragment") => ResponseMode::Fragment,
            Some("form_post") => ResponseMode::FormPost,
            _ => ResponseMode::Query,
        },
        scope: parameters.scope.clone(),
        resource: parameters.resource.clone(),
        state: parameters.state.clone(),
        nonce: parameters.nonce.clone(),
        code_challenge: parameters.code_challenge.clone(),
        prompt: parameters.prompt.as_deref().unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect(),
        login_hint: parameters.login_hint.clone().filter(|hint| !hint.is_empty()),
        capabilities: parameters.claims.as_deref().map(claims_parameter::capabilities).unwrap_or_default(),
        authentication_context: parameters.claims.as_deref().and_then(claims_parameter::authentication_context),
        second_factor: parameters.amr_values.as_deref().is_some_and(asks_for_second_factor),
        hub: hub.map(|hub| hub.app_id),
        hub_parameters: parameters.hub.clone(),
        answers_pkeyauth: caller.answers_pkeyauth,
        in_system_browser: caller.in_system_browser && redirect::is_of_ios_app(&parameters.redirect_uri),
        device_answer: None,
    };
    match check_rest(unit, parameters, &request, &application, brokered).await {
        Ok(target) => Ok((request, application, target)),
        Err(Error::Refused(refusal)) => Err(RequestError::ToClient(refusal, Box::new(request))),
        Err(error) => Err(error.into()),
    }
}

/// Whether `amr_values` names a second factor. Its values are separated by spaces or commas.
fn asks_for_second_factor(amr_values: &str) -> bool {
    amr_values.split([' ', ',']).any(|value| value == "mfa" || value == "ngcmfa")
}

async fn check_rest(
    unit: &mut dyn Unit,
    parameters: &AuthorizeParameters,
    request: &AuthorizeRequest,
    application: &Application,
    brokered: bool,
) -> Result<Target> {
    if parameters.response_type != "code" {
        return Err(Error::refused(
            ErrorCode::UNSUPPORTED_RESPONSE_TYPE,
            "response_type must be 'code': the implicit flows are not offered.",
        ));
    }
    if parameters.response_mode.as_deref().is_some_and(|mode| !["query", "fragment", "form_post"].contains(&mode)) {
        return Err(Error::refused(ErrorCode::BAD_REQUEST, "response_mode must be query, fragment or form_post."));
    }
    match (&request.code_challenge, parameters.code_challenge_method.as_deref()) {
        (Some(challenge), Some("S256")) if pkce::is_challenge(challenge) => {}
        (Some(_), Some("S256")) => {
            return Err(Error::refused(ErrorCode::PKCE_REQUIRED, "code_challenge must be 43 characters of base64url: a SHA-256 hash."));
        }
        (Some(_), _) => {
            return Err(Error::refused(ErrorCode::PKCE_REQUIRED, "code_challenge_method must be S256: 'plain' protects nothing."));
        }
        (None, _) if application.is_confidential() || brokered => {}
        // Brokers on PCs know no PKCE in the older dialect: see `docs/decisions/0022-brokers-on-pcs-sign-in-without-pkce.md`.
        (None, _) if application.broker && request.resource.is_some() => {}
        (None, _) => {
            return Err(Error::refused(ErrorCode::PKCE_REQUIRED, "A public client must send code_challenge with method S256 (RFC 7636)."));
        }
    }
    if request.prompts("none") && request.prompt.len() > 1 {
        return Err(Error::refused(ErrorCode::BAD_REQUEST, "prompt=none cannot be combined with another prompt."));
    }
    resource::from_request(unit, request.resource.as_deref(), &request.scope).await
}
