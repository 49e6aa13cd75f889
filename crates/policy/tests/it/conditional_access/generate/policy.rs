//! Policies: mostly plausible, at times with every odd word in every list.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{
    Applications, ClientAppCondition, ClientApplications, CloudAppSecurityType, ConditionalAccessPolicy, Conditions,
    ContinuousAccessEvaluationMode, DeviceFilter, DeviceStateCondition, DeviceStates, Devices, FilterMode, FrequencyAuthentication,
    FrequencyInterval, FrequencyUnit, GrantControl, GrantControls, GrantOperator, Guests, InsiderRiskCondition, Locations, MembershipKind,
    PersistentBrowserMode, PlatformCondition, Platforms, PolicyState, RequiredStrength, RiskCondition, SessionControls, SignInFrequency,
    TransferCondition, UserActionCondition, Users,
};
use doorward_model::sign_in::ExternalUserType;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::oracle::Expression;
use super::device_filter::any_filter;
use super::{at_times, some_of, word, words};

/// The text of a device filter and what it means.
type Meaning = (String, Expression);

/// A policy without an id, and the meaning of its filter.
pub(in super::super) fn any_policy() -> impl Strategy<Value = (ConditionalAccessPolicy, Option<Meaning>)> {
    let state = prop_oneof![
        7 => Just(PolicyState::Enabled),
        2 => Just(PolicyState::ReportOnly),
        1 => Just(PolicyState::Disabled),
    ];
    let name = weighted(0.3, Just("Named".to_owned()));
    (name, state, any_conditions(), any_grant_controls(), any_session_controls()).prop_map(
        |(display_name, state, (conditions, meaning), grant_controls, session_controls)| {
            (ConditionalAccessPolicy { id: String::new(), display_name, state, conditions, grant_controls, session_controls }, meaning)
        },
    )
}

fn any_conditions() -> impl Strategy<Value = (Conditions, Option<Meaning>)> {
    let risks = || at_times(1, some_of(RiskCondition::ALL, 0..=4));
    let insider_risks = at_times(1, some_of(InsiderRiskCondition::ALL, 0..=3));
    let transfers = at_times(1, some_of(TransferCondition::ALL, 0..=2));
    let clients = at_times(3, some_of(ClientAppCondition::ALL, 0..=4));
    let subjects = (any_users(), any_workloads(), any_applications());
    let surroundings = (clients, any_platforms(), any_locations(), any_devices());
    let levels = (risks(), risks(), risks(), insider_risks, transfers);
    (subjects, surroundings, levels).prop_map(|(subjects, surroundings, levels)| {
        let (users, client_applications, applications) = subjects;
        let (client_app_types, platforms, locations, (devices, meaning)) = surroundings;
        let (sign_in_risk_levels, user_risk_levels, service_principal_risk_levels, insider_risk_levels, transfer_methods) = levels;
        let conditions = Conditions {
            users,
            client_applications,
            applications,
            client_app_types,
            platforms,
            locations,
            devices,
            sign_in_risk_levels,
            user_risk_levels,
            service_principal_risk_levels,
            insider_risk_levels,
            transfer_methods,
        };
        (conditions, meaning)
    })
}

fn any_users() -> impl Strategy<Value = Users> {
    let include_users = prop_oneof![
        5 => Just(vec!["All".to_owned()]),
        3 => words(super::words::NAMED_USERS, 1..=3),
        2 => Just(Vec::new()),
    ];
    let groups = |times| at_times(times, words(super::words::NAMED_GROUPS, 1..=2));
    let roles = |times| at_times(times, words(super::words::NAMED_ROLES, 1..=2));
    let exclude_users = at_times(1, words(super::words::NAMED_USERS, 1..=2));
    let included = (include_users, groups(2), roles(2), weighted(0.1, any_guests()));
    let excluded = (exclude_users, groups(1), roles(1), weighted(0.1, any_guests()));
    (included, excluded).prop_map(|(included, excluded)| {
        let (include_users, include_groups, include_roles, include_guests) = included;
        let (exclude_users, exclude_groups, exclude_roles, exclude_guests) = excluded;
        Users { include_users, exclude_users, include_groups, exclude_groups, include_roles, exclude_roles, include_guests, exclude_guests }
    })
}

/// Types may be empty, which is what is left of a type of the future. `none` is no type.
fn any_guests() -> impl Strategy<Value = Guests> {
    let kinds = some_of(&ExternalUserType::ALL[1..], 0..=5);
    let members = words(super::words::TENANTS, 0..=2);
    (kinds, select(MembershipKind::ALL), members).prop_map(|(types, tenants, members)| Guests { types, tenants, members })
}

fn any_workloads() -> impl Strategy<Value = ClientApplications> {
    let include = at_times(3, words(super::words::NAMED_WORKLOADS, 1..=3));
    let exclude = at_times(1, words(super::words::NAMED_WORKLOADS, 1..=2));
    (include, exclude).prop_map(|(include_service_principals, exclude_service_principals)| ClientApplications {
        include_service_principals,
        exclude_service_principals,
    })
}

