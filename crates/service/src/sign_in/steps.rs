//! The steps of a sign-in: given what has come in so far, what the person sees next.
//!
//! Order: who, password, decision, second factor, consent, code. The server keeps no state between pages: the request and the
//! progress travel sealed (see [`super::flow`]), the session cookie says who has signed in.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::device::Device;
use doorward_model::session::{Session, SessionKind};
use doorward_model::user::User;
use doorward_model::{DeviceId, ErrorCode};
use doorward_store::Unit;

use super::device_challenge::{self, DeviceAnswer};
use super::flow::Progress;
use super::request::AuthorizeRequest;
use super::step::{Journey, Outcome, Step, Submission, Wish};
use super::{code, consent, credentials, passwordless, second_factor, session, ticket};
use crate::access::{self, Subject};
use crate::account::{self, PasswordChangeError};
use crate::attempts::Origin;
use crate::authentication_method::fido2;
use crate::authentication_method::in_session;
use crate::authentication_method::software_oath::NewSecret;
use crate::broker::credential::PrtProof;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Refusal, Result};
use crate::nested;

/// Somebody who has signed in, and what they did on the page before.
pub(super) struct SignedIn {
    pub(super) session: Arc<Session>,
    pub(super) user: Arc<User>,
    /// The device that speaks for them in place of a browser.
    pub(super) device: Option<DeviceId>,
    /// They agreed to what the client wants.
    pub(super) agreed: bool,
    /// The second factor that they want to give or register.
    pub(super) wanted: Option<SecondFactor>,
    /// What was wrong with the last attempt.
    pub(super) problem: Option<String>,
    /// The secret of the app that they are registering.
    pub(super) app_secret: Option<NewSecret>,
}

impl SignedIn {
    pub(super) fn new(session: Arc<Session>, user: Arc<User>) -> Self {
        Self { session, user, device: None, agreed: false, wanted: None, problem: None, app_secret: None }
    }
}

/// Takes the next step.
///
/// # Errors
/// Storage failure; refusals are steps.
pub async fn advance(
    ctx: &Context,
    journey: Journey<'_>,
    cookie: Option<&str>,
    progress: Progress,
    submission: Submission,
) -> Result<Outcome> {
    match submission {
        Submission::Nothing => arrive(ctx, journey, cookie).await,
        Submission::Identifier { login } => {
            let login = login.trim().to_owned();
            // Every name leads on: whether the account exists shows nowhere.
            let well_formed =
                login.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.')) && login.len() <= 320;
            Ok(if well_formed {
                plain(Step::Password { login, problem: None, code: None })
            } else {
                identifier(ctx, login, Some("Enter your work account as name@company.example."))
            })
        }
        Submission::Password { login, password } => sign_in(ctx, journey, login.trim(), &password).await,
        Submission::NewPassword { old, new, repeated } => change_password(ctx, journey, progress, &old, &new, &repeated).await,
        Submission::Passkey(proof) if progress.session.is_none() => passwordless::sign_in(ctx, journey, progress, &proof).await,
        Submission::Passkey(proof) => second_factor::passkey(ctx, journey, cookie, progress, &proof).await,
        Submission::Ticket(token) => ticket::sign_in(ctx, journey, token.as_deref()).await,
        Submission::SecondFactor(answer) => second_factor::answer(ctx, journey, cookie, progress, answer).await,
        Submission::Consent(agreed) => match current(ctx, journey, cookie).await? {
            Some((session, user)) if agreed => proceed(ctx, journey, SignedIn { agreed: true, ..SignedIn::new(session, user) }).await,
            Some(_) => {
                let refusal = Refusal::new(ErrorCode::CONSENT_DECLINED, "The person declined to let the app act for them.");
                Ok(plain(Step::Error(Box::new(refusal))))
            }
            None => Ok(ended(ctx)),
        },
        Submission::Device => match current(ctx, journey, cookie).await? {
            Some((session, user)) => proceed(ctx, journey, SignedIn::new(session, user)).await,
            None => Ok(ended(ctx)),
        },
    }
}

