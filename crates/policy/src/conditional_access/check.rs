//! What is suspicious about a set of policies: policies that cannot be decided, that never apply, that others make pointless, that
//! could lock everybody out, or that name what nobody has.
//!
//! A finding is made only where it can be proved from the policies (and the directory, when there is one).

mod catalogue;
mod cover;
mod duplicate;
mod filter;
mod grant;
mod lock_out;
mod never;
mod notes;
mod rule;
mod scope;
mod shadow;

use doorward_model::conditional_access::ConditionalAccessPolicy;

pub use catalogue::Catalogue;
pub use rule::{Rule, Weight};
use scope::Scope;

/// Something suspicious about a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule found it.
    pub rule: Rule,
    /// Which policy of the set, counted from 0.
    pub policy: usize,
    /// Where in the policy, for example `conditions.users.includeGroups`; empty for the whole of it.
    pub member: &'static str,
    /// What is the matter, and what to do.
    pub message: String,
}

/// A policy and what the rules look at.
struct Subject<'a> {
    index: usize,
    policy: &'a ConditionalAccessPolicy,
    scope: Scope,
    /// It can never apply.
    is_dead: bool,
}

impl Subject<'_> {
    fn finding(&self, rule: Rule, member: &'static str, message: impl Into<String>) -> Finding {
        Finding { rule, policy: self.index, member, message: message.into() }
    }

    /// The policy by the name that people know.
    fn label(&self) -> String {
        let name = self.policy.display_name.as_deref().filter(|name| !name.is_empty());
        format!("{:?}", name.unwrap_or(&self.policy.id))
    }
}

/// Looks a set of policies over, in the order of the set. `catalogue` is what the directory holds, when there is one.
#[must_use]
pub fn review(policies: &[ConditionalAccessPolicy], catalogue: Option<&Catalogue>) -> Vec<Finding> {
    let strengths = catalogue.map(|catalogue| catalogue.strengths.as_slice()).unwrap_or_default();
    let mut findings = Vec::new();
    let mut subjects = Vec::new();
    for (index, policy) in policies.iter().enumerate() {
        let mut subject = Subject { index, policy, scope: Scope::new(&policy.conditions), is_dead: false };
        if let Err(error) = super::check(policy, strengths) {
            findings.push(subject.finding(Rule::Unsupported, member_of(&error), format!("{error}; the policy cannot be decided")));
            continue;
        }
        let dead = never::findings(&subject, catalogue);
        subject.is_dead = !dead.is_empty();
        findings.extend(dead);
        findings.extend(filter::findings(&subject));
        findings.extend(catalogue::findings(&subject, catalogue));
        findings.extend(notes::findings(&subject, strengths));
        subjects.push(subject);
    }
    findings.extend(duplicate::findings(&subjects));
    findings.extend(shadow::findings(&subjects, strengths));
    findings.extend(lock_out::findings(&subjects, catalogue));
    findings.sort_by_key(|finding| finding.policy);
    findings
}

/// Where in a policy an error is, for example `conditions.devices`.
#[must_use]
pub fn member_of(error: &super::CompileError) -> &'static str {
    match error {
        super::CompileError::Filter { .. } => "conditions.devices.deviceFilter.rule",
        super::CompileError::FilterAndStates { .. } => "conditions.devices",
        super::CompileError::CombinationConfigurations { .. } => "grantControls.authenticationStrength",
    }
}