fn any_applications() -> impl Strategy<Value = Applications> {
    let include = prop_oneof![
        5 => Just(vec!["All".to_owned()]),
        3 => words(super::words::NAMED_APPS, 1..=3),
        2 => Just(Vec::new()),
    ];
    let exclude = at_times(1, words(super::words::NAMED_APPS, 1..=2));
    let actions = at_times(2, some_of(UserActionCondition::ALL, 1..=2));
    let contexts = at_times(2, words(super::words::CONTEXTS, 1..=2));
    (include, exclude, actions, contexts).prop_map(|(include, exclude, actions, contexts)| Applications {
        include_applications: include,
        exclude_applications: exclude,
        include_user_actions: actions,
        include_authentication_contexts: contexts,
    })
}

fn any_platforms() -> impl Strategy<Value = Platforms> {
    let list = |times| at_times(times, some_of(PlatformCondition::ALL, 0..=4));
    (list(2), list(1)).prop_map(|(include, exclude)| Platforms { include, exclude })
}

fn any_locations() -> impl Strategy<Value = Locations> {
    let list = |times| at_times(times, words(super::words::NAMED_PLACES, 0..=3));
    (list(3), list(2)).prop_map(|(include, exclude)| Locations { include, exclude })
}

/// A filter or states of either older shape, never both: that does not compile.
fn any_devices() -> impl Strategy<Value = (Devices, Option<Meaning>)> {
    let filter = (any_filter(), select(FilterMode::ALL)).prop_map(|((rule, expression), mode)| {
        let devices = Devices { filter: Some(DeviceFilter { mode, rule: rule.clone() }), ..Devices::default() };
        (devices, Some((rule, expression)))
    });
    let list = || at_times(4, some_of(DeviceStateCondition::ALL, 0..=2));
    let states = || (list(), list()).prop_map(|(include, exclude)| DeviceStates { include, exclude });
    let states = (states(), states()).prop_map(|(devices, states)| (Devices { filter: None, devices, states }, None));
    prop_oneof![7 => Just((Devices::default(), None)), 2 => filter, 1 => states]
}

fn any_grant_controls() -> impl Strategy<Value = GrantControls> {
    let operator = proptest::option::of(select(GrantOperator::ALL));
    // Blocks are rare: they would hide everything else.
    let controls = prop_oneof![9 => some_of(&GrantControl::ALL[1..], 0..=3), 1 => some_of(GrantControl::ALL, 1..=3)];
    let factors = at_times(1, words(&["external-factor"], 1..=2));
    let terms = at_times(2, words(super::words::TERMS, 1..=2));
    (operator, controls, factors, terms, weighted(0.2, any_strength())).prop_map(|(operator, controls, factors, terms, strength)| {
        GrantControls {
            operator,
            built_in_controls: controls,
            custom_authentication_factors: factors,
            terms_of_use: terms,
            authentication_strength: strength,
        }
    })
}

fn any_strength() -> impl Strategy<Value = RequiredStrength> {
    (word(super::words::STRENGTHS), at_times(5, words(super::words::COMBINATIONS, 0..=2)))
        .prop_map(|(id, allowed_combinations)| RequiredStrength { id, allowed_combinations, has_combination_configurations: false })
}

/// Strengths of the directory, one of which goes by the id of a built-in one.
pub(super) fn any_strengths() -> impl Strategy<Value = Vec<AuthenticationStrengthPolicy>> {
    const IDS: [&str; 2] = ["OWN-strength", "00000000-0000-0000-0000-000000000003"];
    vec(weighted(0.5, words(super::words::COMBINATIONS, 0..=3)), IDS.len()).prop_map(|combinations| {
        let strengths = IDS.iter().zip(combinations).filter_map(|(id, combinations)| {
            let id = (*id).to_owned();
            Some(AuthenticationStrengthPolicy { id, allowed_combinations: combinations?, has_combination_configurations: false })
        });
        strengths.collect()
    })
}

fn any_session_controls() -> impl Strategy<Value = SessionControls> {
    let flag = || proptest::bool::weighted(0.1);
    let flags = (flag(), flag(), flag());
    let modes = (
        weighted(0.1, select(CloudAppSecurityType::ALL)),
        weighted(0.1, select(PersistentBrowserMode::ALL)),
        weighted(0.1, select(ContinuousAccessEvaluationMode::ALL)),
    );
    let interval = prop_oneof![
        1 => Just(FrequencyInterval::EveryTime),
        4 => (select(&[0, 1, 2, 24, 48][..]), select(FrequencyUnit::ALL)).prop_map(|(value, unit)| FrequencyInterval::Period { value, unit }),
    ];
    let frequency = (interval, select(FrequencyAuthentication::ALL))
        .prop_map(|(interval, authentication)| SignInFrequency { interval, authentication });
    (flags, modes, weighted(0.2, frequency)).prop_map(|(flags, modes, sign_in_frequency)| SessionControls {
        application_enforced_restrictions: flags.0,
        cloud_app_security: modes.0,
        persistent_browser: modes.1,
        sign_in_frequency,
        secure_sign_in_session: flags.1,
        disable_resilience_defaults: flags.2,
        continuous_access_evaluation: modes.2,
    })
}
