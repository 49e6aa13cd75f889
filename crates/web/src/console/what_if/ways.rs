//! The least that would have to be otherwise, in words, each with the page that shows it beside the question.

use doorward_model::sign_in::ClientAppType;
use doorward_service::access::{Change, Remedies, Remedy, TrialDevice, TrialProof, Trials};

use super::question::{DEVICES, KINDS, PROOFS, Question, platform_name, value_of};
use super::situation::sentence;

/// What would let somebody in.
pub(super) struct Ways {
    pub(super) meet: Vec<Way>,
    pub(super) avoid: Vec<Way>,
}

/// Changes that together let somebody in.
pub(super) struct Way {
    pub(super) words: String,
    pub(super) href: String,
}

impl Ways {
    pub(super) fn of(remedies: &Remedies, question: &Question, trials: &Trials) -> Self {
        let ways = |remedies: &[Remedy]| remedies.iter().map(|remedy| way(&remedy.changes, question, trials)).collect();
        Self { meet: ways(&remedies.meet), avoid: ways(&remedies.avoid) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.meet.is_empty() && self.avoid.is_empty()
    }
}

fn way(changes: &[Change], question: &Question, trials: &Trials) -> Way {
    let words: Vec<String> = changes.iter().map(|change| words(*change, trials)).collect();
    let mut otherwise = Question::default();
    changes.iter().for_each(|change| otherwise.take(*change));
    let words = match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    };
    Way { words: sentence(&words), href: question.address(&otherwise) }
}

fn words(change: Change, trials: &Trials) -> String {
    match change {
        Change::Proof(TrialProof::Password) => "with the password alone".to_owned(),
        Change::Proof(TrialProof::PasswordAndApp) => "with password and authenticator app".to_owned(),
        Change::Proof(TrialProof::Passkey) => "with a passkey".to_owned(),
        Change::Device(TrialDevice::Unregistered) => "without a registered device".to_owned(),
        Change::Device(TrialDevice::Registered) => "on a registered device".to_owned(),
        Change::Device(TrialDevice::Compliant) => "on a managed and compliant device".to_owned(),
        Change::Device(TrialDevice::DomainJoined) => "on a device that is joined to a domain".to_owned(),
        Change::Kind(ClientAppType::MobileAppsAndDesktopClients) => "in an app with modern sign-in".to_owned(),
        Change::Kind(ClientAppType::Browser) => "in a browser".to_owned(),
        Change::Kind(ClientAppType::ExchangeActiveSync) => "with built-in mail".to_owned(),
        Change::Kind(ClientAppType::Other) => "with another legacy client".to_owned(),
        Change::Broker => "with the broker taking part".to_owned(),
        Change::Protection => "with app protection applied".to_owned(),
        Change::Client(id) => match trials.application(id) {
            Some(application) => format!("with {}", application.display_name),
            None => "with an approved app".to_owned(),
        },
        Change::Platform(platform) => format!("on {}", platform_name(platform)),
        Change::Place(ip) => match trials.place(ip) {
            Some(place) => format!("from {} ({ip})", place.name),
            None => format!("from {ip}"),
        },
        Change::NoSignInRisk => "without risk of the sign-in".to_owned(),
        Change::NoUserRisk => "without risk of the person".to_owned(),
    }
}

impl Question {
    /// Sets the field that a change is about.
    fn take(&mut self, change: Change) {
        match change {
            Change::Proof(proof) => self.proof = value_of(&PROOFS, &proof).to_owned(),
            Change::Device(device) => self.device = value_of(&DEVICES, &device).to_owned(),
            Change::Kind(kind) => self.kind = value_of(&KINDS, &kind).to_owned(),
            Change::Broker => self.broker = "1".to_owned(),
            Change::Protection => self.protection = "1".to_owned(),
            Change::Client(id) => self.app = id.to_string(),
            Change::Platform(platform) => self.platform = platform.as_str().to_owned(),
            Change::Place(ip) => self.ip = ip.to_string(),
            Change::NoSignInRisk => self.sign_in_risk = "none".to_owned(),
            Change::NoUserRisk => self.user_risk = "none".to_owned(),
        }
    }
}
