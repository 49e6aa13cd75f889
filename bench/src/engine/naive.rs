//! What a competent programmer writes first: ids as numbers in sorted slices, words as bits, and one pass over the enabled policies
//! that tests the cheapest condition first and gives up at the first that fails.

mod grant;

use std::collections::HashMap;

use anyhow::Context as _;
use doorward_model::ErrorCode;
use doorward_model::conditional_access::{
    ClientAppCondition, ConditionalAccessPolicy, FilterMode, Guests, InsiderRiskCondition, PlatformCondition, PolicyState, RiskCondition,
    TransferCondition, UserActionCondition,
};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_policy::conditional_access::{Facts, Outcome};

use self::grant::{Grant, Missing, keep_least};
use super::evidence::{Evidence, attribute};
use super::{Answer, Case, Engine, check};
use crate::world::filter::{Atom, Filter, Property, Test, of_rule};

/// The linear scan.
pub(crate) struct Naive {
    policies: Vec<Policy>,
    sign_ins: Vec<SignIn>,
}

type Ids = Box<[u32]>;
/// A set of words, each a bit.
type Words = u16;
/// Every word, known or not.
const ANY: Words = Words::MAX;

struct Policy {
    platforms: Words,
    clients: Words,
    sign_in_risks: Words,
    user_risks: Words,
    insider_risks: Words,
    transfers: Words,
    actions: Words,
    resources: Resources,
    excluded_resources: Resources,
    people: People,
    excluded_people: People,
    places: Places,
    excluded_places: Places,
    filter: Option<(bool, Filter)>,
    grant: Grant,
}

#[derive(Default)]
struct Resources {
    all: bool,
    /// Apps and bundles.
    ids: Ids,
}

struct People {
    all: bool,
    outsiders: bool,
    guests: Words,
    users: Ids,
    groups: Ids,
    roles: Ids,
}

struct Places {
    all: bool,
    trusted: bool,
    ids: Ids,
}

struct SignIn {
    platform: Words,
    client: Words,
    sign_in_risk: Words,
    user_risk: Words,
    insider_risk: Words,
    transfer: Words,
    action: Words,
    /// The app and its bundles.
    resource: Ids,
    user: u32,
    groups: Ids,
    roles: Ids,
    is_outsider: bool,
    guest: Words,
    places: Ids,
    is_trusted: bool,
    attributes: [Option<String>; Property::ALL.len()],
    is_unvouched: bool,
    met: Words,
    methods: Ids,
    terms: Ids,
    is_legacy: bool,
    is_mobile: bool,
    is_approved: bool,
    is_protectable: bool,
    has_broker: bool,
    is_registered: bool,
}

impl Naive {
    pub(crate) fn new(case: &Case<'_>) -> anyhow::Result<Self> {
        let mut numbers = Numbers::default();
        let enabled = case.policies.iter().filter(|policy| policy.state == PolicyState::Enabled);
        let policies = enabled.map(|policy| Policy::new(policy, case, &mut numbers)).collect::<Result<_, _>>()?;
        let sign_ins = case.facts.iter().map(|facts| SignIn::new(facts, case, &mut numbers)).collect::<Result<_, _>>()?;
        Ok(Self { policies, sign_ins })
    }
}

impl Engine for Naive {
    fn name(&self) -> &'static str {
        "naive"
    }

    fn decide(&mut self, sign_in: usize) -> Answer {
        self.sign_ins.get(sign_in).map_or(Answer::Failed, |sign_in| decide(&self.policies, sign_in))
    }
}

fn decide(policies: &[Policy], sign_in: &SignIn) -> Answer {
    let (mut hopeless, mut promptable): (Option<Missing>, Option<Missing>) = (None, None);
    for policy in policies.iter().filter(|policy| policy.applies(sign_in)) {
        if policy.grant.is_block {
            return Answer::Full { outcome: Outcome::Block, code: Some(ErrorCode::BLOCKED), next: None };
        }
        match policy.grant.lack(sign_in) {
            Some((missing, true)) => keep_least(&mut promptable, missing),
            Some((missing, false)) => keep_least(&mut hopeless, missing),
            None => {}
        }
    }
    match (hopeless, promptable) {
        (Some((_, code)), _) => Answer::Full { outcome: Outcome::Block, code: Some(code), next: None },
        (None, Some((next, code))) => Answer::Full { outcome: Outcome::Interrupt, code: Some(code), next: Some(next) },
        (None, None) => Answer::Full { outcome: Outcome::Grant, code: None, next: None },
    }
}

