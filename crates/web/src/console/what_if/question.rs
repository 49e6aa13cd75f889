//! The question: what is supposed of a sign-in, as it stands in the address, and what is otherwise in a second one beside it.

use std::net::IpAddr;

use doorward_model::AppId;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, RiskLevel};
use doorward_service::access::{Trial, TrialDevice, TrialProof};

use crate::console::words::PLATFORMS;

/// Before the names of the fields that the second sign-in has otherwise.
pub(super) const OTHERWISE: &str = "vs_";

/// The fields, as they were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, Default)]
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
pub(super) type Offer<T> = (&'static str, &'static str, T);

pub(super) const KINDS: [Offer<ClientAppType>; 4] = [
    ("app", "App with modern sign-in", ClientAppType::MobileAppsAndDesktopClients),
    ("browser", "Browser", ClientAppType::Browser),
    ("activeSync", "Built-in mail (ActiveSync)", ClientAppType::ExchangeActiveSync),
    ("other", "Other legacy client", ClientAppType::Other),
];
pub(super) const DEVICES: [Offer<TrialDevice>; 4] = [
    ("unregistered", "Not registered", TrialDevice::Unregistered),
    ("registered", "Registered by its owner", TrialDevice::Registered),
    ("compliant", "Managed and compliant", TrialDevice::Compliant),
    ("domainJoined", "Joined to a domain", TrialDevice::DomainJoined),
];
pub(super) const PROOFS: [Offer<TrialProof>; 3] = [
    ("password", "Password alone", TrialProof::Password),
    ("app", "Password and authenticator app", TrialProof::PasswordAndApp),
    ("passkey", "Passkey", TrialProof::Passkey),
];
pub(super) const RISKS: [Offer<RiskLevel>; 4] = [
    ("none", "None", RiskLevel::None),
    ("low", "Low", RiskLevel::Low),
    ("medium", "Medium", RiskLevel::Medium),
    ("high", "High", RiskLevel::High),
];

/// What a value of a list stands for; a form that was never sent means the first.
fn chosen<T: Copy>(offers: &[Offer<T>], value: &str) -> Option<T> {
    let mut offers = offers.iter();
    if value.is_empty() { offers.next() } else { offers.find(|(known, ..)| *known == value) }.map(|(.., meaning)| *meaning)
}

/// The value of a list that stands for something.
pub(super) fn value_of<T: PartialEq>(offers: &[Offer<T>], meaning: &T) -> &'static str {
    offers.iter().find(|(.., known)| known == meaning).map(|(value, ..)| *value).unwrap_or_default()
}

impl Question {
    /// Reads the fields whose names begin with `prefix`.
    pub(super) fn read(fields: &[(String, String)], prefix: &str) -> Self {
        let value = |name: &str| {
            let mut values = fields.iter().filter(|(field, _)| field.strip_prefix(prefix) == Some(name));
            values.next().map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Self {
            person: value("person"),
            service: value("service"),
            app: value("app"),
            kind: value("kind"),
            platform: value("platform"),
            device: value("device"),
            proof: value("proof"),
            ip: value("ip"),
            country: value("country"),
            sign_in_risk: value("sign_in_risk"),
            user_risk: value("user_risk"),
            broker: value("broker"),
            protection: value("protection"),
        }
    }

    /// Names and values that are set.
    fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("person", &self.person),
            ("service", &self.service),
            ("app", &self.app),
            ("kind", &self.kind),
            ("platform", &self.platform),
            ("device", &self.device),
            ("proof", &self.proof),
            ("ip", &self.ip),
            ("country", &self.country),
            ("sign_in_risk", &self.sign_in_risk),
            ("user_risk", &self.user_risk),
            ("broker", &self.broker),
            ("protection", &self.protection),
        ];
        all.into_iter().map(|(name, value)| (name, value.as_str())).filter(|(_, value)| !value.is_empty())
    }

    /// Where the question is answered, beside the same with what is otherwise.
    pub(super) fn address(&self, otherwise: &Self) -> String {
        let prefixed = otherwise.fields().map(|(name, value)| (format!("{OTHERWISE}{name}"), value));
        let fields: Vec<(String, &str)> = self.fields().map(|(name, value)| (name.to_owned(), value)).chain(prefixed).collect();
        format!("/console/what-if?{}", serde_urlencoded::to_string(fields).unwrap_or_default())
    }

    /// Where the question is answered alone.
    pub(in crate::console) fn alone(&self) -> String {
        self.address(&Self::default())
    }

    /// The same, but for the fields that are set in `otherwise`.
    pub(super) fn with(&self, otherwise: &Self) -> Self {
        let field = |mine: &String, other: &String| if other.trim().is_empty() { mine } else { other }.clone();
        Self {
            person: field(&self.person, &otherwise.person),
            service: field(&self.service, &otherwise.service),
            app: field(&self.app, &otherwise.app),
            kind: field(&self.kind, &otherwise.kind),
            platform: field(&self.platform, &otherwise.platform),
            device: field(&self.device, &otherwise.device),
            proof: field(&self.proof, &otherwise.proof),
            ip: field(&self.ip, &otherwise.ip),
            country: field(&self.country, &otherwise.country),
            sign_in_risk: field(&self.sign_in_risk, &otherwise.sign_in_risk),
            user_risk: field(&self.user_risk, &otherwise.user_risk),
            broker: field(&self.broker, &otherwise.broker),
            protection: field(&self.protection, &otherwise.protection),
        }
    }

    /// Somebody is named, or should have been.
    pub(super) fn is_asked(&self) -> bool {
        [&self.person, &self.service, &self.app].into_iter().any(|field| !field.is_empty())
    }

    /// Nothing is set.
    pub(super) fn is_empty(&self) -> bool {
        self.fields().next().is_none()
    }

    /// The question, or what is wrong with it.
    pub(super) fn trial(&self) -> Result<Trial, Problems> {
        let mut problems = Problems::default();
        if self.person.trim().is_empty() {
            problems.person = Some("Type the sign-in name of somebody.");
        }
        let service = self.service.parse::<AppId>().ok();
        if service.is_none() {
            problems.service = Some("Choose a service.");
        }
        let client = match self.app.as_str() {
            "" | "none" => None,
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
            "" | "unknown" => Some(None),
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
}

/// The words of a platform.
pub(super) fn platform_name(platform: DevicePlatform) -> &'static str {
    PLATFORMS.iter().find(|(known, _)| *known == platform).map_or("another platform", |(_, name)| name)
}
