//! Which devices a policy is for.

use doorward_model::conditional_access::{DeviceStateCondition, DeviceStates, Devices, FilterMode};

use super::facts::DeviceFacts;
use super::filter::{Filter, FilterError};

/// The device condition of one policy.
#[derive(Debug, Clone)]
pub(super) struct DeviceScope {
    filter: Option<(FilterMode, Filter)>,
    states: Vec<DeviceStates>,
}

impl DeviceScope {
    pub(super) fn new(condition: &Devices) -> Result<Self, FilterError> {
        let filter = condition.filter.as_ref().map(|filter| Filter::parse(&filter.rule).map(|rule| (filter.mode, rule))).transpose()?;
        let states = [&condition.devices, &condition.states].into_iter().filter(|states| !states.is_empty()).cloned().collect();
        Ok(Self { filter, states })
    }

    pub(super) fn contains(&self, device: Option<&DeviceFacts>) -> bool {
        let filtered = self.filter.as_ref().is_none_or(|(mode, filter)| match mode {
            FilterMode::Include => filter.matches(device),
            FilterMode::Exclude => !filter.matches(device),
            FilterMode::UnknownFutureValue => false,
        });
        filtered && self.states.iter().all(|states| in_states(states, device))
    }
}

fn in_states(states: &DeviceStates, device: Option<&DeviceFacts>) -> bool {
    let has = |state: &DeviceStateCondition| match state {
        DeviceStateCondition::All => true,
        DeviceStateCondition::Compliant => device.is_some_and(DeviceFacts::compliant),
        DeviceStateCondition::DomainJoined => device.is_some_and(DeviceFacts::domain_joined),
        DeviceStateCondition::UnknownFutureValue => false,
    };
    (states.include.is_empty() || states.include.iter().any(has)) && !states.exclude.iter().any(has)
}
