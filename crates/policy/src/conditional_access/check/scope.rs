//! The conditions of a policy as sets, so that they can be compared.

use std::collections::BTreeSet;

use doorward_model::conditional_access::{
    Applications, ClientAppCondition, ClientApplications, Conditions, Guests, InsiderRiskCondition, MembershipKind, PlatformCondition,
    Platforms, RiskCondition, TransferCondition, UserActionCondition, Users,
};
use doorward_model::sign_in::ExternalUserType;

use crate::conditional_access::ids::fold;

/// Ids as they are compared.
pub(super) type Ids = BTreeSet<String>;

/// The sign-ins to which a policy applies.
pub(super) struct Scope {
    pub(super) include: People,
    pub(super) exclude: People,
    pub(super) workloads: Workloads,
    pub(super) target: Target,
    pub(super) platforms: BTreeSet<PlatformCondition>,
    pub(super) clients: BTreeSet<ClientAppCondition>,
    pub(super) include_places: Places,
    pub(super) exclude_places: Places,
    pub(super) sign_in_risks: BTreeSet<RiskCondition>,
    pub(super) user_risks: BTreeSet<RiskCondition>,
    pub(super) workload_risks: BTreeSet<RiskCondition>,
    /// None is a sign-in without any.
    pub(super) insider_risks: BTreeSet<Option<InsiderRiskCondition>>,
    /// None is a sign-in of its own.
    pub(super) transfers: BTreeSet<Option<TransferCondition>>,
}

/// Who is named. Nobody when all are empty.
#[derive(Default)]
pub(super) struct People {
    pub(super) all: bool,
    pub(super) outsiders: bool,
    pub(super) users: Ids,
    pub(super) groups: Ids,
    pub(super) roles: Ids,
    pub(super) guests: Option<GuestScope>,
}

/// Kinds of outsiders and their tenants; none is every tenant.
pub(super) struct GuestScope {
    pub(super) kinds: BTreeSet<ExternalUserType>,
    pub(super) tenants: Option<Ids>,
}

#[derive(Default)]
pub(super) struct Workloads {
    pub(super) include: Ids,
    pub(super) exclude: Ids,
}

pub(super) struct Target {
    pub(super) include: Resources,
    pub(super) exclude: Resources,
    pub(super) actions: BTreeSet<UserActionCondition>,
    pub(super) contexts: Ids,
}

/// App ids and bundles.
#[derive(Default)]
pub(super) struct Resources {
    pub(super) all: bool,
    pub(super) named: Ids,
}

/// Ids of named locations, and `AllTrusted`.
pub(super) struct Places {
    pub(super) all: bool,
    pub(super) named: Ids,
}

impl Scope {
    pub(super) fn new(conditions: &Conditions) -> Self {
        let users = &conditions.users;
        let locations = &conditions.locations;
        let mut include_places = Places::new(&locations.include);
        include_places.all |= locations.include.is_empty();
        let insider = set(&conditions.insider_risk_levels, InsiderRiskCondition::ALL);
        let transfers = set(&conditions.transfer_methods, TransferCondition::ALL);
        Self {
            include: People::included(users),
            exclude: People::new(&users.exclude_users, &users.exclude_groups, &users.exclude_roles, users.exclude_guests.as_ref()),
            workloads: Workloads::new(&conditions.client_applications),
            target: Target::new(&conditions.applications),
            platforms: platforms(&conditions.platforms),
            clients: clients(&conditions.client_app_types),
            include_places,
            exclude_places: Places::new(&locations.exclude),
            sign_in_risks: risks(&conditions.sign_in_risk_levels),
            user_risks: risks(&conditions.user_risk_levels),
            workload_risks: risks(&conditions.service_principal_risk_levels),
            insider_risks: or_without(insider, conditions.insider_risk_levels.is_empty(), InsiderRiskCondition::UnknownFutureValue),
            transfers: or_without(transfers, conditions.transfer_methods.is_empty(), TransferCondition::UnknownFutureValue),
        }
    }

    /// Platforms, clients, places, risks and ways of transfer leave every ordinary sign-in in.
    pub(super) fn covers_ordinary_sign_ins(&self) -> bool {
        let modern = [ClientAppCondition::Browser, ClientAppCondition::MobileAppsAndDesktopClients];
        self.platforms.len() == PLATFORMS.len()
            && modern.iter().all(|client| self.clients.contains(client))
            && self.include_places.all
            && self.exclude_places.is_empty()
            && self.sign_in_risks.contains(&RiskCondition::None)
            && self.user_risks.contains(&RiskCondition::None)
            && self.insider_risks.contains(&None)
            && self.transfers.contains(&None)
    }
}

fn ids(list: &[String]) -> Ids {
    list.iter().map(|id| fold(id)).collect()
}

impl People {
    fn included(users: &Users) -> Self {
        let mut include = Self::new(&users.include_users, &users.include_groups, &users.include_roles, users.include_guests.as_ref());
        if include.users.contains("none") {
            (include.all, include.outsiders, include.users) = (false, false, Ids::new());
        }
        include
    }

