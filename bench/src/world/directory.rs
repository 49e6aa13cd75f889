//! People, groups, apps and devices.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::device::TrustType;
use doorward_model::named_location::{InvalidRange, NamedLocation};
use doorward_model::sign_in::{DevicePlatform, ExternalUserType};
use doorward_model::user::UserType;
use doorward_policy::conditional_access::DeviceFacts;
use fastrand::Rng;

use super::guid::{Kind, guid};
use super::{pick, place};

/// Groups that people are in; the first ones are the largest.
pub(crate) const GROUPS: u32 = 300;
/// Directory roles.
pub(crate) const ROLES: u32 = 24;
/// Resources.
pub(crate) const APPS: u32 = 60;
/// The first resources make up `Office365`, the next ones `MicrosoftAdminPortals`.
const OFFICE: u32 = 10;
const PORTALS: u32 = 3;
/// Client apps.
const CLIENTS: u32 = 20;
/// Registered devices.
const DEVICES: u32 = 5_000;

/// An organisation.
pub(crate) struct Directory {
    pub(crate) users: Vec<User>,
    pub(crate) apps: Vec<App>,
    pub(crate) clients: Vec<App>,
    pub(crate) devices: Vec<Device>,
    pub(crate) locations: Vec<NamedLocation>,
    pub(crate) strengths: Vec<AuthenticationStrengthPolicy>,
}

/// A person.
pub(crate) struct User {
    pub(crate) number: u32,
    pub(crate) id: String,
    /// Numbers of groups.
    pub(crate) groups: Vec<u32>,
    /// Numbers of roles.
    pub(crate) roles: Vec<u32>,
    pub(crate) user_type: UserType,
    pub(crate) external: ExternalUserType,
    pub(crate) home_tenant: Option<String>,
}

/// A resource or a client app.
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) bundles: &'static [&'static str],
    pub(crate) approved: bool,
    pub(crate) protectable: bool,
}

/// A device and the platform it runs.
pub(crate) struct Device {
    /// Its place among the devices.
    pub(crate) number: usize,
    pub(crate) platform: DevicePlatform,
    pub(crate) facts: DeviceFacts,
}

impl Directory {
    /// An organisation of so many people.
    pub(crate) fn new(users: u32) -> Result<Self, InvalidRange> {
        let mut rng = Rng::with_seed(0x0d00);
        Ok(Self {
            users: (0..users).map(|number| user(&mut rng, number)).collect(),
            apps: (0..APPS).map(resource).collect(),
            clients: (0..CLIENTS).map(client).collect(),
            devices: (0..DEVICES).map(|number| device(&mut rng, number)).collect(),
            locations: place::named_locations()?,
            strengths: strengths(),
        })
    }
}

fn user(rng: &mut Rng, number: u32) -> User {
    let groups = rng.usize(..13);
    let roles = if pick::percent(rng, 3) { rng.usize(1..4) } else { 0 };
    let external = if pick::percent(rng, 5) {
        pick::weighted(
            rng,
            &[
                (70, ExternalUserType::B2bCollaborationGuest),
                (15, ExternalUserType::B2bCollaborationMember),
                (10, ExternalUserType::InternalGuest),
                (5, ExternalUserType::ServiceProvider),
            ],
        )
    } else {
        ExternalUserType::None
    };
    let is_guest = matches!(external, ExternalUserType::B2bCollaborationGuest | ExternalUserType::InternalGuest);
    let has_home = !matches!(external, ExternalUserType::None | ExternalUserType::InternalGuest);
    User {
        number,
        id: guid(Kind::User, number),
        groups: pick::skewed(rng, groups, GROUPS),
        roles: pick::skewed(rng, roles, ROLES),
        user_type: if is_guest { UserType::Guest } else { UserType::Member },
        external,
        home_tenant: has_home.then(|| guid(Kind::Tenant, rng.u32(1..20))),
    }
}

fn resource(number: u32) -> App {
    let bundles: &[&str] = match number {
        0..OFFICE => &["Office365"],
        _ if number < OFFICE + PORTALS => &["MicrosoftAdminPortals"],
        _ => &[],
    };
    App { id: guid(Kind::App, number), bundles, approved: false, protectable: false }
}

