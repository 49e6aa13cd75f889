//! Signing in to an area and out of it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_service::{Context, Error, tenants};
use serde::Deserialize;

use super::Area;
use super::notice::{self, Notice, Way, plain};
use super::session::{self, Answer, CallbackError, Signed};
use crate::caller::TheCaller;
use crate::pages::Frame;

/// Query of the first step.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Entry {
    #[serde(rename = "return")]
    back: String,
    account: String,
}

#[derive(Template)]
#[template(path = "area/tenant.html")]
struct WhichTenant {
    sign_in: String,
    frame: Frame,
    back: String,
    account: String,
    problem: Option<&'static str>,
}

/// `GET /console/`, say: the same as without the slash.
pub(crate) async fn root(area: &Area) -> Response {
    Redirect::to(area.root).into_response()
}

/// `GET …/sign-in`: to the authorize page of the tenant. Where there are several, the account's domain tells which.
pub(crate) async fn begin(area: &Area, State(ctx): State<Arc<Context>>, headers: HeaderMap, Query(entry): Query<Entry>) -> Response {
    let domain = entry.account.rsplit('@').next().map(str::trim).unwrap_or_default();
    let tenant = match domain {
        // Well defined where there is one tenant.
        "" => tenants::resolve(&ctx, "organizations", None).await,
        domain => tenants::resolve(&ctx, domain, None).await,
    };
    match tenant.and_then(|tenant| session::begin(&ctx, area, &tenant, &headers, &entry.back)) {
        Ok(response) => response,
        Err(Error::Refused(_)) => {
            let problem = (!domain.is_empty()).then_some("No organisation here has this domain. Look at what stands after the @.");
            let page =
                WhichTenant { sign_in: area.sign_in(), frame: notice::frame(area), back: entry.back, account: entry.account, problem };
            plain(StatusCode::OK, &page)
        }
        Err(error) => Notice::failure(&error).page(area),
    }
}

/// `GET …/callback`: the redirect URI.
pub(crate) async fn callback(
    area: &Area,
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    match session::finish(&ctx, area, &caller, &headers, &answer).await {
        Ok(response) => response,
        Err(CallbackError::Failure(error)) => Notice::failure(&error).page(area),
        Err(error) => {
            let (title, text) = match error {
                CallbackError::Refused(text) => ("You were not signed in", text),
                _ => (
                    "This sign-in cannot go on",
                    "It was begun in another browser or too long ago, or this browser takes no cookies from here.".to_owned(),
                ),
            };
            Notice { status: StatusCode::BAD_REQUEST, title, text, way: Some(Way::SignIn) }.page(area)
        }
    }
}

/// `GET …/signed-in`: the end of a sign-in in a second tab.
pub(crate) async fn signed_in(area: &Area, Extension(signed): Extension<Arc<Signed>>) -> Response {
    let text = format!(
        "You are signed in as {}. Close this tab, go back to the one with your form, and send it again there.",
        signed.user.user_principal_name
    );
    Notice { status: StatusCode::OK, title: "You are signed in again", text, way: None }.page(area)
}

/// `POST …/sign-out`: forgets the tokens and goes on to the authority's sign-out, which ends the session they hang on.
pub(crate) async fn sign_out(area: &Area, State(ctx): State<Arc<Context>>, Extension(signed): Extension<Arc<Signed>>) -> Response {
    let mut response = Redirect::to(&session::sign_out_address(&ctx, signed.tenant.id)).into_response();
    session::forget(area, &mut response);
    response
}