    fn new(users: &[String], groups: &[String], roles: &[String], guests: Option<&Guests>) -> Self {
        let mut users = ids(users);
        Self {
            all: users.remove("all"),
            outsiders: users.remove("guestsorexternalusers"),
            users,
            groups: ids(groups),
            roles: ids(roles),
            guests: guests.map(GuestScope::new),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.all && !self.outsiders && self.users.is_empty() && self.groups.is_empty() && self.roles.is_empty() && self.guests.is_none()
    }

    /// Users, groups and roles that are named one by one.
    pub(super) fn named(&self) -> BTreeSet<(&'static str, &str)> {
        let kinds = [("user", &self.users), ("group", &self.groups), ("role", &self.roles)];
        kinds.into_iter().flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, id.as_str()))).collect()
    }
}

impl GuestScope {
    fn new(guests: &Guests) -> Self {
        let tenants = match guests.tenants {
            MembershipKind::All => None,
            MembershipKind::Enumerated => Some(ids(&guests.members)),
            MembershipKind::UnknownFutureValue => Some(Ids::new()),
        };
        let mut kinds: BTreeSet<_> = guests.types.iter().copied().collect();
        if tenants.as_ref().is_some_and(Ids::is_empty) {
            // The tenants restrict all kinds but the one that has none.
            kinds.retain(|kind| *kind == ExternalUserType::InternalGuest);
        }
        Self { kinds, tenants }
    }
}

/// The word that stands for the service principals of the tenant is kept among the ids: it compares like one.
impl Workloads {
    fn new(condition: &ClientApplications) -> Self {
        let include = ids(&condition.include_service_principals);
        if include.contains("none") {
            return Self::default();
        }
        Self { include, exclude: ids(&condition.exclude_service_principals) }
    }
}

impl Target {
    fn new(condition: &Applications) -> Self {
        let mut include = Resources::new(&condition.include_applications);
        if include.named.contains("none") {
            include = Resources::default();
        }
        Self {
            include,
            exclude: Resources::new(&condition.exclude_applications),
            actions: condition.include_user_actions.iter().copied().collect(),
            contexts: ids(&condition.include_authentication_contexts),
        }
    }

    /// The policy is about nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_empty() && self.actions.is_empty() && self.contexts.is_empty()
    }
}

impl Resources {
    fn new(names: &[String]) -> Self {
        let mut named = ids(names);
        Self { all: named.remove("all"), named }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.all && self.named.is_empty()
    }

    /// Every application by the word or by the bundle that holds the portals of administrators.
    pub(super) fn covers_administration(&self) -> bool {
        self.all || self.named.contains("microsoftadminportals")
    }
}

impl Places {
    fn new(names: &[String]) -> Self {
        let mut named = ids(names);
        Self { all: named.remove("all"), named }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.all && self.named.is_empty()
    }
}

/// The platforms that there are; `All` stands for the unknown ones, which only it covers.
const PLATFORMS: &[PlatformCondition] = &[
    PlatformCondition::All,
    PlatformCondition::Android,
    PlatformCondition::Ios,
    PlatformCondition::Windows,
    PlatformCondition::WindowsPhone,
    PlatformCondition::MacOs,
    PlatformCondition::Linux,
];

fn platforms(condition: &Platforms) -> BTreeSet<PlatformCondition> {
    let named =
        |list: &[PlatformCondition], platform: &PlatformCondition| list.contains(&PlatformCondition::All) || list.contains(platform);
    let included = |platform: &&PlatformCondition| condition.include.is_empty() || named(&condition.include, platform);
    PLATFORMS.iter().filter(included).filter(|platform| !named(&condition.exclude, platform)).copied().collect()
}

/// The clients that there are; `All` stands for the unknown ones, which only it covers.
fn clients(condition: &[ClientAppCondition]) -> BTreeSet<ClientAppCondition> {
    use ClientAppCondition::{All, Browser, EasSupported, ExchangeActiveSync, MobileAppsAndDesktopClients, Other};
    let all = [All, Browser, MobileAppsAndDesktopClients, ExchangeActiveSync, Other];
    let has = |client: &ClientAppCondition| {
        condition.is_empty()
            || condition.contains(&All)
            || condition.contains(client)
            || (*client == ExchangeActiveSync && condition.contains(&EasSupported))
    };
    all.into_iter().filter(has).collect()
}

fn set<T: Copy + Ord>(list: &[T], all: &[T]) -> BTreeSet<T> {
    if list.is_empty() { all } else { list }.iter().copied().collect()
}

/// Levels that a sign-in can have.
fn risks(list: &[RiskCondition]) -> BTreeSet<RiskCondition> {
    let mut levels = set(list, RiskCondition::ALL);
    levels.retain(|level| !matches!(level, RiskCondition::Hidden | RiskCondition::UnknownFutureValue));
    levels
}

/// The values but that of the future, and having none when the condition is not configured.
fn or_without<T: Copy + Ord>(set: BTreeSet<T>, unset: bool, future: T) -> BTreeSet<Option<T>> {
    set.into_iter().filter(|value| *value != future).map(Some).chain(unset.then_some(None)).collect()
}
