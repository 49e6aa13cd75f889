//! What every request to the protection service carries.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use doorward_model::rng;
use doorward_model::tenant::Tenant;
use doorward_service::protection::{Principal, Proven, principal};
use doorward_service::{Context, tenants};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::error::{Failure, MamError};
use crate::bearer;
use crate::caller::header;

/// Ids of a request, for the help desk.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) request_id: String,
    client_request_id: Option<HeaderValue>,
    date: Timestamp,
}

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

impl Trace {
    fn new(ctx: &Context, headers: &HeaderMap) -> Self {
        let client_request_id = headers.get(CLIENT_REQUEST_ID).filter(|id| id.len() <= 64).cloned();
        Self { request_id: rng::uuid(ctx.rng.as_ref()).to_string(), client_request_id, date: ctx.now() }
    }

    pub(super) fn inner_error(&self) -> Value {
        let client = self.client_request_id.as_ref().and_then(|id| id.to_str().ok());
        json!({ "date": self.date, "request-id": self.request_id, "client-request-id": client })
    }

    pub(super) fn echo(&self, headers: &mut HeaderMap) {
        if let Some(id) = &self.client_request_id {
            headers.insert(CLIENT_REQUEST_ID, id.clone());
        }
    }

    pub(super) fn fail(&self, failure: impl Into<Failure>) -> MamError {
        MamError { failure: Box::new(failure.into()), trace: self.clone() }
    }
}

impl FromRequestParts<Arc<Context>> for Trace {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, Infallible> {
        Ok(Self::new(ctx, &parts.headers))
    }
}

/// A request of an app instance: which tenant, and everything that token and proof are about.
pub(super) struct FromInstance {
    pub(super) tenant: Arc<Tenant>,
    pub(super) trace: Trace,
    token: Option<String>,
    method: Method,
    url: String,
    proof: Option<String>,
    pub(super) if_none_match: Option<String>,
    json: bool,
    body: Bytes,
}

impl FromRequest<Arc<Context>> for FromInstance {
    type Rejection = MamError;

    async fn from_request(request: Request, ctx: &Arc<Context>) -> Result<Self, MamError> {
        let (parts, body) = request.into_parts();
        let trace = Trace::new(ctx, &parts.headers);
        let segment = parts.uri.path().split('/').nth(1).unwrap_or_default();
        let tenant = tenants::resolve(ctx, segment, None).await.map_err(|error| trace.fail(error))?;
        let token = bearer::token(&parts.headers);
        let of = |name: &str| header(&parts.headers, name).map(str::to_owned);
        let media_type = of("content-type").unwrap_or_default();
        let (proof, if_none_match) = (of("doorward-proof"), of("if-none-match"));
        let json = media_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("application/json"));
        let url = format!("{}{}", ctx.base_url.as_str().trim_end_matches('/'), parts.uri.path());
        let method = parts.method.clone();
        let body =
            Bytes::from_request(Request::from_parts(parts, body), ctx).await.map_err(|rejected| trace.fail(unreadable(&rejected)))?;
        Ok(Self { tenant, trace, token, method, url, proof, if_none_match, json, body })
    }
}

fn unreadable(rejected: &BytesRejection) -> Failure {
    if rejected.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TooLarge
    } else {
        Failure::Malformed("the body could not be read".into())
    }
}

impl FromInstance {
    /// Who asks, as the access token says.
    pub(super) async fn principal(&self, ctx: &Context) -> Result<Principal, MamError> {
        let token = self.token.as_deref().ok_or_else(|| self.trace.fail(Failure::NoToken))?;
        let principal = principal(ctx, &self.tenant, token).await.map_err(|error| self.trace.fail(error))?;
        principal.map_err(|error| self.trace.fail(error))
    }

    /// The body, which must be JSON of that form.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, MamError> {
        if !self.json {
            return Err(self.trace.fail(Failure::MediaType));
        }
        serde_json::from_slice(&self.body).map_err(|error| self.trace.fail(Failure::Malformed(error.to_string())))
    }

    /// The request with its proof.
    pub(super) fn proven(&self) -> Proven<'_> {
        Proven { header: self.proof.as_deref(), method: self.method.as_str(), url: &self.url, body: &self.body }
    }
}
