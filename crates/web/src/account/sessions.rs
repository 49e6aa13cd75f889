//! `/account/sessions`: where a person is signed in, what was opened lately, and an end to it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::SessionId;
use doorward_model::session::{Session, SessionKind};
use doorward_service::directory::DirectoryError;
use doorward_service::{account, sign_in_search};
use http::StatusCode;

use super::ACCOUNT;
use super::person::Person;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::flash::{Flash, done};
use crate::area::moment::Moment;
use crate::area::notice::plain;
use crate::area::question::Question;
use crate::area::session;
use crate::area::shell::Shell;
use crate::console::words::{self, Badge};

const PATH: &str = "/account/sessions";
const ALL: &str = "/account/sign-out-everywhere";
/// Sessions of one page; somebody with more ends them all.
const SHOWN: usize = 50;

struct Row {
    id: SessionId,
    kind: &'static str,
    device: Option<String>,
    since: Moment,
    second_factor: bool,
    this_one: bool,
}

struct SignIn {
    time: Moment,
    app: String,
    address: String,
    badge: Badge,
}

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct Sessions {
    shell: Shell,
    rows: Vec<Row>,
    more: usize,
    sign_ins: Vec<SignIn>,
}

/// `GET /account/sessions`.
pub(super) async fn list(person: Person) -> Result<Response, Trouble> {
    let (ctx, tenant, user) = (&person.ctx, person.tenant.id, &person.user);
    let devices = account::devices(ctx, tenant, user).await?;
    let sessions = account::sessions(ctx, tenant, user).await?;
    let more = sessions.len().saturating_sub(SHOWN);
    let row = |session: Session| Row {
        id: session.id,
        kind: match session.kind {
            SessionKind::Browser => "Browser or app with the sign-in page",
            SessionKind::Password => "App that knows your password",
            SessionKind::DeviceCode => "Device that you let in with a code",
            SessionKind::Broker => "Apps on a registered device",
        },
        device: session.device_id.and_then(|id| Some(devices.iter().find(|device| device.id == id)?.display_name.clone())),
        since: Moment(session.authenticated),
        second_factor: session.second_factor.is_some(),
        this_one: session.id == person.session.id,
    };
    let rows = sessions.into_iter().take(SHOWN).map(row).collect();
    let sign_ins = sign_in_search::latest_of(ctx, tenant, user.id).await?.into_iter().map(|record| SignIn {
        time: Moment(record.created_date_time),
        app: if record.circumstances.app_display_name.is_empty() {
            "–".to_owned()
        } else {
            record.circumstances.app_display_name.clone()
        },
        address: record.circumstances.ip_address.to_string(),
        badge: words::outcome(record.circumstances.outcome),
    });
    let page = Sessions { shell: person.shell(Section::Sessions)?, rows, more, sign_ins: sign_ins.collect() };
    Ok(plain(StatusCode::OK, &page))
}

/// `POST /account/sessions/{id}/end`.
pub(super) async fn end(person: Person, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id: SessionId = id.parse().map_err(|_| Trouble::missing())?;
    match account::end_session(&person.ctx, person.tenant.id, &person.user, id).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(done(PATH, Flash::SessionEnded)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /account/sign-out-everywhere`.
pub(super) async fn ask_to_end_all(person: Person) -> Result<Response, Trouble> {
    let question = Question {
        crumb: (PATH.to_owned(), "Where you are signed in".to_owned()),
        problem: None,
        title: "Sign out everywhere?".to_owned(),
        text: vec![
            "Every browser and app is signed out, this browser too. Apps notice at their next use.".to_owned(),
            "If somebody else may know your password, change it as well.".to_owned(),
        ],
        fields: Vec::new(),
        action: ALL.to_owned(),
        button: "Sign out everywhere",
        back: PATH.to_owned(),
        shell: person.shell(Section::Sessions)?,
    };
    Ok(question.page())
}

/// `POST /account/sign-out-everywhere`.
pub(super) async fn end_all(person: Person) -> Result<Response, Trouble> {
    account::sign_out_everywhere(&person.ctx, person.tenant.id, &person.user).await?;
    let mut response = Redirect::to(&session::sign_out_address(&person.ctx, person.tenant.id)).into_response();
    session::forget(&ACCOUNT, &mut response);
    Ok(response)
}