/// The request has just arrived.
async fn arrive(ctx: &Context, journey: Journey<'_>, cookie: Option<&str>) -> Result<Outcome> {
    let request = journey.wish.request();
    let asks_anew = request.is_some_and(|request| request.prompts("login") || request.prompts("select_account"));
    let known = if asks_anew { None } else { current(ctx, journey, cookie).await? };
    let hint = request.and_then(|request| request.login_hint.clone());
    match known.filter(|(_, user)| hint.as_deref().is_none_or(|hint| hint.eq_ignore_ascii_case(&user.user_principal_name))) {
        Some((session, user)) => proceed(ctx, journey, SignedIn::new(session, user)).await,
        None if request.is_some_and(|request| request.prompts("none")) => {
            let refusal = Refusal::new(ErrorCode::LOGIN_REQUIRED, "Nobody is signed in here: an interactive sign-in is needed.");
            Ok(plain(Step::Error(Box::new(refusal))))
        }
        None => Ok(match hint {
            Some(login) => plain(Step::Password { login, problem: None, code: None }),
            None => identifier(ctx, String::new(), None),
        }),
    }
}

/// Who is signed in at this browser.
pub(super) async fn current(ctx: &Context, journey: Journey<'_>, cookie: Option<&str>) -> Result<Option<(Arc<Session>, Arc<User>)>> {
    let Some(cookie) = cookie else { return Ok(None) };
    let mut unit = ctx.store.tenant(journey.tenant.id).read().await?;
    session::from_cookie(ctx, unit.as_mut(), journey.tenant.id, cookie).await
}

/// Answers a request that the broker makes for an app, with the proof of its primary refresh token in place of a person.
///
/// # Errors
/// Storage failure; refusals are steps.
pub async fn brokered(ctx: &Context, journey: Journey<'_>, proof: PrtProof) -> Result<Outcome> {
    let PrtProof { session, user, device, .. } = proof;
    proceed(ctx, journey, SignedIn { device: Some(device.id), ..SignedIn::new(session, user) }).await
}

async fn sign_in(ctx: &Context, journey: Journey<'_>, login: &str, password: &str) -> Result<Outcome> {
    let origin = Origin::Address(journey.caller.ip);
    let user = match credentials::check_password(ctx, journey.tenant, login, password, origin).await {
        Ok(user) => user,
        Err(Error::Refused(refusal)) => {
            let (problem, code) = (refusal.message.clone(), refusal.code);
            log_failure(ctx, journey, login, *refusal).await;
            return Ok(plain(Step::Password { login: login.to_owned(), problem: Some(problem), code: Some(code) }));
        }
        Err(error) => return Err(error),
    };
    if user.force_change_password {
        let progress = Progress::must_change_password(&user);
        let step = Step::ChangePassword { login: user.user_principal_name.clone(), problem: None };
        return Ok(Outcome { step, session_cookie: None, progress });
    }
    start_password_session(ctx, journey, user).await
}

/// Records a factor that was not right; the person sees the page again.
pub(super) async fn log_failure(ctx: &Context, journey: Journey<'_>, login: &str, refusal: Refusal) {
    let (application, _) = journey.wish.client();
    let _logged = access::failed_factor(ctx, journey.tenant, journey.caller, "sign_in", application, login, refusal.into()).await;
}

async fn start_password_session(ctx: &Context, journey: Journey<'_>, user: Arc<User>) -> Result<Outcome> {
    let session = session::begin(ctx, &user, SessionKind::Browser, None, vec!["pwd".into()]);
    start_session(ctx, journey, session, user).await
}

/// Keeps a new session, and goes on in it.
pub(super) async fn start_session(ctx: &Context, journey: Journey<'_>, session: Session, user: Arc<User>) -> Result<Outcome> {
    let mut unit = ctx.store.tenant(journey.tenant.id).write().await?;
    unit.sessions().create(&session).await?;
    unit.commit().await?;
    let cookie = session::cookie(ctx, journey.tenant.id, session.id)?;
    let mut outcome = proceed(ctx, journey, SignedIn::new(Arc::new(session), user)).await?;
    outcome.session_cookie = Some(cookie);
    Ok(outcome)
}

async fn change_password(ctx: &Context, journey: Journey<'_>, progress: Progress, old: &str, new: &str, repeated: &str) -> Result<Outcome> {
    let (Some(login), Some(_)) = (progress.login.clone(), progress.change_password_of) else {
        return Ok(identifier(ctx, String::new(), Some("That took too long. Please sign in again.")));
    };
    let again = |problem: String| Outcome {
        step: Step::ChangePassword { login: login.clone(), problem: Some(problem) },
        session_cookie: None,
        progress: progress.clone(),
    };
    if new != repeated {
        return Ok(again("The two new passwords differ.".into()));
    }
    match account::change_password(ctx, journey.tenant, journey.caller.ip, &login, old, new).await {
        Ok(user) => start_password_session(ctx, journey, user).await,
        Err(PasswordChangeError::Failed(error)) => Err(error),
        Err(problem) => Ok(again(sentence(&problem.to_string()))),
    }
}

