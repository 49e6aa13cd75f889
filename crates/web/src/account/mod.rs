//! `/account`: what people see and do about their own account: ways to sign in, devices, sessions, password. Whoever can sign in may; no
//! role is asked for. Before a change of how they sign in they prove once more who they are.

mod add_method;
mod confirm;
mod devices;
mod methods;
mod password;
mod person;
mod recovery_codes;
mod sessions;
mod shell;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use doorward_service::{Context, resource, setup};

use crate::area::{self, Area};

/// My account.
pub(crate) static ACCOUNT: Area = Area {
    name: "Doorward My Account",
    short_name: "My account",
    root: "/account",
    to_root: "To my account",
    client: resource::ACCOUNT,
    scope: setup::ACCOUNT_SCOPE,
    needs: setup::ACCOUNT_NEEDS,
    callback: setup::ACCOUNT_CALLBACK,
    cookie: "__Host-doorward-account",
    browser: "__Host-doorward-account-browser",
};

/// Where the proof is asked for.
const CONFIRM: &str = "/account/confirm";

/// Every route of My account. The table in `tests/it/account/routes.rs` names them again, with what each asks for and audits.
pub(crate) fn routes(ctx: Arc<Context>) -> Router<Arc<Context>> {
    let pages = Router::new()
        .route("/account", get(methods::list))
        .route(CONFIRM, get(confirm::get).post(confirm::post))
        .route("/account/app", get(add_method::app).post(add_method::add_app))
        .route("/account/passkey", get(add_method::passkey).post(add_method::add_passkey))
        .route("/account/methods/{id}/remove", get(methods::ask_to_remove).post(methods::remove))
        .route("/account/recovery-codes", get(recovery_codes::ask).post(recovery_codes::renew))
        .route("/account/devices", get(devices::list))
        .route("/account/devices/{id}/unregister", get(devices::ask).post(devices::unregister))
        .route("/account/sessions", get(sessions::list))
        .route("/account/sessions/{id}/end", post(sessions::end))
        .route("/account/sign-out-everywhere", get(sessions::ask_to_end_all).post(sessions::end_all))
        .route("/account/password", get(password::form).post(password::change));
    area::routes(ctx, &ACCOUNT, pages)
}
