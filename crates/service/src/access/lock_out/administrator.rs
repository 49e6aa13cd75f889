//! Whether one administrator is able to sign in to the console.

use std::net::IpAddr;

use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::device::TrustType;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, UserAction};
use doorward_model::user::User;
use doorward_policy::conditional_access::regions;
use doorward_policy::conditional_access::{Classes, Decision, DeviceFacts, Facts, Outcome, Subject, UserFacts, decide};
use doorward_store::Unit;

use crate::access::facts::{client_facts, device_facts, resource_facts, user_facts, waived_controls};
use crate::access::second_factor::{Rules, as_if, judge};
use crate::authentication_method::registered::Held;
use crate::context::Context;
use crate::error::Error;

/// A Global Administrator, with what they can show of themselves.
pub(super) struct Administrator {
    facts: UserFacts,
    held: Held,
    /// None, one that they register as they come, and those that are theirs.
    devices: Vec<Option<DeviceFacts>>,
}

impl Administrator {
    pub(super) async fn read(ctx: &Context, unit: &mut dyn Unit, user: &User) -> Result<Self, Error> {
        let fresh = DeviceFacts {
            trust_type: Some(TrustType::Workplace),
            is_managed: Some(false),
            is_compliant: Some(false),
            profile_type: Some("RegisteredDevice".into()),
            ..DeviceFacts::default()
        };
        let owned = unit.devices().owned_by(user.id).await?;
        let devices = owned.iter().filter(|device| device.account_enabled).map(|device| device_facts(device, ctx.now()));
        Ok(Self {
            facts: user_facts(unit, user).await?,
            held: Held::of(unit, user).await?,
            devices: [None, Some(fresh)].into_iter().chain(devices.map(Some)).collect(),
        })
    }

    /// Some sign-in of this person to the console is granted.
    pub(super) fn is_able(&self, rules: Rules<'_>, console: &Application) -> bool {
        let (set, _) = rules;
        let mut classes = Classes::new(set);
        let mut granted = |facts: &Facts| {
            let sign_in = classes.sign_in(facts);
            classes.outcome(&sign_in).outcome == Outcome::Grant
        };
        for facts in self.ways(console, &regions::addresses(set)) {
            let has_or_gets = |factor: SecondFactor| {
                let registers = || judge(rules, &registering(&facts), factor).is_ok();
                self.held.has(factor) || factor != SecondFactor::RecoveryCode && registers()
            };
            if granted(&facts) || SecondFactor::ALL.into_iter().any(|factor| granted(&as_if(&facts, factor)) && has_or_gets(factor)) {
                return true;
            }
        }
        false
    }

    /// The policies that refuse this person with a passkey, from no place in particular; where none does, those that keep them from
    /// registering one.
    pub(super) fn refusing(&self, rules: Rules<'_>, console: &Application) -> Vec<String> {
        let (set, _) = rules;
        let Some(facts) = self.ways(console, &regions::addresses(set)).next() else { return Vec::new() };
        let with_passkey = decide(set, &as_if(&facts, SecondFactor::Fido2));
        let decision = match with_passkey.outcome {
            Outcome::Grant => judge(rules, &registering(&facts), SecondFactor::Fido2).err(),
            _ => Some(with_passkey),
        };
        decision.iter().flat_map(failing).collect()
    }

    /// Sign-ins with the password alone: on every platform, from every place that policies tell apart, with every device.
    fn ways<'a>(&'a self, console: &'a Application, addresses: &[IpAddr]) -> impl Iterator<Item = Facts> + 'a {
        let platforms = DevicePlatform::ALL.iter().copied().map(Some).chain([None]);
        let addresses = addresses.to_vec();
        let places = platforms.flat_map(move |platform| addresses.clone().into_iter().map(move |ip| (platform, ip)));
        places.flat_map(move |(platform, ip)| {
            self.devices.iter().map(move |device| Facts {
                resources: vec![resource_facts(console)],
                client: Some(client_facts(console)),
                client_app_type: Some(ClientAppType::Browser),
                device_platform: platform,
                ip: Some(ip),
                // A browser shows a device through the broker only.
                broker_present: device.is_some(),
                device: device.clone(),
                authentication_methods: vec!["password".to_owned()],
                waived_controls: waived_controls(console.app_id),
                ..Facts::new(Subject::User(self.facts.clone()))
            })
        })
    }
}

/// The same sign-in for registering a second factor on the way.
fn registering(facts: &Facts) -> Facts {
    Facts { resources: Vec::new(), user_action: Some(UserAction::RegisterSecurityInformation), ..facts.clone() }
}

/// Names of the policies that are not met.
fn failing(decision: &Decision) -> impl Iterator<Item = String> {
    let is_failing = |id: &str| decision.failing().any(|failing| failing == id);
    let failing = decision.policies.iter().filter(move |policy| is_failing(&policy.id));
    failing.map(|policy| policy.display_name.clone().unwrap_or_else(|| policy.id.clone()))
}
