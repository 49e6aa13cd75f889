//! Ids and words mean the same in every letter case.

use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_policy::conditional_access::{Facts, Subject};
use proptest::prelude::*;

use super::super::generate::Tenant;
use super::{judged, law};

#[test]
fn letter_case_does_not_matter() {
    law(Just(()), |tenant, (), facts| {
        let before = judged(tenant, facts);
        let policies = tenant.with(tenant.policies.iter().map(swapped_policy).collect());
        prop_assert_eq!(&judged(&policies, facts), &before, "of policies");
        prop_assert_eq!(&judged(tenant, &swapped_facts(facts)), &before, "of facts");
        prop_assert_eq!(&judged(&swapped_tenant(tenant), facts), &before, "of everything else");
        Ok(())
    });
}

fn swapped(text: &str) -> String {
    let swap = |character: char| {
        if character.is_uppercase() { character.to_lowercase().to_string() } else { character.to_uppercase().to_string() }
    };
    text.chars().map(swap).collect()
}

fn swap(texts: &mut [String]) {
    texts.iter_mut().for_each(|text| *text = swapped(text));
}

fn swapped_policy(policy: &ConditionalAccessPolicy) -> ConditionalAccessPolicy {
    let mut policy = policy.clone();
    let conditions = &mut policy.conditions;
    let (users, apps, grants) = (&mut conditions.users, &mut conditions.applications, &mut policy.grant_controls);
    for list in [
        &mut users.include_users,
        &mut users.exclude_users,
        &mut users.include_groups,
        &mut users.exclude_groups,
        &mut users.include_roles,
        &mut users.exclude_roles,
        &mut conditions.client_applications.include_service_principals,
        &mut conditions.client_applications.exclude_service_principals,
        &mut apps.include_applications,
        &mut apps.exclude_applications,
        &mut apps.include_authentication_contexts,
        &mut conditions.locations.include,
        &mut conditions.locations.exclude,
        &mut grants.terms_of_use,
    ] {
        swap(list);
    }
    for guests in [&mut users.include_guests, &mut users.exclude_guests].into_iter().flatten() {
        swap(&mut guests.members);
    }
    if let Some(filter) = &mut conditions.devices.filter {
        filter.rule = swapped(&filter.rule);
    }
    if let Some(strength) = &mut grants.authentication_strength {
        strength.id = swapped(&strength.id);
        swap(&mut strength.allowed_combinations);
    }
    policy
}

fn swapped_facts(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    match &mut facts.subject {
        Subject::User(user) => {
            user.id = swapped(&user.id);
            swap(&mut user.groups);
            swap(&mut user.roles);
            user.home_tenant_id = user.home_tenant_id.as_deref().map(swapped);
        }
        Subject::Workload { service_principal_id, .. } => *service_principal_id = swapped(service_principal_id),
    }
    for resource in &mut facts.resources {
        resource.app_id = swapped(&resource.app_id);
        swap(&mut resource.bundles);
    }
    facts.authentication_context = facts.authentication_context.as_deref().map(swapped);
    facts.country = facts.country.as_deref().map(swapped);
    swap(&mut facts.authentication_methods);
    swap(&mut facts.terms_of_use_accepted);
    facts
}

/// The ids of service policies stay, for the rows of the decision carry them.
fn swapped_tenant(tenant: &Tenant) -> Tenant {
    let mut tenant = tenant.clone();
    for service in &mut tenant.services {
        service.resource = swapped(&service.resource);
        if let Some(access) = &mut service.app_access {
            swap(&mut access.restricted_groups);
            swap(&mut access.exempted_groups);
        }
        if let Some(access) = &mut service.device_access {
            swap(&mut access.targeted_groups);
            swap(&mut access.exempted_groups);
        }
    }
    for location in &mut tenant.locations {
        location.id = swapped(&location.id);
        if let doorward_model::named_location::Area::Countries { countries, .. } = &mut location.area {
            swap(countries);
        }
    }
    for strength in &mut tenant.strengths {
        strength.id = swapped(&strength.id);
        swap(&mut strength.allowed_combinations);
    }
    tenant
}
