//! The token endpoint (RFC 6749 §3.2), in both dialects.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::tenant::Tenant;
use doorward_service::broker::{peer_certificate, prt, redeem};
use doorward_service::caller::Caller;
use doorward_service::client::{self, ClientCredential};
use doorward_service::nested::HubParameters;
use doorward_service::token::issue::Version;
use doorward_service::token::{authorization_code, client_credentials, device_code, on_behalf_of, password, refresh_token};
use doorward_service::{Context, Error, access, one_time, tenants};
use doorward_wire::jwt;
use doorward_wire::oauth::claims_parameter;
use doorward_wire::oauth::confirmation::{self, KeyId};
use doorward_wire::oauth::token_response::TokenResponse;
use doorward_wire::pkeyauth::Answer;
use doorward_wire::prt::{asks_for_certificate, is_device_signed};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::OAuthError;
use super::error::no_store;
use crate::caller::{TheCaller, header};

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// The `Authorization` header, if it is visible ASCII. Nothing else is needed of the headers, so they need not be copied.
pub(super) struct Authorization(Option<String>);

impl<S: Sync> FromRequestParts<S> for Authorization {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(header(&parts.headers, "authorization").map(str::to_owned)))
    }
}

/// Fields of all grants; each grant asks for its own.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Parameters {
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion: Option<String>,
    scope: String,
    resource: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    username: Option<String>,
    password: Option<String>,
    device_code: Option<String>,
    request: Option<String>,
    assertion: Option<String>,
    requested_token_use: Option<String>,
    token_type: Option<String>,
    req_cnf: Option<String>,
    claims: Option<String>,
    microsoft_enrollment_id: Option<String>,
    brk_client_id: Option<String>,
    brk_redirect_uri: Option<String>,
}

impl Parameters {
    fn hub(&self) -> HubParameters {
        HubParameters { brk_client_id: self.brk_client_id.clone(), brk_redirect_uri: self.brk_redirect_uri.clone() }
    }
}

/// `POST /{tenant}/oauth2/v2.0/token`.
pub(super) async fn v2(state: State<Arc<Context>>, caller: TheCaller, path: Path<String>, given: Authorization, body: Bytes) -> Response {
    respond(state, caller, path, given, body, Version::V2).await
}

/// `POST /{tenant}/oauth2/token`: the v1.0 dialect, and the broker's endpoint.
pub(super) async fn v1(state: State<Arc<Context>>, caller: TheCaller, path: Path<String>, given: Authorization, body: Bytes) -> Response {
    respond(state, caller, path, given, body, Version::V1).await
}

/// The body is read without regard to its content type: existing clients ask for a nonce with none at all.
async fn respond(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    Authorization(authorization): Authorization,
    body: Bytes,
    version: Version,
) -> Response {
    let mut response = match handle(&ctx, &caller, &segment, authorization.as_deref(), &body, version).await {
        Ok(response) => response,
        Err(error) => OAuthError::new(&ctx, &caller, error).into_response(),
    };
    no_store(response.headers_mut());
    if let Ok(id) = HeaderValue::try_from(caller.correlation_id.to_string()) {
        response.headers_mut().insert(CLIENT_REQUEST_ID, id);
    }
    response
}

async fn handle(
    ctx: &Context,
    caller: &Caller,
    segment: &str,
    authorization: Option<&str>,
    body: &[u8],
    version: Version,
) -> Result<Response, Error> {
    let parameters: Parameters = serde_urlencoded::from_bytes(body).map_err(|error| {
        Error::refused(ErrorCode::BAD_REQUEST, "The body must be a form (application/x-www-form-urlencoded) with each field once.")
            .with_reason(&error)
    })?;
    let tenant = tenants::resolve(ctx, segment, parameters.username.as_deref()).await?;
    let endpoint = Endpoint { segment, dialect: if version == Version::V1 { "oauth2" } else { "oauth2/v2.0" } };
    // A v2.0 client may still name a resource at the v1.0 endpoint and the other way round; what it sends decides.
    let version = if parameters.resource.is_some() { Version::V1 } else { version };
    match grant(ctx, &tenant, caller, authorization, &parameters, &endpoint, version).await {
        Ok(response) => Ok(response),
        Err(error) => {
            let basic = authorization.and_then(basic).map(|(id, _)| id);
            let client_id = parameters.client_id.as_deref().or(basic.as_deref());
            Err(access::refused_early(ctx, &tenant, caller, "token", client_id, error).await)
        }
    }
}

