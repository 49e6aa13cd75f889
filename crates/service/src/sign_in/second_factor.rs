//! The second factor in a sign-in: asking for one that the person has, or registering one, and deciding again.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::authentication_method::SecondFactor;
use doorward_store::Unit;

use super::flow::Progress;
use super::step::{FactorAnswer, Journey, Outcome, Step};
use super::steps::{self, SignedIn};
use crate::access;
use crate::authentication_method::fido2::{self, Proof};
use crate::authentication_method::in_session::{self, Given, New, is_recent};
use crate::authentication_method::registered::Held;
use crate::authentication_method::software_oath::NewSecret;
use crate::authentication_method::{MethodError, Rejection};
use crate::context::Context;
use crate::error::{Error, Refusal, Result};

/// What can be registered in a sign-in, best first.
const REGISTRABLE: [SecondFactor; 2] = [SecondFactor::Fido2, SecondFactor::SoftwareOath];

/// Policies ask for a second factor: the page that asks for one, or has one registered. `refusal` is what the person gets when none
/// can be had, with its record; without it the refusal comes later from elsewhere.
pub(super) async fn ask(
    ctx: &Context,
    unit: &mut dyn Unit,
    journey: Journey<'_>,
    signed: &SignedIn,
    facts: &access::Request<'_>,
    refusal: Option<Refusal>,
) -> Result<Outcome> {
    let held = Held::of(unit, &signed.user).await?;
    let would_do = access::that_would_do(ctx, unit, facts).await?;
    let helpful: Vec<SecondFactor> = would_do.iter().copied().filter(|factor| held.has(*factor)).collect();
    if !helpful.is_empty() {
        return Ok(ask_for(ctx, signed, &held, &helpful));
    }
    let registrable: Vec<SecondFactor> = REGISTRABLE.into_iter().filter(|factor| would_do.contains(factor)).collect();
    let offered = access::may_register(ctx, unit, facts, &registrable).await?;
    if offered.is_empty() {
        if let Some(factor) = registrable.first() {
            access::require_registration(ctx, unit, facts, *factor).await?.deferred();
        }
        let missing = || Refusal::new(ErrorCode::MFA_REQUIRED, "A second factor is asked for that cannot be given here.");
        return Err(refusal.unwrap_or_else(missing).into());
    }
    if held.any() && !is_recent(&signed.session, ctx.now()) {
        // What the person has does not meet the policy, but it says who registers what does.
        let proofs: Vec<SecondFactor> = SecondFactor::ALL.into_iter().filter(|factor| held.has(*factor)).collect();
        return Ok(ask_for(ctx, signed, &held, &proofs));
    }
    Ok(register(ctx, journey, signed, &held, &offered))
}

/// The page for the wanted one of these, or for the best.
fn ask_for(ctx: &Context, signed: &SignedIn, held: &Held, factors: &[SecondFactor]) -> Outcome {
    let factor = pick(signed.wanted, factors);
    let challenge = (factor == SecondFactor::Fido2).then(|| fido2::challenge(ctx));
    let step = Step::SecondFactor {
        login: signed.user.user_principal_name.clone(),
        factor,
        passkey: challenge.clone().map(|challenge| fido2::ask(ctx, challenge, held)),
        others: factors.iter().copied().filter(|other| *other != factor).collect(),
        problem: signed.problem.clone(),
    };
    Outcome { step, session_cookie: None, progress: Progress { challenge, ..Progress::of_session(&signed.session) } }
}

