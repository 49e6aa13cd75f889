//! `/console/what-if`: a sign-in that nobody has made, and what the policies say to it. The question stands in the address, so that a
//! link shares it.

mod answer;
mod question;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_service::access;
use doorward_service::directory::DirectoryError;
use http::StatusCode;

use self::answer::Answer;
use self::question::{Choices, Problems, Question};
use super::admin::{Admin, Reads};
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/what_if.html")]
struct WhatIf {
    shell: Shell,
    question: Question,
    choices: Choices,
    problems: Problems,
    answer: Option<Answer>,
}

/// `GET /console/what-if`; without a person, only the form.
pub(super) async fn get(admin: Admin<Reads>, Query(question): Query<Question>) -> Result<Response, Trouble> {
    let choices = Choices::read(&admin.ctx, admin.tenant.id).await?;
    let mut problems = Problems::default();
    let mut answer = None;
    if question.is_asked() {
        match question.trial() {
            Err(found) => problems = found,
            Ok(trial) => match access::try_sign_in(&admin.ctx, admin.tenant.id, &trial).await {
                Ok(tried) => answer = Some(Answer::of(&tried)),
                Err(DirectoryError::NotFound(_)) => problems.person = Some("Nobody here has this sign-in name."),
                Err(DirectoryError::Invalid { member, .. }) if member == "service" => problems.service = Some("Choose a service."),
                Err(DirectoryError::Invalid { .. }) => problems.app = Some("Choose an app."),
                Err(error) => return Err(error.into()),
            },
        }
    }
    let status = if problems.any() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(plain(status, &WhatIf { shell: admin.shell(Section::WhatIf)?, question, choices, problems, answer }))
}
