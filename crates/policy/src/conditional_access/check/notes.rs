//! Combinations that other authorities refuse, that cannot work, or whose time has passed.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{
    ClientAppCondition, ContinuousAccessEvaluationMode, GrantControl, GrantOperator, Platforms, TransferCondition, UserActionCondition,
};

use super::{Finding, Rule, Subject, grant};

/// A rule, the member it is about, and what it says.
type Note = (Rule, &'static str, &'static str);

pub(super) fn findings(subject: &Subject<'_>, strengths: &[AuthenticationStrengthPolicy]) -> Vec<Finding> {
    let notes = [only_user_actions(subject), asks_for_nothing(subject), approved_app_only(subject), missing_client_app_types(subject)]
        .into_iter()
        .chain(unsatisfiable(subject, strengths))
        .chain(retired(subject))
        .chain([password_change(subject), device_registration(subject), persistent_browser(subject), continuous_access(subject)])
        .chain([workload_control(subject), mfa_and_strength(subject), device_code(subject), outsiders(subject)]);
    notes.flatten().map(|(rule, member, message)| subject.finding(rule, member, message)).collect()
}

const BUILT_IN: &str = "grantControls.builtInControls";
const DEVICE_CONTROLS: [GrantControl; 2] = [GrantControl::CompliantDevice, GrantControl::DomainJoinedDevice];

fn asks_for(subject: &Subject<'_>, controls: &[GrantControl]) -> bool {
    subject.policy.grant_controls.built_in_controls.iter().any(|control| controls.contains(control))
}

/// The controls are alternatives, and there is another than these.
fn has_way_around(subject: &Subject<'_>, controls: &[GrantControl]) -> bool {
    let grant = &subject.policy.grant_controls;
    let other = grant.built_in_controls.iter().any(|control| !controls.contains(control));
    grant.operator == Some(GrantOperator::Or) && (other || grant.authentication_strength.is_some() || !grant.terms_of_use.is_empty())
}

fn only_user_actions(subject: &Subject<'_>) -> Option<Note> {
    let target = &subject.scope.target;
    let message = "All is excluded, so the policy is about user actions only: take All away, or include the user action that is meant";
    let is_odd = target.include.all && target.exclude.all;
    is_odd.then_some((Rule::OnlyUserActions, "conditions.applications.excludeApplications", message))
}

fn asks_for_nothing(subject: &Subject<'_>) -> Option<Note> {
    let message = "neither grant nor session controls, so the policy changes nothing: add one, or remove the policy";
    grant::asks_for_nothing(subject.policy).then_some((Rule::AsksForNothing, "grantControls", message))
}

fn approved_app_only(subject: &Subject<'_>) -> Option<Note> {
    let grant = &subject.policy.grant_controls;
    let only = grant.built_in_controls == [GrantControl::ApprovedApplication]
        && grant.authentication_strength.is_none()
        && grant.terms_of_use.is_empty()
        && grant.custom_authentication_factors.is_empty();
    let message =
        "approvedApplication is the only control: enforced here, but Microsoft has retired it; offer compliantApplication as well";
    only.then_some((Rule::ApprovedAppOnly, BUILT_IN, message))
}

fn missing_client_app_types(subject: &Subject<'_>) -> Option<Note> {
    let message = "missing, and taken for all; Graph refuses such a policy: write [\"all\"]";
    let is_missing = subject.policy.conditions.client_app_types.is_empty();
    is_missing.then_some((Rule::MissingClientAppTypes, "conditions.clientAppTypes", message))
}

fn unsatisfiable(subject: &Subject<'_>, strengths: &[AuthenticationStrengthPolicy]) -> [Option<Note>; 2] {
    let controls = &subject.policy.grant_controls;
    let is_needed = controls.operator != Some(GrantOperator::Or)
        || (controls.built_in_controls.is_empty() && controls.authentication_strength.is_none() && controls.terms_of_use.is_empty());
    let custom = !controls.custom_authentication_factors.is_empty() && is_needed;
    let strength = controls.authentication_strength.as_ref().is_some_and(|strength| grant::allows_nothing(strength, strengths));
    [
        custom.then_some((
            Rule::UnsatisfiableControl,
            "grantControls.customAuthenticationFactors",
            "these factors cannot be satisfied here, so whoever the policy applies to is refused: use mfa or an authentication strength",
        )),
        strength.then_some((
            Rule::UnsatisfiableControl,
            "grantControls.authenticationStrength",
            "no allowed combination of it is known, so nobody can satisfy it: write its allowedCombinations, or have it in the directory",
        )),
    ]
}

fn retired(subject: &Subject<'_>) -> [Option<Note>; 3] {
    let conditions = &subject.policy.conditions;
    let eas = conditions.client_app_types.contains(&ClientAppCondition::EasSupported);
    [
        (!conditions.devices.states.is_empty()).then_some((
            Rule::RetiredMember,
            "conditions.deviceStates",
            "an old form: write a deviceFilter, for example device.isCompliant -eq True",
        )),
        (!conditions.devices.devices.is_empty()).then_some((
            Rule::RetiredMember,
            "conditions.devices",
            "includeDevices and excludeDevices are an old form: write a deviceFilter, for example device.isCompliant -eq True",
        )),
        eas.then_some((Rule::RetiredMember, "conditions.clientAppTypes", "easSupported is an old name: write exchangeActiveSync")),
    ]
}

