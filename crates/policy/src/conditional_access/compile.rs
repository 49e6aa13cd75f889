//! Policies made ready for deciding: ids in sets, filters parsed, strengths and locations resolved.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{
    ClientAppCondition, ConditionalAccessPolicy, InsiderRiskCondition, PlatformCondition, PolicyState, RiskCondition, SessionControls,
    TransferCondition,
};
use doorward_model::named_location::NamedLocation;
use doorward_model::service_policy::ServicePolicy;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod};

use super::decision::Reason;
use super::device::DeviceScope;
use super::facts::Facts;
use super::filter::FilterError;
use super::grant::Grant;
use super::identity::Identity;
use super::ids::fold;
use super::location::{Atlas, LocationScope};
use super::service::Service;
use super::target::Target;

/// Policies ready for deciding. Made by [`compile`].
#[derive(Debug, Clone)]
pub struct PolicySet {
    pub(super) policies: Vec<Compiled>,
    pub(super) services: Vec<Service>,
    pub(super) atlas: Atlas,
}

/// Why a policy cannot be decided. Such a policy must not be left out in silence: leaving it out could open a door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The device filter is not understood.
    #[error("policy {policy:?}: conditions.devices.deviceFilter.rule: {error}")]
    Filter {
        /// Id of the policy.
        policy: String,
        /// What is wrong and where.
        error: FilterError,
    },
    /// A device filter and the older device states in one policy.
    #[error("policy {policy:?}: conditions.devices: a device filter and device states cannot be combined: keep the filter")]
    FilterAndStates {
        /// Id of the policy.
        policy: String,
    },
    /// The authentication strength restricts its combinations further, which the engine does not know.
    #[error("policy {policy:?}: grantControls.authenticationStrength: combinationConfigurations are not supported")]
    CombinationConfigurations {
        /// Id of the policy.
        policy: String,
    },
}

/// One policy, compiled.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    pub(super) state: PolicyState,
    pub(super) grant: Grant,
    pub(super) session: SessionControls,
    identity: Identity,
    target: Target,
    platforms: Members<PlatformCondition>,
    devices: DeviceScope,
    client_apps: Vec<ClientAppCondition>,
    locations: LocationScope,
    sign_in_risks: Vec<RiskCondition>,
    user_risks: Vec<RiskCondition>,
    service_principal_risks: Vec<RiskCondition>,
    insider_risks: Vec<InsiderRiskCondition>,
    transfer_methods: Vec<TransferCondition>,
}

#[derive(Debug, Clone)]
struct Members<T> {
    include: Vec<T>,
    exclude: Vec<T>,
}

/// Makes policies ready for deciding.
///
/// # Errors
/// The first policy that cannot be decided. [`check`] tells of one policy at a time.
pub fn compile(
    policies: &[ConditionalAccessPolicy],
    service_policies: &[ServicePolicy],
    named_locations: &[NamedLocation],
    strengths: &[AuthenticationStrengthPolicy],
) -> Result<PolicySet, CompileError> {
    Ok(PolicySet {
        policies: policies.iter().map(|policy| Compiled::new(policy, strengths)).collect::<Result<_, _>>()?,
        services: service_policies.iter().map(Service::new).collect(),
        atlas: Atlas::new(named_locations),
    })
}

/// Says whether one policy can be decided.
///
/// # Errors
/// Why not.
pub fn check(policy: &ConditionalAccessPolicy, strengths: &[AuthenticationStrengthPolicy]) -> Result<(), CompileError> {
    Compiled::new(policy, strengths).map(|_| ())
}

impl Compiled {
    fn new(policy: &ConditionalAccessPolicy, strengths: &[AuthenticationStrengthPolicy]) -> Result<Self, CompileError> {
        let conditions = &policy.conditions;
        let devices = &conditions.devices;
        if devices.filter.is_some() && !(devices.devices.is_empty() && devices.states.is_empty()) {
            return Err(CompileError::FilterAndStates { policy: policy.id.clone() });
        }
        if is_configured_further(policy, strengths) {
            return Err(CompileError::CombinationConfigurations { policy: policy.id.clone() });
        }
        Ok(Self {
            id: policy.id.clone(),
            display_name: policy.display_name.clone(),
            state: policy.state,
            grant: Grant::new(&policy.grant_controls, strengths),
            session: policy.session_controls.clone(),
            identity: Identity::new(&conditions.users, &conditions.client_applications),
            target: Target::new(&conditions.applications),
            platforms: Members { include: conditions.platforms.include.clone(), exclude: conditions.platforms.exclude.clone() },
            devices: DeviceScope::new(devices).map_err(|error| CompileError::Filter { policy: policy.id.clone(), error })?,
            client_apps: conditions.client_app_types.clone(),
            locations: LocationScope::new(&conditions.locations),
            sign_in_risks: conditions.sign_in_risk_levels.clone(),
            user_risks: conditions.user_risk_levels.clone(),
            service_principal_risks: conditions.service_principal_risk_levels.clone(),
            insider_risks: conditions.insider_risk_levels.clone(),
            transfer_methods: conditions.transfer_methods.clone(),
        })
    }

