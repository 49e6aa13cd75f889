//! Policies written and read again.

use doorward_model::conditional_access::*;
use doorward_model::sign_in::ExternalUserType;
use doorward_wire::policy_file::Json;
use doorward_wire::policy_file::conditional_access::{read_node, write};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::json;

fn ids() -> impl Strategy<Value = Vec<String>> {
    vec(prop_oneof![Just("All".to_owned()), Just("None".to_owned()), any::<String>()], 0..3)
}

fn some_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Vec<T>> {
    subsequence(all.to_vec(), 0..=all.len())
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    select(all.to_vec())
}

fn guests() -> impl Strategy<Value = Option<Guests>> {
    let types = some_of(&ExternalUserType::ALL[1..]);
    option::of((types, one_of(MembershipKind::ALL), ids()).prop_map(|(types, tenants, members)| Guests { types, tenants, members }))
}

fn users() -> impl Strategy<Value = Users> {
    let lists = (ids(), ids(), ids(), ids(), ids(), ids());
    (lists, guests(), guests()).prop_map(|(lists, include_guests, exclude_guests)| {
        let (include_users, exclude_users, include_groups, exclude_groups, include_roles, exclude_roles) = lists;
        Users { include_users, exclude_users, include_groups, exclude_groups, include_roles, exclude_roles, include_guests, exclude_guests }
    })
}

fn targets() -> impl Strategy<Value = (ClientApplications, Applications)> {
    let lists = (ids(), ids(), ids(), ids(), ids());
    (lists, some_of(UserActionCondition::ALL)).prop_map(|(lists, include_user_actions)| {
        let (include_service_principals, exclude_service_principals, apps, excluded, include_authentication_contexts) = lists;
        let resources = Applications {
            include_applications: apps,
            exclude_applications: excluded,
            include_user_actions,
            include_authentication_contexts,
        };
        (ClientApplications { include_service_principals, exclude_service_principals }, resources)
    })
}

fn devices() -> impl Strategy<Value = Devices> {
    let states = || {
        let all = DeviceStateCondition::ALL;
        (some_of(all), some_of(all)).prop_map(|(include, exclude)| DeviceStates { include, exclude })
    };
    let filter = (one_of(FilterMode::ALL), "device.model -eq .*").prop_map(|(mode, rule)| DeviceFilter { mode, rule });
    (option::of(filter), states(), states()).prop_map(|(filter, devices, states)| Devices { filter, devices, states })
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let places = (some_of(PlatformCondition::ALL), some_of(PlatformCondition::ALL), ids(), ids());
    let risks = (some_of(RiskCondition::ALL), some_of(RiskCondition::ALL), some_of(RiskCondition::ALL), some_of(InsiderRiskCondition::ALL));
    let ways = (some_of(ClientAppCondition::ALL), some_of(TransferCondition::ALL));
    (users(), targets(), places, devices(), risks, ways).prop_map(|(users, targets, places, devices, risks, ways)| Conditions {
        users,
        client_applications: targets.0,
        applications: targets.1,
        client_app_types: ways.0,
        platforms: Platforms { include: places.0, exclude: places.1 },
        locations: Locations { include: places.2, exclude: places.3 },
        devices,
        sign_in_risk_levels: risks.0,
        user_risk_levels: risks.1,
        service_principal_risk_levels: risks.2,
        insider_risk_levels: risks.3,
        transfer_methods: ways.1,
    })
}

fn grant_controls() -> impl Strategy<Value = GrantControls> {
    let strength = (any::<String>(), ids()).prop_map(|(id, allowed_combinations)| RequiredStrength {
        id,
        allowed_combinations,
        has_combination_configurations: false,
    });
    (option::of(one_of(GrantOperator::ALL)), some_of(GrantControl::ALL), ids(), ids(), option::of(strength)).prop_map(
        |(operator, built_in_controls, custom_authentication_factors, terms_of_use, authentication_strength)| GrantControls {
            operator,
            built_in_controls,
            custom_authentication_factors,
            terms_of_use,
            authentication_strength,
        },
    )
}

