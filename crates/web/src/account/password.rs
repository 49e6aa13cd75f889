//! `/account/password`: a new password.

use askama::Template;
use axum::Form;
use axum::response::Response;
use doorward_service::account::{self, PasswordChangeError, Wanted};
use doorward_service::password::MINIMUM_LENGTH;
use http::StatusCode;
use serde::Deserialize;

use super::ACCOUNT;
use super::person::Person;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::notice::{Notice, Way, plain};
use crate::area::session;
use crate::area::shell::Shell;

const PATH: &str = "/account/password";

/// The form. What was typed is not shown again: it is secret.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    passwd: String,
    newpasswd: String,
    confirmnewpasswd: String,
}

/// What was wrong, at the fields.
#[derive(Default)]
struct Problems {
    old: Option<String>,
    new: Option<String>,
    repeated: Option<String>,
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct Password {
    shell: Shell,
    minimum_length: usize,
    problems: Problems,
}

impl Password {
    fn wrong(&self) -> bool {
        let Problems { old, new, repeated } = &self.problems;
        old.is_some() || new.is_some() || repeated.is_some()
    }
}

/// `GET /account/password`.
pub(super) async fn form(person: Person) -> Result<Response, Trouble> {
    match detour(&person).await? {
        Some(detour) => Ok(detour),
        None => show(&person, Problems::default()),
    }
}

/// The form itself asks for the password, so only a second factor is asked for first.
async fn detour(person: &Person) -> Result<Option<Response>, Trouble> {
    match account::wanted_proof(&person.ctx, &person.tenant, &person.user, &person.session).await? {
        Some(Wanted::SecondFactor(_)) => person.detour(PATH).await,
        Some(Wanted::Password) | None => Ok(None),
    }
}

fn show(person: &Person, problems: Problems) -> Result<Response, Trouble> {
    let page = Password { shell: person.shell(Section::Password)?, minimum_length: MINIMUM_LENGTH, problems };
    Ok(plain(if page.wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

/// `POST /account/password`.
pub(super) async fn change(person: Person, Form(typed): Form<Typed>) -> Result<Response, Trouble> {
    if let Some(detour) = detour(&person).await? {
        return Ok(detour);
    }
    if typed.newpasswd != typed.confirmnewpasswd {
        return show(&person, Problems { repeated: Some("The two new passwords differ.".to_owned()), ..Problems::default() });
    }
    let Person { ctx, tenant, user, session, caller, .. } = &person;
    match account::choose_password(ctx, tenant, caller, user, session, &typed.passwd, &typed.newpasswd).await {
        Ok(()) => {
            let text = "You are signed out everywhere, here too: whoever knew the old password is out as well.".to_owned();
            let mut response =
                Notice { status: StatusCode::OK, title: "Your password is changed", text, way: Some(Way::SignIn) }.page(&ACCOUNT);
            session::forget(&ACCOUNT, &mut response);
            Ok(response)
        }
        Err(PasswordChangeError::WrongPassword) => {
            let old = "This is not your present password, or there were too many attempts. Try again in a few minutes.";
            show(&person, Problems { old: Some(old.to_owned()), ..Problems::default() })
        }
        Err(PasswordChangeError::Weak(weak)) => {
            show(&person, Problems { new: Some(crate::area::sentence(&weak.to_string())), ..Problems::default() })
        }
        Err(PasswordChangeError::Gone) => Err(Trouble::missing()),
        Err(PasswordChangeError::Failed(error)) => Err(error.into()),
    }
}
