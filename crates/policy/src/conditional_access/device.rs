//! Which devices a policy is for.

use std::collections::HashMap;

use doorward_model::conditional_access::{Conditions, DeviceFilter, DeviceStateCondition, DeviceStates, FilterMode};

use super::condition::ConditionState;
use super::facts::DeviceFacts;
use super::filter::{Attributes, Filter, FilterError};
use super::mask::Mask;
use super::table::Fit;

/// The device conditions of all policies of a set. Policies with the same condition share it.
#[derive(Debug, Clone)]
pub(super) struct Devices {
    size: usize,
    unrestricted: Mask,
    scopes: Vec<(DeviceScope, Mask)>,
}

/// The device condition of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct DeviceScope {
    filter: Option<(FilterMode, Filter)>,
    states: Vec<DeviceStates>,
}

impl Devices {
    /// `filters` holds the parsed rule of every policy that has one.
    pub(super) fn new(size: usize, policies: &[(usize, &Conditions)], filters: &Filters<'_>) -> Self {
        let mut devices = Self { size, unrestricted: Mask::empty(size), scopes: Vec::new() };
        let mut known = HashMap::new();
        for (position, conditions) in policies {
            let scope = DeviceScope::new(conditions, filters);
            if scope.filter.is_none() && scope.states.is_empty() {
                devices.unrestricted.insert(*position);
                continue;
            }
            let number = *known.entry(scope).or_insert_with_key(|scope| {
                devices.scopes.push((scope.clone(), Mask::empty(size)));
                devices.scopes.len() - 1
            });
            if let Some((_, mask)) = devices.scopes.get_mut(number) {
                mask.insert(*position);
            }
        }
        devices
    }

    /// How the policies stand to a device; none is one that is not registered.
    pub(super) fn fit(&self, device: Option<&DeviceFacts>) -> Fit {
        let mut fit = Fit { matched: self.unrestricted.clone(), excluded: Mask::empty(self.size) };
        if self.scopes.is_empty() {
            return fit;
        }
        let attributes = Attributes::of(device);
        for (scope, policies) in &self.scopes {
            match scope.state(device, &attributes) {
                ConditionState::Excluded => fit.excluded.add(policies),
                ConditionState::NotMatched => {}
                ConditionState::Matched | ConditionState::NotConfigured => fit.matched.add(policies),
            }
        }
        fit
    }

    /// The distinct filters of the set.
    pub(super) fn filters(&self) -> impl Iterator<Item = &Filter> {
        self.scopes.iter().filter_map(|(scope, _)| scope.filter.as_ref()).map(|(_, filter)| filter)
    }

    /// The policy at a position says something about it.
    pub(super) fn is_configured(&self, position: usize) -> bool {
        !self.unrestricted.contains(position)
    }
}

/// Parsed rules by their text: exports repeat the same few rules over and over.
#[derive(Default)]
pub(super) struct Filters<'a>(HashMap<&'a str, Filter>);

impl<'a> Filters<'a> {
    pub(super) fn parse(&mut self, filter: &'a DeviceFilter) -> Result<(), FilterError> {
        if !self.0.contains_key(filter.rule.as_str()) {
            self.0.insert(&filter.rule, Filter::parse(&filter.rule)?);
        }
        Ok(())
    }
}

impl DeviceScope {
    fn new(conditions: &Conditions, filters: &Filters<'_>) -> Self {
        let condition = &conditions.devices;
        let parsed = |filter: &DeviceFilter| filters.0.get(filter.rule.as_str()).map(|rule| (filter.mode, rule.clone()));
        let states = [&condition.devices, &condition.states].into_iter().filter(|states| !states.is_empty()).cloned().collect();
        Self { filter: condition.filter.as_ref().and_then(parsed), states }
    }

    fn state(&self, device: Option<&DeviceFacts>, attributes: &Attributes) -> ConditionState {
        let filtered = self.filter.as_ref().map(|(mode, filter)| match (mode, filter.holds(attributes)) {
            (FilterMode::Include, true) | (FilterMode::Exclude, false) => ConditionState::Matched,
            (FilterMode::Exclude, true) => ConditionState::Excluded,
            (FilterMode::Include, false) | (FilterMode::UnknownFutureValue, _) => ConditionState::NotMatched,
        });
        let states = filtered.into_iter().chain(self.states.iter().map(|states| in_states(states, device)));
        states.reduce(|a, b| if a.is_met() { b } else { a }).unwrap_or(ConditionState::NotConfigured)
    }
}

fn in_states(states: &DeviceStates, device: Option<&DeviceFacts>) -> ConditionState {
    let has = |state: &DeviceStateCondition| match state {
        DeviceStateCondition::All => true,
        DeviceStateCondition::Compliant => device.is_some_and(DeviceFacts::compliant),
        DeviceStateCondition::DomainJoined => device.is_some_and(DeviceFacts::domain_joined),
        DeviceStateCondition::UnknownFutureValue => false,
    };
    ConditionState::of(states.include.is_empty() || states.include.iter().any(has), states.exclude.iter().any(has))
}
