//! Policies that could leave nobody to undo them.

use doorward_model::conditional_access::PolicyState;

use super::{Catalogue, Finding, Rule, Subject, grant};
use crate::conditional_access::facts::UserFacts;
use crate::conditional_access::ids::fold;

pub(super) fn findings(subjects: &[Subject<'_>], catalogue: Option<&Catalogue>) -> Vec<Finding> {
    let drastic: Vec<_> = subjects.iter().filter(|subject| is_drastic(subject)).collect();
    let (exempting, total): (Vec<_>, Vec<_>) = drastic.iter().copied().partition(|subject| !subject.scope.exclude.named().is_empty());
    let mut findings: Vec<_> = total.into_iter().map(lock_out).collect();
    // With a policy that exempts nobody, that is what to mend first.
    if findings.is_empty()
        && let [first, _, ..] = exempting.as_slice()
        && !has_exempt_account(&exempting, catalogue)
    {
        let others: Vec<_> = exempting.iter().map(|subject| subject.label()).collect();
        let message = format!(
            "no account, group or role is excluded from all {} policies that can lock everybody out ({}): exclude an emergency account from each",
            others.len(),
            super::catalogue::some(&others)
        );
        findings.push(first.finding(Rule::NoBreakGlass, "conditions.users", message));
    }
    findings
}

fn lock_out(subject: &Subject<'_>) -> Finding {
    let what = if grant::blocks(&subject.policy.grant_controls) { "is blocked" } else { "needs a device or app that may be out of reach" };
    let message = format!("everybody {what}, and nobody is excluded: exclude an emergency account, or nobody may be left to undo this");
    subject.finding(Rule::LockOut, "conditions.users", message)
}

/// In force for everybody and everything, or the portals of administrators, whatever the circumstances.
fn is_drastic(subject: &Subject<'_>) -> bool {
    let scope = &subject.scope;
    let devices = &subject.policy.conditions.devices;
    let exempts_devices = devices.filter.is_some() || !devices.devices.is_empty() || !devices.states.is_empty();
    subject.policy.state == PolicyState::Enabled
        && !subject.is_dead
        && scope.include.all
        && scope.target.include.covers_administration()
        && !scope.target.exclude.covers_administration()
        && scope.covers_ordinary_sign_ins()
        && !exempts_devices
        && grant::may_be_out_of_reach(&subject.policy.grant_controls)
}

/// Somebody is excluded from every policy. Without a directory, only the same id in every policy is proof.
fn has_exempt_account(policies: &[&Subject<'_>], catalogue: Option<&Catalogue>) -> bool {
    if let Some(catalogue) = catalogue {
        return catalogue.users.iter().any(|user| policies.iter().all(|policy| is_exempt(policy, user)));
    }
    let mut excluded = policies.iter().map(|policy| policy.scope.exclude.named());
    let first = excluded.next().unwrap_or_default();
    !excluded.fold(first, |common, next| common.intersection(&next).copied().collect()).is_empty()
}

fn is_exempt(policy: &Subject<'_>, user: &UserFacts) -> bool {
    let exclude = &policy.scope.exclude;
    let has = |ids: &super::scope::Ids, held: &[String]| held.iter().any(|id| ids.contains(&fold(id)));
    exclude.users.contains(&fold(&user.id)) || has(&exclude.groups, &user.groups) || has(&exclude.roles, &user.roles)
}
