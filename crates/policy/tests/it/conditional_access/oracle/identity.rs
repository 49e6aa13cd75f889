//! Who: rules 1, 2 and 10, details 6, 7, 8 and 10.

use doorward_model::conditional_access::{ClientApplications, Conditions, Guests, MembershipKind, Users};
use doorward_model::sign_in::ExternalUserType;
use doorward_model::user::UserType;
use doorward_policy::conditional_access::{Reason, Subject, UserFacts};

use super::{lists, lists_any};

pub(super) fn has_users(users: &Users) -> bool {
    let direct = !users.include_users.is_empty() && !lists(&users.include_users, "None");
    direct || !users.include_groups.is_empty() || !users.include_roles.is_empty() || users.include_guests.is_some()
}

pub(super) fn has_workloads(workloads: &ClientApplications) -> bool {
    !workloads.include_service_principals.is_empty() && !lists(&workloads.include_service_principals, "None")
}

pub(super) fn mismatch(conditions: &Conditions, subject: &Subject) -> Option<Reason> {
    let (users, workloads) = (&conditions.users, &conditions.client_applications);
    match subject {
        Subject::User(_) if !has_users(users) => Some(Reason::WorkloadIdentities),
        Subject::User(user) => (!user_matches(users, user)).then_some(Reason::Users),
        Subject::Workload { .. } if !has_workloads(workloads) => Some(Reason::Users),
        Subject::Workload { service_principal_id, in_my_tenant } => {
            let listed = |list: &[String]| lists(list, service_principal_id) || *in_my_tenant && lists(list, "ServicePrincipalsInMyTenant");
            let included = listed(&workloads.include_service_principals);
            let excluded = listed(&workloads.exclude_service_principals);
            (!included || excluded).then_some(Reason::WorkloadIdentities)
        }
    }
}

fn user_matches(users: &Users, user: &UserFacts) -> bool {
    let directly = !lists(&users.include_users, "None") && names(&users.include_users, user);
    let included = directly
        || lists_any(&users.include_groups, &user.groups)
        || lists_any(&users.include_roles, &user.roles)
        || users.include_guests.as_ref().is_some_and(|guests| is_such_a_guest(guests, user));
    let excluded = names(&users.exclude_users, user)
        || lists_any(&users.exclude_groups, &user.groups)
        || lists_any(&users.exclude_roles, &user.roles)
        || users.exclude_guests.as_ref().is_some_and(|guests| is_such_a_guest(guests, user));
    included && !excluded
}

fn names(list: &[String], user: &UserFacts) -> bool {
    let outsider = user.external_user_type != ExternalUserType::None || user.user_type == UserType::Guest;
    lists(list, "All") || lists(list, &user.id) || outsider && lists(list, "GuestsOrExternalUsers")
}

fn is_such_a_guest(guests: &Guests, user: &UserFacts) -> bool {
    let kind = user.external_user_type;
    let tenant_matches = match guests.tenants {
        _ if kind == ExternalUserType::InternalGuest => true,
        MembershipKind::All => true,
        MembershipKind::Enumerated => user.home_tenant_id.as_deref().is_some_and(|tenant| lists(&guests.members, tenant)),
        MembershipKind::UnknownFutureValue => false,
    };
    kind != ExternalUserType::None && guests.types.contains(&kind) && tenant_matches
}
