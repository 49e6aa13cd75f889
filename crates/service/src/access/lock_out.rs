//! The guard against locking everybody out of the console. What "able to sign in" means, and why, is told in
//! `docs/decisions/0016-a-change-may-not-lock-the-console.md`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::device::TrustType;
use doorward_model::document::DocumentKind;
use doorward_model::role::Role;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, UserAction};
use doorward_model::user::User;
use doorward_policy::conditional_access::regions;
use doorward_policy::conditional_access::{Classes, DeviceFacts, Facts, Outcome, Subject, UserFacts, decide};
use doorward_store::Unit;
use doorward_store::query::{Filter, Query, UserField};
use serde_json::Value;

use super::facts::{client_facts, device_facts, resource_facts, user_facts, waived_controls};
use super::second_factor::{as_if, judge};
use crate::authentication_method::registered::Held;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::Error;
use crate::policies::{Compiled, Variants};
use crate::resource;

/// Administrators read at once.
const BATCH: u32 = 100;

/// A Global Administrator, with what they can show of themselves.
struct Administrator {
    facts: UserFacts,
    held: Held,
    /// None, one that they register as they come, and those that are theirs.
    devices: Vec<Option<DeviceFacts>>,
}

/// Refuses a change after which no enabled Global Administrator could sign in to the console, if one could before. Asked when the change
/// has been written and not yet committed; `before` is what the documents held, none where one is new.
///
/// # Errors
/// [`DirectoryError::Conflict`], which names the policies in the way and says how to mend it; storage failure.
pub(crate) async fn keeps_an_administrator(
    ctx: &Context,
    unit: &mut dyn Unit,
    kind: DocumentKind,
    before: &[(&str, Option<&Value>)],
) -> Result<(), DirectoryError> {
    let variants = Variants::read(unit, kind, before).await?;
    match locks_out(ctx, unit, || variants.other(), &variants.present()).await? {
        Some(why) => Err(DirectoryError::Conflict(why)),
        None => Ok(()),
    }
}

/// Why a change would lock everybody out of the console; none when it would not, or when that is how things are already.
///
/// # Errors
/// Storage failure.
pub(crate) async fn locks_out(
    ctx: &Context,
    unit: &mut dyn Unit,
    before: impl FnOnce() -> Result<Compiled, Error>,
    after: &Result<Compiled, Error>,
) -> Result<Option<String>, Error> {
    let Some(console) = unit.applications().get(resource::CONSOLE).await? else { return Ok(None) };
    let administrators = administrators(ctx, unit).await?;
    let is_open = |policies: &Compiled| administrators.iter().any(|administrator| administrator.is_able(policies, &console));
    if after.as_ref().is_ok_and(is_open) {
        return Ok(None);
    }
    // Who is locked out already, by policies or by one that cannot be read, must be able to mend it.
    if !before().is_ok_and(|before| is_open(&before)) {
        return Ok(None);
    }
    let refusing = |policies| administrators.iter().flat_map(|administrator| administrator.refusing(policies, &console)).collect();
    Ok(Some(told(&after.as_ref().map_or_else(|_| BTreeSet::new(), refusing))))
}

fn told(policies: &BTreeSet<String>) -> String {
    let names: Vec<String> = policies.iter().map(|name| format!("“{name}”")).collect();
    let who = if names.is_empty() { "the policies".to_owned() } else { names.join(", ") };
    format!(
        "no Global Administrator could sign in to the console any more: {who} would refuse each of them, on every platform, from every \
         address and with every second factor. Exclude one emergency account, or set the policy to report-only first"
    )
}

async fn administrators(ctx: &Context, unit: &mut dyn Unit) -> Result<Vec<Administrator>, Error> {
    let enabled =
        Filter::equal(UserField::Roles, format!("{:?}", Role::GlobalAdministrator)).and(Filter::equal(UserField::AccountEnabled, true));
    let mut query = Query { limit: BATCH, ..Query::of(enabled) };
    let mut administrators = Vec::new();
    loop {
        let page = unit.users().page(&query).await?;
        for user in page.items {
            administrators.push(Administrator::read(ctx, unit, &user).await?);
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(administrators);
        }
    }
}

impl Administrator {
    async fn read(ctx: &Context, unit: &mut dyn Unit, user: &User) -> Result<Self, Error> {
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
    fn is_able(&self, policies: &Compiled, console: &Application) -> bool {
        let (set, about_registration) = policies;
        let mut classes = Classes::new(set);
        let mut granted = |facts: &Facts| {
            let sign_in = classes.sign_in(facts);
            classes.outcome(&sign_in).outcome == Outcome::Grant
        };
        for facts in self.ways(console, &regions::addresses(set)) {
            let has_or_gets = |factor: SecondFactor| {
                let registers = || judge((set, about_registration), &registering(&facts), factor).is_ok();
                self.held.has(factor) || factor != SecondFactor::RecoveryCode && registers()
            };
            if granted(&facts) || SecondFactor::ALL.into_iter().any(|factor| granted(&as_if(&facts, factor)) && has_or_gets(factor)) {
                return true;
            }
        }
        false
    }

    /// The policies that refuse this person with a passkey, from no place in particular.
    fn refusing(&self, (set, _): &Compiled, console: &Application) -> Vec<String> {
        let first = self.ways(console, &regions::addresses(set)).next();
        let decision = first.map(|facts| decide(set, &as_if(&facts, SecondFactor::Fido2)));
        let named = decision.iter().flat_map(|decision| {
            let is_failing = |id: &str| decision.failing().any(|failing| failing == id);
            decision.policies.iter().filter(move |policy| is_failing(&policy.id))
        });
        named.map(|policy| policy.display_name.clone().unwrap_or_else(|| policy.id.clone())).collect()
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