/// The page that registers the wanted one of these, or asks which.
fn register(ctx: &Context, journey: Journey<'_>, signed: &SignedIn, held: &Held, offered: &[SecondFactor]) -> Outcome {
    let login = signed.user.user_principal_name.clone();
    let progress = Progress::of_session(&signed.session);
    if offered.len() > 1 && !signed.wanted.is_some_and(|wanted| offered.contains(&wanted)) {
        return Outcome { step: Step::ChooseSecondFactor { login, offered: offered.to_vec() }, session_cookie: None, progress };
    }
    let factor = pick(signed.wanted, offered);
    let others = offered.iter().copied().filter(|other| *other != factor).collect();
    let problem = signed.problem.clone();
    if factor == SecondFactor::Fido2 {
        let challenge = fido2::challenge(ctx);
        let options = Box::new(fido2::ask_to_create(ctx, challenge.clone(), journey.tenant, &signed.user, held));
        let step = Step::RegisterPasskey { login, options, others, problem };
        return Outcome { step, session_cookie: None, progress: Progress { challenge: Some(challenge), ..progress } };
    }
    // A secret that the app may have already stays; a new one would make its code wrong again.
    let secret = signed.app_secret.clone().unwrap_or_else(|| NewSecret::generate(ctx));
    let uri = secret.uri(journey.tenant, &signed.user);
    let step = Step::RegisterApp { login, secret: secret.text(), uri, others, problem };
    Outcome { step, session_cookie: None, progress: Progress { app_secret: Some(secret.bytes()), ..progress } }
}

fn pick(wanted: Option<SecondFactor>, factors: &[SecondFactor]) -> SecondFactor {
    let best = factors.first().copied().unwrap_or(SecondFactor::Fido2);
    wanted.filter(|wanted| factors.contains(wanted)).unwrap_or(best)
}

/// A passkey as a second factor.
pub(super) async fn passkey(
    ctx: &Context,
    journey: Journey<'_>,
    cookie: Option<&str>,
    progress: Progress,
    proof: &Proof,
) -> Result<Outcome> {
    let Some(signed) = belonging(ctx, journey, cookie, &progress).await? else { return Ok(steps::ended(ctx)) };
    let given = Given::Passkey(progress.challenge.as_deref().unwrap_or_default(), proof);
    give(ctx, journey, signed, given).await
}

/// Anything else that is posted on the pages about second factors.
pub(super) async fn answer(
    ctx: &Context,
    journey: Journey<'_>,
    cookie: Option<&str>,
    progress: Progress,
    answer: FactorAnswer,
) -> Result<Outcome> {
    let Some(signed) = belonging(ctx, journey, cookie, &progress).await? else { return Ok(steps::ended(ctx)) };
    match answer {
        FactorAnswer::UseInstead(factor) => steps::proceed(ctx, journey, SignedIn { wanted: Some(factor), ..signed }).await,
        FactorAnswer::GoOn => steps::proceed(ctx, journey, signed).await,
        FactorAnswer::AppCode(code) => give(ctx, journey, signed, Given::AppCode(&code)).await,
        FactorAnswer::RecoveryCode(code) => give(ctx, journey, signed, Given::RecoveryCode(&code)).await,
        FactorAnswer::NewApp(code) => {
            let Some(secret) = progress.app_secret.map(NewSecret::from_bytes) else { return Ok(steps::ended(ctx)) };
            let signed = SignedIn { app_secret: Some(secret.clone()), ..signed };
            keep(ctx, journey, signed, New::App(&secret, &code)).await
        }
        FactorAnswer::NewPasskey(creation) => {
            let challenge = progress.challenge.as_deref().unwrap_or_default();
            keep(ctx, journey, signed, New::Passkey(challenge, &creation)).await
        }
    }
}

/// Whether somebody is signed in for whom a second factor was asked on the page before.
///
/// # Errors
/// Storage failure.
pub async fn is_asked(ctx: &Context, journey: Journey<'_>, cookie: Option<&str>, progress: &Progress) -> Result<bool> {
    Ok(belonging(ctx, journey, cookie, progress).await?.is_some())
}

