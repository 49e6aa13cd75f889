//! The form: what is supposed of the sign-in.

use std::net::IpAddr;

use doorward_model::application::Application;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, RiskLevel};
use doorward_model::{AppId, TenantId};
use doorward_service::access::{Trial, TrialDevice, TrialProof};
use doorward_service::{Context, Error};
use serde::Deserialize;

use crate::console::words::PLATFORMS;

/// The fields, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Question {
    pub(super) person: String,
    pub(super) service: String,
    pub(super) app: String,
    pub(super) kind: String,
    pub(super) platform: String,
    pub(super) device: String,
    pub(super) proof: String,
    pub(super) ip: String,
    pub(super) country: String,
    pub(super) sign_in_risk: String,
    pub(super) user_risk: String,
    pub(super) broker: String,
    pub(super) protection: String,
}

/// What is wrong with a field.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) person: Option<&'static str>,
    pub(super) service: Option<&'static str>,
    pub(super) app: Option<&'static str>,
    pub(super) ip: Option<&'static str>,
    pub(super) country: Option<&'static str>,
    /// Fields that are chosen from a list; only a made-up address has others.
    pub(super) chosen: Option<&'static str>,
}

impl Problems {
    pub(super) fn any(&self) -> bool {
        [self.person, self.service, self.app, self.ip, self.country, self.chosen].iter().any(Option::is_some)
    }
}

/// What a list offers: value in the address, words, and what it stands for.
type Offer<T> = (&'static str, &'static str, T);

const KINDS: [Offer<ClientAppType>; 4] = [
    ("app", "App with modern sign-in", ClientAppType::MobileAppsAndDesktopClients),
    ("browser", "Browser", ClientAppType::Browser),
    ("activeSync", "Built-in mail (ActiveSync)", ClientAppType::ExchangeActiveSync),
    ("other", "Other legacy client", ClientAppType::Other),
];
const DEVICES: [Offer<TrialDevice>; 4] = [
    ("unregistered", "Not registered", TrialDevice::Unregistered),
    ("registered", "Registered by its owner", TrialDevice::Registered),
    ("compliant", "Managed and compliant", TrialDevice::Compliant),
    ("domainJoined", "Joined to a domain", TrialDevice::DomainJoined),
];
const PROOFS: [Offer<TrialProof>; 3] = [
    ("password", "Password alone", TrialProof::Password),
    ("app", "Password and authenticator app", TrialProof::PasswordAndApp),
    ("passkey", "Passkey", TrialProof::Passkey),
];
const RISKS: [Offer<RiskLevel>; 4] = [
    ("none", "None", RiskLevel::None),
    ("low", "Low", RiskLevel::Low),
    ("medium", "Medium", RiskLevel::Medium),
    ("high", "High", RiskLevel::High),
];

/// One choice of a list: value, words, whether it is chosen.
pub(super) type Choice<'a> = (&'a str, &'a str, bool);

fn choices<'a, T>(offers: &'a [Offer<T>], chosen: &'a str) -> Vec<Choice<'a>> {
    // A form that was never sent shows the first.
    let is_first = |value: &str| chosen.is_empty() && offers.first().is_some_and(|(first, ..)| *first == value);
    offers.iter().map(|(value, words, _)| (*value, *words, *value == chosen || is_first(value))).collect()
}

fn chosen<T: Copy>(offers: &[Offer<T>], value: &str) -> Option<T> {
    let mut offers = offers.iter();
    if value.is_empty() { offers.next() } else { offers.find(|(known, ..)| *known == value) }.map(|(.., meaning)| *meaning)
}

impl Question {
    /// Somebody is named, or should have been.
    pub(super) fn is_asked(&self) -> bool {
        [&self.person, &self.service, &self.app].into_iter().any(|field| !field.is_empty())
    }

