//! Policies that another one makes pointless.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{ConditionalAccessPolicy, PolicyState};

use super::{Finding, Rule, Subject, duplicate, grant};
use crate::conditional_access::filter::Filter;

/// Enabled policies of which another enabled one covers every sign-in and asks for as much.
pub(super) fn findings(subjects: &[Subject<'_>], strengths: &[AuthenticationStrengthPolicy]) -> Vec<Finding> {
    let acts = |subject: &&Subject<'_>| subject.policy.state == PolicyState::Enabled && !subject.is_dead;
    // A policy that asks for nothing is told of by itself.
    let acting: Vec<_> = subjects.iter().filter(acts).filter(|subject| !grant::asks_for_nothing(subject.policy)).collect();
    let mut findings = Vec::new();
    for narrow in &acting {
        let shadows = |wide: &&&Subject<'_>| {
            wide.index != narrow.index
                && shadows(wide, narrow, strengths)
                // Of two that shadow each other, the first stays.
                && (wide.index < narrow.index || !shadows(narrow, wide, strengths))
        };
        let Some(wide) = acting.iter().find(shadows) else { continue };
        if !duplicate::is_same(wide, narrow) {
            let message = format!(
                "the policy changes nothing about who gets in: {} applies whenever this one does, and asks for as much or more",
                wide.label()
            );
            findings.push(narrow.finding(Rule::ShadowedBy, "", message));
        }
    }
    findings
}

fn shadows(wide: &Subject<'_>, narrow: &Subject<'_>, strengths: &[AuthenticationStrengthPolicy]) -> bool {
    wide.scope.covers(&narrow.scope)
        && covers_devices(wide.policy, narrow.policy)
        && grant::is_as_strict(wide.policy, narrow.policy, strengths)
}

/// No condition at all, or the same.
fn covers_devices(wide: &ConditionalAccessPolicy, narrow: &ConditionalAccessPolicy) -> bool {
    let (wide, narrow) = (&wide.conditions.devices, &narrow.conditions.devices);
    let parsed = |rule: &str| Filter::parse(rule).ok();
    let filter = match (&wide.filter, &narrow.filter) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wide), Some(narrow)) => wide.mode == narrow.mode && parsed(&wide.rule) == parsed(&narrow.rule),
    };
    filter && (wide.devices.is_empty() || wide.devices == narrow.devices) && (wide.states.is_empty() || wide.states == narrow.states)
}
