//! `/account/confirm`: the proof, right before a change of how somebody signs in, that it is still they who sit there.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::authentication_method::SecondFactor;
use doorward_service::account::{self, Wanted};
use doorward_service::authentication_method::in_session::Given;
use doorward_service::authentication_method::{MethodError, fido2};
use doorward_service::sign_in::flow::{self, Progress};
use doorward_service::sign_in::{FactorAnswer, Submission};
use doorward_service::{Error, sign_in};
use http::StatusCode;
use serde::Deserialize;

use super::ACCOUNT;
use super::person::Person;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::notice::plain;
use crate::area::session::own_path;
use crate::area::shell::Shell;
use crate::authority::posted_factor::{PostedFactor, factor};
use crate::pages::other_way::OtherWay;
use crate::pages::passkey::PasskeyProof;

/// Where to go on, and with which factor.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(rename = "return")]
    back: String,
    with: String,
}

/// The form.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Answered {
    #[serde(rename = "return")]
    back: String,
    state: String,
    passwd: Option<String>,
    #[serde(flatten)]
    factor: PostedFactor,
}

/// What the page asks for.
enum Ask {
    Password,
    AppCode,
    RecoveryCode,
    Passkey(PasskeyProof),
}

#[derive(Template)]
#[template(path = "account/confirm.html")]
struct Confirm {
    shell: Shell,
    ask: Ask,
    others: Vec<OtherWay>,
    state: String,
    back: String,
    problem: Option<String>,
}

impl Confirm {
    /// This page for another factor.
    fn with(&self, other: &OtherWay) -> String {
        let query = serde_urlencoded::to_string([("return", self.back.as_str()), ("with", other.value)]).unwrap_or_default();
        format!("{}?{query}", super::CONFIRM)
    }
}

/// `GET /account/confirm`.
pub(super) async fn get(person: Person, Query(asked): Query<Asked>) -> Result<Response, Trouble> {
    show(&person, &asked.back, factor(&asked.with), None).await
}

async fn show(person: &Person, back: &str, with: Option<SecondFactor>, problem: Option<String>) -> Result<Response, Trouble> {
    let back = own_path(&person.ctx, &ACCOUNT, back);
    let wanted = match account::wanted_proof(&person.ctx, &person.tenant, &person.user, &person.session).await? {
        Some(wanted) => wanted,
        None => return Ok(Redirect::to(&back).into_response()),
    };
    let mut progress = Progress::of_session(&person.session);
    let (ask, others) = match wanted {
        Wanted::Password => (Ask::Password, Vec::new()),
        Wanted::SecondFactor(factors) => {
            let best = factors.first().copied().unwrap_or(SecondFactor::RecoveryCode);
            let factor = with.filter(|with| factors.contains(with)).unwrap_or(best);
            let ask = match factor {
                SecondFactor::SoftwareOath => Ask::AppCode,
                // `factors` are those for pages, so a key of a computer is never among them.
                SecondFactor::RecoveryCode | SecondFactor::WindowsHello => Ask::RecoveryCode,
                SecondFactor::Fido2 => {
                    let challenge = fido2::challenge(&person.ctx);
                    progress.challenge = Some(challenge.clone());
                    let held = account::second_factors(&person.ctx, person.tenant.id, &person.user).await?;
                    Ask::Passkey(fido2::ask(&person.ctx, challenge, &held).into())
                }
            };
            (ask, factors.into_iter().filter(|other| *other != factor).map(OtherWay::of).collect())
        }
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let state = flow::seal_progress(&person.ctx, person.tenant.id, &progress)?;
    Ok(plain(status, &Confirm { shell: person.shell(Section::Methods)?, ask, others, state, back, problem }))
}

/// `POST /account/confirm`.
pub(super) async fn post(person: Person, Form(answered): Form<Answered>) -> Result<Response, Trouble> {
    let back = own_path(&person.ctx, &ACCOUNT, &answered.back);
    let wanted = account::wanted_proof(&person.ctx, &person.tenant, &person.user, &person.session).await?;
    let (with, problem) = match (wanted, answered.passwd, answered.factor.submission()) {
        // It was sent twice.
        (None, ..) => return Ok(Redirect::to(&back).into_response()),
        (Some(Wanted::Password), Some(password), _) => (None, by_password(&person, &password).await?),
        (Some(Wanted::SecondFactor(_)), _, Some(submission)) => by_factor(&person, &answered.state, submission).await?,
        (Some(_), ..) => (None, Some("Fill this in.".to_owned())),
    };
    match problem {
        None => Ok(Redirect::to(&back).into_response()),
        Some(problem) => show(&person, &back, with, Some(problem)).await,
    }
}

async fn by_password(person: &Person, password: &str) -> Result<Option<String>, Trouble> {
    let Person { ctx, tenant, user, session, caller, .. } = person;
    match account::prove_by_password(ctx, tenant, caller, user, session.id, password).await {
        Ok(()) => Ok(None),
        Err(Error::Refused(refusal)) if sign_in::credentials::is_about_password(refusal.code) => Ok(Some(refusal.message)),
        Err(error) => Err(error.into()),
    }
}

async fn by_factor(person: &Person, state: &str, submission: Submission) -> Result<(Option<SecondFactor>, Option<String>), Trouble> {
    let Person { ctx, tenant, user, session, caller, .. } = person;
    let progress = flow::open_progress(ctx, tenant.id, state);
    if progress.session != Some(session.id) {
        return Ok((None, Some("That took too long. Try again.".to_owned())));
    }
    let challenge = progress.challenge.unwrap_or_default();
    let given = match &submission {
        Submission::Passkey(proof) => Given::Passkey(&challenge, proof),
        Submission::SecondFactor(FactorAnswer::AppCode(code)) => Given::AppCode(code),
        Submission::SecondFactor(FactorAnswer::RecoveryCode(code)) => Given::RecoveryCode(code),
        _ => return Ok((None, Some("Fill this in.".to_owned()))),
    };
    let factor = given.factor();
    match account::prove(ctx, tenant, caller, user, session.id, given).await {
        Ok(()) => Ok((Some(factor), None)),
        Err(MethodError::Rejected(rejection)) => Ok((Some(factor), Some(rejection.for_person().to_owned()))),
        Err(MethodError::Failed(error)) => Err(error.into()),
    }
}
