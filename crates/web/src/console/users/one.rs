//! `GET /console/users/{id}`: one person, with what belongs to them.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::authentication_method::AuthenticationMethod;
use doorward_model::device::Device;
use doorward_model::group::Group;
use doorward_model::session::{Session, SessionKind};
use doorward_model::sign_in_record::SignInRecord;
use doorward_model::user::User;
use doorward_service::directory::{self, Task, UserDetails};
use http::StatusCode;

use super::action::Action;
use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::words::{self, Badge};

/// Sessions that the page shows.
const SESSIONS: usize = 20;

struct SignIn {
    id: String,
    time: Moment,
    app: String,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "console/user.html")]
struct OneUser {
    shell: Shell,
    user: Arc<User>,
    created: Moment,
    expires: Option<Moment>,
    /// The account has expired.
    expired: bool,
    groups: Vec<(Group, bool)>,
    more_groups: usize,
    devices: Vec<Device>,
    sessions: Vec<(String, Moment)>,
    session_count: usize,
    methods: Vec<(AuthenticationMethod, Moment, Option<Moment>)>,
    recovery_codes: u32,
    sign_ins: Vec<SignIn>,
    /// Query that names them to other pages.
    query: String,
    may_manage: bool,
    actions: Vec<Action>,
}

/// Shows the page.
pub(super) async fn get(admin: Admin<Reads>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let found = directory::user_details(&admin.ctx, admin.tenant.id, id).await?.ok_or_else(Trouble::missing)?;
    let UserDetails { user, groups, group_count, devices, sessions, held, sign_ins } = found;
    let may_manage = admin.may(Task::ManageUsers) && admin.may(Task::to_manage(Some(&user), None));
    let page = OneUser {
        shell: admin.shell(Section::Users)?,
        created: Moment(user.created),
        expires: user.account_expires.map(Moment),
        expired: user.account_enabled && !user.is_active_at(admin.ctx.now()),
        more_groups: group_count.saturating_sub(groups.len()),
        groups,
        devices,
        session_count: sessions.len(),
        sessions: sessions.into_iter().take(SESSIONS).map(session).collect(),
        methods: held.methods.into_iter().map(method).collect(),
        recovery_codes: held.recovery_codes,
        sign_ins: sign_ins.into_iter().map(sign_in).collect(),
        actions: if may_manage { Action::of(&user).filter(|action| admin.may(action.task())).collect() } else { Vec::new() },
        query: serde_urlencoded::to_string([("person", &user.user_principal_name)]).unwrap_or_default(),
        may_manage,
        user,
    };
    Ok(plain(StatusCode::OK, &page))
}

fn session(session: Session) -> (String, Moment) {
    let kind = match session.kind {
        SessionKind::Browser => "Sign-in page",
        SessionKind::Password => "Name and password",
        SessionKind::DeviceCode => "Code on another device",
        SessionKind::Broker => "Broker",
    };
    let factor = if session.second_factor.is_some() { ", with a second factor" } else { "" };
    (format!("{kind}{factor}"), Moment(session.authenticated))
}

fn method(method: AuthenticationMethod) -> (AuthenticationMethod, Moment, Option<Moment>) {
    let (created, last_used) = (Moment(method.created), method.last_used.map(Moment));
    (method, created, last_used)
}

fn sign_in(record: SignInRecord) -> SignIn {
    SignIn {
        id: record.id.to_string(),
        time: Moment(record.created_date_time),
        badge: words::outcome(record.circumstances.outcome),
        app: record.circumstances.app_display_name.clone(),
    }
}
