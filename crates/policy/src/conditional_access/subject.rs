//! Who a policy is for: people and workloads.

use doorward_model::conditional_access::{ClientApplications, Conditions, Guests, MembershipKind};
use doorward_model::sign_in::ExternalUserType;
use doorward_model::user::UserType;

use super::decision::Reason;
use super::facts::{Subject, UserFacts};
use super::ids::{fold, is_word};
use super::index::Index;
use super::mask::Mask;
use super::table::Fit;

/// The people and workloads of all policies of a set, by what names them.
#[derive(Debug, Clone)]
pub(super) struct Subjects {
    size: usize,
    people: Mask,
    workloads: Mask,
    include: Side,
    exclude: Side,
}

/// One side, included or excluded, of all policies.
#[derive(Debug, Clone)]
struct Side {
    everyone: Mask,
    outsiders: Mask,
    users: Index,
    groups: Index,
    roles: Index,
    guests: Vec<(usize, Guests)>,
    workloads_of_tenant: Mask,
    workloads: Index,
}

impl Subjects {
    pub(super) fn new(size: usize, policies: &[(usize, &Conditions)]) -> Self {
        let mut subjects =
            Self { size, people: Mask::empty(size), workloads: Mask::empty(size), include: Side::empty(size), exclude: Side::empty(size) };
        for (position, conditions) in policies {
            subjects.insert(*position, conditions);
        }
        subjects
    }

    fn insert(&mut self, position: usize, conditions: &Conditions) {
        let users = &conditions.users;
        // `None` switches off the direct channel only: groups, roles and guest types stay live.
        let direct = if named(&users.include_users, NOBODY) { &[] } else { users.include_users.as_slice() };
        self.include.insert(position, direct, &users.include_groups, &users.include_roles, users.include_guests.as_ref());
        self.exclude.insert(position, &users.exclude_users, &users.exclude_groups, &users.exclude_roles, users.exclude_guests.as_ref());
        if is_for_people(conditions) {
            self.people.insert(position);
        }
        if is_for_workloads(&conditions.client_applications) {
            self.workloads.insert(position);
            self.include.insert_workloads(position, &conditions.client_applications.include_service_principals);
            self.exclude.insert_workloads(position, &conditions.client_applications.exclude_service_principals);
        }
    }

    /// How the policies stand to a person or a workload.
    pub(super) fn fit(&self, subject: &Subject) -> Fit {
        match subject {
            Subject::User(user) => self.person(user),
            Subject::Workload { service_principal_id, in_my_tenant } => self.workload(service_principal_id, *in_my_tenant),
        }
    }

    /// How the policies stand to a person.
    pub(super) fn person(&self, user: &UserFacts) -> Fit {
        let mut fit = Fit::nothing(self.size);
        self.include.add_person(&mut fit.matched, user);
        self.exclude.add_person(&mut fit.excluded, user);
        // A policy for workloads excludes nobody.
        fit.excluded.keep(self.people.row());
        fit.matched.remove(&fit.excluded);
        fit
    }

    fn workload(&self, id: &str, in_my_tenant: bool) -> Fit {
        let mut fit = Fit::nothing(self.size);
        self.include.add_workload(&mut fit.matched, id, in_my_tenant);
        self.exclude.add_workload(&mut fit.excluded, id, in_my_tenant);
        fit.matched.remove(&fit.excluded);
        fit
    }

    /// Why a policy that is not for the subject is not.
    pub(super) fn reason(&self, position: usize, is_workload: bool) -> Reason {
        let targets = if is_workload { &self.workloads } else { &self.people };
        if targets.contains(position) == is_workload { Reason::WorkloadIdentities } else { Reason::Users }
    }
}

impl Side {
    fn empty(size: usize) -> Self {
        Self {
            everyone: Mask::empty(size),
            outsiders: Mask::empty(size),
            users: Index::default(),
            groups: Index::default(),
            roles: Index::default(),
            guests: Vec::new(),
            workloads_of_tenant: Mask::empty(size),
            workloads: Index::default(),
        }
    }

    fn insert(&mut self, position: usize, users: &[String], groups: &[String], roles: &[String], guests: Option<&Guests>) {
        for user in users {
            if is_word(user, EVERYONE) {
                self.everyone.insert(position);
            } else if is_word(user, OUTSIDERS) {
                self.outsiders.insert(position);
            } else if !is_word(user, NOBODY) {
                self.users.insert(user, position);
            }
        }
        groups.iter().for_each(|group| self.groups.insert(group, position));
        roles.iter().for_each(|role| self.roles.insert(role, position));
        self.guests.extend(guests.map(|guests| (position, guests.clone())));
    }

    fn insert_workloads(&mut self, position: usize, ids: &[String]) {
        for id in ids {
            if is_word(id, OF_TENANT) {
                self.workloads_of_tenant.insert(position);
            } else if !is_word(id, NOBODY) {
                self.workloads.insert(id, position);
            }
        }
    }

    fn add_workload(&self, mask: &mut Mask, id: &str, in_my_tenant: bool) {
        if in_my_tenant {
            mask.add(&self.workloads_of_tenant);
        }
        self.workloads.add_to(mask, id);
    }

    fn add_person(&self, mask: &mut Mask, user: &UserFacts) {
        mask.add(&self.everyone);
        if is_outsider(user) {
            mask.add(&self.outsiders);
        }
        self.users.add_to(mask, &user.id);
        self.groups.add_all_to(mask, &user.groups);
        self.roles.add_all_to(mask, &user.roles);
        self.guests.iter().filter(|(_, guests)| covers(guests, user)).for_each(|(position, _)| mask.insert(*position));
    }
}

const EVERYONE: &str = "All";
const NOBODY: &str = "None";
const OUTSIDERS: &str = "GuestsOrExternalUsers";
const OF_TENANT: &str = "ServicePrincipalsInMyTenant";

fn named(list: &[String], word: &str) -> bool {
    list.iter().any(|one| is_word(one, word))
}

/// The policy has a target among people.
fn is_for_people(conditions: &Conditions) -> bool {
    let users = &conditions.users;
    let direct = !users.include_users.is_empty() && !named(&users.include_users, NOBODY);
    direct || !users.include_groups.is_empty() || !users.include_roles.is_empty() || users.include_guests.is_some()
}

fn is_for_workloads(apps: &ClientApplications) -> bool {
    !apps.include_service_principals.is_empty() && !named(&apps.include_service_principals, NOBODY)
}

/// The policy is for nobody.
pub(super) fn is_empty(conditions: &Conditions) -> bool {
    !is_for_people(conditions) && !is_for_workloads(&conditions.client_applications)
}

fn is_outsider(user: &UserFacts) -> bool {
    user.external_user_type != ExternalUserType::None || user.user_type == UserType::Guest
}

fn covers(guests: &Guests, user: &UserFacts) -> bool {
    guests.types.contains(&user.external_user_type)
        && user.external_user_type != ExternalUserType::None
        // An internal guest has no other tenant.
        && (user.external_user_type == ExternalUserType::InternalGuest || covers_tenant(guests, user.home_tenant_id.as_deref()))
}

fn covers_tenant(guests: &Guests, tenant: Option<&str>) -> bool {
    match guests.tenants {
        MembershipKind::All => true,
        MembershipKind::Enumerated => tenant.is_some_and(|tenant| guests.members.iter().any(|member| fold(member) == fold(tenant))),
        MembershipKind::UnknownFutureValue => false,
    }
}
