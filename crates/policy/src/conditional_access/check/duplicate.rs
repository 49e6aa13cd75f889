//! Ids, names and whole policies that occur twice.

use std::collections::HashMap;

use super::{Finding, Rule, Subject};
use crate::conditional_access::ids::fold;
use doorward_model::conditional_access::PolicyState;

pub(super) fn findings(subjects: &[Subject<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ids = HashMap::new();
    let mut names = HashMap::new();
    for subject in subjects {
        if let Some(first) = first_of(&mut ids, fold(&subject.policy.id), subject) {
            let message =
                format!("policy {} has this id too: decisions could not tell the two apart, so give one of them another", first.label());
            findings.push(subject.finding(Rule::DuplicateId, "id", message));
        }
        let name = subject.policy.display_name.as_deref().filter(|name| !name.is_empty());
        if let Some(name) = name
            && first_of(&mut names, fold(name), subject).is_some()
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

/// The subject that had the key before, if any.
fn first_of<'s, 'p>(seen: &mut HashMap<String, &'s Subject<'p>>, key: String, subject: &'s Subject<'p>) -> Option<&'s Subject<'p>> {
    match seen.get(&key) {
        Some(first) => Some(first),
        None => {
            seen.insert(key, subject);
            None
        }
    }
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
