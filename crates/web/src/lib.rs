//! HTTP: authority, registration, graph, app protection, sign-in pages and console.
//!
//! Handlers hold no rule: they extract, call one service function, map its error and render.

mod account;
mod area;
mod authority;
mod bearer;
mod caller;
mod console;
mod graph;
mod linux;
mod mam;
mod negotiate;
mod page_token;
pub mod pages;
mod path;
mod registration;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::get;
use doorward_service::Context;
use tower::Layer;
use tower::util::MapRequest;

/// What every handler can ask for.
pub(crate) type State = Arc<Context>;

/// Largest request body; the largest legitimate one is a policy.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// The paths of the admin API below its version, so that its test can tell when it has missed one.
#[must_use]
pub fn admin_api_paths() -> Vec<String> {
    graph::paths()
}

/// Every route of the server, behind what limits bodies and what brings paths into one form. Both stand before the router: as layers of
/// each route they would put every answer into one more box.
pub type Routes = MapRequest<<DefaultBodyLimit as Layer<Router>>::Service, fn(Request) -> Request>;

/// Every route of the server, with paths matched without regard to case.
pub fn router(ctx: Arc<Context>) -> Routes {
    let routes = Router::new()
        .route("/assets/{name}", get(pages::assets::get))
        .merge(authority::routes())
        .merge(registration::routes())
        .merge(mam::routes())
        .merge(linux::routes())
        .merge(graph::routes(&ctx))
        .merge(console::routes(ctx.clone()))
        .merge(account::routes(ctx.clone()))
        .with_state(ctx);
    MapRequest::new(DefaultBodyLimit::max(BODY_LIMIT).layer(routes), path::normalise)
}
