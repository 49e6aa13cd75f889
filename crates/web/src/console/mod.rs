//! `/console`: what an administrator sees and does in a browser. The console is an ordinary client of this server, under the
//! tenant's own policies; what people may do in it follows from their roles in the directory, read at each request.

mod admin;
mod audit;
mod chart;
mod compliance;
mod difference;
mod flash;
mod guard;
mod icon;
mod kept;
mod moment;
mod names;
mod notice;
mod overview;
mod services;
mod session;
mod shell;
mod sign_in;
mod sign_ins;
mod what_if;
mod words;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};
use doorward_service::{Context, resource, setup};

use session::Area;

/// Where signing in begins.
const SIGN_IN: &str = "/console/sign-in";
/// Where a sign-in in another tab ends.
const SIGNED_IN: &str = "/console/signed-in";

static CONSOLE: Area = Area {
    root: "/console",
    client: resource::CONSOLE,
    scope: setup::CONSOLE_SCOPE,
    needs: setup::CONSOLE_NEEDS,
    callback: setup::CONSOLE_CALLBACK,
    cookie: "__Host-doorward-console",
    browser: "__Host-doorward-console-browser",
};

/// Every route of the console. The table in `tests/it/console.rs` names them again, with what each refuses and audits.
pub(crate) fn routes(ctx: Arc<Context>) -> Router<Arc<Context>> {
    let guarded = Router::new()
        .route("/console", get(overview::get))
        .route("/console/sign-ins", get(sign_ins::list))
        .route("/console/sign-ins/{id}", get(sign_ins::one))
        .route("/console/services", get(services::list))
        .route("/console/services/{id}", get(services::edit).post(services::save))
        .route("/console/services/{id}/draft", post(services::draft))
        .route("/console/what-if", get(what_if::get))
        .merge(compliance_routes())
        .route("/console/audit", get(audit::list))
        .route("/console/audit/{id}", get(audit::one))
        .route("/console/sign-out", post(sign_in::sign_out))
        .route(SIGNED_IN, get(sign_in::signed_in))
        .route("/console/{*rest}", get(async || notice::Notice::missing()))
        .layer(middleware::from_fn_with_state(ctx, guard::guard));
    Router::new()
        .route("/console/", get(sign_in::root))
        .route(SIGN_IN, get(sign_in::begin))
        .route(setup::CONSOLE_CALLBACK, get(sign_in::callback))
        .merge(guarded)
}

fn compliance_routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/console/compliance", get(compliance::list))
        .route("/console/compliance/settings", get(compliance::settings).post(compliance::save_settings))
        .route("/console/compliance/new/{kind}", get(compliance::new).post(compliance::new_save))
        .route("/console/compliance/new/{kind}/draft", post(compliance::new_draft))
        .route("/console/compliance/policies/{id}", get(compliance::policy).post(compliance::save))
        .route("/console/compliance/policies/{id}/edit", get(compliance::edit))
        .route("/console/compliance/policies/{id}/draft", post(compliance::draft))
        .route("/console/compliance/policies/{id}/delete", get(compliance::confirm_delete).post(compliance::delete))
        .route("/console/compliance/devices", get(compliance::devices))
        .route("/console/compliance/devices/{id}", get(compliance::device))
        .route("/console/compliance/devices/{id}/retire", get(compliance::confirm_retire).post(compliance::retire))
}
