//! Who asks, as an extractor that every handler takes: its type names the task, so no handler can forget to ask for the role.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::Context;
use doorward_service::directory::{Actor, Task};

use super::CONSOLE;
use super::flash::Flash;
use super::notice::{Notice, Trouble, Way};
use super::session::{self, Signed};
use super::shell::{self, Section, Shell};

/// What a handler is for.
pub(super) trait Purpose {
    /// The task whose roles may use it.
    const TASK: Task;
}

/// Reading pages, which every role may.
pub(super) struct Reads;
/// Changing conditional access.
pub(super) struct ManagesAccess;
/// Changing app protection, and wiping.
pub(super) struct ManagesProtection;
/// Changing compliance policies and settings.
pub(super) struct ManagesCompliance;
/// Retiring devices.
pub(super) struct ManagesDevices;

impl Purpose for Reads {
    const TASK: Task = Task::ReadLogs;
}

impl Purpose for ManagesCompliance {
    const TASK: Task = Task::ManageCompliance;
}

impl Purpose for ManagesDevices {
    const TASK: Task = Task::ManageManagedDevices;
}

impl Purpose for ManagesAccess {
    const TASK: Task = Task::ManageAccess;
}

impl Purpose for ManagesProtection {
    const TASK: Task = Task::ManageProtection;
}

/// A signed-in person who holds a role for the purpose.
pub(super) struct Admin<P> {
    pub(super) ctx: Arc<Context>,
    pub(super) tenant: Arc<Tenant>,
    pub(super) user: Arc<User>,
    flash: Option<Flash>,
    purpose: PhantomData<P>,
}

impl<P> Admin<P> {
    /// Whether the person may do something else as well, so that pages show what is of use.
    pub(super) fn may(&self, task: Task) -> bool {
        task.needs_role(&self.user).is_ok()
    }

    /// Refuses what needs more than the handler is for.
    pub(super) fn require(&self, task: Task) -> Result<(), Trouble> {
        Ok(task.needs_role(&self.user)?)
    }

    /// Who to name in the audit.
    pub(super) fn actor(&self) -> Actor {
        Actor::user(&self.user)
    }

    /// The surroundings of a page.
    pub(super) fn shell(&self, here: Section) -> Result<Shell, doorward_service::Error> {
        let token = session::form_token(&self.ctx, &CONSOLE, &self.tenant, &self.user)?;
        Ok(shell::around(&self.tenant, &self.user, here, self.flash, token))
    }
}

impl<P: Purpose> FromRequestParts<Arc<Context>> for Admin<P> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, Response> {
        // Without the guard nobody is signed in.
        let signed = parts.extensions.get::<Arc<Signed>>().ok_or_else(|| Notice::missing().page(&CONSOLE))?;
        let (tenant, user) = (signed.tenant.clone(), signed.user.clone());
        if P::TASK.needs_role(&user).is_err() {
            return Err(without_role(&user, P::TASK).page(&CONSOLE));
        }
        let flash = parts.extensions.get::<Option<Flash>>().copied().flatten();
        Ok(Self { ctx: ctx.clone(), tenant, user, flash, purpose: PhantomData })
    }
}

fn without_role(user: &User, task: Task) -> Notice {
    let needed = task.needs_role(user).err().map(|error| error.to_string()).unwrap_or_default();
    let (text, way) = if Reads::TASK.needs_role(user).is_ok() {
        (format!("You may look but not change: {needed}."), Some(Way::Root))
    } else {
        let name = &user.user_principal_name;
        (format!("You are signed in as {name}, which is not an administrator: {needed}. Ask one, or sign in with another account."), None)
    };
    Notice { status: http::StatusCode::FORBIDDEN, title: "Your account may not do this", text, way }
}
