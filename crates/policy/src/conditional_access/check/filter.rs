//! Device filters that decide nothing, and values that no device has.

use doorward_model::conditional_access::{ConditionalAccessPolicy, FilterMode};

use super::{Finding, Rule, Subject};
use crate::conditional_access::filter::{Filter, Outcomes};

pub(super) const RULE: &str = "conditions.devices.deviceFilter.rule";
/// Longest rule that Graph takes.
const LONGEST: usize = 3072;

/// Whom a filter lets the policy apply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Selection {
    Everybody,
    Nobody,
}

/// Whom the filter of a policy selects, where that does not depend on the device.
pub(super) fn selection(policy: &ConditionalAccessPolicy) -> Option<Selection> {
    let condition = policy.conditions.devices.filter.as_ref()?;
    if condition.mode == FilterMode::UnknownFutureValue {
        return Some(Selection::Nobody);
    }
    let includes = condition.mode == FilterMode::Include;
    match Filter::parse(&condition.rule).ok()?.outcomes()? {
        Outcomes { can_hold: false, .. } => Some(if includes { Selection::Nobody } else { Selection::Everybody }),
        Outcomes { can_fail: false, .. } => Some(if includes { Selection::Everybody } else { Selection::Nobody }),
        Outcomes { .. } => None,
    }
}

pub(super) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(condition) = &subject.policy.conditions.devices.filter else { return Vec::new() };
    let mut findings = Vec::new();
    if selection(subject.policy) == Some(Selection::Everybody) {
        let answer = if condition.mode == FilterMode::Include { "every" } else { "no" };
        let message =
            format!("{answer} device meets the rule of this {} filter, so it restricts nothing: correct or remove it", condition.mode);
        findings.push(subject.finding(Rule::FilterWithoutEffect, RULE, message));
    }
    let parsed = Filter::parse(&condition.rule).ok();
    for (property, value) in parsed.iter().flat_map(|filter| filter.impossible_values()) {
        let choice = if property == "device.isCompliant" { "True or False" } else { "AzureAD, ServerAD or Workplace" };
        let message = format!("no device has {property} {value:?}: it is {choice}");
        findings.push(subject.finding(Rule::ImpossibleValue, RULE, message));
    }
    let length = condition.rule.chars().count();
    if length > LONGEST {
        let message = format!("the rule has {length} characters; Graph takes {LONGEST}: split the policy, or name devices by an attribute");
        findings.push(subject.finding(Rule::FilterTooLong, RULE, message));
    }
    findings
}
