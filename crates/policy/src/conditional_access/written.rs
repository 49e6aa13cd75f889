//! What a conditional access policy must say to be stored. What breaks these rules could be decided, but would not mean what its
//! author thinks, so the author is told while writing it. Rules as the published API has them.

use doorward_model::conditional_access::{
    ConditionalAccessPolicy, ContinuousAccessEvaluationMode, GrantControl, GrantControls, GrantOperator, SessionControls,
    UserActionCondition,
};

use super::subject;

/// Longest name, in characters.
const NAME: usize = 256;
/// Longest rule of a device filter, in characters.
const FILTER_RULE: usize = 3072;

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// Path of the member.
    pub member: &'static str,
    /// What is wrong and what to do.
    pub problem: &'static str,
}

/// The first rule that a policy breaks.
#[must_use]
pub fn contradiction(policy: &ConditionalAccessPolicy) -> Option<Contradiction> {
    let rules = [
        (has_no_name(policy), "displayName", "must have 1 to 256 characters"),
        (
            subject::is_empty(&policy.conditions),
            "conditions.users",
            "say who it is for: includeUsers, includeGroups, includeRoles, guests, or clientApplications.includeServicePrincipals",
        ),
        (
            is_for_nothing(policy),
            "conditions.applications",
            "say what it is for: includeApplications, includeUserActions or includeAuthenticationContextClassReferences",
        ),
        (policy.conditions.client_app_types.is_empty(), "conditions.clientAppTypes", "name at least one kind of client app, such as all"),
        (is_without_effect(policy), "grantControls", "say what it asks for: a grant control or a session control"),
        (long_filter(policy), "conditions.devices.deviceFilter.rule", "must have at most 3072 characters"),
        (blocks_and_asks(&policy.grant_controls), "grantControls.builtInControls", "block stands alone: who is blocked is asked nothing"),
        (
            asks(&policy.grant_controls, GrantControl::Mfa) && policy.grant_controls.authentication_strength.is_some(),
            "grantControls.authenticationStrength",
            "a strength takes the place of mfa: keep one of them",
        ),
        (
            asks(&policy.grant_controls, GrantControl::PasswordChange) && !is_about_risky_users(policy),
            "grantControls.builtInControls",
            "passwordChange needs mfa or a strength, the operator AND, userRiskLevels, all applications, and no other condition",
        ),
        (
            is_for_workloads(policy) && policy.grant_controls != only_block(policy),
            "grantControls.builtInControls",
            "a policy for service principals can only block",
        ),
        (
            is_for_joining(policy) && !asks_only_for_factors(&policy.grant_controls),
            "grantControls.builtInControls",
            "registering a device can only ask for mfa or a strength: there is no device yet",
        ),
        (
            policy.session_controls.persistent_browser.is_some() && !is_for_all_applications(policy),
            "sessionControls.persistentBrowser",
            "needs includeApplications All: a browser has one session for all applications",
        ),
        (
            policy.session_controls.continuous_access_evaluation == Some(ContinuousAccessEvaluationMode::Disabled)
                && !(is_for_all_applications(policy) && has_no_condition(policy)),
            "sessionControls.continuousAccessEvaluation",
            "can be disabled only for all applications and without conditions",
        ),
    ];
    rules.into_iter().find(|(broken, ..)| *broken).map(|(_, member, problem)| Contradiction { member, problem })
}

fn has_no_name(policy: &ConditionalAccessPolicy) -> bool {
    let name = policy.display_name.as_deref().unwrap_or_default();
    name.trim().is_empty() || name.chars().count() > NAME
}

fn is_for_nothing(policy: &ConditionalAccessPolicy) -> bool {
    let applications = &policy.conditions.applications;
    applications.include_applications.is_empty()
        && applications.include_user_actions.is_empty()
        && applications.include_authentication_contexts.is_empty()
}

fn is_without_effect(policy: &ConditionalAccessPolicy) -> bool {
    let grant = &policy.grant_controls;
    grant.built_in_controls.is_empty()
        && grant.custom_authentication_factors.is_empty()
        && grant.terms_of_use.is_empty()
        && grant.authentication_strength.is_none()
        && policy.session_controls == SessionControls::default()
}

fn long_filter(policy: &ConditionalAccessPolicy) -> bool {
    policy.conditions.devices.filter.as_ref().is_some_and(|filter| filter.rule.chars().count() > FILTER_RULE)
}

fn asks(grant: &GrantControls, control: GrantControl) -> bool {
    grant.built_in_controls.contains(&control)
}

fn blocks_and_asks(grant: &GrantControls) -> bool {
    let others = grant.built_in_controls.iter().any(|control| *control != GrantControl::Block)
        || !grant.custom_authentication_factors.is_empty()
        || !grant.terms_of_use.is_empty()
        || grant.authentication_strength.is_some();
    asks(grant, GrantControl::Block) && others
}

fn is_about_risky_users(policy: &ConditionalAccessPolicy) -> bool {
    let grant = &policy.grant_controls;
    let mut others = policy.conditions.clone();
    others.user_risk_levels.clear();
    let others = ConditionalAccessPolicy { conditions: others, ..policy.clone() };
    (asks(grant, GrantControl::Mfa) || grant.authentication_strength.is_some())
        && grant.operator == Some(GrantOperator::And)
        && !policy.conditions.user_risk_levels.is_empty()
        && is_for_all_applications(policy)
        && policy.conditions.applications.exclude_applications.is_empty()
        && has_no_condition(&others)
}

fn is_for_workloads(policy: &ConditionalAccessPolicy) -> bool {
    !policy.conditions.client_applications.include_service_principals.is_empty()
}

/// The grant controls of a policy if all they did were to block.
fn only_block(policy: &ConditionalAccessPolicy) -> GrantControls {
    GrantControls { operator: policy.grant_controls.operator, built_in_controls: vec![GrantControl::Block], ..GrantControls::default() }
}

fn is_for_joining(policy: &ConditionalAccessPolicy) -> bool {
    policy.conditions.applications.include_user_actions.contains(&UserActionCondition::RegisterOrJoinDevices)
}

fn asks_only_for_factors(grant: &GrantControls) -> bool {
    grant.built_in_controls.iter().all(|control| *control == GrantControl::Mfa)
        && grant.custom_authentication_factors.is_empty()
        && grant.terms_of_use.is_empty()
}

fn is_for_all_applications(policy: &ConditionalAccessPolicy) -> bool {
    policy.conditions.applications.include_applications.iter().any(|application| application.eq_ignore_ascii_case("All"))
}

/// Nothing but who and what is asked about.
fn has_no_condition(policy: &ConditionalAccessPolicy) -> bool {
    use doorward_model::conditional_access::{ClientAppCondition, Conditions};
    let conditions = &policy.conditions;
    let bare = Conditions {
        users: conditions.users.clone(),
        client_applications: conditions.client_applications.clone(),
        applications: conditions.applications.clone(),
        client_app_types: conditions.client_app_types.clone(),
        ..Conditions::default()
    };
    *conditions == bare && conditions.client_app_types.contains(&ClientAppCondition::All)
}
