//! Who a policy is for: people and workloads.

use doorward_model::conditional_access::{ClientApplications, Guests, MembershipKind, Users};
use doorward_model::sign_in::ExternalUserType;
use doorward_model::user::UserType;

use super::decision::Reason;
use super::facts::{Subject, UserFacts};
use super::ids::IdSet;

/// The people and workloads of one policy.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    include: People,
    exclude: People,
    workloads: Option<Workloads>,
}

#[derive(Debug, Clone)]
struct People {
    all: bool,
    outsiders: bool,
    users: IdSet,
    groups: IdSet,
    roles: IdSet,
    guests: Option<GuestScope>,
}

#[derive(Debug, Clone)]
struct GuestScope {
    types: Vec<ExternalUserType>,
    tenants: MembershipKind,
    members: IdSet,
}

#[derive(Debug, Clone)]
struct Workloads {
    all_of_tenant: bool,
    include: IdSet,
    exclude: IdSet,
    excludes_all_of_tenant: bool,
}

impl Identity {
    pub(super) fn new(users: &Users, workloads: &ClientApplications) -> Self {
        let mut include = People::new(&users.include_users, &users.include_groups, &users.include_roles, users.include_guests.as_ref());
        if include.users.take("none") {
            // `None` switches off the direct channel only: groups, roles and guest types stay live.
            include.all = false;
            include.outsiders = false;
            include.users = IdSet::default();
        }
        let exclude = People::new(&users.exclude_users, &users.exclude_groups, &users.exclude_roles, users.exclude_guests.as_ref());
        Self { include, exclude, workloads: Workloads::new(workloads) }
    }

    /// The policy is for nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_empty() && self.workloads.is_none()
    }

    /// Why the policy is not for this subject; none when it is.
    pub(super) fn mismatch(&self, subject: &Subject) -> Option<Reason> {
        match subject {
            Subject::User(_) if self.include.is_empty() => Some(Reason::WorkloadIdentities),
            Subject::User(user) => (!self.include.contains(user) || self.exclude.contains(user)).then_some(Reason::Users),
            Subject::Workload { service_principal_id, in_my_tenant } => match &self.workloads {
                None => Some(Reason::Users),
                Some(workloads) => (!workloads.contains(service_principal_id, *in_my_tenant)).then_some(Reason::WorkloadIdentities),
            },
        }
    }
}

impl People {
    fn new(users: &[String], groups: &[String], roles: &[String], guests: Option<&Guests>) -> Self {
        let mut users = IdSet::new(users);
        Self {
            all: users.take("All"),
            outsiders: users.take("GuestsOrExternalUsers"),
            users,
            groups: IdSet::new(groups),
            roles: IdSet::new(roles),
            guests: guests.map(|guests| GuestScope {
                types: guests.types.clone(),
                tenants: guests.tenants,
                members: IdSet::new(&guests.members),
            }),
        }
    }

    fn is_empty(&self) -> bool {
        !self.all && !self.outsiders && self.users.is_empty() && self.groups.is_empty() && self.roles.is_empty() && self.guests.is_none()
    }

    fn contains(&self, user: &UserFacts) -> bool {
        self.all
            || (self.outsiders && is_outsider(user))
            || self.users.contains(&user.id)
            || self.groups.contains_any(&user.groups)
            || self.roles.contains_any(&user.roles)
            || self.guests.as_ref().is_some_and(|guests| guests.contains(user))
    }
}

fn is_outsider(user: &UserFacts) -> bool {
    user.external_user_type != ExternalUserType::None || user.user_type == UserType::Guest
}

impl GuestScope {
    fn contains(&self, user: &UserFacts) -> bool {
        self.types.contains(&user.external_user_type)
            && user.external_user_type != ExternalUserType::None
            // An internal guest has no other tenant.
            && (user.external_user_type == ExternalUserType::InternalGuest || self.covers_tenant(user.home_tenant_id.as_deref()))
    }

    fn covers_tenant(&self, tenant: Option<&str>) -> bool {
        match self.tenants {
            MembershipKind::All => true,
            MembershipKind::Enumerated => tenant.is_some_and(|tenant| self.members.contains(tenant)),
            MembershipKind::UnknownFutureValue => false,
        }
    }
}

impl Workloads {
    fn new(condition: &ClientApplications) -> Option<Self> {
        const OF_TENANT: &str = "ServicePrincipalsInMyTenant";
        let mut include = IdSet::new(&condition.include_service_principals);
        let mut exclude = IdSet::new(&condition.exclude_service_principals);
        if include.is_empty() || include.take("None") {
            return None;
        }
        Some(Self { all_of_tenant: include.take(OF_TENANT), include, excludes_all_of_tenant: exclude.take(OF_TENANT), exclude })
    }

    fn contains(&self, id: &str, in_my_tenant: bool) -> bool {
        let included = (self.all_of_tenant && in_my_tenant) || self.include.contains(id);
        let excluded = (self.excludes_all_of_tenant && in_my_tenant) || self.exclude.contains(id);
        included && !excluded
    }
}
