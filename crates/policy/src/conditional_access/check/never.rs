//! Policies that can never apply.

use doorward_model::conditional_access::{DeviceStateCondition, DeviceStates, UserActionCondition};
use doorward_model::named_location::Area;

use super::filter::{self, Selection};
use super::{Catalogue, Finding, Rule, Subject};
use crate::conditional_access::ids::fold;

pub(super) fn findings(subject: &Subject<'_>, catalogue: Option<&Catalogue>) -> Vec<Finding> {
    let scope = &subject.scope;
    let mut findings = Vec::new();
    let mut never = |rule, member, message: &str| findings.push(subject.finding(rule, member, message));

    if scope.include.is_empty() && scope.workloads.include.is_empty() {
        never(Rule::EmptyPolicy, "conditions.users", "the policy is for nobody and never applies: include users, groups, roles or guests");
    } else if scope.include.within(&scope.exclude) && scope.workloads.are_cancelled() {
        let message = "everyone who is included is excluded too, so the policy never applies: take away one of the two";
        never(Rule::NeverApplies, "conditions.users", message);
    }
    if scope.target.is_empty() {
        let message = "the policy is about nothing and never applies: include resources, a user action or an authentication context";
        never(Rule::EmptyPolicy, "conditions.applications", message);
    } else if has_no_target(subject) {
        let message = "everything that is included is excluded too, so the policy never applies: take away one of the two";
        never(Rule::NeverApplies, "conditions.applications", message);
    }
    for (is_empty, member, what) in empty_conditions(subject) {
        if is_empty {
            never(Rule::NeverApplies, member, &format!("no {what} is left that could match, so the policy never applies"));
        }
    }
    if filter::selection(subject.policy) == Some(Selection::Nobody) {
        let message = "with this rule and mode the filter selects no device at all, so the policy never applies: correct the rule";
        never(Rule::NeverApplies, filter::RULE, message);
    }
    if let Some(catalogue) = catalogue
        && is_nowhere(subject, catalogue)
    {
        let message = "the directory has no area for any of these locations, so the policy never applies: correct the ids";
        never(Rule::NeverApplies, "conditions.locations.includeLocations", message);
    }
    findings
}

/// Excluding `All` resources leaves user actions, and contexts are not excluded at all.
fn has_no_target(subject: &Subject<'_>) -> bool {
    let target = &subject.scope.target;
    let has_action = target.include.all || target.actions.iter().any(|action| *action != UserActionCondition::UnknownFutureValue);
    target.include.within(&target.exclude) && !has_action && target.contexts.is_empty()
}

fn empty_conditions(subject: &Subject<'_>) -> [(bool, &'static str, &'static str); 10] {
    let scope = &subject.scope;
    let places =
        super::cover::within(scope.include_places.all, &scope.include_places.named, scope.exclude_places.all, &scope.exclude_places.named);
    let devices = &subject.policy.conditions.devices;
    [
        (scope.platforms.is_empty(), "conditions.platforms", "platform"),
        (scope.clients.is_empty(), "conditions.clientAppTypes", "client app type"),
        (places, "conditions.locations", "location"),
        (excludes_every_device(&devices.devices), "conditions.devices", "device"),
        (excludes_every_device(&devices.states), "conditions.deviceStates", "device"),
        (scope.sign_in_risks.is_empty(), "conditions.signInRiskLevels", "risk level"),
        (scope.user_risks.is_empty(), "conditions.userRiskLevels", "risk level"),
        (scope.workload_risks.is_empty(), "conditions.servicePrincipalRiskLevels", "risk level"),
        (scope.insider_risks.is_empty(), "conditions.insiderRiskLevels", "risk level"),
        (scope.transfers.is_empty(), "conditions.authenticationFlows.transferMethods", "way of transfer"),
    ]
}

fn excludes_every_device(states: &DeviceStates) -> bool {
    let known = |state: &&DeviceStateCondition| **state != DeviceStateCondition::UnknownFutureValue;
    let is_excluded = |state: &DeviceStateCondition| states.exclude.contains(state);
    is_excluded(&DeviceStateCondition::All) || (!states.include.is_empty() && states.include.iter().filter(known).all(is_excluded))
}

/// Every included location is one that the directory does not have, or cannot place.
fn is_nowhere(subject: &Subject<'_>, catalogue: &Catalogue) -> bool {
    let places = &subject.scope.include_places;
    let placed = |id: &String| {
        let of_id = |location: &&doorward_model::named_location::NamedLocation| fold(&location.id) == *id;
        let covers_something = |area: &Area| !matches!(area, Area::Other);
        id == "alltrusted" || catalogue.named_locations.iter().find(of_id).is_some_and(|location| covers_something(&location.area))
    };
    !places.all && !places.named.is_empty() && !places.named.iter().any(placed)
}
