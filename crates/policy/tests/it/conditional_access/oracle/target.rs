//! What for: rules 4, 5 and 10, details 9 and 10.

use doorward_model::conditional_access::{Applications, UserActionCondition};
use doorward_model::sign_in::UserAction;
use doorward_policy::conditional_access::{Facts, Reason, ResourceFacts};

use super::{lists, lists_any};

/// The reason that a policy of this target gives; none when it has no target.
pub(super) fn first_kind(applications: &Applications) -> Option<Reason> {
    if has_resources(applications) {
        Some(Reason::Application)
    } else if !applications.include_user_actions.is_empty() {
        Some(Reason::UserActions)
    } else if !applications.include_authentication_contexts.is_empty() {
        Some(Reason::AuthenticationContext)
    } else {
        None
    }
}

pub(super) fn matches(applications: &Applications, facts: &Facts) -> bool {
    let by_resource = has_resources(applications)
        && facts
            .resources
            .iter()
            .any(|resource| names(&applications.include_applications, resource) && !names(&applications.exclude_applications, resource));
    let all_resources = has_resources(applications) && lists(&applications.include_applications, "All");
    let by_action = facts.user_action.is_some_and(|action| all_resources || applications.include_user_actions.contains(&included(action)));
    let by_context =
        facts.authentication_context.as_deref().is_some_and(|context| lists(&applications.include_authentication_contexts, context));
    by_resource || by_action || by_context
}

fn has_resources(applications: &Applications) -> bool {
    !applications.include_applications.is_empty() && !lists(&applications.include_applications, "None")
}

fn names(list: &[String], resource: &ResourceFacts) -> bool {
    lists(list, "All") || lists(list, &resource.app_id) || lists_any(list, &resource.bundles)
}

fn included(action: UserAction) -> UserActionCondition {
    match action {
        UserAction::RegisterSecurityInformation => UserActionCondition::RegisterSecurityInformation,
        UserAction::RegisterOrJoinDevices => UserActionCondition::RegisterOrJoinDevices,
    }
}