fn session_controls() -> impl Strategy<Value = SessionControls> {
    let period = (any::<u32>(), one_of(FrequencyUnit::ALL)).prop_map(|(value, unit)| FrequencyInterval::Period { value, unit });
    let frequency = (prop_oneof![Just(FrequencyInterval::EveryTime), period], one_of(FrequencyAuthentication::ALL))
        .prop_map(|(interval, authentication)| SignInFrequency { interval, authentication });
    let modes = (
        option::of(one_of(CloudAppSecurityType::ALL)),
        option::of(one_of(PersistentBrowserMode::ALL)),
        option::of(one_of(ContinuousAccessEvaluationMode::ALL)),
    );
    (any::<[bool; 3]>(), option::of(frequency), modes).prop_map(|([restricted, bound, unprolonged], sign_in_frequency, modes)| {
        SessionControls {
            application_enforced_restrictions: restricted,
            cloud_app_security: modes.0,
            persistent_browser: modes.1,
            sign_in_frequency,
            secure_sign_in_session: bound,
            disable_resilience_defaults: unprolonged,
            continuous_access_evaluation: modes.2,
        }
    })
}

prop_compose! {
    fn policies()(
        id in ".+",
        display_name in option::of(any::<String>()),
        state in one_of(PolicyState::ALL),
        conditions in conditions(),
        grant_controls in grant_controls(),
        session_controls in session_controls(),
    ) -> ConditionalAccessPolicy {
        ConditionalAccessPolicy { id, display_name, state, conditions, grant_controls, session_controls }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_policy(policy in policies()) {
        let written = Json::from(&write(&policy));
        let reading = read_node(&written.root(), "none").unwrap();
        prop_assert_eq!(reading.findings, []);
        prop_assert_eq!(reading.policy, Some(policy));
    }
}

#[test]
fn combinations_restricted_further_stay_unsupported() {
    let policy = ConditionalAccessPolicy {
        id: "p".to_owned(),
        display_name: None,
        state: PolicyState::Enabled,
        conditions: Conditions::default(),
        grant_controls: GrantControls {
            authentication_strength: Some(RequiredStrength { has_combination_configurations: true, ..RequiredStrength::default() }),
            ..GrantControls::default()
        },
        session_controls: SessionControls::default(),
    };
    assert_eq!(read_node(&Json::from(&write(&policy)).root(), "p").unwrap().policy, None);
}

#[test]
fn a_policy_is_written_in_the_form_of_graph() {
    let exported = json!({
        "id": "b5c1", "displayName": "Phones", "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "users": {
                "includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "excludeGroups": ["8f01"], "includeRoles": [], "excludeRoles": [],
                "includeGuestsOrExternalUsers": null,
                "excludeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "internalGuest,serviceProvider",
                    "externalTenants": {"membershipKind": "enumerated", "members": ["77aa"]},
                },
            },
            "clientApplications": null,
            "applications": {
                "includeApplications": ["Office365"], "excludeApplications": [], "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [],
            },
            "clientAppTypes": ["all"],
            "platforms": {"includePlatforms": ["iOS", "android"], "excludePlatforms": []},
            "locations": null,
            "devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}, "includeDevices": [], "excludeDevices": []},
            "deviceStates": null,
            "signInRiskLevels": [], "userRiskLevels": [], "servicePrincipalRiskLevels": [], "insiderRiskLevels": "minor,elevated",
            "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
        },
        "grantControls": {
            "operator": "OR", "builtInControls": ["approvedApplication"], "customAuthenticationFactors": [], "termsOfUse": [],
            "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004", "allowedCombinations": ["fido2"]},
        },
        "sessionControls": {
            "applicationEnforcedRestrictions": null, "cloudAppSecurity": null, "persistentBrowser": {"isEnabled": true, "mode": "never"},
            "signInFrequency": {
                "isEnabled": true, "value": 4, "type": "hours", "frequencyInterval": "timeBased",
                "authenticationType": "primaryAndSecondaryAuthentication",
            },
            "secureSignInSession": null, "disableResilienceDefaults": null, "continuousAccessEvaluation": null,
        },
    });
    let policy = read_node(&Json::from(&exported).root(), "none").unwrap().policy.unwrap();
    assert_eq!(write(&policy), exported);
}