    /// The first dimension in which the policy does not fit the sign-in; none when it applies.
    pub(super) fn mismatch(&self, atlas: &Atlas, facts: &Facts) -> Option<Reason> {
        if self.state == PolicyState::Disabled {
            return Some(Reason::PolicyNotEnabled);
        }
        if self.identity.is_empty() || self.target.is_empty() {
            return Some(Reason::EmptyPolicy);
        }
        self.identity.mismatch(&facts.subject).or_else(|| self.target.mismatch(facts)).or_else(|| self.condition_mismatch(atlas, facts))
    }

    fn condition_mismatch(&self, atlas: &Atlas, facts: &Facts) -> Option<Reason> {
        let met = [
            (Reason::DevicePlatform, self.platforms.contains(facts.device_platform)),
            (Reason::Devices, self.devices.contains(facts.device.as_ref())),
            (Reason::ClientApps, has_client(&self.client_apps, facts.client_app_type)),
            (Reason::Location, self.locations.contains(atlas, facts)),
            (Reason::SignInRisk, has(&self.sign_in_risks, risk(facts.sign_in_risk))),
            (Reason::UserRisk, has(&self.user_risks, risk(facts.user_risk))),
            (Reason::ServicePrincipalRisk, has(&self.service_principal_risks, risk(facts.service_principal_risk))),
            (Reason::InsiderRisk, has(&self.insider_risks, insider_risk(facts.insider_risk))),
            (Reason::AuthenticationFlow, has(&self.transfer_methods, transfer(facts.transfer_method))),
        ];
        met.into_iter().find(|(_, met)| !met).map(|(reason, _)| reason)
    }
}

fn is_configured_further(policy: &ConditionalAccessPolicy, strengths: &[AuthenticationStrengthPolicy]) -> bool {
    policy.grant_controls.authentication_strength.as_ref().is_some_and(|required| {
        let same = |strength: &&AuthenticationStrengthPolicy| fold(&strength.id) == fold(&required.id);
        required.has_combination_configurations || strengths.iter().filter(same).any(|strength| strength.has_combination_configurations)
    })
}

/// A list that restricts nothing when empty. `None` as a value is one that no list can name.
fn has<T: PartialEq>(list: &[T], value: Option<T>) -> bool {
    list.is_empty() || value.is_some_and(|value| list.contains(&value))
}

fn has_client(list: &[ClientAppCondition], client: Option<ClientAppType>) -> bool {
    let names = |condition: &ClientAppCondition| match condition {
        ClientAppCondition::All => true,
        ClientAppCondition::Browser => client == Some(ClientAppType::Browser),
        ClientAppCondition::MobileAppsAndDesktopClients => client == Some(ClientAppType::MobileAppsAndDesktopClients),
        ClientAppCondition::ExchangeActiveSync | ClientAppCondition::EasSupported => client == Some(ClientAppType::ExchangeActiveSync),
        ClientAppCondition::Other => client == Some(ClientAppType::Other),
        ClientAppCondition::UnknownFutureValue => false,
    };
    list.is_empty() || list.iter().any(names)
}

impl Members<PlatformCondition> {
    fn contains(&self, platform: Option<DevicePlatform>) -> bool {
        let named = platform.map(|platform| match platform {
            DevicePlatform::Android => PlatformCondition::Android,
            DevicePlatform::Ios => PlatformCondition::Ios,
            DevicePlatform::Windows => PlatformCondition::Windows,
            DevicePlatform::WindowsPhone => PlatformCondition::WindowsPhone,
            DevicePlatform::MacOs => PlatformCondition::MacOs,
            DevicePlatform::Linux => PlatformCondition::Linux,
        });
        let names = |condition: &PlatformCondition| *condition == PlatformCondition::All || Some(*condition) == named;
        (self.include.is_empty() || self.include.iter().any(names)) && !self.exclude.iter().any(names)
    }
}

fn risk(level: RiskLevel) -> Option<RiskCondition> {
    Some(match level {
        RiskLevel::None => RiskCondition::None,
        RiskLevel::Low => RiskCondition::Low,
        RiskLevel::Medium => RiskCondition::Medium,
        RiskLevel::High => RiskCondition::High,
    })
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
