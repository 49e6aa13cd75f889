//! What a sign-in amounts to: where it comes from by name, and which controls it satisfies. General engines have no words for
//! address ranges or for what a legacy client can prove, so this is settled for them beforehand.

use std::net::IpAddr;

use doorward_model::conditional_access::GrantControl;
use doorward_model::device::TrustType;
use doorward_model::named_location::{Area, NamedLocation};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType};
use doorward_model::user::UserType;
use doorward_policy::conditional_access::{DeviceFacts, Facts, Subject, UserFacts};

use crate::world::filter::Property;

/// What one sign-in amounts to.
pub(super) struct Evidence<'a> {
    /// The person; workloads are not compared.
    pub(super) user: &'a UserFacts,
    pub(super) is_outsider: bool,
    /// Ids of the named locations.
    pub(super) places: Vec<&'a str>,
    pub(super) is_trusted: bool,
    /// Controls that are satisfied.
    pub(super) met: Vec<GrantControl>,
    /// Methods that count for a strength.
    pub(super) methods: Vec<&'a str>,
    /// Terms that count as accepted.
    pub(super) terms: Vec<&'a str>,
    /// Registered, but the organisation does not vouch for it.
    pub(super) is_unvouched: bool,
}

impl<'a> Evidence<'a> {
    /// None for a workload.
    pub(super) fn of(facts: &'a Facts, locations: &'a [NamedLocation]) -> Option<Self> {
        let Subject::User(user) = &facts.subject else { return None };
        let is_legacy = facts.client_app_type.is_some_and(ClientAppType::is_legacy);
        let here = |location: &&NamedLocation| covers(&location.area, facts.ip, facts.country.as_deref());
        let trusted = |location: &NamedLocation| matches!(location.area, Area::Ip { is_trusted: true, .. });
        let strings = |texts: &'a [String], counts: bool| texts.iter().filter(|_| counts).map(String::as_str).collect();
        Some(Self {
            user,
            is_outsider: user.external_user_type != ExternalUserType::None || user.user_type == UserType::Guest,
            places: locations.iter().filter(here).map(|location| location.id.as_str()).collect(),
            is_trusted: locations.iter().filter(here).any(trusted),
            met: GrantControl::ALL.iter().copied().filter(|control| is_met(*control, facts)).collect(),
            methods: strings(&facts.authentication_methods, facts.mfa && !is_legacy),
            terms: strings(&facts.terms_of_use_accepted, !is_legacy),
            is_unvouched: facts.device.as_ref().is_some_and(|device| !is_vouched_for(device)),
        })
    }
}

fn covers(area: &Area, ip: Option<IpAddr>, country: Option<&str>) -> bool {
    match area {
        Area::Ip { ranges, .. } => ip.is_some_and(|ip| ranges.iter().any(|range| range.contains(ip))),
        Area::Countries { countries, include_unknown } => {
            country.map_or(*include_unknown, |country| countries.iter().any(|listed| listed.eq_ignore_ascii_case(country)))
        }
        Area::Other => false,
    }
}

fn is_met(control: GrantControl, facts: &Facts) -> bool {
    let device = facts.device.as_ref();
    let through_broker = facts.device_platform.is_some_and(DevicePlatform::is_mobile) && facts.broker_present && device.is_some();
    let met = match control {
        GrantControl::Block => false,
        GrantControl::Mfa => facts.mfa,
        GrantControl::CompliantDevice => device.is_some_and(|device| device.is_managed == Some(true) && device.is_compliant == Some(true)),
        GrantControl::DomainJoinedDevice => device.is_some_and(|device| device.trust_type == Some(TrustType::ServerAd)),
        GrantControl::ApprovedApplication => through_broker && facts.client.as_ref().is_some_and(|client| client.approved),
        GrantControl::CompliantApplication => {
            through_broker && facts.app_protection_applied && facts.client.as_ref().is_some_and(|client| client.protectable)
        }
        GrantControl::PasswordChange => facts.password_changed,
    };
    // ActiveSync shows its device and nothing else, other legacy clients show nothing.
    let shown = match facts.client_app_type {
        Some(ClientAppType::ExchangeActiveSync) => matches!(control, GrantControl::CompliantDevice | GrantControl::DomainJoinedDevice),
        Some(ClientAppType::Other) => false,
        _ => true,
    };
    met && shown
}

fn is_vouched_for(device: &DeviceFacts) -> bool {
    device.is_managed == Some(true) || device.is_compliant == Some(true) || device.trust_type == Some(TrustType::ServerAd)
}

/// An attribute of a device, lower-cased.
pub(super) fn attribute(device: &DeviceFacts, property: Property) -> Option<String> {
    let [first, second, ..] = &device.extension_attributes;
    let text = match property {
        Property::DisplayName => device.display_name.as_deref(),
        Property::Manufacturer => device.manufacturer.as_deref(),
        Property::Model => device.model.as_deref(),
        Property::OperatingSystemVersion => device.operating_system_version.as_deref(),
        Property::Ownership => device.device_ownership.as_deref(),
        Property::IsCompliant => return device.is_compliant.map(|compliant| compliant.to_string()),
        Property::TrustType => device.trust_type.map(|trust| match trust {
            TrustType::AzureAd => "azuread",
            TrustType::ServerAd => "serverad",
            TrustType::Workplace => "workplace",
        }),
        Property::EnrollmentProfile => device.enrollment_profile_name.as_deref(),
        Property::Extension1 => first.as_deref(),
        Property::Extension2 => second.as_deref(),
    };
    text.map(str::to_lowercase)
}