/// Of the client apps the first half can be protected, and most of these are approved.
fn client(number: u32) -> App {
    App { id: guid(Kind::Client, number), bundles: &[], approved: number < CLIENTS * 2 / 5, protectable: number < CLIENTS / 2 }
}

fn device(rng: &mut Rng, number: u32) -> Device {
    let platform = pick::weighted(
        rng,
        &[
            (45, DevicePlatform::Windows),
            (25, DevicePlatform::Ios),
            (18, DevicePlatform::Android),
            (10, DevicePlatform::MacOs),
            (2, DevicePlatform::Linux),
        ],
    );
    let (manufacturer, models, versions): (&str, &[&str], &[&str]) = match platform {
        DevicePlatform::Windows | DevicePlatform::WindowsPhone => {
            ("Microsoft", &["Surface Pro", "Surface Hub 2S", "Surface Laptop"], &["10.0.19045", "10.0.22631", "10.0.26100"])
        }
        DevicePlatform::Ios => ("Apple", &["iPhone 15", "iPhone 13", "iPad Air"], &["17.6", "18.1"]),
        DevicePlatform::Android => ("Contoso", &["Phone 4", "Scanner 2", "Tablet 10"], &["13", "14", "15"]),
        DevicePlatform::MacOs => ("Apple", &["MacBook Pro", "MacBook Air"], &["14.6", "15.1"]),
        DevicePlatform::Linux => ("Fabrikam", &["Laptop 13"], &["24.04"]),
    };
    let personal = pick::percent(rng, 8);
    let managed = !personal && pick::percent(rng, 99);
    let trust = if platform == DevicePlatform::Windows && managed && pick::percent(rng, 60) {
        TrustType::ServerAd
    } else if platform == DevicePlatform::Windows && !personal {
        TrustType::AzureAd
    } else {
        TrustType::Workplace
    };
    let name = match rng.u32(..100) {
        0..3 => format!("KIOSK-{number}"),
        3..6 => format!("ROOM-{number}"),
        6..8 => format!("LAB-{number}"),
        8..10 => format!("{number}-TEST"),
        _ => format!("D{number:05}"),
    };
    let mut facts = DeviceFacts {
        device_id: Some(guid(Kind::Device, number)),
        display_name: Some(name),
        is_compliant: Some(managed && pick::percent(rng, 98)),
        is_managed: Some(managed),
        trust_type: Some(trust),
        device_ownership: Some(if personal { "Personal" } else { "Company" }.to_owned()),
        profile_type: Some("RegisteredDevice".to_owned()),
        manufacturer: Some(manufacturer.to_owned()),
        model: Some((*pick::one(rng, models)).to_owned()),
        operating_system: Some(platform.as_str().to_owned()),
        operating_system_version: Some((*pick::one(rng, versions)).to_owned()),
        enrollment_profile_name: (managed && pick::percent(rng, 30)).then(|| "Shared Tablets".to_owned()),
        ..DeviceFacts::default()
    };
    let [first, second, ..] = &mut facts.extension_attributes;
    *first = pick::percent(rng, 10).then(|| "PAW".to_owned());
    *second = pick::percent(rng, 30).then(|| (*pick::one(rng, &["Finance NL", "Legal", "Sales", "Research"])).to_owned());
    Device { number: number as usize, platform, facts }
}

/// Number of strengths of the directory; built-in ones need not be listed.
pub(crate) const STRENGTHS: u32 = 2;

fn strengths() -> Vec<AuthenticationStrengthPolicy> {
    let lists: [&[&str]; STRENGTHS as usize] =
        [&["fido2", "x509CertificateMultiFactor"], &["password,microsoftAuthenticatorPush", "fido2", "windowsHelloForBusiness"]];
    let strength = |(number, list): (u32, &[&str])| AuthenticationStrengthPolicy {
        id: guid(Kind::Strength, number),
        allowed_combinations: list.iter().map(|combination| (*combination).to_owned()).collect(),
        has_combination_configurations: false,
    };
    (0..).zip(lists).map(strength).collect()
}