/// The token endpoint as the client knows it.
struct Endpoint<'a> {
    segment: &'a str,
    dialect: &'static str,
}

impl Endpoint<'_> {
    fn address(&self, ctx: &Context) -> Result<Url, Error> {
        let Self { segment, dialect } = self;
        ctx.base_url.join(&format!("/{segment}/{dialect}/token")).map_err(|error| Error::internal("address", &error))
    }
}

async fn grant(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    authorization: Option<&str>,
    parameters: &Parameters,
    endpoint: &Endpoint<'_>,
    version: Version,
) -> Result<Response, Error> {
    let tokens = match parameters.grant_type.as_str() {
        "srv_challenge" => return Ok(Json(json!({ "Nonce": one_time::nonce(ctx, tenant.id)? })).into_response()),
        "urn:ietf:params:oauth:grant-type:jwt-bearer" if parameters.requested_token_use.as_deref() == Some("on_behalf_of") => {
            let application = authenticated(ctx, tenant, authorization, parameters).await?;
            let capabilities = capabilities(parameters);
            let exchange = on_behalf_of::OnBehalfOf {
                assertion: required(parameters.assertion.as_deref(), "assertion")?,
                scope: &parameters.scope,
                resource: parameters.resource.as_deref(),
                capabilities: &capabilities,
            };
            on_behalf_of::exchange(ctx, tenant, caller, &application, exchange, version).await?
        }
        "urn:ietf:params:oauth:grant-type:jwt-bearer" => return signed_request(ctx, tenant, caller, parameters, version).await,
        "authorization_code" => {
            let application = authenticated(ctx, tenant, authorization, parameters).await?;
            let capabilities = capabilities(parameters);
            let hub = parameters.hub();
            let redemption = authorization_code::Redemption {
                code: required(parameters.code.as_deref(), "code")?,
                redirect_uri: required(parameters.redirect_uri.as_deref(), "redirect_uri")?,
                code_verifier: parameters.code_verifier.as_deref(),
                scope: &parameters.scope,
                hub: &hub,
                enrolment: parameters.microsoft_enrollment_id.as_deref(),
                capabilities: &capabilities,
            };
            authorization_code::redeem(ctx, tenant, caller, &application, redemption, version).await?
        }
        "refresh_token" => {
            let application = authenticated(ctx, tenant, authorization, parameters).await?;
            let capabilities = capabilities(parameters);
            let authentication_context = authentication_context(parameters);
            let confirmation = confirmation(parameters)?;
            let device_answer = authorization.filter(|header| Answer::is_one(header));
            let may_ask = caller.answers_pkeyauth || device_answer.is_some();
            let endpoint = may_ask.then(|| endpoint.address(ctx)).transpose()?;
            let hub = parameters.hub();
            let refresh = refresh_token::Refresh {
                refresh_token: required(parameters.refresh_token.as_deref(), "refresh_token")?,
                scope: &parameters.scope,
                resource: parameters.resource.as_deref(),
                hub: &hub,
                enrolment: parameters.microsoft_enrollment_id.as_deref(),
                capabilities: &capabilities,
                authentication_context: authentication_context.as_deref(),
                confirmation: confirmation.as_ref(),
                endpoint: endpoint.as_ref(),
                device_answer,
            };
            refresh_token::redeem(ctx, tenant, caller, &application, refresh, version).await?
        }
        "password" => {
            let application = authenticated(ctx, tenant, authorization, parameters).await?;
            let capabilities = capabilities(parameters);
            let grant = password::PasswordGrant {
                username: required(parameters.username.as_deref(), "username")?,
                password: required(parameters.password.as_deref(), "password")?,
                scope: &parameters.scope,
                resource: parameters.resource.as_deref(),
                capabilities: &capabilities,
            };
            password::sign_in(ctx, tenant, caller, &application, grant, version).await?
        }
        "client_credentials" => {
            let application = authenticated(ctx, tenant, authorization, parameters).await?;
            client_credentials::issue(ctx, tenant, caller, &application, &parameters.scope, parameters.resource.as_deref(), version).await?
        }
        // Some clients send the name that the grant had before it became a standard.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => {
            let application = authenticated(ctx, tenant, authorization, parameters).await?;
            let code = required(parameters.device_code.as_deref(), "device_code")?;
            device_code::poll(ctx, tenant, caller, &application, code, version).await?
        }
        "" => return Err(missing("grant_type")),
        other => {
            let shown: String = other.chars().take(80).collect();
            return Err(Error::refused(ErrorCode::UNSUPPORTED_GRANT_TYPE, format!("The grant type '{shown}' is not offered.")));
        }
    };
    answer(&tokens)
}