    /// The question, or what is wrong with it.
    pub(super) fn trial(&self) -> Result<Trial, Problems> {
        let mut problems = Problems::default();
        let person = self.person.trim().to_owned();
        if person.is_empty() {
            problems.person = Some("Type the sign-in name of somebody.");
        }
        let service = self.service.parse::<AppId>().ok();
        if service.is_none() {
            problems.service = Some("Choose a service.");
        }
        let client = match self.app.as_str() {
            "" => None,
            app => {
                let id = app.parse::<AppId>().ok();
                problems.app = id.is_none().then_some("Choose an app.");
                id
            }
        };
        let ip = match self.ip.trim() {
            "" => None,
            ip => {
                let address = ip.parse::<IpAddr>().ok();
                problems.ip = address.is_none().then_some("Type an address such as 192.0.2.1 or 2001:db8::1.");
                address
            }
        };
        let country = self.country.trim().to_ascii_uppercase();
        if !(country.is_empty() || country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase())) {
            problems.country = Some("Type two letters, such as DE.");
        }
        let platform = match self.platform.as_str() {
            "" => Some(None),
            word => DevicePlatform::from_wire(word).map(Some),
        };
        let rest = (
            chosen(&KINDS, &self.kind),
            platform,
            chosen(&DEVICES, &self.device),
            chosen(&PROOFS, &self.proof),
            chosen(&RISKS, &self.sign_in_risk),
            chosen(&RISKS, &self.user_risk),
        );
        let (Some(client_app_type), Some(platform), Some(device), Some(proof), Some(sign_in_risk), Some(user_risk)) = rest else {
            return Err(Problems { chosen: Some("The address holds a choice that the form does not offer. Choose again."), ..problems });
        };
        match service {
            Some(service) if !problems.any() => Ok(Trial {
                person,
                service,
                client,
                client_app_type,
                platform,
                device,
                proof,
                ip,
                country: Some(country).filter(|country| !country.is_empty()),
                sign_in_risk,
                user_risk,
                broker: self.broker == "1",
                protection: self.protection == "1",
            }),
            _ => Err(problems),
        }
    }

    pub(super) fn kinds(&self) -> Vec<Choice<'_>> {
        choices(&KINDS, &self.kind)
    }

    pub(super) fn devices(&self) -> Vec<Choice<'_>> {
        choices(&DEVICES, &self.device)
    }

    pub(super) fn proofs(&self) -> Vec<Choice<'_>> {
        choices(&PROOFS, &self.proof)
    }

    pub(super) fn sign_in_risks(&self) -> Vec<Choice<'_>> {
        choices(&RISKS, &self.sign_in_risk)
    }

    pub(super) fn user_risks(&self) -> Vec<Choice<'_>> {
        choices(&RISKS, &self.user_risk)
    }

    pub(super) fn platforms(&self) -> Vec<Choice<'_>> {
        let unknown = ("", "Not known", self.platform.is_empty());
        let known = PLATFORMS.iter().map(|(platform, words)| (platform.as_str(), *words, platform.as_str() == self.platform));
        std::iter::once(unknown).chain(known).collect()
    }
}

/// What the tenant has to choose from, by name.
pub(super) struct Choices {
    services: Vec<(String, String)>,
    apps: Vec<(String, String)>,
}

impl Choices {
    /// Reads the registrations.
    pub(super) async fn read(ctx: &Context, tenant: TenantId) -> Result<Self, Error> {
        let mut unit = ctx.store.tenant(tenant).read().await?;
        let mut all = unit.applications().list().await?;
        all.sort_by_key(|application| application.display_name.to_lowercase());
        let named = |wanted: fn(&Application) -> bool| {
            all.iter().filter(|one| wanted(one)).map(|one| (one.app_id.to_string(), one.display_name.clone())).collect()
        };
        Ok(Self {
            services: named(|application| !application.identifier_uris.is_empty()),
            apps: named(|application| !application.redirect_uris.is_empty() || !application.platform_identities.is_empty()),
        })
    }

    pub(super) fn services<'a>(&'a self, question: &'a Question) -> Vec<Choice<'a>> {
        marked(&self.services, &question.service)
    }

    pub(super) fn apps<'a>(&'a self, question: &'a Question) -> Vec<Choice<'a>> {
        marked(&self.apps, &question.app)
    }
}

fn marked<'a>(all: &'a [(String, String)], chosen: &str) -> Vec<Choice<'a>> {
    all.iter().map(|(id, name)| (id.as_str(), name.as_str(), id.eq_ignore_ascii_case(chosen))).collect()
}
