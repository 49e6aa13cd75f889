//! What the policies of a set ask for, each thing once.

use std::collections::HashMap;
use std::hash::Hash;

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantOperator};
use doorward_model::service_policy::ServicePolicy;

use super::factor::Factor;
use super::grant::{Grant, Requirement};
use super::service::device_requirements;

/// All that is asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// By policy: the index of its grant; none when it asks for nothing.
    pub(super) of_policies: Vec<Option<usize>>,
    pub(super) grants: Vec<Grant>,
    /// The grants again, by the numbers of their requirements.
    pub(super) demands: Vec<Demand>,
    /// In the prompt order, so that the lowest number is what a person is asked for first.
    pub(super) requirements: Vec<Requirement>,
    pub(super) factors: Vec<Factor>,
    /// By service policy.
    pub(super) services: Vec<ServiceRule>,
}

/// What the parts of a service policy ask for, by the numbers of their requirements.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServiceRule {
    pub(super) app: usize,
    pub(super) on_windows: usize,
    pub(super) elsewhere: usize,
}

/// A grant by the numbers of its requirements, in the prompt order.
#[derive(Debug, Clone)]
pub(super) enum Demand {
    Block,
    All(Box<[usize]>),
    Any(Box<[usize]>),
}

impl Asked {
    pub(super) fn new(
        policies: &[ConditionalAccessPolicy],
        services: &[ServicePolicy],
        strengths: &[AuthenticationStrengthPolicy],
    ) -> Self {
        let mut factors = Numbered::default();
        let mut grants = Numbered::default();
        let of_policies = policies.iter().map(|policy| {
            let controls = &policy.grant_controls;
            let strength = Factor::strength(controls, strengths).map(|factor| factors.number(factor));
            let terms = Factor::terms_of_use(controls).map(|factor| factors.number(factor));
            Grant::new(controls, strength, terms).map(|grant| grants.number(grant))
        });
        let of_policies = of_policies.collect();
        let grants = grants.values;
        let of_grants = grants.iter().flat_map(Grant::requirements).copied();
        let of_services = services.iter().flat_map(|service| {
            let devices = device_requirements(service).map(Requirement::device_access);
            [Requirement::app_access()].into_iter().chain(devices)
        });
        let mut requirements: Vec<_> = of_grants.chain(of_services).collect();
        requirements.sort_unstable();
        requirements.dedup();
        let mut asked = Self { of_policies, demands: Vec::new(), requirements, factors: factors.values, grants, services: Vec::new() };
        asked.demands = asked.grants.iter().map(|grant| asked.demand(grant)).collect();
        asked.services = services.iter().map(|service| asked.service(service)).collect();
        asked
    }

    fn demand(&self, grant: &Grant) -> Demand {
        let numbers = || grant.requirements().iter().map(|requirement| self.number(*requirement)).collect();
        match grant {
            Grant::Block => Demand::Block,
            Grant::Controls(GrantOperator::And, _) => Demand::All(numbers()),
            Grant::Controls(GrantOperator::Or, _) => Demand::Any(numbers()),
        }
    }

    fn service(&self, policy: &ServicePolicy) -> ServiceRule {
        let app = self.number(Requirement::app_access());
        let [on_windows, elsewhere] = device_requirements(policy).map(|wanted| self.number(Requirement::device_access(wanted)));
        ServiceRule { app, on_windows, elsewhere }
    }

    /// The number of a requirement that some policy asks for. One that nobody asks for would get a number that nothing satisfies.
    fn number(&self, requirement: Requirement) -> usize {
        self.requirements.binary_search(&requirement).unwrap_or(usize::MAX)
    }
}

/// Values without repetition, each with its number.
struct Numbered<T> {
    values: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { values: Vec::new(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn number(&mut self, value: T) -> usize {
        *self.numbers.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            self.values.len() - 1
        })
    }
}
