//! Policies in the shapes that tenants really use: a base that is about everybody, and with more policies ever narrower ones, for
//! single groups and apps. What blocks is narrow: legacy clients, far countries, high risk, platforms nobody has.

use doorward_model::conditional_access::{
    ClientAppCondition, ConditionalAccessPolicy, Conditions, DeviceFilter, FilterMode, FrequencyAuthentication, FrequencyInterval,
    FrequencyUnit, GrantControl, GrantControls, GrantOperator, Guests, MembershipKind, PersistentBrowserMode, PlatformCondition,
    PolicyState, RequiredStrength, RiskCondition, SessionControls, SignInFrequency, TransferCondition, UserActionCondition, Users,
};
use doorward_model::sign_in::ExternalUserType;
use fastrand::Rng;

use super::directory::{APPS, GROUPS, ROLES, STRENGTHS};
use super::filter::{FILTERS, Filter, rule};
use super::guid::{Kind, guid};
use super::{pick, place};

/// People that policies name one by one are among the first so many.
const PERSONS: u32 = 10_000;
/// Policies of the base, which are about everybody and the like.
const BASE: u32 = 8;
/// Beyond the base, one in so many is as broad.
const BROAD: u32 = 12;

/// So many policies. The base is spread among the others.
pub(crate) fn policies(count: u32) -> Vec<ConditionalAccessPolicy> {
    let mut rng = Rng::with_seed(0x9011);
    let mut policies: Vec<_> = (0..count).map(|number| policy(&mut rng, number)).collect();
    rng.shuffle(&mut policies);
    policies
}

fn policy(rng: &mut Rng, number: u32) -> ConditionalAccessPolicy {
    let narrow = number >= BASE && !number.is_multiple_of(BROAD);
    let grant = pick::weighted(
        rng,
        &[
            (34, Ask::Mfa),
            (14, Ask::Device),
            (9, Ask::App),
            (12, Ask::Block),
            (9, Ask::Strength),
            (8, Ask::MfaOrDevice),
            (3, Ask::NewPassword),
            (3, Ask::Terms),
            (8, Ask::Nothing),
        ],
    );
    let mut conditions = Conditions { users: users(rng, narrow), ..Conditions::default() };
    target(rng, &mut conditions, narrow);
    circumstances(rng, &mut conditions, grant);
    ConditionalAccessPolicy {
        id: guid(Kind::Policy, number),
        display_name: Some(format!("CA{number:04} - {grant:?}")),
        state: pick::weighted(rng, &[(85, PolicyState::Enabled), (9, PolicyState::ReportOnly), (6, PolicyState::Disabled)]),
        conditions,
        grant_controls: grant.controls(rng),
        session_controls: session(rng, grant),
    }
}

/// What a policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Mfa,
    Device,
    App,
    Block,
    Strength,
    MfaOrDevice,
    NewPassword,
    Terms,
    Nothing,
}

impl Ask {
    fn controls(self, rng: &mut Rng) -> GrantControls {
        use GrantControl::{ApprovedApplication, Block, CompliantApplication, CompliantDevice, DomainJoinedDevice, Mfa, PasswordChange};
        let (operator, built_in): (_, &[GrantControl]) = match self {
            Self::Mfa => (GrantOperator::Or, &[Mfa]),
            Self::Device => (GrantOperator::Or, &[CompliantDevice, DomainJoinedDevice]),
            Self::App => (GrantOperator::Or, &[ApprovedApplication, CompliantApplication]),
            Self::Block => (GrantOperator::Or, &[Block]),
            Self::MfaOrDevice => (GrantOperator::Or, &[Mfa, CompliantDevice, DomainJoinedDevice]),
            Self::NewPassword => (GrantOperator::And, &[Mfa, PasswordChange]),
            Self::Strength | Self::Terms | Self::Nothing => (GrantOperator::And, &[]),
        };
        GrantControls {
            operator: (self != Self::Nothing).then_some(operator),
            built_in_controls: built_in.to_vec(),
            custom_authentication_factors: Vec::new(),
            terms_of_use: if self == Self::Terms { vec![guid(Kind::Terms, 0)] } else { Vec::new() },
            authentication_strength: (self == Self::Strength).then(|| strength(rng)),
        }
    }
}

