//! The steps of a sign-in: given what has come in so far, what the person sees next.
//!
//! Order: who, password, decision, consent, code. The server keeps no state between pages: the request and the progress travel
//! sealed (see [`super::flow`]), the session cookie says who has signed in.

use doorward_model::application::Application;
use doorward_model::session::{Session, SessionKind};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{DeviceId, ErrorCode};
use doorward_store::Unit;

use super::flow::Progress;
use super::request::AuthorizeRequest;
use super::{code, consent, credentials, session};
use crate::access::{self, Subject};
use crate::attempts::Origin;
use crate::broker::credential::PrtProof;
use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Refusal, Result};
use crate::password;
use crate::resource::Target;

/// What a person posted.
#[derive(Clone)]
pub enum Submission {
    /// Nothing: the request has just arrived.
    Nothing,
    /// The sign-in name.
    Identifier {
        /// As typed.
        login: String,
    },
    /// Name and password.
    Password {
        /// As typed.
        login: String,
        /// Password.
        password: String,
    },
    /// A new password in place of one that was handed out.
    NewPassword {
        /// The present password again.
        old: String,
        /// New password.
        new: String,
        /// New password, repeated.
        repeated: String,
    },
    /// The answer to the consent page.
    Consent(bool),
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Ask who is signing in.
    Identifier {
        /// Name to start from.
        login: String,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Ask for the password.
    Password {
        /// Account.
        login: String,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Ask for a new password.
    ChangePassword {
        /// Account.
        login: String,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Ask for consent.
    Consent {
        /// Account.
        login: String,
    },
    /// Somebody is signed in and nothing stands in the way: for flows that end here (approving a device code).
    SignedIn(Box<(Session, User)>),
    /// Answer the client with a code.
    Code(String),
    /// Answer the client with an error (`prompt=none`, consent declined).
    Error(Box<Refusal>),
    /// Show the refusal to the person.
    Refused {
        /// Why.
        refusal: Box<Refusal>,
        /// Who signed in.
        login: String,
        /// Names of the apps that may be used instead, where the app was the reason.
        approved_apps: Vec<String>,
    },
}

/// A step, with the cookie to set and the progress to carry on.
#[derive(Debug)]
pub struct Outcome {
    /// What comes next.
    pub step: Step,
    /// New session cookie value.
    pub session_cookie: Option<String>,
    /// Progress for the next page.
    pub progress: Progress,
}

/// A request on its way: what is the same at every step.
#[derive(Clone, Copy)]
pub struct Journey<'a> {
    /// Tenant.
    pub tenant: &'a Tenant,
    /// The other end.
    pub caller: &'a Caller,
    /// The request and what it names; none when the sign-in serves no client (approving a device code).
    pub wish: Option<(&'a AuthorizeRequest, &'a Application, &'a Target)>,
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
    let request = journey.wish.map(|(request, _, _)| request);
    match submission {
        Submission::Nothing => {
            let current = match cookie {
                Some(cookie) if !request.is_some_and(|request| request.prompts("login") || request.prompts("select_account")) => {
                    let mut unit = ctx.store.tenant(journey.tenant.id).read().await?;
                    session::from_cookie(ctx, unit.as_mut(), journey.tenant.id, cookie).await?
                }
                _ => None,
            };
            let hint = request.and_then(|request| request.login_hint.clone());
            match current.filter(|(_, user)| hint.as_deref().is_none_or(|hint| hint.eq_ignore_ascii_case(&user.user_principal_name))) {
                Some((session, user)) => proceed(ctx, journey, session, user, None, false).await,
                None if request.is_some_and(|request| request.prompts("none")) => {
                    let refusal = Refusal::new(ErrorCode::LOGIN_REQUIRED, "Nobody is signed in here: an interactive sign-in is needed.");
                    Ok(plain(Step::Error(Box::new(refusal))))
                }
                None => Ok(plain(match hint {
                    Some(login) => Step::Password { login, problem: None },
                    None => Step::Identifier { login: String::new(), problem: None },
                })),
            }
        }
        Submission::Identifier { login } => {
            let login = login.trim().to_owned();
            // Every name leads on: whether the account exists shows nowhere.
            let well_formed =
                login.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.')) && login.len() <= 320;
            Ok(plain(if well_formed {
                Step::Password { login, problem: None }
            } else {
                Step::Identifier { login, problem: Some("Enter your work account as name@company.example.".into()) }
            }))
        }
        Submission::Password { login, password } => sign_in(ctx, journey, login.trim(), &password).await,
        Submission::NewPassword { old, new, repeated } => change_password(ctx, journey, progress, &old, &new, &repeated).await,
        Submission::Consent(agreed) => {
            let current = match cookie {
                Some(cookie) => {
                    let mut unit = ctx.store.tenant(journey.tenant.id).read().await?;
                    session::from_cookie(ctx, unit.as_mut(), journey.tenant.id, cookie).await?
                }
                None => None,
            };
            match current {
                Some((session, user)) if agreed => proceed(ctx, journey, session, user, None, true).await,
                Some(_) => {
                    let refusal = Refusal::new(ErrorCode::CONSENT_DECLINED, "The person declined to let the app act for them.");
                    Ok(plain(Step::Error(Box::new(refusal))))
                }
                None => Ok(plain(Step::Identifier {
                    login: String::new(),
                    problem: Some("Your sign-in has ended. Please sign in again.".into()),
                })),
            }
        }
    }
}

/// Answers a request that the broker makes for an app, with the proof of its primary refresh token in place of a person.
///
/// # Errors
/// Storage failure; refusals are steps.
pub async fn brokered(ctx: &Context, journey: Journey<'_>, proof: PrtProof) -> Result<Outcome> {
    let PrtProof { session, user, device, .. } = proof;
    proceed(ctx, journey, session, user, Some(device.id), false).await
}

async fn sign_in(ctx: &Context, journey: Journey<'_>, login: &str, password: &str) -> Result<Outcome> {
    let origin = Origin::Address(journey.caller.ip);
    let user = match credentials::check_password(ctx, journey.tenant, login, password, origin).await {
        Ok(user) => user,
        Err(error) => {
            let problem = match &error {
                Error::Refused(refusal) => refusal.message.clone(),
                _ => return Err(error),
            };
            if let Some((_, application, _)) = journey.wish {
                // Only the record is wanted here: the person sees the page again.
                let _logged = access::failed_first_factor(ctx, journey.tenant, journey.caller, "sign_in", application, login, error).await;
            }
            return Ok(plain(Step::Password { login: login.to_owned(), problem: Some(problem) }));
        }
    };
    if user.force_change_password {
        let progress = Progress::must_change_password(&user);
        let step = Step::ChangePassword { login: user.user_principal_name, problem: None };
        return Ok(Outcome { step, session_cookie: None, progress });
    }
    start_session(ctx, journey, user).await
}

async fn start_session(ctx: &Context, journey: Journey<'_>, user: User) -> Result<Outcome> {
    let session = session::begin(ctx, &user, SessionKind::Browser, None, vec!["pwd".into()]);
    let mut unit = ctx.store.tenant(journey.tenant.id).write().await?;
    unit.sessions().create(&session).await?;
    unit.commit().await?;
    let cookie = session::cookie(ctx, journey.tenant.id, session.id)?;
    let mut outcome = proceed(ctx, journey, session, user, None, false).await?;
    outcome.session_cookie = Some(cookie);
    Ok(outcome)
}

async fn change_password(ctx: &Context, journey: Journey<'_>, progress: Progress, old: &str, new: &str, repeated: &str) -> Result<Outcome> {
    let (Some(login), Some(user_id)) = (progress.login.clone(), progress.change_password_of) else {
        return Ok(plain(Step::Identifier { login: String::new(), problem: Some("That took too long. Please sign in again.".into()) }));
    };
    let again = |problem: String, progress: Progress| {
        Ok(Outcome { step: Step::ChangePassword { login: login.clone(), problem: Some(problem) }, session_cookie: None, progress })
    };
    let user = match credentials::check_password(ctx, journey.tenant, &login, old, Origin::Address(journey.caller.ip)).await {
        Ok(user) if user.id == user_id => user,
        Ok(_) | Err(Error::Refused(_)) => return again("The present password is not right.".into(), progress),
        Err(error) => return Err(error),
    };
    if new != repeated {
        return again("The two new passwords differ.".into(), progress);
    }
    let judged = if new == old { Err(password::WeakPassword::Unchanged) } else { password::check_strength(new, &login) };
    if let Err(weak) = judged {
        let text = weak.to_string();
        return again(
            format!("{}{}.", text.chars().take(1).flat_map(char::to_uppercase).collect::<String>(), text.get(1..).unwrap_or_default()),
            progress,
        );
    }
    let hash = ctx.passwords.hash(new, ctx.rng.as_ref()).await?;
    let mut unit = ctx.store.tenant(journey.tenant.id).write().await?;
    let Some(mut user) = unit.users().get(user.id).await? else {
        return again("The account is gone.".into(), Progress::default());
    };
    user.password_hash = Some(hash);
    user.force_change_password = false;
    // Whoever knew the old password is signed out everywhere.
    user.sign_in_sessions_valid_from = ctx.now();
    unit.users().update(&user).await?;
    unit.commit().await?;
    start_session(ctx, journey, user).await
}

/// Somebody is signed in: decide, ask for consent, make the code.
async fn proceed(
    ctx: &Context,
    journey: Journey<'_>,
    session: Session,
    user: User,
    device: Option<DeviceId>,
    agreed: bool,
) -> Result<Outcome> {
    let Some((request, application, target)) = journey.wish else {
        return Ok(plain(Step::SignedIn(Box::new((session, user)))));
    };
    let mut unit = ctx.store.tenant(journey.tenant.id).write().await?;
    let step = proceed_in(ctx, unit.as_mut(), journey, (request, application, target), &session, &user, device, agreed).await;
    let step = match step {
        Ok(step) => step,
        Err(Error::Refused(refusal)) if request.prompts("none") => Step::Error(refusal),
        Err(Error::Refused(refusal)) => {
            let approved_apps = if refusal.code == ErrorCode::APP_NOT_APPROVED { approved_apps(unit.as_mut()).await? } else { Vec::new() };
            Step::Refused { refusal, login: user.user_principal_name, approved_apps }
        }
        Err(error) => return Err(error),
    };
    unit.commit().await?;
    Ok(plain(step))
}

#[expect(clippy::too_many_arguments, reason = "the one place where request, person and device meet")]
async fn proceed_in(
    ctx: &Context,
    unit: &mut dyn Unit,
    journey: Journey<'_>,
    (request, application, target): (&AuthorizeRequest, &Application, &Target),
    session: &Session,
    user: &User,
    device: Option<DeviceId>,
    agreed: bool,
) -> Result<Step> {
    let device = crate::token::bound_device(unit, device).await?;
    let brokered = device.is_some();
    let facts = access::Request {
        client_type: Some(client::app_type(request.platform)),
        device: device.as_ref(),
        brokered,
        amr: &session.amr,
        capabilities: &request.capabilities,
        ..access::Request::new("authorize", journey.tenant, journey.caller, Subject::User(user), application, &target.resource)
    };
    // A code is not a token yet: the record is written when it is redeemed, after the decision is made once more.
    access::require(ctx, unit, &facts).await?.deferred();
    if agreed {
        consent::give(unit, application, user, target).await?;
    } else if consent::is_needed(unit, application, user, target).await? || request.prompts("consent") {
        if request.prompts("none") || brokered {
            return Err(Error::refused(
                ErrorCode::CONSENT_REQUIRED,
                format!("'{}' needs the person's consent first.", application.display_name),
            ));
        }
        return Ok(Step::Consent { login: user.user_principal_name.clone() });
    }
    Ok(Step::Code(code::create(ctx, unit, request, target, session, brokered).await?))
}

/// Names of the apps on the approved list that people can have on a phone.
async fn approved_apps(unit: &mut dyn Unit) -> Result<Vec<String>> {
    let all = unit.applications().list().await?;
    let on_phones = all.into_iter().filter(|app| app.enabled && app.approved && !app.platform_identities.is_empty());
    Ok(on_phones.map(|app| app.display_name).collect())
}

fn plain(step: Step) -> Outcome {
    let progress = match &step {
        Step::Password { login, .. } => Progress::named(login),
        _ => Progress::default(),
    };
    Outcome { step, session_cookie: None, progress }
}