impl Policy {
    fn new(policy: &ConditionalAccessPolicy, case: &Case<'_>, numbers: &mut Numbers) -> anyhow::Result<Self> {
        check(policy)?;
        let conditions = &policy.conditions;
        let (users, applications) = (&conditions.users, &conditions.applications);
        let platforms = words(&conditions.platforms.include, PlatformCondition::All, |word| DevicePlatform::from_wire(word.as_str()));
        let excluded = words(&conditions.platforms.exclude, PlatformCondition::All, |word| DevicePlatform::from_wire(word.as_str()));
        let risks = |levels: &[RiskCondition]| set(levels, |word| RiskLevel::from_wire(word.as_str()));
        let filter = conditions.devices.filter.as_ref();
        let filter = filter.map(|filter| {
            let (_, rule) = of_rule(&filter.rule).with_context(|| format!("unknown rule {:?}", filter.rule))?;
            anyhow::Ok((filter.mode == FilterMode::Include, rule))
        });
        Ok(Self {
            platforms: if conditions.platforms.exclude.is_empty() { platforms } else { platforms & !excluded },
            clients: words(&conditions.client_app_types, ClientAppCondition::All, |word| match word {
                ClientAppCondition::EasSupported => Some(ClientAppType::ExchangeActiveSync),
                other => ClientAppType::from_wire(other.as_str()),
            }),
            sign_in_risks: risks(&conditions.sign_in_risk_levels),
            user_risks: risks(&conditions.user_risk_levels),
            insider_risks: set(&conditions.insider_risk_levels, |word: InsiderRiskCondition| InsiderRiskLevel::from_wire(word.as_str())),
            transfers: set(&conditions.transfer_methods, |word: TransferCondition| TransferMethod::from_wire(word.as_str())),
            actions: applications.include_user_actions.iter().fold(0, |bits, word| bits | action_of(*word)),
            resources: Resources::new(&applications.include_applications, numbers),
            excluded_resources: Resources::new(&applications.exclude_applications, numbers),
            people: People::new(&users.include_users, &users.include_groups, &users.include_roles, &users.include_guests, numbers),
            excluded_people: People::new(&users.exclude_users, &users.exclude_groups, &users.exclude_roles, &users.exclude_guests, numbers),
            places: Places::new(&conditions.locations.include, conditions.locations.include.is_empty(), numbers),
            excluded_places: Places::new(&conditions.locations.exclude, false, numbers),
            filter: filter.transpose()?,
            grant: Grant::new(policy, case, numbers),
        })
    }

    fn applies(&self, sign_in: &SignIn) -> bool {
        self.platforms & sign_in.platform != 0
            && self.clients & sign_in.client != 0
            && self.sign_in_risks & sign_in.sign_in_risk != 0
            && self.user_risks & sign_in.user_risk != 0
            && self.insider_risks & sign_in.insider_risk != 0
            && self.transfers & sign_in.transfer != 0
            && self.is_about(sign_in)
            && self.people.contain(sign_in)
            && self.places.contain(sign_in)
            && !self.excluded_people.contain(sign_in)
            && !self.excluded_places.contain(sign_in)
            && self.filter.is_none_or(|(include, filter)| holds(filter, sign_in) == include)
    }

    fn is_about(&self, sign_in: &SignIn) -> bool {
        if sign_in.action != 0 {
            return self.resources.all || self.actions & sign_in.action != 0;
        }
        self.resources.contain(sign_in) && !self.excluded_resources.contain(sign_in)
    }
}

impl Resources {
    fn new(names: &[String], numbers: &mut Numbers) -> Self {
        Self { all: names.iter().any(|name| name == "All"), ids: numbers.ids(names) }
    }

    fn contain(&self, sign_in: &SignIn) -> bool {
        self.all || have_common(&self.ids, &sign_in.resource)
    }
}

impl People {
    fn new(users: &[String], groups: &[String], roles: &[String], guests: &Option<Guests>, numbers: &mut Numbers) -> Self {
        Self {
            all: users.iter().any(|name| name == "All"),
            outsiders: users.iter().any(|name| name == "GuestsOrExternalUsers"),
            guests: guests.iter().flat_map(|guests| &guests.types).fold(0, |bits, kind| bits | guest_of(*kind)),
            users: numbers.ids(users),
            groups: numbers.ids(groups),
            roles: numbers.ids(roles),
        }
    }

    fn contain(&self, sign_in: &SignIn) -> bool {
        self.all
            || (self.outsiders && sign_in.is_outsider)
            || self.guests & sign_in.guest != 0
            || self.users.binary_search(&sign_in.user).is_ok()
            || have_common(&self.groups, &sign_in.groups)
            || have_common(&self.roles, &sign_in.roles)
    }
}

impl Places {
    fn new(names: &[String], all: bool, numbers: &mut Numbers) -> Self {
        let has = |word: &str| names.iter().any(|name| name == word);
        Self { all: all || has("All"), trusted: has("AllTrusted"), ids: numbers.ids(names) }
    }

    fn contain(&self, sign_in: &SignIn) -> bool {
        self.all || (self.trusted && sign_in.is_trusted) || have_common(&self.ids, &sign_in.places)
    }
}

