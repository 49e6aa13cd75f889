//! `/console/what-if`: a sign-in that nobody has made, and what the policies say to it; if wanted, beside a second one. The question stands
//! in the address, so that a link shares it.

mod form;
mod funnel;
mod matrix;
mod question;
mod situation;
mod supposed;
mod ways;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_policy::conditional_access::Outcome;
use doorward_service::access::{self, Remedies, Trial, Trials, Tried};
use doorward_service::directory::DirectoryError;
use doorward_service::sign_in_search;
use http::StatusCode;

use self::form::Choices;
use self::matrix::Matrix;
pub(in crate::console) use self::question::Question;
use self::question::{OTHERWISE, Problems};
use self::situation::Situation;
use self::ways::Ways;
use super::admin::{Admin, Reads};
use super::moment::Moment;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/what_if.html")]
struct WhatIf {
    shell: Shell,
    question: Question,
    otherwise: Question,
    choices: Choices,
    /// Of the question, and of what is otherwise.
    problems: (Problems, Problems),
    recorded: Option<Recorded>,
    answer: Option<Answer>,
}

impl WhatIf {
    /// What is wrong with a choice that the form does not offer.
    fn unoffered(&self) -> Option<&'static str> {
        self.problems.0.chosen.or(self.problems.1.chosen)
    }
}

/// The recorded sign-in that the question was made of.
struct Recorded {
    id: String,
    time: Moment,
    /// What it has and the question cannot say; none when no question can be made of it.
    beyond: Option<Vec<&'static str>>,
}

struct Answer {
    first: Situation,
    second: Option<Situation>,
    matrix: Matrix,
    /// How the first gets in, when it does not.
    ways: Option<Ways>,
    /// The second sign-in as the question.
    turned: String,
}

/// `GET /console/what-if`; without a person, only the form. With `sign_in` the question is made of a recorded sign-in.
pub(super) async fn get(admin: Admin<Reads>, Query(fields): Query<Vec<(String, String)>>) -> Result<Response, Trouble> {
    let mut question = Question::read(&fields, "");
    let otherwise = Question::read(&fields, OTHERWISE);
    let mut recorded = None;
    if let Some((_, id)) = fields.iter().find(|(name, _)| name == "sign_in") {
        let (read, from) = self::recorded(&admin, id).await?;
        question = read;
        recorded = Some(from);
    }
    let mut problems = (Problems::default(), Problems::default());
    let mut answer = None;
    if question.is_asked() {
        match answered(&admin, &question, &otherwise).await? {
            Ok(found) => answer = Some(found),
            Err(found) => problems = found,
        }
    }
    let status = if problems.0.any() || problems.1.any() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let choices = Choices::read(&admin.ctx, admin.tenant.id).await?;
    Ok(plain(status, &WhatIf { shell: admin.shell(Section::WhatIf)?, question, otherwise, choices, problems, recorded, answer }))
}

async fn recorded(admin: &Admin<Reads>, id: &str) -> Result<(Question, Recorded), Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let record = sign_in_search::by_id(&admin.ctx, admin.tenant.id, id).await?.ok_or_else(Trouble::missing)?;
    let facts = access::recorded_facts(&admin.ctx, admin.tenant.id, &record).await?;
    let from = |beyond| Recorded { id: record.id.to_string(), time: Moment(record.created_date_time), beyond };
    Ok(match (facts, record.circumstances.user_id) {
        (Some(facts), Some(user)) => {
            let (question, beyond) = Question::of(&facts, user.to_string());
            (question, from(Some(beyond)))
        }
        _ => (Question::default(), from(None)),
    })
}

/// A sign-in that is decided, with what it was decided by.
type Decided = (Trials, Trial, Tried);

/// Decides the question, and what is otherwise beside it; or what is wrong with either.
async fn answered(
    admin: &Admin<Reads>,
    question: &Question,
    otherwise: &Question,
) -> Result<Result<Answer, (Problems, Problems)>, Trouble> {
    let first = decided(admin, question).await?;
    let second = match otherwise.is_empty() {
        true => None,
        false => Some(decided(admin, &question.with(otherwise)).await?),
    };
    let ((trials, trial, tried), second) = match (first, second) {
        (Ok(first), None) => (first, None),
        (Ok(first), Some(Ok(second))) => (first, Some(second)),
        (Ok(_), Some(Err(problems))) => return Ok(Err((Problems::default(), problems))),
        (Err(problems), _) => return Ok(Err((problems, Problems::default()))),
    };
    let remedies = match tried.decision().outcome {
        Outcome::Grant => None,
        Outcome::Interrupt | Outcome::Block => Some(trials.remedies(&trial)?),
    };
    Ok(Ok(Answer {
        first: Situation::of(&trials, &trial, &tried)?,
        matrix: Matrix::of(&tried, second.as_ref().map(|(.., tried)| tried)),
        second: second.as_ref().map(|(trials, trial, tried)| Situation::of(trials, trial, tried)).transpose()?,
        ways: remedies.map(|remedies: Remedies| Ways::of(&remedies, question, &trials)),
        turned: question.with(otherwise).alone(),
    }))
}

async fn decided(admin: &Admin<Reads>, question: &Question) -> Result<Result<Decided, Problems>, Trouble> {
    let trial = match question.trial() {
        Ok(trial) => trial,
        Err(problems) => return Ok(Err(problems)),
    };
    let trials = match Trials::open(&admin.ctx, admin.tenant.id, question.person.trim()).await {
        Ok(trials) => trials,
        Err(DirectoryError::NotFound(_)) => {
            return Ok(Err(Problems { person: Some("Nobody here has this sign-in name."), ..Problems::default() }));
        }
        Err(error) => return Err(error.into()),
    };
    match trials.decide(&trial) {
        Ok(tried) => Ok(Ok((trials, trial, tried))),
        Err(DirectoryError::Invalid { member, .. }) if member == "service" => {
            Ok(Err(Problems { service: Some("Choose a service."), ..Problems::default() }))
        }
        Err(DirectoryError::Invalid { .. }) => Ok(Err(Problems { app: Some("Choose an app."), ..Problems::default() })),
        Err(error) => Err(error.into()),
    }
}
