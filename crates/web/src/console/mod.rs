//! `/console`: what an administrator sees and does in a browser. The console is an ordinary client of this server, under the
//! tenant's own policies; what people may do in it follows from their roles in the directory, read at each request.

mod admin;
mod app_protection;
mod apps;
mod audit;
mod chart;
mod compliance;
mod conditional_access;
mod deletion;
mod devices;
mod difference;
mod gaps;
mod groups;
mod names;
mod notice;
mod overview;
mod pages;
mod reference;
mod replay;
mod secret;
mod services;
mod settings;
mod shell;
mod sign_ins;
mod stamp;
mod told;
mod users;
mod what_if;
pub(crate) mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use doorward_service::{Context, resource, setup};

use crate::area::{self, Area, flash, guard, icon, moment, session};

/// The console.
pub(crate) static CONSOLE: Area = Area {
    name: "Doorward Console",
    short_name: "Console",
    root: "/console",
    to_root: "To the console",
    client: resource::CONSOLE,
    scope: setup::CONSOLE_SCOPE,
    needs: setup::CONSOLE_NEEDS,
    callback: setup::CONSOLE_CALLBACK,
    cookie: "__Host-doorward-console",
    browser: "__Host-doorward-console-browser",
};

/// Every route of the console. The table in `tests/it/console/roles.rs` names them again, with what each refuses and audits.
pub(crate) fn routes(ctx: Arc<Context>) -> Router<Arc<Context>> {
    let pages = Router::new()
        .route("/console", get(overview::get))
        .route("/console/sign-ins", get(sign_ins::list))
        .route("/console/sign-ins/{id}", get(sign_ins::one))
        .route("/console/services", get(services::list))
        .route("/console/services/{id}", get(services::edit).post(services::save))
        .route("/console/services/{id}/draft", post(services::draft))
        .route("/console/conditional-access", get(conditional_access::list))
        .route("/console/conditional-access/new", get(conditional_access::new).post(conditional_access::create))
        .route("/console/conditional-access/import", get(conditional_access::import_form).post(conditional_access::import_make))
        .route("/console/conditional-access/import/look", post(conditional_access::import_look))
        .route("/console/conditional-access/export", get(conditional_access::export_all))
        .route("/console/conditional-access/{id}", get(conditional_access::edit).post(conditional_access::save))
        .route("/console/conditional-access/{id}/draft", post(conditional_access::draft))
        .route("/console/conditional-access/{id}/state/{state}", get(conditional_access::switch))
        .route("/console/conditional-access/{id}/delete", get(conditional_access::ask_to_delete).post(conditional_access::delete))
        .route("/console/conditional-access/{id}/export", get(conditional_access::export_one))
        .merge(reference::routes())
        .route("/console/what-if", get(what_if::get))
        .route("/console/gaps", get(gaps::get))
        .merge(app_protection::routes())
        .merge(compliance::routes())
        .route("/console/audit", get(audit::list))
        .route("/console/audit/{id}", get(audit::one))
        .merge(users::routes())
        .merge(groups::routes())
        .merge(devices::routes())
        .merge(apps::routes())
        .merge(settings::routes());
    area::routes(ctx, &CONSOLE, pages)
}
