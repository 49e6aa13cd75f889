//! Policies and sign-ins at random, over so few ids that they meet all the time.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

mod device_filter;
mod places;
mod policy;
mod service;
mod sign_in;
mod words;

use std::collections::HashMap;
use std::fmt::Debug;

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_model::named_location::NamedLocation;
use doorward_model::service_policy::ServicePolicy;
use doorward_policy::conditional_access::{CompileError, PolicySet, compile};
use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestCaseError, TestError, TestRunner};

pub(super) use policy::any_policy;
pub(super) use sign_in::any_sign_in;

use super::oracle::{Expression, Oracle};

/// All that an administrator has set up.
#[derive(Debug, Clone)]
pub(super) struct Tenant {
    pub(super) policies: Vec<ConditionalAccessPolicy>,
    pub(super) services: Vec<ServicePolicy>,
    pub(super) locations: Vec<NamedLocation>,
    pub(super) strengths: Vec<AuthenticationStrengthPolicy>,
    pub(super) filters: HashMap<String, Expression>,
}

impl Tenant {
    pub(super) fn compile(&self) -> Result<PolicySet, CompileError> {
        compile(&self.policies, &self.services, &self.locations, &self.strengths)
    }

    pub(super) fn with(&self, policies: Vec<ConditionalAccessPolicy>) -> Self {
        Self { policies, ..self.clone() }
    }

    pub(super) fn oracle(&self) -> Oracle<'_> {
        let Self { policies, services, locations, strengths, filters } = self;
        Oracle { policies, services, locations, strengths, filters }
    }
}

/// A tenant with so many policies.
pub(super) fn any_tenant(policies: impl Into<SizeRange>) -> impl Strategy<Value = Tenant> {
    let policies = vec(any_policy(), policies);
    let (locations, strengths) = (places::any_locations(), policy::any_strengths());
    (policies, vec(service::any_service_policy(), 0..=2), locations, strengths).prop_map(|(policies, services, locations, strengths)| {
        let mut tenant = Tenant { policies: Vec::new(), services, locations, strengths, filters: HashMap::new() };
        for (index, (mut policy, filter)) in policies.into_iter().enumerate() {
            policy.id = format!("p{index}");
            tenant.policies.push(policy);
            tenant.filters.extend(filter);
        }
        tenant
    })
}

/// Tries a law on random cases, the same in every run when the seed is fixed, and shows the smallest that breaks it.
pub(super) fn hold<S: Strategy>(cases: u32, seed: RngSeed, strategy: &S, law: impl Fn(&S::Value) -> Result<(), TestCaseError>) {
    // A case that is a little longer than it could be is better than a test that is ended before it shows any.
    let (max_shrink_time, max_shrink_iters) = (30_000, 20_000);
    let config =
        ProptestConfig { cases, rng_seed: seed, failure_persistence: None, max_shrink_time, max_shrink_iters, ..ProptestConfig::default() };
    match TestRunner::new(config).run(strategy, |case| law(&case)) {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => panic!("{reason}\nThe smallest case found, without what is empty:\n{}", trimmed(&case)),
        Err(TestError::Abort(reason)) => panic!("given up: {reason}"),
    }
}

/// The debug output without members that are empty or off, for policies have many of them.
pub(super) fn trimmed(value: &impl Debug) -> String {
    const EMPTY: [&str; 5] = [": None,", ": [],", ": false,", ": {},", ": \"\","];
    let mut lines: Vec<String> = Vec::new();
    for line in format!("{value:#?}").lines().filter(|line| !EMPTY.iter().any(|empty| line.ends_with(empty))) {
        let closes = matches!(line.trim(), "}," | "}" | ")," | ")" | "]," | "]");
        match lines.last() {
            // What has lost all its members goes as well.
            Some(last) if closes && last.trim_end().ends_with([' ', '{', '[', '(']) && !last.ends_with(['}', ']', ')']) => {
                lines.pop();
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// One of these words or, a time in three, none. Options and unions of strategies cost far more, and this is asked for very often.
fn perhaps(words: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    let nothing = words.len() / 2 + 1;
    (0..nothing + words.len()).prop_map(move |index| index.checked_sub(nothing).map(|index| words[index].to_owned()))
}

fn words(words: &'static [&'static str], size: impl Into<SizeRange>) -> impl Strategy<Value = Vec<String>> {
    vec(word(words), size)
}

fn some_of<T: Clone + Debug + 'static>(values: &'static [T], size: impl Into<SizeRange>) -> impl Strategy<Value = Vec<T>> {
    vec(select(values), size)
}

/// So many times in ten; otherwise nothing.
fn at_times<S: Strategy<Value: Default + Clone> + 'static>(times: u32, strategy: S) -> BoxedStrategy<S::Value> {
    prop_oneof![10 - times => Just(S::Value::default()), times => strategy].boxed()
}
