//! Each policy, and each part of a service policy, gets a position in the set. Positions are given in the order in which a decision looks
//! at them, so that it reads no more than it needs: blocks, what asks for the same side by side, service policies, then all that cannot
//! refuse anybody.

use doorward_model::conditional_access::{ConditionalAccessPolicy, Conditions, GrantControl, PolicyState};
use doorward_model::service_policy::ServicePolicy;

use super::asked::Asked;
use super::{subject, target};

/// Neighbours that are judged together: policies that ask for the same, or the parts of a service policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// Position of the first, and that after the last.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) rule: Rule,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// Nothing is asked.
    Free,
    /// Index of the grant.
    Grant(usize),
    /// Index of the service policy: app access at the start, device access behind it.
    Service(usize),
}

/// What stands at a position.
#[derive(Clone, Copy)]
pub(super) enum Slot {
    Gap,
    /// Index of the policy.
    Policy(usize),
    /// Index of the service policy, and 0 for app access or 1 for device access.
    Part(usize, usize),
}

/// Which position each policy gets.
#[derive(Default)]
pub(super) struct Layout {
    pub(super) slots: Vec<Slot>,
    pub(super) units: Vec<Unit>,
    pub(super) unit_of: Vec<usize>,
    pub(super) enforced_end: usize,
}

impl Layout {
    pub(super) fn new(policies: &[ConditionalAccessPolicy], asked: &Asked, services: &[ServicePolicy]) -> Self {
        let mut order: Vec<(Zone, Option<usize>, usize)> = (0..)
            .zip(policies.iter().zip(&asked.of_policies))
            .map(|(index, (policy, asked))| (Zone::of(policy, *asked), *asked, index))
            .collect();
        // Blocks first: one is enough to know the answer.
        let blocks = |policy: &ConditionalAccessPolicy| policy.grant_controls.built_in_controls.contains(&GrantControl::Block);
        order.sort_by_key(|(zone, asked, index)| (*zone, !policies.get(*index).is_some_and(blocks), *asked, *index));
        let mut layout = Self::default();
        let (enforced, rest) = order.split_at(order.partition_point(|(zone, ..)| *zone == Zone::Enforced));
        enforced.iter().for_each(|(_, asked, index)| layout.policy(*asked, *index));
        (0..).zip(services).for_each(|(index, service)| layout.service(index, service));
        layout.enforced_end = layout.slots.len();
        rest.iter().for_each(|(_, asked, index)| layout.policy(*asked, *index));
        layout
    }

    fn policy(&mut self, asked: Option<usize>, index: usize) {
        let rule = asked.map_or(Rule::Free, Rule::Grant);
        let same = match (self.units.last().map(|unit| unit.rule), rule) {
            (Some(Rule::Grant(last)), Rule::Grant(this)) => last == this,
            (Some(Rule::Free), Rule::Free) => true,
            _ => false,
        };
        // What stands on both sides of the border between enforced and other policies is not judged together.
        if !same || self.slots.len() == self.enforced_end {
            self.begin(rule);
        }
        self.push(Slot::Policy(index));
    }

    fn service(&mut self, index: usize, service: &ServicePolicy) {
        if self.slots.len() % 2 == 1 {
            self.begin(Rule::Free);
            self.push(Slot::Gap);
        }
        self.begin(Rule::Service(index));
        self.push(if service.app_access.is_some() { Slot::Part(index, 0) } else { Slot::Gap });
        self.push(if service.device_access.is_some() { Slot::Part(index, 1) } else { Slot::Gap });
    }

    fn begin(&mut self, rule: Rule) {
        self.units.push(Unit { start: self.slots.len(), end: self.slots.len(), rule });
    }

    fn push(&mut self, slot: Slot) {
        self.slots.push(slot);
        self.unit_of.push(self.units.len() - 1);
        if let Some(unit) = self.units.last_mut() {
            unit.end = self.slots.len();
        }
    }

    /// Positions of the policies as they came, then those of the parts of service policies.
    pub(super) fn output(&self, policies: usize) -> Vec<usize> {
        let mut output = vec![0; policies];
        let mut parts = Vec::new();
        for (position, slot) in (0..).zip(&self.slots) {
            match slot {
                Slot::Gap => {}
                Slot::Policy(index) => output.get_mut(*index).into_iter().for_each(|place| *place = position),
                Slot::Part(..) => parts.push(position),
            }
        }
        output.extend(parts);
        output
    }
}

/// The order of policies in a set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Zone {
    Enforced,
    SessionOnly,
    ReportOnly,
    Dead,
}

impl Zone {
    fn of(policy: &ConditionalAccessPolicy, asked: Option<usize>) -> Self {
        match (policy.state, is_empty(&policy.conditions)) {
            (PolicyState::Disabled, _) | (_, true) => Self::Dead,
            (PolicyState::ReportOnly, false) => Self::ReportOnly,
            (PolicyState::Enabled, false) if asked.is_none() => Self::SessionOnly,
            (PolicyState::Enabled, false) => Self::Enforced,
        }
    }
}

/// The policy is for nobody or nothing.
pub(super) fn is_empty(conditions: &Conditions) -> bool {
    subject::is_empty(conditions) || target::is_empty(&conditions.applications)
}
