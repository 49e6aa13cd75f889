//! Whether every sign-in of one scope is a sign-in of another. Where that cannot be proved, it does not count.

use std::collections::BTreeSet;

use doorward_model::sign_in::ExternalUserType;

use super::scope::{GuestScope, Ids, People, Resources, Scope, Workloads};

impl Scope {
    /// The policy with this scope applies whenever one with the other does; device conditions are not looked at.
    pub(super) fn covers(&self, narrow: &Self) -> bool {
        self.covers_people(narrow)
            && self.workloads.cover(&narrow.workloads)
            && self.covers_targets(narrow)
            && self.covers_places(narrow)
            && narrow.platforms.is_subset(&self.platforms)
            && narrow.clients.is_subset(&self.clients)
            && narrow.sign_in_risks.is_subset(&self.sign_in_risks)
            && narrow.user_risks.is_subset(&self.user_risks)
            && narrow.workload_risks.is_subset(&self.workload_risks)
            && narrow.insider_risks.is_subset(&self.insider_risks)
            && narrow.transfers.is_subset(&self.transfers)
    }

    fn covers_people(&self, narrow: &Self) -> bool {
        narrow.include.is_empty() || (narrow.include.within(&self.include) && self.exempts_no_more_than(narrow))
    }

    /// Whoever is excluded here is excluded there, or was never meant.
    fn exempts_no_more_than(&self, narrow: &Self) -> bool {
        let include = &narrow.include;
        let one_by_one =
            !include.all && !include.outsiders && include.groups.is_empty() && include.roles.is_empty() && include.guests.is_none();
        // Where people are named one by one, it does not matter that others are excluded.
        let users_covered =
            self.exclude.users.iter().all(|id| narrow.exclude.users.contains(id) || (one_by_one && !include.users.contains(id)));
        narrow.exclude.all || (users_covered && self.exclude.is_within_but_for_users(&narrow.exclude))
    }

    fn covers_targets(&self, narrow: &Self) -> bool {
        let (wide, narrow) = (&self.target, &narrow.target);
        let one_by_one = !narrow.include.all && !narrow.include.named.iter().any(|name| is_bundle(name));
        // Where resources are named one by one, it does not matter that others are excluded.
        let irrelevant = |name: &String| one_by_one && !is_bundle(name) && !narrow.include.named.contains(name);
        let exempts_no_more = narrow.exclude.all
            || (!wide.exclude.all && wide.exclude.named.iter().all(|name| narrow.exclude.named.contains(name) || irrelevant(name)));
        let resources = narrow.include.is_empty() || (narrow.include.within(&wide.include) && exempts_no_more);
        let actions = wide.include.all || narrow.actions.is_subset(&wide.actions);
        resources && actions && narrow.contexts.is_subset(&wide.contexts)
    }

    fn covers_places(&self, narrow: &Self) -> bool {
        let (wide_in, wide_out) = (&self.include_places, &self.exclude_places);
        let (narrow_in, narrow_out) = (&narrow.include_places, &narrow.exclude_places);
        within(narrow_in.all, &narrow_in.named, wide_in.all, &wide_in.named)
            && within(wide_out.all, &wide_out.named, narrow_out.all, &narrow_out.named)
    }
}

impl People {
    /// Everybody here is there as well.
    pub(super) fn within(&self, outer: &Self) -> bool {
        outer.all || (self.users.is_subset(&outer.users) && self.is_within_but_for_users(outer))
    }

    fn is_within_but_for_users(&self, outer: &Self) -> bool {
        let guests = |guests: &GuestScope| {
            guests.kinds.is_empty() || outer.outsiders || outer.guests.as_ref().is_some_and(|covered| guests.within(covered))
        };
        !self.all
            && (outer.outsiders || !self.outsiders)
            && self.groups.is_subset(&outer.groups)
            && self.roles.is_subset(&outer.roles)
            && self.guests.as_ref().is_none_or(guests)
    }
}

impl GuestScope {
    fn within(&self, outer: &Self) -> bool {
        let tenants = match (&self.tenants, &outer.tenants) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(inner), Some(outer)) => inner.is_subset(outer),
        };
        self.kinds.is_subset(&outer.kinds) && (tenants || self.kinds == BTreeSet::from([ExternalUserType::InternalGuest]))
    }
}

impl Workloads {
    fn cover(&self, narrow: &Self) -> bool {
        narrow.include.is_empty() || (narrow.include.is_subset(&self.include) && self.exclude.is_subset(&narrow.exclude))
    }

    /// Service principals are included, and all of them excluded.
    pub(super) fn are_cancelled(&self) -> bool {
        self.include.is_subset(&self.exclude)
    }
}

impl Resources {
    pub(super) fn within(&self, outer: &Self) -> bool {
        within(self.all, &self.named, outer.all, &outer.named)
    }
}

pub(super) fn within(all: bool, named: &Ids, outer_all: bool, outer: &Ids) -> bool {
    outer_all || (!all && named.is_subset(outer))
}

fn is_bundle(name: &str) -> bool {
    ["office365", "microsoftadminportals"].contains(&name)
}