/// One of the directory or a built-in one.
fn strength(rng: &mut Rng) -> RequiredStrength {
    let number = rng.u32(..STRENGTHS + 3);
    let id = match number.checked_sub(STRENGTHS) {
        Some(built_in) => format!("00000000-0000-0000-0000-{:012}", built_in + 2),
        None => guid(Kind::Strength, number),
    };
    RequiredStrength { id, ..RequiredStrength::default() }
}

/// Whom a policy names.
#[derive(Debug, Clone, Copy)]
enum Audience {
    Everybody,
    Groups,
    Roles,
    Outsiders,
    Guests,
    Persons,
}

fn users(rng: &mut Rng, narrow: bool) -> Users {
    use Audience::{Everybody, Groups, Guests as GuestTypes, Outsiders, Persons, Roles};
    let audience = if narrow {
        pick::weighted(rng, &[(12, Everybody), (62, Groups), (10, Roles), (3, Outsiders), (4, GuestTypes), (9, Persons)])
    } else {
        pick::weighted(rng, &[(80, Everybody), (12, Roles), (8, Outsiders)])
    };
    let mut users =
        Users { exclude_users: vec![guid(Kind::User, 0)], exclude_groups: ids(rng, Kind::Group, 3, GROUPS), ..Users::default() };
    match audience {
        Everybody => users.include_users = vec!["All".to_owned()],
        Groups => users.include_groups = some_ids(rng, Kind::Group, 4, GROUPS),
        Roles => users.include_roles = some_ids(rng, Kind::Role, 8, ROLES),
        Outsiders => users.include_users = vec!["GuestsOrExternalUsers".to_owned()],
        GuestTypes => {
            users.include_guests = Some(Guests {
                types: vec![ExternalUserType::B2bCollaborationGuest, ExternalUserType::B2bCollaborationMember],
                tenants: MembershipKind::All,
                members: Vec::new(),
            });
        }
        Persons => {
            users.include_users = some_ids(rng, Kind::User, 10, PERSONS);
            users.include_groups = ids(rng, Kind::Group, 2, GROUPS);
        }
    }
    users
}

/// Up to so many ids.
fn ids(rng: &mut Rng, kind: Kind, most: usize, limit: u32) -> Vec<String> {
    let count = rng.usize(..=most);
    distinct(rng, kind, count, limit)
}

/// At least one id.
fn some_ids(rng: &mut Rng, kind: Kind, most: usize, limit: u32) -> Vec<String> {
    let count = rng.usize(1..=most);
    distinct(rng, kind, count, limit)
}

