//! What is done to a person's account with one button, each after a question.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::MethodId;
use doorward_model::user::User;
use doorward_service::directory::{self, DirectoryError, Task, UserPatch};
use http::StatusCode;

use super::{ManagesUsers, PATH, find, page_of};
use crate::area::question::Question;
use crate::area::sentence;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::secret::Secret;
use crate::console::shell::Section;
use crate::console::stamp::Stamp;

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Disable,
    Enable,
    ResetPassword,
    SignOut,
    ResetMethods,
    Delete,
}

impl Action {
    const ALL: [Self; 6] = [Self::ResetPassword, Self::SignOut, Self::ResetMethods, Self::Disable, Self::Enable, Self::Delete];

    /// What can be done to this user. Whether the account is there and enabled is the domain's to say where it comes from one.
    pub(super) fn of(user: &User) -> impl Iterator<Item = Self> {
        let pointless = if user.account_enabled { Self::Enable } else { Self::Disable };
        let from_domain = user.on_premises.is_some();
        let domains = move |action| from_domain && matches!(action, Self::Disable | Self::Enable | Self::Delete);
        Self::ALL.into_iter().filter(move |action| *action != pointless && !domains(*action))
    }

    fn read(word: &str) -> Result<Self, Trouble> {
        Self::ALL.into_iter().find(|action| action.word() == word).ok_or_else(Trouble::missing)
    }

    /// Last segment of its address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::ResetPassword => "reset-password",
            Self::SignOut => "sign-out",
            Self::ResetMethods => "reset-second-factors",
            Self::Delete => "delete",
        }
    }

    /// Words of its button.
    pub(super) fn button(self) -> &'static str {
        match self {
            Self::Disable => "Disable",
            Self::Enable => "Enable",
            Self::ResetPassword => "Reset password",
            Self::SignOut => "Sign out everywhere",
            Self::ResetMethods => "Reset second factors",
            Self::Delete => "Delete",
        }
    }

    /// What it does.
    pub(super) fn effect(self) -> &'static str {
        match self {
            Self::Disable => "Nobody signs in with the account until it is enabled again, and every session ends at once.",
            Self::Enable => "The account can be used again, with the password and second factors it had.",
            Self::ResetPassword => "The password is replaced by a one-time password that you are shown once. Every session ends.",
            Self::SignOut => "Every session ends, and every app asks for a sign-in at its next use.",
            Self::ResetMethods => {
                "Every second factor and recovery code is taken away, and every session ends. The next sign-in that needs one sets it up anew."
            }
            Self::Delete => "The account goes for good, with its devices, second factors and everything issued to it. The logs stay.",
        }
    }

    /// What it needs beside managing users.
    pub(super) fn task(self) -> Task {
        match self {
            Self::SignOut => Task::RevokeSessions,
            Self::ResetMethods => Task::ManageMethods,
            _ => Task::ManageUsers,
        }
    }
}

fn question(admin: &Admin<ManagesUsers>, user: &User, action: Action, stamp: &Stamp, problem: Option<String>) -> Result<Response, Trouble> {
    let page = page_of(user.id);
    let question = Question {
        crumb: (page.clone(), user.display_name.clone()),
        title: format!("{}: {}?", action.button(), user.display_name),
        text: vec![user.user_principal_name.clone(), action.effect().to_owned()],
        problem,
        fields: stamp.fields(),
        action: format!("{page}/{}", action.word()),
        button: action.button(),
        back: page,
        shell: admin.shell(Section::Users)?,
    };
    Ok(question.page())
}

/// `GET /console/users/{id}/{action}`.
pub(super) async fn ask(admin: Admin<ManagesUsers>, Path((id, action)): Path<(String, String)>) -> Result<Response, Trouble> {
    let action = Action::read(&action)?;
    let user = find(&admin, &id).await?;
    permit(&admin, action, &user)?;
    question(&admin, &user, action, &Stamp::of(&user), None)
}

fn permit(admin: &Admin<ManagesUsers>, action: Action, user: &User) -> Result<(), Trouble> {
    admin.require(action.task())?;
    admin.require(Task::to_manage(Some(user), None))
}

