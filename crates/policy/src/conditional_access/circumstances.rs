//! The dimensions with few values: platform, kind of client, risks, way of transfer. Their rows are made when the set is compiled.

use doorward_model::conditional_access::{
    ClientAppCondition, Conditions, InsiderRiskCondition, PlatformCondition, Platforms, RiskCondition, TransferCondition,
};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod};

use super::condition::{Condition, ConditionState};
use super::facts::Facts;
use super::mask::{Block, Mask};
use super::table::{Class, Fit, Table};

/// What is said of a sign-in besides who, what, where and on which device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Circumstances {
    /// Platform; none when unknown.
    pub device_platform: Option<DevicePlatform>,
    /// Kind of client; none when unknown.
    pub client_app_type: Option<ClientAppType>,
    /// Risk of the sign-in.
    pub sign_in_risk: RiskLevel,
    /// Risk of the user.
    pub user_risk: RiskLevel,
    /// Risk of the service principal.
    pub service_principal_risk: RiskLevel,
    /// Insider risk.
    pub insider_risk: InsiderRiskLevel,
    /// Way of transfer.
    pub transfer_method: TransferMethod,
}

impl From<&Facts> for Circumstances {
    fn from(facts: &Facts) -> Self {
        Self {
            device_platform: facts.device_platform,
            client_app_type: facts.client_app_type,
            sign_in_risk: facts.sign_in_risk,
            user_risk: facts.user_risk,
            service_principal_risk: facts.service_principal_risk,
            insider_risk: facts.insider_risk,
            transfer_method: facts.transfer_method,
        }
    }
}

/// One of the small dimensions: a class for each value.
#[derive(Debug, Clone)]
struct Column<T> {
    configured: Mask,
    classes: Vec<(T, Class)>,
    table: Table,
}

impl<T: Copy + PartialEq> Column<T> {
    fn new<'a>(
        size: usize,
        policies: &[(usize, &'a Conditions)],
        values: impl IntoIterator<Item = T>,
        state: impl Fn(&'a Conditions, T) -> ConditionState,
    ) -> Self {
        let mut column = Self { configured: Mask::empty(size), classes: Vec::new(), table: Table::new(size) };
        for value in values {
            let mut fit = Fit::nothing(size);
            for (position, conditions) in policies {
                let state = state(conditions, value);
                if state.is_met() {
                    fit.matched.insert(*position);
                }
                if state == ConditionState::Excluded {
                    fit.excluded.insert(*position);
                }
                if state != ConditionState::NotConfigured {
                    column.configured.insert(*position);
                }
            }
            column.classes.push((value, column.table.class(fit)));
        }
        column
    }

    fn view(&self, value: T) -> View<'_> {
        let class = self.classes.iter().find(|(known, _)| *known == value).map(|(_, class)| *class).unwrap_or_default();
        View { matched: self.table.matched(class), excluded: self.table.excluded(class) }
    }
}

/// How the policies stand to one value of one dimension.
pub(super) struct View<'a> {
    pub(super) matched: &'a [Block],
    pub(super) excluded: &'a [Block],
}

/// All small dimensions of a set.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    platform: Column<Option<DevicePlatform>>,
    client: Column<Option<ClientAppType>>,
    sign_in_risk: Column<RiskLevel>,
    user_risk: Column<RiskLevel>,
    service_principal_risk: Column<RiskLevel>,
    insider_risk: Column<InsiderRiskLevel>,
    transfer: Column<TransferMethod>,
}

