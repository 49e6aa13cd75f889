//! The parts of this server that people sign in to, the console and My account: ordinary OpenID Connect clients of it. What they share is
//! here: the session, what stands before every page, the frame around it, and short pages of a title and a text.

pub(crate) mod flash;
pub(crate) mod guard;
pub(crate) mod icon;
mod kept;
pub(crate) mod moment;
mod multipart;
pub(crate) mod notice;
pub(crate) mod question;
pub(crate) mod session;
pub(crate) mod shell;
pub(crate) mod sign_in;

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Router, middleware};
use doorward_model::AppId;
use doorward_service::Context;

/// A part of this server that people sign in to.
pub(crate) struct Area {
    /// Name for people.
    pub(crate) name: &'static str,
    /// Its name where it is clear whose it is.
    pub(crate) short_name: &'static str,
    /// First segment of its paths.
    pub(crate) root: &'static str,
    /// What a link to its first page says.
    pub(crate) to_root: &'static str,
    /// Its client, which is the resource of its tokens too.
    pub(crate) client: AppId,
    /// What it asks for at sign-in.
    pub(crate) scope: &'static str,
    /// The scope without which a token does not open it.
    pub(crate) needs: &'static str,
    /// Path of its redirect URI.
    pub(crate) callback: &'static str,
    /// Cookie with the sealed tokens.
    pub(crate) cookie: &'static str,
    /// Cookie that ties a sign-in to the browser that began it.
    pub(crate) browser: &'static str,
}

impl Area {
    /// Where signing in begins.
    pub(crate) fn sign_in(&self) -> String {
        format!("{}/sign-in", self.root)
    }

    /// Where a sign-in in another tab ends.
    pub(crate) fn signed_in(&self) -> String {
        format!("{}/signed-in", self.root)
    }
}

/// The routes of an area: those that are given, for whoever is signed in, and those about signing in and out.
pub(crate) fn routes(ctx: Arc<Context>, area: &'static Area, pages: Router<Arc<Context>>) -> Router<Arc<Context>> {
    let root = area.root;
    let guarded = pages
        .route(&format!("{root}/sign-out"), post(async move |state, signed| sign_in::sign_out(area, state, signed).await))
        .route(&area.signed_in(), get(async move |signed| sign_in::signed_in(area, signed).await))
        .route(&format!("{root}/{{*rest}}"), get(async || notice::Notice::missing().page(area)))
        .layer(middleware::from_fn_with_state((ctx, area), guard::guard));
    Router::new()
        .route(&format!("{root}/"), get(async move || sign_in::root(area).await))
        .route(&area.sign_in(), get(async move |state, headers, entry| sign_in::begin(area, state, headers, entry).await))
        .route(
            area.callback,
            get(async move |state, caller, headers, answer| sign_in::callback(area, state, caller, headers, answer).await),
        )
        .merge(guarded)
}

/// The words of an error as a sentence for people.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