/// `POST /console/users/{id}/{action}`.
pub(super) async fn perform(
    admin: Admin<ManagesUsers>,
    Path((id, action)): Path<(String, String)>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let action = Action::read(&action)?;
    let user = match (find(&admin, &id).await, action) {
        (Ok(user), _) => user,
        // Gone already: it was sent twice.
        (Err(trouble), Action::Delete) if trouble.is_missing() => return Ok(flash::done(PATH, Flash::Deleted)),
        (Err(trouble), _) => return Err(trouble),
    };
    permit(&admin, action, &user)?;
    let stamp = Stamp::read(&posted);
    match act(&admin, action, &user, &stamp.tag).await {
        Ok(Done::Secret(value)) => {
            let page = Secret {
                shell: admin.shell(Section::Users)?,
                crumb: (page_of(user.id), user.display_name.clone()),
                title: "One-time password",
                text: format!("{} signs in with this password and then chooses their own.", user.user_principal_name),
                label: "Password",
                value,
            };
            Ok(plain(StatusCode::OK, &page))
        }
        Ok(Done::Word(flash)) => Ok(flash::done(&if action == Action::Delete { PATH.to_owned() } else { page_of(user.id) }, flash)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id).await?;
            // It is as it was wished already: it was sent twice.
            match (action, present.account_enabled) {
                (Action::Disable, false) => return Ok(flash::done(&page_of(user.id), Flash::Disabled)),
                (Action::Enable, true) => return Ok(flash::done(&page_of(user.id), Flash::Enabled)),
                _ => {}
            }
            let now = Stamp::of(&present);
            question(&admin, &present, action, &now, Some(stamp.sentence(&admin, &now).await?))
        }
        Err(DirectoryError::Conflict(problem)) => question(&admin, &user, action, &stamp, Some(sentence(&problem))),
        Err(error) => Err(error.into()),
    }
}

/// What came of it.
enum Done {
    Word(Flash),
    Secret(String),
}

async fn act(admin: &Admin<ManagesUsers>, action: Action, user: &User, tag: &str) -> Result<Done, DirectoryError> {
    let (ctx, tenant, actor, id) = (&admin.ctx, admin.tenant.id, admin.actor(), user.id);
    let enabled = |enabled| UserPatch { account_enabled: Some(enabled), ..UserPatch::default() };
    match action {
        Action::Disable => {
            directory::update_user(ctx, tenant, &actor, id, enabled(false), Some(tag)).await.map(|_| Done::Word(Flash::Disabled))
        }
        Action::Enable => {
            directory::update_user(ctx, tenant, &actor, id, enabled(true), Some(tag)).await.map(|_| Done::Word(Flash::Enabled))
        }
        Action::ResetPassword => directory::reset_password(ctx, tenant, &actor, id, Some(tag)).await.map(Done::Secret),
        Action::SignOut => directory::revoke_sessions(ctx, tenant, &actor, id).await.map(|()| Done::Word(Flash::SignedOutEverywhere)),
        Action::ResetMethods => {
            directory::require_registration_again(ctx, tenant, &actor, id).await.map(|()| Done::Word(Flash::MethodsReset))
        }
        Action::Delete => directory::delete_user(ctx, tenant, &actor, id, Some(tag)).await.map(|()| Done::Word(Flash::Deleted)),
    }
}

/// `GET /console/users/{id}/methods/{method}`.
pub(super) async fn ask_about_method(admin: Admin<ManagesUsers>, Path((id, method)): Path<(String, String)>) -> Result<Response, Trouble> {
    let user = find(&admin, &id).await?;
    permit(&admin, Action::ResetMethods, &user)?;
    question_about_method(&admin, &user, method.parse().map_err(|_| Trouble::missing())?, None).await
}

async fn question_about_method(
    admin: &Admin<ManagesUsers>,
    user: &User,
    method: MethodId,
    problem: Option<String>,
) -> Result<Response, Trouble> {
    let methods = directory::authentication_methods(&admin.ctx, admin.tenant.id, user.id).await?;
    let found = methods.iter().find(|held| held.id == method).ok_or_else(Trouble::missing)?;
    let page = page_of(user.id);
    let mut text = vec![format!("“{}” will not open the account of {} any more.", found.display_name, user.user_principal_name)];
    if methods.len() == 1 {
        text.push("It is the last one, so the recovery codes go too. The next sign-in that needs a second factor sets one up anew.".into());
    }
    let question = Question {
        crumb: (page.clone(), user.display_name.clone()),
        title: "Remove this second factor?".to_owned(),
        text,
        problem,
        fields: Vec::new(),
        action: format!("{page}/methods/{method}"),
        button: "Remove",
        back: page,
        shell: admin.shell(Section::Users)?,
    };
    Ok(question.page())
}

/// `POST /console/users/{id}/methods/{method}`.
pub(super) async fn remove_method(admin: Admin<ManagesUsers>, Path((id, method)): Path<(String, String)>) -> Result<Response, Trouble> {
    let user = find(&admin, &id).await?;
    permit(&admin, Action::ResetMethods, &user)?;
    let method: MethodId = method.parse().map_err(|_| Trouble::missing())?;
    match directory::delete_authentication_method(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, method).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(flash::done(&page_of(user.id), Flash::MethodTaken)),
        Err(DirectoryError::Conflict(problem)) => question_about_method(&admin, &user, method, Some(sentence(&problem))).await,
        Err(error) => Err(error.into()),
    }
}