impl Columns {
    /// `policies` are conditions with the position of their policy, in a set of `size` positions.
    pub(super) fn new(size: usize, policies: &[(usize, &Conditions)]) -> Self {
        let risk = |levels: for<'a> fn(&'a Conditions) -> &'a [RiskCondition]| {
            Column::new(size, policies, RiskLevel::ALL.iter().copied(), move |conditions, level| {
                one_of(levels(conditions), Some(risk(level)))
            })
        };
        let platforms = DevicePlatform::ALL.iter().copied().map(Some).chain([None]);
        let clients = ClientAppType::ALL.iter().copied().map(Some).chain([None]);
        let (insider_risks, transfers) = (InsiderRiskLevel::ALL.iter().copied(), TransferMethod::ALL.iter().copied());
        Self {
            platform: Column::new(size, policies, platforms, |c, value| platform(&c.platforms, value)),
            client: Column::new(size, policies, clients, |c, value| client(&c.client_app_types, value)),
            sign_in_risk: risk(|conditions| &conditions.sign_in_risk_levels),
            user_risk: risk(|conditions| &conditions.user_risk_levels),
            service_principal_risk: risk(|conditions| &conditions.service_principal_risk_levels),
            insider_risk: Column::new(size, policies, insider_risks, |c, level| one_of(&c.insider_risk_levels, insider_risk(level))),
            transfer: Column::new(size, policies, transfers, |c, method| one_of(&c.transfer_methods, transfer(method))),
        }
    }

    /// The policy at a position says something about one of these conditions.
    pub(super) fn is_configured(&self, condition: Condition, position: usize) -> bool {
        let configured = match condition {
            Condition::DevicePlatform => &self.platform.configured,
            Condition::ClientApps => &self.client.configured,
            Condition::SignInRisk => &self.sign_in_risk.configured,
            Condition::UserRisk => &self.user_risk.configured,
            Condition::ServicePrincipalRisk => &self.service_principal_risk.configured,
            Condition::InsiderRisk => &self.insider_risk.configured,
            Condition::AuthenticationFlow => &self.transfer.configured,
            Condition::Identity | Condition::Target | Condition::Devices | Condition::Location => return true,
        };
        configured.contains(position)
    }

    /// How the policies stand to each of the circumstances.
    pub(super) fn views(&self, of: &Circumstances) -> [View<'_>; 7] {
        [
            self.platform.view(of.device_platform),
            self.client.view(of.client_app_type),
            self.sign_in_risk.view(of.sign_in_risk),
            self.user_risk.view(of.user_risk),
            self.service_principal_risk.view(of.service_principal_risk),
            self.insider_risk.view(of.insider_risk),
            self.transfer.view(of.transfer_method),
        ]
    }
}

/// A list that restricts nothing when empty. `None` as a value is one that no list can name.
fn one_of<T: PartialEq>(list: &[T], value: Option<T>) -> ConditionState {
    if list.is_empty() {
        return ConditionState::NotConfigured;
    }
    ConditionState::of(value.is_some_and(|value| list.contains(&value)), false)
}

fn client(list: &[ClientAppCondition], client: Option<ClientAppType>) -> ConditionState {
    let names = |condition: &ClientAppCondition| match condition {
        ClientAppCondition::All => true,
        ClientAppCondition::Browser => client == Some(ClientAppType::Browser),
        ClientAppCondition::MobileAppsAndDesktopClients => client == Some(ClientAppType::MobileAppsAndDesktopClients),
        ClientAppCondition::ExchangeActiveSync | ClientAppCondition::EasSupported => client == Some(ClientAppType::ExchangeActiveSync),
        ClientAppCondition::Other => client == Some(ClientAppType::Other),
        ClientAppCondition::UnknownFutureValue => false,
    };
    if list.is_empty() || list.contains(&ClientAppCondition::All) {
        return ConditionState::NotConfigured;
    }
    ConditionState::of(list.iter().any(names), false)
}

fn platform(condition: &Platforms, platform: Option<DevicePlatform>) -> ConditionState {
    if condition.include.is_empty() && condition.exclude.is_empty() {
        return ConditionState::NotConfigured;
    }
    let named = platform.map(|platform| match platform {
        DevicePlatform::Android => PlatformCondition::Android,
        DevicePlatform::Ios => PlatformCondition::Ios,
        DevicePlatform::Windows => PlatformCondition::Windows,
        DevicePlatform::WindowsPhone => PlatformCondition::WindowsPhone,
        DevicePlatform::MacOs => PlatformCondition::MacOs,
        DevicePlatform::Linux => PlatformCondition::Linux,
    });
    let names = |condition: &PlatformCondition| *condition == PlatformCondition::All || Some(*condition) == named;
    ConditionState::of(condition.include.is_empty() || condition.include.iter().any(names), condition.exclude.iter().any(names))
}

fn risk(level: RiskLevel) -> RiskCondition {
    match level {
        RiskLevel::None => RiskCondition::None,
        RiskLevel::Low => RiskCondition::Low,
        RiskLevel::Medium => RiskCondition::Medium,
        RiskLevel::High => RiskCondition::High,
    }
}

fn insider_risk(level: InsiderRiskLevel) -> Option<InsiderRiskCondition> {
    match level {
        InsiderRiskLevel::None => None,
        InsiderRiskLevel::Minor => Some(InsiderRiskCondition::Minor),
        InsiderRiskLevel::Moderate => Some(InsiderRiskCondition::Moderate),
        InsiderRiskLevel::Elevated => Some(InsiderRiskCondition::Elevated),
    }
}

fn transfer(method: TransferMethod) -> Option<TransferCondition> {
    match method {
        TransferMethod::None => None,
        TransferMethod::DeviceCodeFlow => Some(TransferCondition::DeviceCodeFlow),
        TransferMethod::AuthenticationTransfer => Some(TransferCondition::AuthenticationTransfer),
    }
}