/// The words of an error as a sentence for people.
fn sentence(text: &str) -> String {
    format!("{}{}.", text.chars().take(1).flat_map(char::to_uppercase).collect::<String>(), text.get(1..).unwrap_or_default())
}

/// Somebody is signed in: decide, ask for a second factor or for consent, make the code.
pub(super) async fn proceed(ctx: &Context, journey: Journey<'_>, signed: SignedIn) -> Result<Outcome> {
    let mut unit = ctx.store.tenant(journey.tenant.id).write().await?;
    let outcome = match proceed_in(ctx, unit.as_mut(), journey, &signed).await {
        Ok(outcome) => outcome,
        Err(Error::Refused(refusal)) if journey.wish.request().is_some_and(|request| request.prompts("none")) => {
            plain(Step::Error(refusal))
        }
        Err(Error::Refused(refusal)) => {
            let approved_apps = if refusal.code == ErrorCode::APP_NOT_APPROVED { approved_apps(unit.as_mut()).await? } else { Vec::new() };
            plain(Step::Refused { refusal, login: signed.user.user_principal_name.clone(), approved_apps })
        }
        Err(error) => return Err(error),
    };
    unit.commit().await?;
    Ok(outcome)
}

async fn proceed_in(ctx: &Context, unit: &mut dyn Unit, journey: Journey<'_>, signed: &SignedIn) -> Result<Outcome> {
    let others = others_of(unit, journey, signed).await?;
    let facts = decision_about(journey, signed, &others);
    if let Wish::Code(request, ..) = journey.wish
        && must_ask_for_device(ctx, unit, request, &facts, signed).await?
    {
        let challenge = device_challenge::ask(ctx, unit, journey.tenant, request, signed.session.id).await?;
        return Ok(plain(Step::ProveDevice(Box::new(challenge))));
    }
    let asked_before = signed.wanted.is_some() || signed.problem.is_some();
    // The client may ask for a second factor that no policy asks for.
    let lacks_factor = journey.wish.request().is_some_and(|request| request.second_factor) && !in_session::has_any(&signed.session);
    match journey.wish {
        // The interruption is in the log already.
        Wish::Code(..) if asked_before && (lacks_factor || access::asks_for_second_factor(ctx, unit, &facts).await?) => {
            second_factor::ask(ctx, unit, journey, signed, &facts, None).await
        }
        Wish::Code(request, application, target) => {
            let silent = request.prompts("none") || facts.brokered;
            // A code is not a token yet: the record is written when it is redeemed, after the decision is made once more.
            match access::require(ctx, unit, &facts).await {
                Ok(attempt) => attempt.deferred(),
                Err(Error::Refused(refusal)) if refusal.code == ErrorCode::MFA_REQUIRED && !silent => {
                    return second_factor::ask(ctx, unit, journey, signed, &facts, Some(*refusal)).await;
                }
                // The token endpoint says it in the words that make the client apply its policy; here it reads nothing.
                Err(Error::Refused(refusal))
                    if refusal.code == ErrorCode::PROTECTION_POLICY_REQUIRED && access::can_protect(facts.capabilities) => {}
                Err(Error::Refused(refusal)) if refusal.code == ErrorCode::SESSION_TOO_OLD && !silent => return Ok(sign_in_again(signed)),
                Err(Error::Refused(refusal)) if refusal.code == ErrorCode::SESSION_TOO_OLD && request.prompts("none") => {
                    return Err(Refusal { code: ErrorCode::LOGIN_REQUIRED, ..*refusal }.into());
                }
                Err(error) => return Err(error),
            }
            if lacks_factor && silent {
                return Err(Error::refused(
                    ErrorCode::MFA_REQUIRED,
                    "The client asks for a second factor: sign in interactively to give one.",
                ));
            }
            if lacks_factor {
                return second_factor::ask(ctx, unit, journey, signed, &facts, None).await;
            }
            if signed.agreed {
                consent::give(unit, application, &signed.user, target).await?;
            } else if consent::is_needed(unit, application, &signed.user, target).await? || request.prompts("consent") {
                if silent {
                    return Err(Error::refused(
                        ErrorCode::CONSENT_REQUIRED,
                        format!("'{}' needs the person's consent first.", application.display_name),
                    ));
                }
                consent::may_agree(application, &signed.user, target)?;
                return Ok(plain(Step::Consent { login: signed.user.user_principal_name.clone() }));
            }
            Ok(plain(Step::Code(code::create(ctx, unit, request, target, &facts, &signed.session).await?)))
        }
        Wish::DeviceCode(..) if access::asks_for_second_factor(ctx, unit, &facts).await? => {
            second_factor::ask(ctx, unit, journey, signed, &facts, None).await
        }
        Wish::DeviceCode(..) if access::asks_to_sign_in_again(ctx, unit, &facts).await? => Ok(sign_in_again(signed)),
        Wish::DeviceCode(..) => Ok(plain(Step::SignedIn(signed.session.clone(), signed.user.clone()))),
    }
}

