//! `/account/app` and `/account/passkey`: setting up another way to sign in.

use askama::Template;
use axum::Form;
use axum::response::Response;
use doorward_service::account;
use doorward_service::authentication_method::in_session::New;
use doorward_service::authentication_method::software_oath::NewSecret;
use doorward_service::authentication_method::{MethodError, fido2};
use doorward_service::sign_in::flow::{self, Progress};
use doorward_service::sign_in::{FactorAnswer, Submission};
use http::StatusCode;
use serde::Deserialize;

use super::person::Person;
use super::recovery_codes;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::flash::{Flash, done};
use crate::area::notice::plain;
use crate::area::shell::Shell;
use crate::authority::posted_factor::PostedFactor;
use crate::pages::Link;
use crate::pages::other_way::OtherWay;
use crate::pages::passkey::PasskeyCreation;
use crate::pages::qr_code::QrCode;
use crate::pages::register_app::grouped;

const APP: &str = "/account/app";
const PASSKEY: &str = "/account/passkey";
const TOO_LONG: &str = "That took too long. Try again.";

/// The form.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Answered {
    state: String,
    #[serde(flatten)]
    factor: PostedFactor,
}

#[derive(Template)]
#[template(path = "account/app.html")]
struct AddApp {
    shell: Shell,
    qr_code: Option<QrCode>,
    link: Option<Link>,
    secret: String,
    state: String,
    problem: Option<String>,
}

/// `GET /account/app`.
pub(super) async fn app(person: Person) -> Result<Response, Trouble> {
    match person.detour(APP).await? {
        Some(detour) => Ok(detour),
        None => show_app(&person, NewSecret::generate(&person.ctx), None),
    }
}

fn show_app(person: &Person, secret: NewSecret, problem: Option<&str>) -> Result<Response, Trouble> {
    let uri = secret.uri(&person.tenant, &person.user);
    let mut progress = Progress::of_session(&person.session);
    progress.app_secret = Some(secret.bytes());
    let page = AddApp {
        shell: person.shell(Section::Methods)?,
        qr_code: QrCode::of(&uri),
        link: Link::to_app(&uri),
        secret: grouped(&secret.text()),
        state: flow::seal_progress(&person.ctx, person.tenant.id, &progress)?,
        problem: problem.map(str::to_owned),
    };
    Ok(plain(status(problem), &page))
}

fn status(problem: Option<&str>) -> StatusCode {
    if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// `POST /account/app`.
pub(super) async fn add_app(person: Person, Form(answered): Form<Answered>) -> Result<Response, Trouble> {
    if let Some(detour) = person.detour(APP).await? {
        return Ok(detour);
    }
    let progress = flow::open_progress(&person.ctx, person.tenant.id, &answered.state);
    let secret = progress.app_secret.filter(|_| progress.session == Some(person.session.id)).map(NewSecret::from_bytes);
    let (Some(secret), Some(Submission::SecondFactor(FactorAnswer::NewApp(code)))) = (secret, answered.factor.submission()) else {
        return show_app(&person, NewSecret::generate(&person.ctx), Some(TOO_LONG));
    };
    match add(&person, New::App(&secret, &code)).await? {
        Ok(response) => Ok(response),
        // A secret that the app may have already stays; a new one would make its code wrong again.
        Err(problem) => show_app(&person, secret, Some(problem)),
    }
}

#[derive(Template)]
#[template(path = "account/passkey.html")]
struct AddPasskey {
    shell: Shell,
    creation: PasskeyCreation,
    others: Vec<OtherWay>,
    state: String,
    problem: Option<String>,
}

/// `GET /account/passkey`.
pub(super) async fn passkey(person: Person) -> Result<Response, Trouble> {
    match person.detour(PASSKEY).await? {
        Some(detour) => Ok(detour),
        None => show_passkey(&person, None).await,
    }
}

async fn show_passkey(person: &Person, problem: Option<&str>) -> Result<Response, Trouble> {
    let Person { ctx, tenant, user, session, .. } = person;
    let challenge = fido2::challenge(ctx);
    let held = account::second_factors(ctx, tenant.id, user).await?;
    let mut progress = Progress::of_session(session);
    progress.challenge = Some(challenge.clone());
    let page = AddPasskey {
        shell: person.shell(Section::Methods)?,
        creation: fido2::ask_to_create(ctx, challenge, tenant, user, &held).into(),
        others: Vec::new(),
        state: flow::seal_progress(ctx, tenant.id, &progress)?,
        problem: problem.map(str::to_owned),
    };
    Ok(plain(status(problem), &page))
}

/// `POST /account/passkey`.
pub(super) async fn add_passkey(person: Person, Form(answered): Form<Answered>) -> Result<Response, Trouble> {
    if let Some(detour) = person.detour(PASSKEY).await? {
        return Ok(detour);
    }
    let progress = flow::open_progress(&person.ctx, person.tenant.id, &answered.state);
    let challenge = progress.challenge.filter(|_| progress.session == Some(person.session.id));
    let (Some(challenge), Some(Submission::SecondFactor(FactorAnswer::NewPasskey(creation)))) = (challenge, answered.factor.submission())
    else {
        return show_passkey(&person, Some(TOO_LONG)).await;
    };
    match add(&person, New::Passkey(&challenge, &creation)).await? {
        Ok(response) => Ok(response),
        Err(problem) => show_passkey(&person, Some(problem)).await,
    }
}

/// Registers; the page that follows, or what was wrong.
async fn add(person: &Person, new: New<'_>) -> Result<Result<Response, &'static str>, Trouble> {
    let Person { ctx, tenant, user, session, caller, .. } = person;
    match account::add_method(ctx, tenant, caller, user, session, new).await {
        Ok(codes) if codes.is_empty() => Ok(Ok(done("/account", Flash::MethodAdded))),
        Ok(codes) => Ok(Ok(recovery_codes::show(person, codes)?)),
        Err(MethodError::Rejected(rejection)) => Ok(Err(rejection.for_person())),
        Err(MethodError::Failed(error)) => Err(error.into()),
    }
}
