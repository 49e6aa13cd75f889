//! A region of sign-ins in words, with one of them as a question for What If.

use doorward_model::AppId;
use doorward_model::device::TrustType;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod};
use doorward_policy::conditional_access::regions::Region;
use doorward_policy::conditional_access::regions::words::{Kind, Labels, Words};
use doorward_policy::conditional_access::{Facts, Subject};
use doorward_service::gaps::Directory;

use crate::console::words::PLATFORMS;

/// The names of the directory, with the console's words for kinds of app and platforms.
pub(super) struct Labelled<'a>(pub(super) &'a Directory);

impl Labels for Labelled<'_> {
    fn label<'a>(&'a self, kind: Kind, id: &'a str) -> &'a str {
        self.0.label(kind, id)
    }

    fn client(&self, client: ClientAppType) -> String {
        match client {
            ClientAppType::Browser => "browser",
            ClientAppType::MobileAppsAndDesktopClients => "app with modern sign-in",
            ClientAppType::ExchangeActiveSync => "built-in mail (ActiveSync)",
            ClientAppType::Other => "other legacy client",
        }
        .to_owned()
    }

    fn platform(&self, platform: DevicePlatform) -> String {
        let named = PLATFORMS.iter().find(|(known, _)| *known == platform);
        named.map_or_else(|| platform.to_string(), |(_, name)| (*name).to_owned())
    }
}

/// A way in.
pub(super) struct Card {
    pub(super) people: String,
    pub(super) limits: Vec<(&'static str, String)>,
    pub(super) example: String,
    /// Address of What If with the example in it.
    pub(super) link: String,
    /// What the example has and What If cannot suppose.
    pub(super) beyond: Vec<&'static str>,
}

impl Card {
    pub(super) fn of(region: &Region, words: &Words<'_>, names: &Directory) -> Self {
        let (link, beyond) = question(&region.witness, names);
        Self { people: words.people(region), limits: words.limits(region), example: words.sign_in(&region.witness), link, beyond }
    }
}

/// The example as the fields of What If, and what these cannot say.
fn question(facts: &Facts, names: &Directory) -> (String, Vec<&'static str>) {
    let mut fields: Vec<(&str, String)> = Vec::new();
    let mut beyond = Vec::new();
    if let Subject::User(user) = &facts.subject {
        fields.push(("person", names.label(Kind::User, &user.id).to_owned()));
    }
    fields.extend(facts.resources.first().map(|resource| ("service", resource.app_id.clone())));
    // An app that is not registered has no id here.
    let app = facts.client.as_ref().filter(|client| client.app_id.parse::<AppId>().is_ok());
    fields.extend(app.map(|client| ("app", client.app_id.clone())));
    match facts.client_app_type {
        Some(ClientAppType::Browser) => fields.push(("kind", "browser".into())),
        Some(ClientAppType::MobileAppsAndDesktopClients) => fields.push(("kind", "app".into())),
        Some(ClientAppType::ExchangeActiveSync) => fields.push(("kind", "activeSync".into())),
        Some(ClientAppType::Other) => fields.push(("kind", "other".into())),
        None => beyond.push("an unknown kind of app"),
    }
    fields.extend(facts.device_platform.map(|platform| ("platform", platform.as_str().to_owned())));
    if let Some(device) = &facts.device {
        let vouched = device.is_managed == Some(true) && device.is_compliant == Some(true);
        let joined = device.trust_type == Some(TrustType::ServerAd);
        let word = match (vouched, joined) {
            (true, _) => "compliant",
            (false, true) => "domainJoined",
            (false, false) => "registered",
        };
        fields.push(("device", word.into()));
        if vouched && joined || device.device_ownership.is_some() || device.manufacturer.is_some() || device.model.is_some() {
            beyond.push("this very device");
        }
    }
    let has = |method: &str| facts.authentication_methods.iter().any(|known| known.eq_ignore_ascii_case(method));
    match (facts.mfa, has("fido2")) {
        (false, _) => {}
        (true, true) => fields.push(("proof", "passkey".into())),
        (true, false) => fields.push(("proof", "app".into())),
    }
    fields.extend(facts.ip.map(|ip| ("ip", ip.to_string())));
    fields.extend(facts.country.clone().map(|country| ("country", country)));
    for (name, risk) in [("sign_in_risk", facts.sign_in_risk), ("user_risk", facts.user_risk)] {
        if risk != RiskLevel::None {
            fields.push((name, risk.as_str().to_owned()));
        }
    }
    for (name, yes) in [("broker", facts.broker_present), ("protection", facts.app_protection_applied)] {
        if yes {
            fields.push((name, "1".into()));
        }
    }
    if facts.insider_risk != InsiderRiskLevel::None {
        beyond.push("an insider risk");
    }
    if facts.transfer_method != TransferMethod::None {
        beyond.push("this way of signing in");
    }
    if facts.password_changed {
        beyond.push("a new password");
    }
    if !facts.terms_of_use_accepted.is_empty() {
        beyond.push("accepted terms of use");
    }
    (format!("/console/what-if?{}", serde_urlencoded::to_string(fields).unwrap_or_default()), beyond)
}
