//! What travels through the sign-in pages: the request and how far the person has come, sealed so that the browser can
//! neither read nor change it. The server keeps nothing between two pages.

use doorward_model::session::Session;
use doorward_model::user::User;
use doorward_model::{SessionId, TenantId, UserId, rng};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::request::AuthorizeRequest;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time::sha256;
use doorward_wire::{hex, totp};

/// How long a person may take over one page.
const PAGE_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// What the pages serve: an authorization request, or the approval of a device code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Purpose {
    /// Answer an authorization request.
    Authorize(Box<AuthorizeRequest>),
    /// Approve or decline the device code with this user code.
    DeviceCode(String),
}

/// Content of the `ctx` field.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FlowContext {
    /// What for.
    pub purpose: Purpose,
    expires: Timestamp,
}

/// Content of the `flowToken` field: how far the person has come.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Sign-in name as typed.
    pub login: Option<String>,
    /// The right password was given for this account, which must now be changed.
    pub change_password_of: Option<UserId>,
    /// The session in which a second factor is asked for or registered.
    pub session: Option<SessionId>,
    /// What a passkey must answer.
    pub challenge: Option<String>,
    /// The secret of the authenticator app that is being registered.
    pub app_secret: Option<[u8; totp::SECRET_BYTES]>,
    pub(super) expires: Option<Timestamp>,
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Progress").field("login", &self.login).finish_non_exhaustive()
    }
}

impl Progress {
    /// Somebody has said who they are.
    #[must_use]
    pub fn named(login: &str) -> Self {
        Self { login: Some(login.to_owned()), ..Self::default() }
    }

    /// The page is about a second factor for this session.
    #[must_use]
    pub fn of_session(session: &Session) -> Self {
        Self { session: Some(session.id), ..Self::default() }
    }

    /// Somebody has proved who they are, and must choose a new password.
    #[must_use]
    pub fn must_change_password(user: &User) -> Self {
        Self { change_password_of: Some(user.id), ..Self::named(&user.user_principal_name) }
    }
}

/// Seals the context of a flow.
///
/// # Errors
/// When sealing fails.
pub fn seal_context(ctx: &Context, tenant: TenantId, purpose: Purpose) -> Result<String> {
    seal(ctx, tenant, "context", &FlowContext { purpose, expires: end(ctx) })
}

/// Opens the context of a flow; none when it is expired or not ours.
#[must_use]
pub fn open_context(ctx: &Context, tenant: TenantId, text: &str) -> Option<FlowContext> {
    open::<FlowContext>(ctx, tenant, "context", text).filter(|flow| flow.expires > ctx.now())
}

/// Seals progress.
///
/// # Errors
/// When sealing fails.
pub fn seal_progress(ctx: &Context, tenant: TenantId, progress: &Progress) -> Result<String> {
    seal(ctx, tenant, "progress", &Progress { expires: Some(end(ctx)), ..progress.clone() })
}

/// Opens progress; nothing was reached when it is expired or not ours.
#[must_use]
pub fn open_progress(ctx: &Context, tenant: TenantId, text: &str) -> Progress {
    open::<Progress>(ctx, tenant, "progress", text)
        .filter(|progress| progress.expires.is_some_and(|expires| expires > ctx.now()))
        .unwrap_or_default()
}

/// A fresh value for the cookie that ties the pages of a flow to one browser.
#[must_use]
pub fn browser_secret(ctx: &Context) -> String {
    rng::secret(ctx.rng.as_ref())
}

/// The `canary` field that belongs to a browser: only pages made for it know the value (protection against forged posts).
#[must_use]
pub fn canary(browser_secret: &str) -> String {
    hex(&sha256(&format!("doorward canary {browser_secret}")))
}

/// Whether a posted canary belongs to the browser that posts it.
#[must_use]
pub fn canary_fits(browser_secret: &str, posted: &str) -> bool {
    canary(browser_secret).as_bytes().ct_eq(posted.as_bytes()).into()
}

fn end(ctx: &Context) -> Timestamp {
    let now = ctx.now();
    now.saturating_add(PAGE_LIFETIME).unwrap_or(now)
}

fn label(tenant: TenantId, what: &str) -> String {
    format!("sign-in {what} of {tenant}")
}

fn seal<T: Serialize>(ctx: &Context, tenant: TenantId, what: &str, content: &T) -> Result<String> {
    let json = serde_json::to_vec(content).map_err(|error| Error::internal("page state", &error))?;
    ctx.master_key.seal_text(ctx.rng.as_ref(), &label(tenant, what), &json)
}

fn open<T: DeserializeOwned>(ctx: &Context, tenant: TenantId, what: &str, text: &str) -> Option<T> {
    serde_json::from_slice(&ctx.master_key.open_text(&label(tenant, what), text)?).ok()
}