fn password_change(subject: &Subject<'_>) -> Option<Note> {
    let (grant, scope) = (&subject.policy.grant_controls, &subject.scope);
    if !asks_for(subject, &[GrantControl::PasswordChange]) {
        return None;
    }
    let has_factor = asks_for(subject, &[GrantControl::Mfa]) || grant.authentication_strength.is_some();
    let message = if !has_factor || grant.operator == Some(GrantOperator::Or) {
        "passwordChange stands without a second factor: add mfa, with the operator AND"
    } else if subject.policy.conditions.user_risk_levels.is_empty() {
        "passwordChange is meant for users at risk: set userRiskLevels"
    } else if !scope.target.include.all || !scope.target.exclude.is_empty() {
        "passwordChange goes with All resources and no exclusions; Graph refuses it otherwise"
    } else {
        return None;
    };
    Some((Rule::PasswordChange, BUILT_IN, message))
}

fn device_registration(subject: &Subject<'_>) -> Option<Note> {
    let grant = &subject.policy.grant_controls;
    let registers = subject.scope.target.actions.contains(&UserActionCondition::RegisterOrJoinDevices);
    let other = grant.built_in_controls.iter().any(|control| *control != GrantControl::Mfa)
        || !grant.terms_of_use.is_empty()
        || !grant.custom_authentication_factors.is_empty();
    let message = "registering a device can ask for mfa or an authentication strength only; Graph refuses other controls: move them to another policy";
    (registers && other).then_some((Rule::DeviceRegistration, BUILT_IN, message))
}

fn persistent_browser(subject: &Subject<'_>) -> Option<Note> {
    let odd = subject.policy.session_controls.persistent_browser.is_some() && !subject.scope.target.include.all;
    let message = "a browser session is one for all resources; Graph refuses this for some of them: include All";
    odd.then_some((Rule::PersistentBrowser, "sessionControls.persistentBrowser", message))
}

fn continuous_access(subject: &Subject<'_>) -> Option<Note> {
    let (policy, scope) = (subject.policy, &subject.scope);
    let disabled = policy.session_controls.continuous_access_evaluation == Some(ContinuousAccessEvaluationMode::Disabled);
    let conditions = &policy.conditions;
    let is_conditional = conditions.platforms != Platforms::default()
        || !scope.include_places.all
        || !scope.exclude_places.is_empty()
        || conditions.devices != Default::default()
        || !conditions.sign_in_risk_levels.is_empty()
        || !conditions.user_risk_levels.is_empty()
        || !conditions.transfer_methods.is_empty();
    let message = "switching continuous access evaluation off goes with All resources and no conditions; Graph refuses it otherwise";
    let odd = disabled && (!scope.target.include.all || is_conditional);
    odd.then_some((Rule::ContinuousAccess, "sessionControls.continuousAccessEvaluation", message))
}

fn workload_control(subject: &Subject<'_>) -> Option<Note> {
    let grant = &subject.policy.grant_controls;
    let odd = !subject.scope.workloads.include.is_empty() && grant.built_in_controls != [GrantControl::Block];
    let message = "an app on its own can satisfy no control: write block, or target people";
    odd.then_some((Rule::WorkloadControl, BUILT_IN, message))
}

fn mfa_and_strength(subject: &Subject<'_>) -> Option<Note> {
    let odd = asks_for(subject, &[GrantControl::Mfa]) && subject.policy.grant_controls.authentication_strength.is_some();
    let message = "mfa stands beside an authentication strength, which includes it; Graph refuses the two together: remove mfa";
    odd.then_some((Rule::MfaAndStrength, BUILT_IN, message))
}

fn device_code(subject: &Subject<'_>) -> Option<Note> {
    let flows = &subject.policy.conditions.transfer_methods;
    let odd = flows.contains(&TransferCondition::DeviceCodeFlow)
        && asks_for(subject, &DEVICE_CONTROLS)
        && !grant::blocks(&subject.policy.grant_controls)
        && !has_way_around(subject, &DEVICE_CONTROLS);
    let message = "a device code sign-in shows no device, so nobody can satisfy this: write block if that is meant";
    odd.then_some((Rule::DeviceCode, BUILT_IN, message))
}

fn outsiders(subject: &Subject<'_>) -> Option<Note> {
    const STAFF_ONLY: [GrantControl; 3] =
        [GrantControl::ApprovedApplication, GrantControl::CompliantApplication, GrantControl::PasswordChange];
    let include = &subject.scope.include;
    let odd = (include.outsiders || include.guests.is_some()) && asks_for(subject, &STAFF_ONLY) && !has_way_around(subject, &STAFF_ONLY);
    let message = "guests and other outsiders cannot satisfy app controls or a password change: ask them for mfa";
    odd.then_some((Rule::Outsiders, BUILT_IN, message))
}
