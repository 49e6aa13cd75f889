//! The second factor in a sign-in: asking for one that the person has, or registering one, and deciding again.

use doorward_model::ErrorCode;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::session::Session;
use doorward_store::Unit;
use jiff::{SignedDuration, Timestamp};

use super::flow::Progress;
use super::step::{FactorAnswer, Journey, Outcome, Step};
use super::steps::{self, SignedIn};
use crate::access::{self, Attempt};
use crate::authentication_method::fido2::{self, Proof};
use crate::authentication_method::registered::Held;
use crate::authentication_method::software_oath::{self, NewSecret};
use crate::authentication_method::{self, MethodError, Rejection, recovery_code};
use crate::context::Context;
use crate::error::{Error, Refusal, Result};

/// Whoever has a second factor must have given one this recently to register another: a session that was left open is not enough.
const RECENTLY: SignedDuration = SignedDuration::from_mins(10);

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
        FactorAnswer::CodesSaved => steps::proceed(ctx, journey, signed).await,
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

/// Who is signed in, if the page was made for that very session.
async fn belonging(ctx: &Context, journey: Journey<'_>, cookie: Option<&str>, progress: &Progress) -> Result<Option<SignedIn>> {
    let current = steps::current(ctx, journey, cookie).await?;
    Ok(current.filter(|(session, _)| progress.session == Some(session.id)).map(|(session, user)| SignedIn::new(session, user)))
}

/// A second factor as it was given.
enum Given<'a> {
    Passkey(&'a str, &'a Proof),
    AppCode(&'a str),
    RecoveryCode(&'a str),
}

impl Given<'_> {
    fn factor(&self) -> SecondFactor {
        match self {
            Self::Passkey(..) => SecondFactor::Fido2,
            Self::AppCode(_) => SecondFactor::SoftwareOath,
            Self::RecoveryCode(_) => SecondFactor::RecoveryCode,
        }
    }
}

async fn give(ctx: &Context, journey: Journey<'_>, signed: SignedIn, given: Given<'_>) -> Result<Outcome> {
    let factor = given.factor();
    match verify(ctx, journey, &signed, given).await {
        Ok(session) => steps::proceed(ctx, journey, SignedIn { session, ..signed }).await,
        Err(error) => again(ctx, journey, signed, factor, error).await,
    }
}

/// Verifies and notes the factor in the session, in one unit of work.
async fn verify(ctx: &Context, journey: Journey<'_>, signed: &SignedIn, given: Given<'_>) -> std::result::Result<Session, MethodError> {
    let (tenant, user, address) = (journey.tenant, &signed.user, journey.caller.ip);
    // Codes can be guessed; a signature cannot.
    if !matches!(given, Given::Passkey(..)) {
        authentication_method::take_attempt(ctx, tenant, user, address)?;
    }
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let factor = given.factor();
    match given {
        Given::Passkey(challenge, proof) => {
            fido2::verify(ctx, unit.as_mut(), challenge, proof, Some(user.id)).await?;
        }
        Given::AppCode(code) => software_oath::verify(ctx, unit.as_mut(), tenant, user, code).await?,
        Given::RecoveryCode(code) => recovery_code::verify(unit.as_mut(), tenant, user, code).await?,
    }
    let mut session = signed.session.clone();
    add(&mut session, factor, ctx.now());
    unit.sessions().update(&session).await?;
    unit.commit().await?;
    authentication_method::succeeded(ctx, tenant, user, address);
    Ok(session)
}

/// A new second factor.
enum New<'a> {
    App(&'a NewSecret, &'a str),
    Passkey(&'a str, &'a fido2::Creation),
}

impl New<'_> {
    fn factor(&self) -> SecondFactor {
        match self {
            Self::App(..) => SecondFactor::SoftwareOath,
            Self::Passkey(..) => SecondFactor::Fido2,
        }
    }
}

async fn keep(ctx: &Context, journey: Journey<'_>, signed: SignedIn, new: New<'_>) -> Result<Outcome> {
    let factor = new.factor();
    match register_and_note(ctx, journey, &signed, new).await {
        Ok((session, codes, attempt)) => {
            attempt.granted(ctx).await;
            if codes.is_empty() {
                return steps::proceed(ctx, journey, SignedIn { session, ..signed }).await;
            }
            let progress = Progress::of_session(&session);
            Ok(Outcome { step: Step::RecoveryCodes { login: signed.user.user_principal_name, codes }, session_cookie: None, progress })
        }
        Err(MethodError::Failed(Error::Refused(refusal))) => {
            Ok(steps::plain(Step::Refused { refusal, login: signed.user.user_principal_name, approved_apps: Vec::new() }))
        }
        Err(error) => again(ctx, journey, signed, factor, error).await,
    }
}

/// Registers, which proves possession as well: the session has that factor from now on.
async fn register_and_note(
    ctx: &Context,
    journey: Journey<'_>,
    signed: &SignedIn,
    new: New<'_>,
) -> std::result::Result<(Session, Vec<String>, Attempt), MethodError> {
    let (tenant, user) = (journey.tenant, &signed.user);
    let mut unit = ctx.store.tenant(tenant.id).write().await?;
    let factor = new.factor();
    let held = Held::of(unit.as_mut(), user).await?;
    if held.any() && !is_recent(&signed.session, ctx.now()) {
        let text = "Give one of your second factors first.";
        return Err(Error::refused(ErrorCode::MFA_REQUIRED, text).into());
    }
    let attempt = access::require_registration(ctx, unit.as_mut(), &steps::decision_about(journey, signed), factor).await?;
    let codes = match new {
        New::App(secret, code) => software_oath::register(ctx, unit.as_mut(), tenant, user, secret, code).await?,
        New::Passkey(challenge, creation) => fido2::register(ctx, unit.as_mut(), tenant, user, challenge, creation).await?,
    };
    let mut session = signed.session.clone();
    add(&mut session, factor, ctx.now());
    unit.sessions().update(&session).await?;
    unit.commit().await?;
    Ok((session, codes, attempt))
}

/// The same page once more, with what was wrong; the log keeps why.
async fn again(ctx: &Context, journey: Journey<'_>, signed: SignedIn, factor: SecondFactor, error: MethodError) -> Result<Outcome> {
    let rejection = match error {
        MethodError::Rejected(rejection) => rejection,
        MethodError::Failed(error) => return Err(error),
    };
    let code = if rejection == Rejection::TooManyAttempts { ErrorCode::ACCOUNT_LOCKED } else { ErrorCode::MFA_FAILED };
    let refusal = Refusal::new(code, rejection.for_person()).because(rejection.to_string());
    steps::log_failure(ctx, journey, &signed.user.user_principal_name, refusal).await;
    let problem = Some(rejection.for_person().to_owned());
    steps::proceed(ctx, journey, SignedIn { wanted: Some(factor), problem, ..signed }).await
}

/// Whether a second factor was given recently enough to change second factors.
pub(crate) fn is_recent(session: &Session, now: Timestamp) -> bool {
    session.second_factor.is_some_and(|given| now.duration_since(given) < RECENTLY)
}

/// Notes a second factor in a session.
pub(super) fn add(session: &mut Session, factor: SecondFactor, now: Timestamp) {
    for word in [factor.amr(), "mfa"] {
        if !session.amr.iter().any(|known| known == word) {
            session.amr.push(word.to_owned());
        }
    }
    session.second_factor = Some(now);
}
