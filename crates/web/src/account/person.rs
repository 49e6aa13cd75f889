//! Who asks, as an extractor that every handler takes.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::caller::Caller;
use doorward_service::{Context, account};

use super::shell::{self, Section};
use super::trouble::Trouble;
use super::{ACCOUNT, CONFIRM};
use crate::area::flash::Flash;
use crate::area::notice::Notice;
use crate::area::session::{self, Signed};
use crate::area::shell::Shell;
use crate::caller::TheCaller;

/// A signed-in person.
pub(super) struct Person {
    pub(super) ctx: Arc<Context>,
    pub(super) tenant: Arc<Tenant>,
    pub(super) user: Arc<User>,
    pub(super) session: Arc<Session>,
    pub(super) caller: Caller,
    flash: Option<Flash>,
}

impl Person {
    /// The surroundings of a page.
    pub(super) fn shell(&self, here: Section) -> Result<Shell, doorward_service::Error> {
        let token = session::form_token(&self.ctx, &ACCOUNT, &self.tenant, &self.user)?;
        Ok(shell::around(&self.tenant, &self.user, here, self.flash, token))
    }

    /// The way by the page that asks for a proof and back to `path`; none when there was one a short while ago.
    pub(super) async fn detour(&self, path: &str) -> Result<Option<Response>, Trouble> {
        let wanted = account::wanted_proof(&self.ctx, &self.tenant, &self.user, &self.session).await?;
        Ok(wanted.map(|_| {
            let query = serde_urlencoded::to_string([("return", path)]).unwrap_or_default();
            Redirect::to(&format!("{CONFIRM}?{query}")).into_response()
        }))
    }
}

impl FromRequestParts<Arc<Context>> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, Response> {
        let Ok(TheCaller(caller)) = TheCaller::from_request_parts(parts, ctx).await;
        // Without the guard nobody is signed in.
        let signed = parts.extensions.get::<Arc<Signed>>().ok_or_else(|| Notice::missing().page(&ACCOUNT))?;
        let flash = parts.extensions.get::<Option<Flash>>().copied().flatten();
        let (tenant, user, session) = (signed.tenant.clone(), signed.user.clone(), signed.session.clone());
        Ok(Self { ctx: ctx.clone(), tenant, user, session, caller, flash })
    }
}
