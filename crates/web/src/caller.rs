//! The other end of a request, as an extractor.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use doorward_model::{CorrelationId, rng};
use doorward_service::Context;
use doorward_service::caller::Caller;

/// Extracts [`Caller`] from the connection and the headers (and, for authorization requests, the query) that client libraries send.
pub(crate) struct TheCaller(pub(crate) Caller);

impl FromRequestParts<Arc<Context>> for TheCaller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, Infallible> {
        let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let said = Headers::of(&parts.headers);
        let query: Vec<(String, String)> = parts.uri.query().and_then(|query| serde_urlencoded::from_str(query).ok()).unwrap_or_default();
        let in_query = |name: &str| query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let client_sku = said.client_sku.or_else(|| in_query("x-client-sku")).unwrap_or_default();
        let user_agent = said.user_agent.unwrap_or_default();
        let answers_pkeyauth = said.pkeyauth || user_agent.split(' ').any(|word| word.eq_ignore_ascii_case("PKeyAuth/1.0"));
        Ok(Self(Caller {
            ip,
            // Visible ASCII, so that every byte is a character.
            user_agent: user_agent.get(..256).unwrap_or(user_agent).to_owned(),
            // A library names itself in the address as well, and adds headers where the web view is its own.
            in_system_browser: client_sku == "MSAL.iOS" && said.client_sku.is_none() && !answers_pkeyauth,
            client_sku: client_sku.to_owned(),
            answers_pkeyauth,
            broker_hint: said.broker_version.or_else(|| in_query("x-client-brkrver")).is_some(),
            correlation_id: said
                .request_id
                .or_else(|| in_query("client-request-id"))
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| CorrelationId(rng::ordered_uuid(ctx.rng.as_ref(), ctx.now()))),
        }))
    }
}

/// What headers say of the caller, read in one pass because every request is asked for it. The first of a name counts.
#[derive(Default)]
struct Headers<'a> {
    client_sku: Option<&'a str>,
    user_agent: Option<&'a str>,
    broker_version: Option<&'a str>,
    request_id: Option<&'a str>,
    /// Libraries say it in a header of their own, which Apple's spell with a plus, and web views in the user agent.
    pkeyauth: bool,
}

impl<'a> Headers<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let mut said = Self::default();
        for (name, value) in headers {
            let Ok(value) = value.to_str() else { continue };
            let first = match name.as_str() {
                "x-client-sku" => &mut said.client_sku,
                "user-agent" => &mut said.user_agent,
                "x-client-brkrver" => &mut said.broker_version,
                "client-request-id" => &mut said.request_id,
                "x-ms-pkeyauth" | "x-ms-pkeyauth+" => {
                    said.pkeyauth |= value.trim() == "1.0";
                    continue;
                }
                _ => continue,
            };
            first.get_or_insert(value);
        }
        said
    }
}

/// A header's value, if it is visible ASCII.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
