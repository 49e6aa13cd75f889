//! What a policy is about: resources, user actions and authentication contexts.

use doorward_model::conditional_access::{Applications, UserActionCondition};
use doorward_model::sign_in::UserAction;

use super::decision::Reason;
use super::facts::{Facts, ResourceFacts};
use super::ids::IdSet;

/// The resources, actions and contexts of one policy. Any one that matches is enough.
#[derive(Debug, Clone)]
pub(super) struct Target {
    include: Resources,
    exclude: Resources,
    actions: Vec<UserActionCondition>,
    contexts: IdSet,
}

#[derive(Debug, Clone, Default)]
struct Resources {
    all: bool,
    bundles: IdSet,
    apps: IdSet,
}

impl Target {
    pub(super) fn new(condition: &Applications) -> Self {
        let mut include = Resources::new(&condition.include_applications);
        if include.apps.take("None") {
            include = Resources::default();
        }
        Self {
            include,
            exclude: Resources::new(&condition.exclude_applications),
            actions: condition.include_user_actions.clone(),
            contexts: IdSet::new(&condition.include_authentication_contexts),
        }
    }

    /// The policy is about nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_empty() && self.actions.is_empty() && self.contexts.is_empty()
    }

    /// Why the policy is not about this sign-in; none when it is.
    pub(super) fn mismatch(&self, facts: &Facts) -> Option<Reason> {
        let resource = facts.resources.iter().any(|resource| self.include.contains(resource) && !self.exclude.contains(resource));
        // `All` resources covers user actions as well, whatever resources are excluded.
        let action = facts.user_action.is_some_and(|action| self.include.all || self.has_action(action));
        let context = facts.authentication_context.as_deref().is_some_and(|context| self.contexts.contains(context));
        if resource || action || context {
            None
        } else if !self.include.is_empty() {
            Some(Reason::Application)
        } else if !self.actions.is_empty() {
            Some(Reason::UserActions)
        } else {
            Some(Reason::AuthenticationContext)
        }
    }

    fn has_action(&self, action: UserAction) -> bool {
        self.actions.contains(&match action {
            UserAction::RegisterSecurityInformation => UserActionCondition::RegisterSecurityInformation,
            UserAction::RegisterOrJoinDevices => UserActionCondition::RegisterOrJoinDevices,
        })
    }
}

impl Resources {
    fn new(names: &[String]) -> Self {
        let mut apps = IdSet::new(names);
        let all = apps.take("All");
        let (bundles, _) = BUNDLES.map(str::to_owned).into_iter().partition::<Vec<_>, _>(|bundle| apps.take(bundle));
        Self { all, bundles: IdSet::new(&bundles), apps }
    }

    fn is_empty(&self) -> bool {
        !self.all && self.bundles.is_empty() && self.apps.is_empty()
    }

    fn contains(&self, resource: &ResourceFacts) -> bool {
        self.all || self.apps.contains(&resource.app_id) || self.bundles.contains_any(&resource.bundles)
    }
}

/// Words that stand for many applications.
const BUNDLES: [&str; 2] = ["Office365", "MicrosoftAdminPortals"];
