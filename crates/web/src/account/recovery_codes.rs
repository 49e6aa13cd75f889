//! `/account/recovery-codes`: new ones in place of the old.

use askama::Template;
use axum::response::Response;
use doorward_service::account;
use http::StatusCode;

use super::person::Person;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::notice::plain;
use crate::area::question::Question;
use crate::area::shell::Shell;

const PATH: &str = "/account/recovery-codes";

#[derive(Template)]
#[template(path = "account/recovery_codes.html")]
struct RecoveryCodes {
    shell: Shell,
    codes: Vec<String>,
}

/// The page that shows codes, this once.
pub(super) fn show(person: &Person, codes: Vec<String>) -> Result<Response, Trouble> {
    Ok(plain(StatusCode::OK, &RecoveryCodes { shell: person.shell(Section::Methods)?, codes }))
}

/// `GET /account/recovery-codes`.
pub(super) async fn ask(person: Person) -> Result<Response, Trouble> {
    if let Some(detour) = person.detour(PATH).await? {
        return Ok(detour);
    }
    let question = Question {
        crumb: ("/account".to_owned(), "Ways to sign in".to_owned()),
        problem: None,
        title: "Make new recovery codes?".to_owned(),
        text: vec!["The old ones stop working at once. The new ones are shown to you once.".to_owned()],
        fields: Vec::new(),
        action: PATH.to_owned(),
        button: "Make new codes",
        back: "/account".to_owned(),
        shell: person.shell(Section::Methods)?,
    };
    Ok(question.page())
}

/// `POST /account/recovery-codes`.
pub(super) async fn renew(person: Person) -> Result<Response, Trouble> {
    if let Some(detour) = person.detour(PATH).await? {
        return Ok(detour);
    }
    let codes = account::renew_recovery_codes(&person.ctx, &person.tenant, &person.user, &person.session).await?;
    show(&person, codes)
}
