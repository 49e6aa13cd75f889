//! What stands before every page of the console: a session, and for posts the proof that they come from a page of ours.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_service::Context;

use super::flash::{self, Flash};
use super::kept;
use super::notice::{Notice, Way};
use super::session::{self, Signed};
use super::{CONSOLE, SIGN_IN};
use crate::caller::{TheCaller, header as text};

/// Name of the field that carries the form token.
pub(super) const FORM_TOKEN: &str = "form_token";

/// The fields of a post that has passed.
#[derive(Clone)]
pub(super) struct Posted(pub(super) Arc<Vec<(String, String)>>);

/// The first of the fields with a name; empty when there is none.
pub(super) fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// Lets a request through with its session, or sends the person to sign in.
pub(super) async fn guard(State(ctx): State<Arc<Context>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(TheCaller(caller)) = TheCaller::from_request_parts(&mut parts, &ctx).await;
    let session = match session::read(&ctx, &CONSOLE, &caller, &parts.headers).await {
        Ok(session) => session,
        Err(error) => return Notice::failure(&error).into_response(),
    };
    let looks_only = matches!(parts.method, Method::GET | Method::HEAD);
    let target = parts.uri.path_and_query().map_or(CONSOLE.root, |target| target.as_str()).to_owned();
    let mut body = body;
    if !looks_only {
        if !is_from_our_page(&ctx, &parts.headers) {
            return Notice::forged().into_response();
        }
        let Ok(bytes) = axum::body::to_bytes(body, crate::BODY_LIMIT).await else { return Notice::too_large().into_response() };
        let Some(fields) = fields(&parts.headers, &bytes) else { return Notice::forged().into_response() };
        let Some(signed) = &session else { return kept::page(&target, &fields) };
        let posted = fields.iter().find(|(name, _)| name == FORM_TOKEN).map_or("", |(_, value)| value.as_str());
        if !session::form_token_fits(&ctx, &CONSOLE, &signed.tenant, &signed.user, posted) {
            return Notice::forged().into_response();
        }
        parts.extensions.insert(Posted(Arc::new(fields)));
        body = Body::from(bytes);
    }
    let Some(mut signed) = session else { return to_sign_in(&target) };
    let renewed = signed.renewed.take();
    let flash = Flash::read(&parts.headers);
    parts.extensions.insert(flash);
    parts.extensions.insert(Arc::<Signed>::new(signed));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    // The page has shown it. A redirect may have left a new one.
    if flash.is_some() && response.status() != StatusCode::SEE_OTHER {
        flash::clear(&mut response);
    }
    if let Some(tokens) = renewed
        && !signs_out(&response)
        && let Err(error) = tokens.put(&ctx, &CONSOLE, &mut response)
    {
        return Notice::failure(&error).into_response();
    }
    response
}

/// The answer takes the session away; new tokens must not bring it back.
fn signs_out(response: &Response) -> bool {
    let cleared = |value: &header::HeaderValue| {
        value.to_str().is_ok_and(|cookie| cookie.strip_prefix(CONSOLE.cookie).is_some_and(|rest| rest.starts_with("=;")))
    };
    response.headers().get_all(header::SET_COOKIE).iter().any(cleared)
}

fn to_sign_in(target: &str) -> Response {
    let query = serde_urlencoded::to_string([("return", target)]).unwrap_or_default();
    Redirect::to(&format!("{SIGN_IN}?{query}")).into_response()
}

/// Browsers say where a post comes from; at least one of the two headers must, and none may say otherwise.
fn is_from_our_page(ctx: &Context, headers: &HeaderMap) -> bool {
    let site = text(headers, "sec-fetch-site").map(|site| site == "same-origin");
    let origin = text(headers, "origin").map(|origin| origin == ctx.base_url.origin().ascii_serialization());
    match (site, origin) {
        (None, None) => false,
        (site, origin) => site.unwrap_or(true) && origin.unwrap_or(true),
    }
}

fn fields(headers: &HeaderMap, body: &Bytes) -> Option<Vec<(String, String)>> {
    let kind = text(headers, header::CONTENT_TYPE.as_str())?;
    kind.starts_with("application/x-www-form-urlencoded").then(|| serde_urlencoded::from_bytes(body).ok()).flatten()
}

impl Notice {
    fn forged() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            title: "This form was not accepted",
            text: "It did not come from a page that was made for you: another site may have sent it, or somebody else signed in here \
                   meanwhile. Nothing was changed."
                .to_owned(),
            way: Some(Way::Console),
        }
    }

    fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            title: "That is too much for one form",
            text: "Nothing was changed.".to_owned(),
            way: Some(Way::Console),
        }
    }
}