/// Who takes part beside the person and the client.
pub(super) struct Others {
    /// The device that speaks for the person, or that the client proved in this very sign-in.
    device: Option<Arc<Device>>,
    /// The app that asks for the client.
    hub: Option<Arc<Application>>,
}

pub(super) async fn others_of(unit: &mut dyn Unit, journey: Journey<'_>, signed: &SignedIn) -> Result<Others> {
    let request = journey.wish.request();
    let answer = request.and_then(|request| answer_in(request, signed));
    let (client, _) = journey.wish.client();
    Ok(Others {
        device: crate::token::bound_device(unit, signed.device.or_else(|| answer?.device)).await?,
        hub: nested::still_allowed(unit, client, request.and_then(|request| request.hub)).await?,
    })
}

fn answer_in(request: &AuthorizeRequest, signed: &SignedIn) -> Option<DeviceAnswer> {
    request.device_answer.filter(|answer| answer.session == signed.session.id)
}

/// A client is asked once, and only where its answer may matter.
async fn must_ask_for_device(
    ctx: &Context,
    unit: &mut dyn Unit,
    request: &AuthorizeRequest,
    facts: &access::Request<'_>,
    signed: &SignedIn,
) -> Result<bool> {
    let can_answer = request.answers_pkeyauth || facts.caller.answers_pkeyauth;
    let open = signed.device.is_none() && answer_in(request, signed).is_none();
    Ok(can_answer && open && access::depends_on_device(ctx, unit, facts).await?)
}

/// The sign-in is older than policies want.
fn sign_in_again(signed: &SignedIn) -> Outcome {
    let problem = Some("Your organisation asks you to sign in again from time to time.".to_owned());
    plain(Step::Password { login: signed.user.user_principal_name.clone(), problem, code: Some(ErrorCode::SESSION_TOO_OLD) })
}

/// What the decision of this sign-in is about.
pub(super) fn decision_about<'a>(journey: Journey<'a>, signed: &'a SignedIn, others: &'a Others) -> access::Request<'a> {
    let (application, target) = journey.wish.client();
    let subject = Subject::User(&signed.user);
    match journey.wish {
        Wish::Code(request, ..) => access::Request {
            client_type: Some(client::app_type(request.platform)),
            device: others.device.as_deref(),
            brokered: signed.device.is_some(),
            hub: others.hub.as_deref(),
            session: Some(&signed.session),
            capabilities: &request.capabilities,
            authentication_context: request.authentication_context.as_deref(),
            ..access::Request::new("authorize", journey.tenant, journey.caller, subject, application, &target.resource)
        },
        Wish::DeviceCode(..) => access::Request {
            client_type: Some(access::client_type_of(application)),
            session: Some(&signed.session),
            transfer_method: access::transfer_method(SessionKind::DeviceCode),
            ..access::Request::new("device_code", journey.tenant, journey.caller, subject, application, &target.resource)
        },
    }
}

/// Names of the apps on the approved list that people can have on a phone.
async fn approved_apps(unit: &mut dyn Unit) -> Result<Vec<String>> {
    let all = unit.applications().list().await?;
    let on_phones = all.into_iter().filter(|app| app.enabled && app.approved && !app.platform_identities.is_empty());
    Ok(on_phones.map(|app| app.display_name).collect())
}

/// The first page. A passkey may answer it as well as a name.
pub(super) fn identifier(ctx: &Context, login: String, problem: Option<&str>) -> Outcome {
    let challenge = fido2::challenge(ctx);
    let passkey = fido2::ask_anybody(ctx, challenge.clone());
    Outcome {
        step: Step::Identifier { login, problem: problem.map(str::to_owned), passkey },
        session_cookie: None,
        progress: Progress { challenge: Some(challenge), ..Progress::default() },
    }
}

/// The session that a page belonged to is gone.
pub(super) fn ended(ctx: &Context) -> Outcome {
    identifier(ctx, String::new(), Some("Your sign-in has ended. Please sign in again."))
}

pub(super) fn plain(step: Step) -> Outcome {
    let progress = match &step {
        Step::Password { login, .. } => Progress::named(login),
        _ => Progress::default(),
    };
    Outcome { step, session_cookie: None, progress }
}