fn distinct(rng: &mut Rng, kind: Kind, count: usize, limit: u32) -> Vec<String> {
    let mut numbers: Vec<u32> = (0..count).map(|_| rng.u32(1..limit)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(|number| guid(kind, number)).collect()
}

fn target(rng: &mut Rng, conditions: &mut Conditions, narrow: bool) {
    let applications = &mut conditions.applications;
    match rng.u32(..100) {
        0..3 => applications.include_user_actions = vec![UserActionCondition::RegisterSecurityInformation],
        3..5 => applications.include_user_actions = vec![UserActionCondition::RegisterOrJoinDevices],
        5..9 => applications.include_applications = vec!["MicrosoftAdminPortals".to_owned()],
        roll if roll < if narrow { 26 } else { 40 } => applications.include_applications = vec!["Office365".to_owned()],
        roll if roll < if narrow { 40 } else { 100 } => {
            applications.include_applications = vec!["All".to_owned()];
            applications.exclude_applications = ids(rng, Kind::App, 3, APPS);
        }
        _ => applications.include_applications = some_ids(rng, Kind::App, 5, APPS),
    }
}

fn circumstances(rng: &mut Rng, conditions: &mut Conditions, ask: Ask) {
    client_apps(rng, conditions, ask);
    platforms(rng, conditions, ask);
    locations(rng, conditions);
    if pick::percent(rng, 15) {
        let filter = rule(pick::one::<Filter>(rng, &FILTERS));
        let mode = if pick::percent(rng, 70) { FilterMode::Exclude } else { FilterMode::Include };
        conditions.devices.filter = Some(DeviceFilter { mode, rule: filter });
    }
    match ask {
        Ask::NewPassword => conditions.user_risk_levels = vec![RiskCondition::High],
        Ask::Block => narrow_down(rng, conditions),
        Ask::Mfa | Ask::Strength if pick::percent(rng, 20) => {
            conditions.sign_in_risk_levels = vec![RiskCondition::Medium, RiskCondition::High];
        }
        _ => {}
    }
}

fn client_apps(rng: &mut Rng, conditions: &mut Conditions, ask: Ask) {
    use ClientAppCondition::{All, Browser, MobileAppsAndDesktopClients};
    let kinds: &[ClientAppCondition] = match rng.u32(..100) {
        // Native apps are where apps can be protected, legacy clients are what nobody but a block is for.
        _ if ask == Ask::App => &[MobileAppsAndDesktopClients],
        0..45 => &[All],
        45..60 => &[Browser],
        60..80 => &[MobileAppsAndDesktopClients],
        _ => &[Browser, MobileAppsAndDesktopClients],
    };
    conditions.client_app_types = kinds.to_vec();
}

fn platforms(rng: &mut Rng, conditions: &mut Conditions, ask: Ask) {
    use PlatformCondition::{All, Android, Ios, Linux, MacOs, Windows, WindowsPhone};
    let (include, exclude): (&[PlatformCondition], &[PlatformCondition]) = match rng.u32(..100) {
        _ if ask == Ask::App => (&[Android, Ios], &[]),
        0..50 => (&[], &[]),
        50..68 => (&[Windows], &[]),
        68..78 => (&[Windows, MacOs], &[]),
        78..86 => (&[MacOs], &[]),
        86..94 => (&[Android, Ios], &[]),
        _ => (&[All], &[Android, Ios, Windows, MacOs, Linux, WindowsPhone]),
    };
    conditions.platforms.include = include.to_vec();
    conditions.platforms.exclude = exclude.to_vec();
}

fn locations(rng: &mut Rng, conditions: &mut Conditions) {
    let place = |number| guid(Kind::Location, number);
    let locations = &mut conditions.locations;
    match rng.u32(..100) {
        0..65 => {}
        65..82 => {
            locations.include = vec!["All".to_owned()];
            locations.exclude = vec!["AllTrusted".to_owned()];
        }
        82..91 => locations.include = vec![place(rng.u32(place::NETWORK_COUNT..place::COUNT))],
        _ => {
            locations.include = vec!["All".to_owned()];
            locations.exclude = vec![place(rng.u32(..place::COUNT)), place(rng.u32(..place::NETWORK_COUNT))];
        }
    }
}

/// What nobody wants, one way or another.
fn narrow_down(rng: &mut Rng, conditions: &mut Conditions) {
    match rng.u32(..5) {
        0 => conditions.client_app_types = vec![ClientAppCondition::ExchangeActiveSync, ClientAppCondition::Other],
        1 => conditions.locations.include = vec![guid(Kind::Location, place::COUNT - 1)],
        2 => conditions.sign_in_risk_levels = vec![RiskCondition::High],
        3 => conditions.transfer_methods = vec![TransferCondition::DeviceCodeFlow],
        _ => conditions.platforms.include = vec![PlatformCondition::Linux, PlatformCondition::WindowsPhone],
    }
}

fn session(rng: &mut Rng, ask: Ask) -> SessionControls {
    let mut session = SessionControls::default();
    if ask == Ask::Nothing || pick::percent(rng, 10) {
        let interval = FrequencyInterval::Period { value: rng.u32(1..24), unit: FrequencyUnit::Hours };
        session.sign_in_frequency = Some(SignInFrequency { interval, authentication: FrequencyAuthentication::PrimaryAndSecondary });
    }
    if pick::percent(rng, 5) {
        session.persistent_browser = Some(PersistentBrowserMode::Never);
    }
    session
}
