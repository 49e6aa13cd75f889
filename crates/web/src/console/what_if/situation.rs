//! One sign-in that is supposed: what it is, what becomes of it, what is missing and how to mend it.

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::sign_in::DevicePlatform;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_policy::conditional_access::{Control, Decision, Explained, Outcome, PolicyOutcome, advice};
use doorward_service::access::{Trial, Trials, Tried};
use doorward_service::directory::DirectoryError;

use super::funnel::Funnel;
use super::question::{DEVICES, KINDS, PROOFS, RISKS, platform_name, value_of};
use crate::console::words::{self, Badge};
use crate::pages::other_way::OtherWay;

/// Approved apps that are named.
const APPS: usize = 4;

/// What the page shows of a sign-in.
pub(super) struct Situation {
    /// The sign-in in one sentence.
    pub(super) supposed: String,
    pub(super) badge: Badge,
    /// The decision in one sentence.
    pub(super) verdict: String,
    pub(super) code: Option<u32>,
    /// What to do about it.
    pub(super) mend: Vec<Step>,
    /// Policies that are not met.
    pub(super) failing: Vec<Named>,
    pub(super) session: Vec<String>,
    pub(super) funnel: Funnel,
}

/// Something to do, with where to do it.
pub(super) struct Step {
    pub(super) text: String,
    pub(super) link: Option<(String, &'static str)>,
}

/// A policy with the page it is changed on.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) href: String,
}

impl Situation {
    pub(super) fn of(trials: &Trials, trial: &Trial, tried: &Tried) -> Result<Self, DirectoryError> {
        let decision = tried.decision();
        let (outcome, verdict) = verdict(&decision, tried);
        let failing = tried.policies().filter(|(policy, _)| policy.result() == PolicyOutcome::Failure);
        Ok(Self {
            supposed: supposed(trials, trial),
            badge: words::outcome(outcome),
            verdict,
            code: decision.error_code,
            mend: decision.error().map_or_else(|| Ok(Vec::new()), |code| mend(code, decision.next_control, trials, trial))?,
            failing: failing.map(|(policy, _)| named(&policy)).collect(),
            session: decision.session_controls.keys().map(|name| words::member(name)).collect(),
            funnel: Funnel::of(tried),
        })
    }
}

/// The decision as the log has it, and as a sentence.
fn verdict(decision: &Decision, tried: &Tried) -> (SignInOutcome, String) {
    let missing = || decision.error().map(|code| advice(code, decision.next_control).missing).unwrap_or_default();
    match decision.outcome {
        Outcome::Grant if tried.policies().any(|(policy, _)| policy.result() == PolicyOutcome::Success) => {
            (SignInOutcome::Granted, "Every policy that applies is met.".to_owned())
        }
        Outcome::Grant => (SignInOutcome::Granted, "No policy that is switched on asks for anything.".to_owned()),
        Outcome::Interrupt => (SignInOutcome::Interrupted, format!("Not yet: {}.", missing())),
        Outcome::Block => (SignInOutcome::Refused, format!("No: {}.", missing())),
    }
}

/// A policy by the name that people know, with its page.
pub(super) fn named(policy: &Explained<'_>) -> Named {
    let id = policy.id();
    let service = ["/appAccess", "/deviceAccess"].into_iter().find_map(|half| id.strip_suffix(half));
    Named {
        name: words::policy(policy.display_name().unwrap_or(id)),
        href: match service {
            Some(service) => format!("/console/services/{service}"),
            None => format!("/console/conditional-access/{id}"),
        },
    }
}

/// The sign-in in one sentence.
fn supposed(trials: &Trials, trial: &Trial) -> String {
    let name = |id| trials.application(id).map_or("an unknown application", |application: &Application| &application.display_name);
    let app = trial.client.map_or("an app that is not registered", name);
    let platform = trial.platform.map_or("a platform that is not known", platform_name);
    let mut parts = vec![
        format!("kind of app: {}", lower(words_of(&KINDS, &trial.client_app_type))),
        format!("device: {}", lower(words_of(&DEVICES, &trial.device))),
        lower(words_of(&PROOFS, &trial.proof)),
    ];
    parts.extend(trial.ip.map(|ip| match trials.place(ip) {
        Some(place) => format!("from {ip} ({})", place.name),
        None => format!("from {ip}"),
    }));
    parts.extend(trial.country.as_ref().map(|country| format!("in {country}")));
    for (risk, whose) in [(trial.sign_in_risk, "risk of the sign-in"), (trial.user_risk, "risk of the person")] {
        if value_of(&RISKS, &risk) != "none" {
            parts.push(format!("{whose}: {}", lower(words_of(&RISKS, &risk))));
        }
    }
    parts.extend(trial.broker.then(|| "the broker takes part".to_owned()));
    parts.extend(trial.protection.then(|| "app protection applied".to_owned()));
    let person = &trials.person().user_principal_name;
    format!("{person} opens {} with {app} on {platform}; {}.", name(trial.service), parts.join("; "))
}

