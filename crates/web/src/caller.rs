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
        let query: Vec<(String, String)> = parts.uri.query().and_then(|query| serde_urlencoded::from_str(query).ok()).unwrap_or_default();
        let named = |name: &str| {
            header(&parts.headers, name)
                .or_else(|| query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone()))
        };
        let in_header = header(&parts.headers, "x-client-sku");
        let client_sku = in_header.clone().or_else(|| named("x-client-sku")).unwrap_or_default();
        let answers_pkeyauth = announces_pkeyauth(&parts.headers);
        Ok(Self(Caller {
            ip,
            user_agent: header(&parts.headers, "user-agent").unwrap_or_default().chars().take(256).collect(),
            // A library names itself in the address as well, and adds headers where the web view is its own.
            in_system_browser: client_sku == "MSAL.iOS" && in_header.is_none() && !answers_pkeyauth,
            client_sku,
            answers_pkeyauth,
            broker_hint: named("x-client-brkrver").is_some(),
            correlation_id: named("client-request-id")
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| CorrelationId(rng::ordered_uuid(ctx.rng.as_ref(), ctx.now()))),
        }))
    }
}

/// Libraries say it in a header of their own, which Apple's spell with a plus, and web views in the user agent.
fn announces_pkeyauth(headers: &HeaderMap) -> bool {
    let said = ["x-ms-pkeyauth", "x-ms-pkeyauth+"].into_iter().filter_map(|name| header(headers, name)).any(|value| value.trim() == "1.0");
    said || header(headers, "user-agent").is_some_and(|agent| agent.split(' ').any(|word| word.eq_ignore_ascii_case("PKeyAuth/1.0")))
}

/// A header's value, if it is visible ASCII.
pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
