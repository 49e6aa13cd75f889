//! The remaining dimensions: rules 3, 7, 8 and 9, details 10 to 13.

use doorward_model::conditional_access::{
    ClientAppCondition, DeviceStateCondition, DeviceStates, Devices, FilterMode, InsiderRiskCondition, Locations, PlatformCondition,
    Platforms, RiskCondition, TransferCondition,
};
use doorward_model::device::TrustType;
use doorward_model::named_location::{Area, NamedLocation};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod};
use doorward_policy::conditional_access::{DeviceFacts, Facts};

use super::{Oracle, filter, lists, same};

pub(super) fn platform(condition: &Platforms, platform: Option<DevicePlatform>) -> bool {
    let names = |list: &[PlatformCondition]| {
        list.contains(&PlatformCondition::All)
            || platform.is_some_and(|platform| {
                list.contains(&match platform {
                    DevicePlatform::Android => PlatformCondition::Android,
                    DevicePlatform::Ios => PlatformCondition::Ios,
                    DevicePlatform::Windows => PlatformCondition::Windows,
                    DevicePlatform::WindowsPhone => PlatformCondition::WindowsPhone,
                    DevicePlatform::MacOs => PlatformCondition::MacOs,
                    DevicePlatform::Linux => PlatformCondition::Linux,
                })
            })
    };
    (condition.include.is_empty() || names(&condition.include)) && !names(&condition.exclude)
}

pub(super) fn client_app(condition: &[ClientAppCondition], client: Option<ClientAppType>) -> bool {
    if condition.is_empty() || condition.contains(&ClientAppCondition::All) {
        return true;
    }
    match client {
        None => false,
        Some(ClientAppType::Browser) => condition.contains(&ClientAppCondition::Browser),
        Some(ClientAppType::MobileAppsAndDesktopClients) => condition.contains(&ClientAppCondition::MobileAppsAndDesktopClients),
        Some(ClientAppType::ExchangeActiveSync) => {
            condition.contains(&ClientAppCondition::ExchangeActiveSync) || condition.contains(&ClientAppCondition::EasSupported)
        }
        Some(ClientAppType::Other) => condition.contains(&ClientAppCondition::Other),
    }
}

pub(super) fn risk(condition: &[RiskCondition], risk: RiskLevel) -> bool {
    let wanted = match risk {
        RiskLevel::None => RiskCondition::None,
        RiskLevel::Low => RiskCondition::Low,
        RiskLevel::Medium => RiskCondition::Medium,
        RiskLevel::High => RiskCondition::High,
    };
    condition.is_empty() || condition.contains(&wanted)
}

pub(super) fn insider_risk(condition: &[InsiderRiskCondition], risk: InsiderRiskLevel) -> bool {
    condition.is_empty()
        || match risk {
            InsiderRiskLevel::None => false,
            InsiderRiskLevel::Minor => condition.contains(&InsiderRiskCondition::Minor),
            InsiderRiskLevel::Moderate => condition.contains(&InsiderRiskCondition::Moderate),
            InsiderRiskLevel::Elevated => condition.contains(&InsiderRiskCondition::Elevated),
        }
}

pub(super) fn transfer(condition: &[TransferCondition], method: TransferMethod) -> bool {
    condition.is_empty()
        || match method {
            TransferMethod::None => false,
            TransferMethod::DeviceCodeFlow => condition.contains(&TransferCondition::DeviceCodeFlow),
            TransferMethod::AuthenticationTransfer => condition.contains(&TransferCondition::AuthenticationTransfer),
        }
}

impl Oracle<'_> {
    pub(super) fn devices(&self, condition: &Devices, device: Option<&DeviceFacts>) -> bool {
        let by_filter = condition.filter.as_ref().is_none_or(|filter| {
            let met = self.filters.get(&filter.rule).is_some_and(|rule| filter::met(rule, device));
            match filter.mode {
                FilterMode::Include => met,
                FilterMode::Exclude => !met,
                FilterMode::UnknownFutureValue => false,
            }
        });
        by_filter && state(&condition.devices, device) && state(&condition.states, device)
    }

    pub(super) fn location(&self, condition: &Locations, facts: &Facts) -> bool {
        let names = |list: &[String]| {
            lists(list, "All")
                || self.locations.iter().any(|location| {
                    let listed = lists(list, &location.id) || is_trusted(location) && lists(list, "AllTrusted");
                    listed && covers(location, facts)
                })
        };
        (condition.include.is_empty() || names(&condition.include)) && !names(&condition.exclude)
    }
}

fn state(condition: &DeviceStates, device: Option<&DeviceFacts>) -> bool {
    let compliant = device.is_some_and(|device| device.is_compliant == Some(true));
    let joined = device.is_some_and(|device| device.trust_type == Some(TrustType::ServerAd));
    let names = |list: &[DeviceStateCondition]| {
        list.contains(&DeviceStateCondition::All)
            || compliant && list.contains(&DeviceStateCondition::Compliant)
            || joined && list.contains(&DeviceStateCondition::DomainJoined)
    };
    (condition.include.is_empty() || names(&condition.include)) && !names(&condition.exclude)
}

fn is_trusted(location: &NamedLocation) -> bool {
    matches!(location.area, Area::Ip { is_trusted: true, .. })
}

fn covers(location: &NamedLocation, facts: &Facts) -> bool {
    match &location.area {
        Area::Ip { ranges, .. } => facts.ip.is_some_and(|ip| ranges.iter().any(|range| range.contains(ip))),
        Area::Countries { countries, include_unknown } => match facts.country.as_deref() {
            None | Some("") => *include_unknown,
            Some(country) => countries.iter().any(|listed| same(listed, country)),
        },
        Area::Other => false,
    }
}
