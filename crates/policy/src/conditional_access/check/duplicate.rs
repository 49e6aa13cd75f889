//! Names and whole policies that occur twice.

use std::collections::HashSet;

use super::{Finding, Rule, Subject};
use crate::conditional_access::ids::fold;
use doorward_model::conditional_access::PolicyState;

pub(super) fn findings(subjects: &[Subject<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names = HashSet::new();
    for subject in subjects {
        let name = subject.policy.display_name.as_deref().filter(|name| !name.is_empty());
        if let Some(name) = name
            && !names.insert(fold(name))
        {
            let message = format!("{name:?} names another policy too: give one of them another name");
            findings.push(subject.finding(Rule::DuplicateName, "displayName", message));
        }
        if let Some(first) = subjects.iter().take_while(|other| other.index < subject.index).find(|other| is_same(other, subject)) {
            let message = format!("the policy says the same as {}: remove one of them", first.label());
            findings.push(subject.finding(Rule::DuplicatePolicy, "", message));
        }
    }
    findings
}

/// Both act, and differ in id and name only.
pub(super) fn is_same(one: &Subject<'_>, other: &Subject<'_>) -> bool {
    let (one, other) = (one.policy, other.policy);
    one.state == other.state
        && one.state != PolicyState::Disabled
        && one.conditions == other.conditions
        && one.grant_controls == other.grant_controls
        && one.session_controls == other.session_controls
}
