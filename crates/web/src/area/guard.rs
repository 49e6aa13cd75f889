//! What stands before every page of an area: a session, and for posts the proof that they come from a page of ours.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_service::Context;

use super::flash::{self, Flash};
use super::notice::{Notice, Way};
use super::session::{self, Signed};
use super::{Area, kept, multipart};
use crate::caller::{TheCaller, header as text};

/// Name of the field that carries the form token.
pub(crate) const FORM_TOKEN: &str = "form_token";

/// The fields of a post that has passed.
#[derive(Clone)]
pub(crate) struct Posted(pub(crate) Arc<Vec<(String, String)>>);

/// The first of the fields with a name; empty when there is none.
pub(crate) fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

impl Posted {
    /// The value of a field; empty when it was not sent.
    pub(crate) fn one(&self, name: &str) -> &str {
        field(&self.0, name)
    }

    /// The values of a field that may be sent several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The files of a post that has passed.
#[derive(Clone)]
pub(crate) struct Uploaded(pub(crate) Arc<Vec<(String, Vec<u8>)>>);

/// Largest form with files.
const UPLOAD_LIMIT: usize = 1024 * 1024;

/// Lets a request through with its session, or sends the person to sign in.
pub(crate) async fn guard(State((ctx, area)): State<(Arc<Context>, &'static Area)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(TheCaller(caller)) = TheCaller::from_request_parts(&mut parts, &ctx).await;
    let session = match session::read(&ctx, area, &caller, &parts.headers).await {
        Ok(session) => session,
        Err(error) => return Notice::failure(&error).page(area),
    };
    let looks_only = matches!(parts.method, Method::GET | Method::HEAD);
    let target = parts.uri.path_and_query().map_or(area.root, |target| target.as_str()).to_owned();
    let mut body = body;
    if !looks_only {
        if !is_from_our_page(&ctx, &parts.headers) {
            return Notice::forged().page(area);
        }
        let limit = if boundary(&parts.headers).is_some() { UPLOAD_LIMIT } else { crate::BODY_LIMIT };
        let Ok(bytes) = axum::body::to_bytes(body, limit).await else { return Notice::too_large().page(area) };
        let Some(multipart::Form { fields, files }) = form(&parts.headers, &bytes) else { return Notice::forged().page(area) };
        let Some(signed) = &session else { return kept::page(area, &target, &fields, &files) };
        let posted = field(&fields, FORM_TOKEN);
        if !session::form_token_fits(&ctx, area, &signed.tenant, &signed.user, posted) {
            return Notice::forged().page(area);
        }
        parts.extensions.insert(Posted(Arc::new(fields)));
        parts.extensions.insert(Uploaded(Arc::new(files)));
        body = Body::from(bytes);
    }
    let Some(mut signed) = session else { return to_sign_in(area, &target) };
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
        && !signs_out(area, &response)
        && let Err(error) = tokens.put(&ctx, area, &mut response)
    {
        return Notice::failure(&error).page(area);
    }
    response
}

/// The answer takes the session away; new tokens must not bring it back.
fn signs_out(area: &Area, response: &Response) -> bool {
    let cleared = |value: &header::HeaderValue| {
        value.to_str().is_ok_and(|cookie| cookie.strip_prefix(area.cookie).is_some_and(|rest| rest.starts_with("=;")))
    };
    response.headers().get_all(header::SET_COOKIE).iter().any(cleared)
}

fn to_sign_in(area: &Area, target: &str) -> Response {
    let query = serde_urlencoded::to_string([("return", target)]).unwrap_or_default();
    Redirect::to(&format!("{}?{query}", area.sign_in())).into_response()
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

fn boundary(headers: &HeaderMap) -> Option<String> {
    multipart::boundary(text(headers, header::CONTENT_TYPE.as_str())?).map(str::to_owned)
}

fn form(headers: &HeaderMap, body: &Bytes) -> Option<multipart::Form> {
    if let Some(boundary) = boundary(headers) {
        return multipart::parse(body, &boundary);
    }
    let kind = text(headers, header::CONTENT_TYPE.as_str())?;
    let fields = kind.starts_with("application/x-www-form-urlencoded").then(|| serde_urlencoded::from_bytes(body).ok()).flatten()?;
    Some(multipart::Form { fields, files: Vec::new() })
}

impl Notice {
    fn forged() -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            title: "This form was not accepted",
            text: "It did not come from a page that was made for you: another site may have sent it, or somebody else signed in here \
                   meanwhile. Nothing was changed."
                .to_owned(),
            way: Some(Way::Root),
        }
    }

    fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            title: "That is too much for one form",
            text: "Nothing was changed. A form may have 256 kB, one with files 1 MB.".to_owned(),
            way: Some(Way::Root),
        }
    }
}
