//! Signing in with the ticket that the computer has from its domain. It is a place of its own, as browsers that are asked for a ticket and
//! have none may ask the person for a password instead: only who chooses it comes here.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use doorward_service::Context;

use super::login::{self, Posted};
use crate::caller::TheCaller;
use crate::negotiate;

/// `POST /{tenant}/login/kerberos`. The first answer asks for the ticket, and tells who has none how to go on.
pub(super) async fn post(
    state: State<Arc<Context>>,
    caller: TheCaller,
    path: Path<String>,
    headers: HeaderMap,
    Form(posted): Form<Posted>,
) -> Response {
    let token = negotiate::token(&headers);
    let asks = token.is_none();
    let response = login::post(state, caller, path, headers, Form(posted.with_ticket(token))).await;
    if asks && response.status() == StatusCode::OK { negotiate::ask(response) } else { response }
}
