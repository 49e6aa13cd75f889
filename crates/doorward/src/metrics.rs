//! Health, readiness and Prometheus metrics, on a listener of their own.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_service::Context;
use futures_util::future::BoxFuture;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use tower::Service;

use crate::listen::Routes;
use crate::server;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    /// Last part of the path where that is one of ours, else `other`: never anything a client could make up.
    endpoint: &'static str,
    status: u16,
}

/// What is counted.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Family<Labels, Counter>,
    in_flight: Gauge,
    seconds: Seconds,
}

struct Seconds(Histogram);

impl Default for Seconds {
    fn default() -> Self {
        Self(Histogram::new(exponential_buckets(0.001, 2.0, 14)))
    }
}

impl Metrics {
    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("doorward");
        registry.register("requests", "Requests by endpoint and status", self.requests.clone());
        registry.register("requests_in_flight", "Requests being answered", self.in_flight.clone());
        registry.register("request_duration_seconds", "Time to answer", self.seconds.0.clone());
        let up: Gauge<i64, std::sync::atomic::AtomicI64> = Gauge::default();
        up.set(1);
        registry.register("up", "The server runs", up);
        let mut out = String::new();
        text::encode(&mut out, &registry)?;
        Ok(out)
    }
}

/// Counts every request of `routes`.
pub(crate) fn observe<R: Routes>(routes: R, metrics: Arc<Metrics>) -> Observed<R> {
    Observed { routes, metrics }
}

/// Routes whose requests are counted.
#[derive(Clone)]
pub(crate) struct Observed<R> {
    routes: R,
    metrics: Arc<Metrics>,
}

impl<R: Routes> Service<Request> for Observed<R> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        self.routes.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let metrics = self.metrics.clone();
        let endpoint = endpoint(request.uri().path());
        // The clock of the machine only measures a duration here; no rule depends on it.
        let begun = Instant::now();
        let in_flight = InFlight::new(&metrics.in_flight);
        let answer = self.routes.call(request);
        Box::pin(async move {
            let response = answer.await?;
            drop(in_flight);
            metrics.seconds.0.observe(begun.elapsed().as_secs_f64());
            metrics.requests.get_or_create(&Labels { endpoint, status: response.status().as_u16() }).inc();
            Ok(response)
        })
    }
}

/// One request being answered, until this is dropped: also when its client goes away and nobody waits for the answer.
struct InFlight(Gauge);

impl InFlight {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn endpoint(path: &str) -> &'static str {
    const KNOWN: [&str; 16] = [
        "authorize",
        "token",
        "login",
        "devicecode",
        "deviceauth",
        "logout",
        "userinfo",
        "keys",
        "openid-configuration",
        "discover",
        "device",
        "nonce",
        "checkin",
        "enrollments",
        "messages",
        "microsoft-server-activesync",
    ];
    let path = path.trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    let begins = |with: &str| path.get(..with.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(with));
    match KNOWN.into_iter().find(|known| known.eq_ignore_ascii_case(last)) {
        Some(known) => known,
        None if begins("/v1.0/") || begins("/beta/") => "graph",
        None => "other",
    }
}

/// `/healthz`, `/readyz`, `/metrics`.
pub(crate) fn routes(context: Arc<Context>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready).with_state(context))
        .route("/metrics", get(show).with_state(metrics))
}

async fn ready(State(context): State<Arc<Context>>) -> Response {
    if server::is_ready(context.store.as_ref()).await {
        "ready\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
    }
}

async fn show(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::{Metrics, observe};

    #[tokio::test]
    async fn a_request_that_nobody_waits_for_any_more_is_not_in_flight() {
        let metrics = Arc::new(Metrics::default());
        let routes = observe(Router::new().route("/", get(std::future::pending::<()>)), metrics.clone());
        let mut answer = Box::pin(routes.oneshot(Request::new(Body::empty())));
        let pending = std::future::poll_fn(|context| std::task::Poll::Ready(answer.as_mut().poll(context).is_pending())).await;
        assert!(pending);
        assert_eq!(metrics.in_flight.get(), 1);
        drop(answer);
        assert_eq!(metrics.in_flight.get(), 0);
    }
}
