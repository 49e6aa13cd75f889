//! `/account`: the second factors of a person.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::MethodId;
use doorward_model::authentication_method::{AuthenticationMethod, SecondFactor};
use doorward_service::account;
use doorward_service::authentication_method::registered::is_for_pages;
use doorward_service::directory::DirectoryError;
use http::StatusCode;

use super::person::Person;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::flash::{Flash, done};
use crate::area::moment::Moment;
use crate::area::notice::plain;
use crate::area::question::Question;
use crate::area::sentence;
use crate::area::shell::Shell;
use crate::pages::other_way::OtherWay;

struct Row {
    id: MethodId,
    name: String,
    detail: &'static str,
    created: Moment,
    last_used: Option<Moment>,
}

#[derive(Template)]
#[template(path = "account/methods.html")]
struct Methods {
    shell: Shell,
    rows: Vec<Row>,
    recovery_codes: u32,
    passkey: bool,
    app: bool,
}

/// `GET /account`.
pub(super) async fn list(person: Person) -> Result<Response, Trouble> {
    let held = account::second_factors(&person.ctx, person.tenant.id, &person.user).await?;
    let offered = account::registrable(&person.ctx, &person.tenant, &person.caller, &person.user, &person.session).await?;
    let page = Methods {
        shell: person.shell(Section::Methods)?,
        rows: held.methods.iter().map(row).collect(),
        recovery_codes: held.recovery_codes,
        passkey: offered.contains(&SecondFactor::Fido2),
        app: offered.contains(&SecondFactor::SoftwareOath),
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(method: &AuthenticationMethod) -> Row {
    Row {
        id: method.id,
        name: method.display_name.clone(),
        detail: OtherWay::of(method.factor()).detail,
        created: Moment(method.created),
        last_used: method.last_used.map(Moment),
    }
}

/// `GET /account/methods/{id}/remove`.
pub(super) async fn ask_to_remove(person: Person, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id: MethodId = id.parse().map_err(|_| Trouble::missing())?;
    match person.detour(&address(id)).await? {
        Some(detour) => Ok(detour),
        None => question(&person, id, None).await,
    }
}

fn address(id: MethodId) -> String {
    format!("/account/methods/{id}/remove")
}

async fn question(person: &Person, id: MethodId, problem: Option<String>) -> Result<Response, Trouble> {
    let held = account::second_factors(&person.ctx, person.tenant.id, &person.user).await?;
    let method = held.methods.iter().find(|method| method.id == id).ok_or_else(Trouble::missing)?;
    let mut text = vec![format!("“{}” will not open your account any more.", method.display_name)];
    if is_for_pages(method) && !held.methods.iter().any(|other| other.id != id && is_for_pages(other)) {
        text.push(
            "It is your last one, and your recovery codes go with it. Where a second step is asked for, you set up a new one.".into(),
        );
    }
    let question = Question {
        crumb: ("/account".to_owned(), "Ways to sign in".to_owned()),
        problem,
        title: "Remove this way to sign in?".to_owned(),
        text,
        fields: Vec::new(),
        action: address(id),
        button: "Remove",
        back: "/account".to_owned(),
        shell: person.shell(Section::Methods)?,
    };
    Ok(question.page())
}

/// `POST /account/methods/{id}/remove`.
pub(super) async fn remove(person: Person, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id: MethodId = id.parse().map_err(|_| Trouble::missing())?;
    if let Some(detour) = person.detour(&address(id)).await? {
        return Ok(detour);
    }
    match account::remove_method(&person.ctx, &person.tenant, &person.user, &person.session, id).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(done("/account", Flash::MethodRemoved)),
        Err(DirectoryError::Conflict(problem)) => question(&person, id, Some(sentence(&problem))).await,
        Err(error) => Err(error.into()),
    }
}