/// Takes a code of an authenticator app from a program, and notes it in the session; the next page is for a later request. What was wrong
/// with the code is told to the person.
///
/// # Errors
/// [`ErrorCode::FLOW_TOKEN_EXPIRED`] when nobody is signed in for whom it was asked; another refusal; storage failure.
pub async fn give_app_code(
    ctx: &Context,
    journey: Journey<'_>,
    cookie: Option<&str>,
    progress: &Progress,
    code: &str,
) -> Result<std::result::Result<(), Rejection>> {
    let Some(signed) = belonging(ctx, journey, cookie, progress).await? else {
        return Err(Error::refused(ErrorCode::FLOW_TOKEN_EXPIRED, "The sign-in has ended. Please sign in again."));
    };
    let given = Given::AppCode(code);
    match in_session::give(ctx, journey.tenant, journey.caller.ip, &signed.user, signed.session.id, given).await {
        Ok(_) => Ok(Ok(())),
        Err(MethodError::Failed(error)) => Err(error),
        Err(MethodError::Rejected(rejection)) => {
            log_rejection(ctx, journey, &signed, &rejection).await;
            Ok(Err(rejection))
        }
    }
}

async fn log_rejection(ctx: &Context, journey: Journey<'_>, signed: &SignedIn, rejection: &Rejection) {
    let code = if *rejection == Rejection::TooManyAttempts { ErrorCode::ACCOUNT_LOCKED } else { ErrorCode::MFA_FAILED };
    let refusal = Refusal::new(code, rejection.for_person()).because(rejection.to_string());
    steps::log_failure(ctx, journey, &signed.user.user_principal_name, refusal).await;
}

/// Who is signed in, if the page was made for that very session.
async fn belonging(ctx: &Context, journey: Journey<'_>, cookie: Option<&str>, progress: &Progress) -> Result<Option<SignedIn>> {
    let current = steps::current(ctx, journey, cookie).await?;
    Ok(current.filter(|(session, _)| progress.session == Some(session.id)).map(|(session, user)| SignedIn::new(session, user)))
}

async fn give(ctx: &Context, journey: Journey<'_>, signed: SignedIn, given: Given<'_>) -> Result<Outcome> {
    let factor = given.factor();
    match in_session::give(ctx, journey.tenant, journey.caller.ip, &signed.user, signed.session.id, given).await {
        Ok(session) => steps::proceed(ctx, journey, SignedIn { session: Arc::new(session), ..signed }).await,
        Err(error) => again(ctx, journey, signed, factor, error).await,
    }
}

async fn keep(ctx: &Context, journey: Journey<'_>, signed: SignedIn, new: New<'_>) -> Result<Outcome> {
    let factor = new.factor();
    let mut unit = ctx.store.tenant(journey.tenant.id).read().await?;
    let others = steps::others_of(unit.as_mut(), journey, &signed).await?;
    drop(unit);
    let facts = steps::decision_about(journey, &signed, &others);
    match in_session::register(ctx, &facts, &signed.user, signed.session.id, new).await {
        Ok((session, codes, attempt)) => {
            attempt.granted(ctx).await;
            if codes.is_empty() {
                return steps::proceed(ctx, journey, SignedIn { session: Arc::new(session), ..signed }).await;
            }
            let progress = Progress::of_session(&session);
            Ok(Outcome {
                step: Step::RecoveryCodes { login: signed.user.user_principal_name.clone(), codes },
                session_cookie: None,
                progress,
            })
        }
        Err(error) => again(ctx, journey, signed, factor, error).await,
    }
}

/// The same page once more, with what was wrong; the log keeps why.
async fn again(ctx: &Context, journey: Journey<'_>, signed: SignedIn, factor: SecondFactor, error: MethodError) -> Result<Outcome> {
    let rejection = match error {
        MethodError::Rejected(rejection) => rejection,
        MethodError::Failed(Error::Refused(refusal)) => {
            return Ok(steps::plain(Step::Refused { refusal, login: signed.user.user_principal_name.clone(), approved_apps: Vec::new() }));
        }
        MethodError::Failed(error) => return Err(error),
    };
    log_rejection(ctx, journey, &signed, &rejection).await;
    let problem = Some(rejection.for_person().to_owned());
    steps::proceed(ctx, journey, SignedIn { wanted: Some(factor), problem, ..signed }).await
}