fn answer(tokens: &TokenResponse) -> Result<Response, Error> {
    // Room for what most answers hold, so that it is not moved while it grows.
    let mut json = Vec::with_capacity(2048);
    serde_json::to_writer(&mut json, tokens).map_err(|error| Error::internal("token response", &error))?;
    let mut response = Response::new(json.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// A message signed by a device key (asks for a certificate or a primary refresh token) or by a session key (uses one).
async fn signed_request(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    parameters: &Parameters,
    version: Version,
) -> Result<Response, Error> {
    let message = required(parameters.request.as_deref(), "request")?;
    if is_device_signed(message) && asks_for_certificate(message) {
        return Ok(Json(peer_certificate::issue(ctx, tenant, message).await?).into_response());
    }
    if is_device_signed(message) {
        return Ok(Json(prt::request(ctx, tenant, caller, message).await?).into_response());
    }
    let encrypted = redeem::redeem(ctx, tenant, caller, message, version).await?;
    Ok(([(header::CONTENT_TYPE, "application/jose")], encrypted).into_response())
}

async fn authenticated(
    ctx: &Context,
    tenant: &Tenant,
    authorization: Option<&str>,
    parameters: &Parameters,
) -> Result<Arc<Application>, Error> {
    let basic = authorization.and_then(basic);
    // An assertion names its client itself (RFC 7521 §4.2).
    let asserted = || jwt::unverified_claim(parameters.client_assertion.as_deref()?, "sub");
    let named = parameters.client_id.as_deref().or(basic.as_ref().map(|(id, _)| id.as_str()));
    let client_id = named.map(Cow::Borrowed).or_else(|| asserted().map(Cow::Owned));
    let credential = ClientCredential {
        secret: parameters
            .client_secret
            .clone()
            .filter(|secret| !secret.is_empty())
            .or_else(|| basic.as_ref().map(|(_, secret)| secret.clone())),
        assertion: parameters.client_assertion.clone(),
    };
    // Only an assertion leaves something to remember.
    let store = ctx.store.tenant(tenant.id);
    let mut unit = if credential.assertion.is_some() { store.write().await? } else { store.read().await? };
    let application = client::find(unit.as_mut(), required(client_id.as_deref(), "client_id")?).await?;
    client::authenticate(ctx, unit.as_mut(), tenant, &application, &credential).await?;
    if credential.assertion.is_some() {
        // The assertion's id is remembered, so that it works once.
        unit.commit().await?;
    }
    Ok(application)
}

/// `client_secret_basic` (RFC 6749 §2.3.1): both parts are form-encoded before they are joined.
fn basic(authorization: &str) -> Option<(String, String)> {
    let encoded = authorization.strip_prefix("Basic ").or_else(|| authorization.strip_prefix("basic "))?;
    let decoded = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let form = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(|text| text.into_owned())
    };
    Some((form(id)?, form(secret)?))
}

/// The key that the access token is to be bound to (`token_type=pop`). A kind of token that is not made here is refused: a bearer token
/// in its place would be weaker than what the client asked for.
fn confirmation(parameters: &Parameters) -> Result<Option<KeyId>, Error> {
    let refuse = |text: String| Error::refused(ErrorCode::BAD_REQUEST, text);
    match parameters.token_type.as_deref() {
        None => Ok(None),
        Some(kind) if kind.eq_ignore_ascii_case("bearer") => Ok(None),
        Some("pop") => {
            let requested = required(parameters.req_cnf.as_deref(), "req_cnf")?;
            confirmation::parse(requested).map(Some).map_err(|error| refuse(format!("{error}.")))
        }
        Some(_) => Err(refuse("token_type must be 'pop', or left out for a bearer token.".into())),
    }
}

fn authentication_context(parameters: &Parameters) -> Option<String> {
    parameters.claims.as_deref().and_then(claims_parameter::authentication_context)
}

fn capabilities(parameters: &Parameters) -> Vec<String> {
    parameters.claims.as_deref().map(claims_parameter::capabilities).unwrap_or_default()
}

fn required<'a>(value: Option<&'a str>, name: &str) -> Result<&'a str, Error> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Error {
    Error::refused(ErrorCode::MISSING_PARAMETER, format!("The request body must contain the parameter '{name}'."))
}
