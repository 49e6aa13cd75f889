//! Sign-ins of an organisation.

use std::net::IpAddr;

use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_policy::conditional_access::{ClientFacts, Facts, ResourceFacts, Subject, UserFacts};
use fastrand::Rng;

use super::directory::{App, Device, Directory, User};
use super::guid::{Kind, guid};
use super::{pick, place};

/// One sign-in.
pub(crate) struct SignIn<'a> {
    pub(crate) user: &'a User,
    pub(crate) target: Target<'a>,
    pub(crate) client: &'a App,
    pub(crate) client_type: ClientAppType,
    pub(crate) platform: Option<DevicePlatform>,
    pub(crate) ip: IpAddr,
    pub(crate) country: Option<&'static str>,
    pub(crate) sign_in_risk: RiskLevel,
    pub(crate) user_risk: RiskLevel,
    pub(crate) insider_risk: InsiderRiskLevel,
    pub(crate) transfer: TransferMethod,
    pub(crate) device: Option<&'a Device>,
    pub(crate) broker: bool,
    pub(crate) protected: bool,
    pub(crate) mfa: bool,
    pub(crate) methods: &'static [&'static str],
    pub(crate) password_changed: bool,
    pub(crate) terms: bool,
}

/// What a sign-in is for.
pub(crate) enum Target<'a> {
    Resource(&'a App),
    Action(UserAction),
}

/// Sign-ins without end.
pub(crate) struct SignIns<'a> {
    directory: &'a Directory,
    rng: Rng,
}

impl<'a> SignIns<'a> {
    pub(crate) fn of(directory: &'a Directory) -> Self {
        Self { directory, rng: Rng::with_seed(0x5169) }
    }

    fn next_one(&mut self) -> SignIn<'a> {
        let (rng, directory) = (&mut self.rng, self.directory);
        let device = pick::percent(rng, 92).then(|| pick::one(rng, &directory.devices));
        let platform = match device {
            Some(device) => Some(device.platform),
            None => unregistered_platform(rng),
        };
        let client_type = client_type(rng, platform);
        let (ip, country) = place::origin(rng);
        let broker = platform.is_some_and(DevicePlatform::is_mobile) && pick::percent(rng, if device.is_some() { 97 } else { 50 });
        let methods = methods(rng, client_type.is_legacy());
        SignIn {
            user: pick::one(rng, &directory.users),
            target: target(rng, directory),
            client: client(rng, directory, platform),
            client_type,
            platform,
            ip,
            country,
            sign_in_risk: risk(rng),
            user_risk: risk(rng),
            insider_risk: if pick::percent(rng, 1) { InsiderRiskLevel::Elevated } else { InsiderRiskLevel::None },
            transfer: if pick::percent(rng, 1) { TransferMethod::DeviceCodeFlow } else { TransferMethod::None },
            device,
            broker,
            protected: broker && pick::percent(rng, 90),
            mfa: methods != ["password"],
            methods,
            password_changed: pick::percent(rng, 3),
            terms: pick::percent(rng, 90),
        }
    }
}

impl<'a> Iterator for SignIns<'a> {
    type Item = SignIn<'a>;

    fn next(&mut self) -> Option<SignIn<'a>> {
        Some(self.next_one())
    }
}

fn unregistered_platform(rng: &mut Rng) -> Option<DevicePlatform> {
    pick::weighted(
        rng,
        &[
            (45, Some(DevicePlatform::Windows)),
            (20, Some(DevicePlatform::Ios)),
            (20, Some(DevicePlatform::Android)),
            (8, Some(DevicePlatform::MacOs)),
            (4, Some(DevicePlatform::Linux)),
            (1, Some(DevicePlatform::WindowsPhone)),
            (2, None),
        ],
    )
}

/// On phones people mostly use what the organisation lists.
fn client<'a>(rng: &mut Rng, directory: &'a Directory, platform: Option<DevicePlatform>) -> &'a App {
    let listed = pick::percent(rng, if platform.is_some_and(DevicePlatform::is_mobile) { 95 } else { 20 });
    let (first, second) = directory.clients.split_at(directory.clients.len() * 2 / 5);
    pick::one(rng, if listed { first } else { second })
}

fn client_type(rng: &mut Rng, platform: Option<DevicePlatform>) -> ClientAppType {
    let mobile = platform.is_some_and(DevicePlatform::is_mobile);
    let (browser, active_sync) = if mobile { (20, 3) } else { (55, 0) };
    match rng.u32(..100) {
        roll if roll < browser => ClientAppType::Browser,
        roll if roll < 99 - active_sync => ClientAppType::MobileAppsAndDesktopClients,
        roll if roll < 99 => ClientAppType::ExchangeActiveSync,
        _ => ClientAppType::Other,
    }
}

fn methods(rng: &mut Rng, legacy: bool) -> &'static [&'static str] {
    const PASSWORD: &[&str] = &["password"];
    if legacy {
        return PASSWORD;
    }
    let roll = rng.u32(..100);
    match roll {
        0..12 => PASSWORD,
        12..60 => &["password", "microsoftAuthenticatorPush"],
        60..80 => &["windowsHelloForBusiness"],
        80..95 => &["fido2"],
        _ => &["password", "sms"],
    }
}

fn target<'a>(rng: &mut Rng, directory: &'a Directory) -> Target<'a> {
    match rng.u32(..100) {
        0 => Target::Action(UserAction::RegisterSecurityInformation),
        1 => Target::Action(UserAction::RegisterOrJoinDevices),
        _ => Target::Resource(pick::one(rng, &directory.apps)),
    }
}

fn risk(rng: &mut Rng) -> RiskLevel {
    pick::weighted(rng, &[(94, RiskLevel::None), (3, RiskLevel::Low), (2, RiskLevel::Medium), (1, RiskLevel::High)])
}

impl SignIn<'_> {
    /// What the engine is told.
    pub(crate) fn facts(&self) -> Facts {
        let user = self.user;
        let mut facts = Facts::new(Subject::User(UserFacts {
            id: user.id.clone(),
            groups: user.groups.iter().map(|number| guid(Kind::Group, *number)).collect(),
            roles: user.roles.iter().map(|number| guid(Kind::Role, *number)).collect(),
            user_type: user.user_type,
            external_user_type: user.external,
            home_tenant_id: user.home_tenant.clone(),
        }));
        match &self.target {
            Target::Resource(app) => facts.resources.push(ResourceFacts { app_id: app.id.clone(), bundles: owned(app.bundles) }),
            Target::Action(action) => facts.user_action = Some(*action),
        }
        let client = self.client;
        facts.client = Some(ClientFacts { app_id: client.id.clone(), approved: client.approved, protectable: client.protectable });
        facts.client_app_type = Some(self.client_type);
        facts.device_platform = self.platform;
        facts.ip = Some(self.ip);
        facts.country = self.country.map(str::to_owned);
        facts.sign_in_risk = self.sign_in_risk;
        facts.user_risk = self.user_risk;
        facts.insider_risk = self.insider_risk;
        facts.transfer_method = self.transfer;
        facts.device = self.device.map(|device| device.facts.clone());
        facts.broker_present = self.broker;
        facts.app_protection_applied = self.protected;
        facts.mfa = self.mfa;
        facts.authentication_methods = owned(self.methods);
        facts.password_changed = self.password_changed;
        facts.terms_of_use_accepted = self.accepted_terms().collect();
        facts
    }

    /// Ids of the accepted terms of use.
    pub(crate) fn accepted_terms(&self) -> impl Iterator<Item = String> {
        self.terms.then(|| guid(Kind::Terms, 0)).into_iter()
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