fn words_of<T: PartialEq>(offers: &[super::question::Offer<T>], meaning: &T) -> &'static str {
    offers.iter().find(|(.., known)| known == meaning).map(|(_, words, _)| *words).unwrap_or_default()
}

/// In the middle of a sentence.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

/// What would mend it, as far as this person, this app and this device are concerned.
fn mend(code: ErrorCode, next: Option<Control>, trials: &Trials, trial: &Trial) -> Result<Vec<Step>, DirectoryError> {
    let person = trials.person();
    let user_page = || Some((format!("/console/users/{}", person.id), "Their account"));
    let general = || step(sentence(advice(code, next).mend), None);
    Ok(match code {
        ErrorCode::BROKER_NOT_INSTALLED => vec![
            step(format!("Install the broker on {}, and sign in to it once.", phone(trial)), None),
            step("The broker then registers the phone, and vouches for phone and app.".to_owned(), None),
        ],
        ErrorCode::DEVICE_NOT_REGISTERED => vec![
            step(format!("Register {} in the broker: it asks for it at the first sign-in, once.", phone(trial)), None),
            step("See which devices the person has registered.".to_owned(), user_page()),
        ],
        ErrorCode::APP_NOT_APPROVED => wrong_app(trials, trial),
        ErrorCode::PROTECTION_POLICY_REQUIRED => {
            vec![step("The app checks in and applies its policy when it is opened. See whether the person has one for it.".to_owned(), {
                let fields = [("person", person.user_principal_name.clone()), ("app", app_id(trial))];
                let query = serde_urlencoded::to_string(fields).unwrap_or_default();
                Some((format!("/console/app-protection/effective?{query}"), "Effective policy"))
            })]
        }
        ErrorCode::DEVICE_NOT_COMPLIANT => vec![
            step("Enrol the device, and meet the settings that its compliance policy asks for.".to_owned(), {
                Some(("/console/compliance".to_owned(), "Compliance"))
            }),
            step("See which of the person’s devices are managed and compliant.".to_owned(), user_page()),
        ],
        ErrorCode::MFA_REQUIRED => {
            let text = match trials.factors(trial)? {
                None => "They have no second factor yet: they are asked to register one at the sign-in.".to_owned(),
                Some(factors) if factors.is_empty() => {
                    "None of the second factors that they have is strong enough: they need to register another.".to_owned()
                }
                Some(factors) => format!("They have what would do: {}.", either(&factors)),
            };
            vec![step(text, user_page())]
        }
        _ => vec![general()],
    })
}

fn step(text: String, link: Option<(String, &'static str)>) -> Step {
    Step { text, link }
}

fn wrong_app(trials: &Trials, trial: &Trial) -> Vec<Step> {
    let mut steps = Vec::new();
    if !trial.platform.is_some_and(DevicePlatform::is_mobile) {
        steps.push(step("Approved apps count on iOS, iPadOS and Android alone: use a phone.".to_owned(), None));
    }
    let client = trial.client.and_then(|id| trials.application(id));
    if client.is_some_and(|client| client.approved) {
        return steps;
    }
    let mut approved: Vec<&str> = trials.approved().map(|application| application.display_name.as_str()).collect();
    approved.sort_unstable_by_key(|name| name.to_lowercase());
    let more = if approved.len() > APPS { " and others" } else { "" };
    approved.truncate(APPS);
    if approved.is_empty() {
        steps.push(step("No app is on the approved list yet.".to_owned(), Some(("/console/apps".to_owned(), "Apps"))));
    } else {
        steps.push(step(format!("Use an approved app: {}{more}.", approved.join(", ")), None));
    }
    if let Some(client) = client {
        let link = (format!("/console/apps/{}", client.app_id), "Its registration");
        steps.push(step(
            format!("Or put {} on the approved list, if it protects the organisation’s data.", client.display_name),
            Some(link),
        ));
    }
    steps
}

fn app_id(trial: &Trial) -> String {
    trial.client.map(|id| id.to_string()).unwrap_or_default()
}

fn phone(trial: &Trial) -> &'static str {
    match trial.platform {
        Some(DevicePlatform::Ios) => "the iPhone or iPad",
        Some(DevicePlatform::Android) => "the Android phone",
        _ => "the phone",
    }
}

fn either(factors: &[SecondFactor]) -> String {
    let names: Vec<String> = factors.iter().map(|factor| lower(OtherWay::of(*factor).title)).collect();
    names.join(" or ")
}

/// With a capital and a full stop.
pub(super) fn sentence(part: &str) -> String {
    let mut letters = part.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect()
}
