//! Whatever includes somebody or something, one exclusion is enough.

use doorward_model::conditional_access::{
    ConditionalAccessPolicy, DeviceStateCondition, DeviceStates, Devices, Guests, MembershipKind, PlatformCondition,
};
use doorward_model::sign_in::ExternalUserType;
use doorward_policy::conditional_access::{Facts, Reason, Subject, UserFacts};
use proptest::prelude::*;

use super::super::build::strings;
use super::{judged, law, one_policy};

/// Excludes what the sign-in is about; none when it has no such thing.
type Exclude = fn(&mut ConditionalAccessPolicy, &Facts) -> Option<Reason>;

const EXCLUSIONS: &[(&str, Exclude)] = &[
    ("user", |policy, facts| {
        policy.conditions.users.exclude_users.push(user(facts)?.id.clone());
        Some(Reason::Users)
    }),
    ("all users", |policy, facts| {
        user(facts)?;
        policy.conditions.users.exclude_users.push("All".to_owned());
        Some(Reason::Users)
    }),
    ("group", |policy, facts| {
        policy.conditions.users.exclude_groups.push(user(facts)?.groups.first()?.clone());
        Some(Reason::Users)
    }),
    ("role", |policy, facts| {
        policy.conditions.users.exclude_roles.push(user(facts)?.roles.first()?.clone());
        Some(Reason::Users)
    }),
    ("guest", |policy, facts| {
        let kind = user(facts)?.external_user_type;
        let guests = Guests { types: vec![kind], tenants: MembershipKind::All, members: Vec::new() };
        policy.conditions.users.exclude_guests = (kind != ExternalUserType::None).then_some(guests);
        policy.conditions.users.exclude_guests.as_ref().map(|_| Reason::Users)
    }),
    ("guest of a tenant", |policy, facts| {
        let user = user(facts)?;
        let members = vec![user.home_tenant_id.clone()?];
        let guests = Guests { types: ExternalUserType::ALL.to_vec(), tenants: MembershipKind::Enumerated, members };
        policy.conditions.users.exclude_guests = Some(guests);
        (user.external_user_type != ExternalUserType::None).then_some(Reason::Users)
    }),
    ("workload", |policy, facts| match &facts.subject {
        Subject::User(_) => None,
        Subject::Workload { service_principal_id, .. } => {
            policy.conditions.client_applications.exclude_service_principals.push(service_principal_id.clone());
            Some(Reason::WorkloadIdentities)
        }
    }),
    ("resources", |policy, facts| {
        let ids = facts.resources.iter().map(|resource| resource.app_id.clone());
        policy.conditions.applications.exclude_applications.extend(ids);
        // Actions and contexts know no exclusion.
        (facts.user_action.is_none() && facts.authentication_context.is_none()).then_some(Reason::Application)
    }),
    ("bundle", |policy, facts| {
        let bundles = facts.resources.iter().map(|resource| resource.bundles.first().cloned()).collect::<Option<Vec<_>>>()?;
        policy.conditions.applications.exclude_applications.extend(bundles);
        (facts.user_action.is_none() && facts.authentication_context.is_none()).then_some(Reason::Application)
    }),
    ("platform", |policy, facts| {
        let platform = PlatformCondition::from_wire(facts.device_platform?.as_str())?;
        policy.conditions.platforms.exclude.push(platform);
        Some(Reason::DevicePlatform)
    }),
    ("all platforms", |policy, _| {
        policy.conditions.platforms.exclude.push(PlatformCondition::All);
        Some(Reason::DevicePlatform)
    }),
    ("compliant devices", |policy, facts| {
        let exclude = vec![DeviceStateCondition::Compliant];
        policy.conditions.devices = Devices { states: DeviceStates { exclude, include: Vec::new() }, ..Devices::default() };
        (facts.device.as_ref()?.is_compliant == Some(true)).then_some(Reason::Devices)
    }),
    ("everywhere", |policy, _| {
        policy.conditions.locations.exclude = strings(&["All"]);
        Some(Reason::Location)
    }),
];

fn user(facts: &Facts) -> Option<&UserFacts> {
    match &facts.subject {
        Subject::User(user) => Some(user),
        Subject::Workload { .. } => None,
    }
}

#[test]
fn exclusion_beats_inclusion() {
    law(one_policy(), |tenant, policy, facts| {
        let before = judged(&tenant.with(vec![policy.clone()]), facts).policies.remove(0).reason;
        for (name, exclude) in EXCLUSIONS {
            let mut policy = policy.clone();
            if let Some(reason) = exclude(&mut policy, facts) {
                let after = judged(&tenant.with(vec![policy]), facts).policies.remove(0).reason;
                let own = before.is_some() || after == Some(reason);
                prop_assert!(after.is_some() && own, "excluding the {name} gives {after:?}");
            }
        }
        Ok(())
    });
}