impl SignIn {
    fn new(facts: &Facts, case: &Case<'_>, numbers: &mut Numbers) -> anyhow::Result<Self> {
        let evidence = Evidence::of(facts, case.locations).context("a workload, which is not compared")?;
        let user = evidence.user;
        let resources = facts.resources.iter().flat_map(|resource| [&resource.app_id].into_iter().chain(&resource.bundles));
        Ok(Self {
            platform: known(facts.device_platform.map(|platform| platform as u32)),
            client: known(facts.client_app_type.map(|client| client as u32)),
            sign_in_risk: bit(facts.sign_in_risk as u32),
            user_risk: bit(facts.user_risk as u32),
            insider_risk: bit(facts.insider_risk as u32),
            transfer: bit(facts.transfer_method as u32),
            action: facts.user_action.map_or(0, |action| bit(action as u32)),
            resource: numbers.ids(resources),
            user: numbers.id(&user.id),
            groups: numbers.ids(&user.groups),
            roles: numbers.ids(&user.roles),
            is_outsider: evidence.is_outsider,
            guest: guest_of(user.external_user_type),
            places: numbers.ids(evidence.places),
            is_trusted: evidence.is_trusted,
            attributes: Property::ALL.map(|property| facts.device.as_ref().and_then(|device| attribute(device, property))),
            is_unvouched: evidence.is_unvouched,
            met: evidence.met.iter().fold(0, |bits, control| bits | bit(*control as u32)),
            methods: numbers.ids(evidence.methods),
            terms: numbers.ids(evidence.terms),
            is_legacy: facts.client_app_type.is_some_and(ClientAppType::is_legacy),
            is_mobile: facts.device_platform.is_some_and(DevicePlatform::is_mobile),
            is_approved: facts.client.as_ref().is_some_and(|client| client.approved),
            is_protectable: facts.client.as_ref().is_some_and(|client| client.protectable),
            has_broker: facts.broker_present,
            is_registered: facts.device.is_some(),
        })
    }
}

/// A filter holds when all atoms of one of its lines hold.
fn holds(filter: Filter, sign_in: &SignIn) -> bool {
    filter.iter().any(|atoms| atoms.iter().all(|atom| atom_holds(atom, sign_in)))
}

fn atom_holds(atom: &Atom, sign_in: &SignIn) -> bool {
    if atom.property.needs_vouching() && sign_in.is_unvouched {
        return false;
    }
    let text = sign_in.attributes.get(atom.property as usize).and_then(Option::as_deref);
    let positive = text.is_some_and(|text| match atom.test {
        Test::Equal => text == atom.value,
        Test::StartsWith => text.starts_with(atom.value),
        Test::EndsWith => text.ends_with(atom.value),
        Test::Contains => text.contains(atom.value),
    });
    positive != atom.negated
}

/// Numbers in place of texts.
#[derive(Default)]
struct Numbers(HashMap<String, u32>);

impl Numbers {
    fn id(&mut self, text: &str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(text.to_lowercase()).or_insert(next)
    }

    fn ids(&mut self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Ids {
        let mut ids: Vec<_> = texts.into_iter().map(|text| self.id(text.as_ref())).collect();
        ids.sort_unstable();
        ids.into()
    }
}

/// The lists are short: the shorter is looked up in the longer.
fn have_common(left: &[u32], right: &[u32]) -> bool {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    short.iter().any(|id| long.binary_search(id).is_ok())
}

fn bit(number: u32) -> Words {
    1 << number
}

/// The bit of a word, or the last one for an unknown word, which only unrestricted policies have.
fn known(number: Option<u32>) -> Words {
    number.map_or(1 << 15, bit)
}

/// The bits of a list that restricts nothing when it is empty.
fn set<W: Copy, V: Copy + Bits>(list: &[W], value: impl Fn(W) -> Option<V>) -> Words {
    if list.is_empty() { ANY } else { list.iter().filter_map(|word| value(*word)).fold(0, |bits, value| bits | value.bits()) }
}

/// The same where a word stands for all.
fn words<W: Copy + PartialEq, V: Copy + Bits>(list: &[W], all: W, value: impl Fn(W) -> Option<V>) -> Words {
    if list.contains(&all) { ANY } else { set(list, value) }
}

fn guest_of(kind: ExternalUserType) -> Words {
    if kind == ExternalUserType::None { 0 } else { bit(kind as u32) }
}

fn action_of(word: UserActionCondition) -> Words {
    match word {
        UserActionCondition::RegisterSecurityInformation => bit(UserAction::RegisterSecurityInformation as u32),
        UserActionCondition::RegisterOrJoinDevices => bit(UserAction::RegisterOrJoinDevices as u32),
        UserActionCondition::UnknownFutureValue => 0,
    }
}

/// Words whose position is a bit.
trait Bits {
    fn bits(self) -> Words;
}

macro_rules! bits {
    ($($name:ident),+) => {$(
        impl Bits for $name {
            fn bits(self) -> Words {
                bit(self as u32)
            }
        }
    )+};
}

bits!(DevicePlatform, ClientAppType, RiskLevel, InsiderRiskLevel, TransferMethod);
