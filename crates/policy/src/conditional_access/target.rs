//! What a policy is about: resources, user actions and authentication contexts.

use doorward_model::conditional_access::{Applications, Conditions, UserActionCondition};
use doorward_model::sign_in::UserAction;

use super::decision::Reason;
use super::facts::ResourceFacts;
use super::ids::is_word;
use super::index::Index;
use super::mask::Mask;
use super::table::Fit;

/// The targets of all policies of a set, by what names them.
#[derive(Debug, Clone)]
pub(super) struct Targets {
    size: usize,
    include: Resources,
    exclude: Resources,
    register_security_information: Mask,
    register_devices: Mask,
    contexts: Index,
    reasons: Vec<(usize, Reason)>,
}

#[derive(Debug, Clone)]
struct Resources {
    all: Mask,
    bundles: Index,
    apps: Index,
}

impl Targets {
    pub(super) fn new(size: usize, policies: &[(usize, &Conditions)]) -> Self {
        let mut targets = Self {
            size,
            include: Resources::empty(size),
            exclude: Resources::empty(size),
            register_security_information: Mask::empty(size),
            register_devices: Mask::empty(size),
            contexts: Index::default(),
            reasons: Vec::new(),
        };
        for (position, conditions) in policies {
            targets.insert(*position, &conditions.applications);
        }
        targets
    }

    fn insert(&mut self, position: usize, applications: &Applications) {
        if !is_off(applications) {
            self.include.insert(position, &applications.include_applications);
        }
        self.exclude.insert(position, &applications.exclude_applications);
        for action in &applications.include_user_actions {
            match action {
                UserActionCondition::RegisterSecurityInformation => self.register_security_information.insert(position),
                UserActionCondition::RegisterOrJoinDevices => self.register_devices.insert(position),
                UserActionCondition::UnknownFutureValue => {}
            }
        }
        applications.include_authentication_contexts.iter().for_each(|context| self.contexts.insert(context, position));
        if !targets_resources(applications) && !is_empty(applications) {
            let actions = !applications.include_user_actions.is_empty();
            self.reasons.push((position, if actions { Reason::UserActions } else { Reason::AuthenticationContext }));
        }
    }

    /// A service policy names one resource by its id, and no word stands for others there.
    pub(super) fn insert_service(&mut self, position: usize, app_id: &str) {
        self.include.apps.insert(app_id, position);
    }

    /// How the policies stand to a target. Any one of its parts that matches is enough.
    pub(super) fn fit(&self, resources: &[ResourceFacts], action: Option<UserAction>, context: Option<&str>) -> Fit {
        let mut fit = Fit::nothing(self.size);
        for resource in resources {
            let mut included = self.include.naming(self.size, resource);
            let excluded = self.exclude.naming(self.size, resource);
            included.remove(&excluded);
            fit.matched.add(&included);
            fit.excluded.add(&excluded);
        }
        if let Some(action) = action {
            // `All` resources covers user actions as well, whatever resources are excluded.
            fit.matched.add(&self.include.all);
            fit.matched.add(match action {
                UserAction::RegisterSecurityInformation => &self.register_security_information,
                UserAction::RegisterOrJoinDevices => &self.register_devices,
            });
        }
        if let Some(context) = context {
            self.contexts.add_to(&mut fit.matched, context);
        }
        fit.excluded.remove(&fit.matched);
        fit
    }

    /// Why a policy that is not about the sign-in is not.
    pub(super) fn reason(&self, position: usize) -> Reason {
        // Made in the order of positions.
        let found = self.reasons.binary_search_by_key(&position, |(position, _)| *position).ok();
        found.and_then(|index| self.reasons.get(index)).map_or(Reason::Application, |(_, reason)| *reason)
    }
}

impl Resources {
    fn empty(size: usize) -> Self {
        Self { all: Mask::empty(size), bundles: Index::default(), apps: Index::default() }
    }

    fn insert(&mut self, position: usize, names: &[String]) {
        for name in names {
            if is_word(name, "All") {
                self.all.insert(position);
            } else if BUNDLES.iter().any(|bundle| is_word(name, bundle)) {
                self.bundles.insert(name, position);
            } else if !is_word(name, NOTHING) {
                self.apps.insert(name, position);
            }
        }
    }

    /// The policies that name the resource.
    fn naming(&self, size: usize, resource: &ResourceFacts) -> Mask {
        let mut mask = Mask::empty(size);
        mask.add(&self.all);
        self.apps.add_to(&mut mask, &resource.app_id);
        self.bundles.add_all_to(&mut mask, &resource.bundles);
        mask
    }
}

/// Words that stand for many applications.
const BUNDLES: [&str; 2] = ["Office365", "MicrosoftAdminPortals"];
const NOTHING: &str = "None";

/// `None` switches off the resource channel.
fn is_off(applications: &Applications) -> bool {
    applications.include_applications.iter().any(|name| is_word(name, NOTHING))
}

fn targets_resources(applications: &Applications) -> bool {
    !applications.include_applications.is_empty() && !is_off(applications)
}

/// The policy is about nothing.
pub(super) fn is_empty(applications: &Applications) -> bool {
    !targets_resources(applications)
        && applications.include_user_actions.is_empty()
        && applications.include_authentication_contexts.is_empty()
}
