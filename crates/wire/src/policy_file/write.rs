//! A policy as Graph's `conditionalAccessPolicy`: what the reader reads back as the same policy.
//!
//! Conditions that are not configured are null, as Graph writes them, and lists are empty.

use doorward_model::conditional_access::{
    Applications, ClientApplications, ConditionalAccessPolicy, Conditions, DeviceStates, Devices, FrequencyInterval, GrantControls, Guests,
    Locations, Platforms, RequiredStrength, SessionControls, SignInFrequency, Users,
};
use doorward_model::sign_in::ExternalUserType;
use serde_json::{Value, json};

/// The policy as JSON.
#[must_use]
pub fn write(policy: &ConditionalAccessPolicy) -> Value {
    json!({
        "id": policy.id,
        "displayName": policy.display_name,
        "state": policy.state,
        "conditions": conditions(&policy.conditions),
        "grantControls": unless_default(&policy.grant_controls, grant),
        "sessionControls": unless_default(&policy.session_controls, session),
    })
}

/// Null stands for what is not configured.
fn unless_default<T: Default + PartialEq>(part: &T, write: fn(&T) -> Value) -> Value {
    if *part == T::default() { Value::Null } else { write(part) }
}

fn conditions(conditions: &Conditions) -> Value {
    json!({
        "users": users(&conditions.users),
        "clientApplications": unless_default(&conditions.client_applications, client_applications),
        "applications": applications(&conditions.applications),
        "clientAppTypes": conditions.client_app_types,
        "platforms": unless_default(&conditions.platforms, platforms),
        "locations": unless_default(&conditions.locations, locations),
        "devices": unless_default(&conditions.devices, devices),
        "deviceStates": unless_default(&conditions.devices.states, device_states),
        "signInRiskLevels": conditions.sign_in_risk_levels,
        "userRiskLevels": conditions.user_risk_levels,
        "servicePrincipalRiskLevels": conditions.service_principal_risk_levels,
        "insiderRiskLevels": flags(conditions.insider_risk_levels.iter().map(|level| level.as_str())),
        "authenticationFlows": unless_default(&conditions.transfer_methods, |methods| {
            json!({"transferMethods": flags(methods.iter().map(|method| method.as_str()))})
        }),
    })
}

fn users(users: &Users) -> Value {
    json!({
        "includeUsers": users.include_users,
        "excludeUsers": users.exclude_users,
        "includeGroups": users.include_groups,
        "excludeGroups": users.exclude_groups,
        "includeRoles": users.include_roles,
        "excludeRoles": users.exclude_roles,
        "includeGuestsOrExternalUsers": users.include_guests.as_ref().map(guests),
        "excludeGuestsOrExternalUsers": users.exclude_guests.as_ref().map(guests),
    })
}

fn guests(guests: &Guests) -> Value {
    // Only values of the future leave the list empty; `none` would be read as not configured, and so for nobody or everybody.
    let types = flags(guests.types.iter().map(|kind| ExternalUserType::as_str(*kind)));
    let types = if types.is_null() { json!("unknownFutureValue") } else { types };
    json!({
        "guestOrExternalUserTypes": types,
        "externalTenants": {"membershipKind": guests.tenants, "members": guests.members},
    })
}

fn client_applications(apps: &ClientApplications) -> Value {
    json!({"includeServicePrincipals": apps.include_service_principals, "excludeServicePrincipals": apps.exclude_service_principals})
}

fn applications(apps: &Applications) -> Value {
    json!({
        "includeApplications": apps.include_applications,
        "excludeApplications": apps.exclude_applications,
        "includeUserActions": apps.include_user_actions,
        "includeAuthenticationContextClassReferences": apps.include_authentication_contexts,
    })
}

fn platforms(platforms: &Platforms) -> Value {
    json!({"includePlatforms": platforms.include, "excludePlatforms": platforms.exclude})
}

fn locations(locations: &Locations) -> Value {
    json!({"includeLocations": locations.include, "excludeLocations": locations.exclude})
}

fn devices(devices: &Devices) -> Value {
    json!({
        "deviceFilter": devices.filter.as_ref().map(|filter| json!({"mode": filter.mode, "rule": filter.rule})),
        "includeDevices": devices.devices.include,
        "excludeDevices": devices.devices.exclude,
    })
}

fn device_states(states: &DeviceStates) -> Value {
    json!({"includeStates": states.include, "excludeStates": states.exclude})
}

fn grant(controls: &GrantControls) -> Value {
    json!({
        "operator": controls.operator,
        "builtInControls": controls.built_in_controls,
        "customAuthenticationFactors": controls.custom_authentication_factors,
        "termsOfUse": controls.terms_of_use,
        "authenticationStrength": controls.authentication_strength.as_ref().map(strength),
    })
}

fn strength(strength: &RequiredStrength) -> Value {
    // An empty object would be read as no requirement at all.
    let marker = (*strength == RequiredStrength::default()).then_some("unknownFutureValue");
    // What further restrictions say is not known here. They must not get lost: without them the strength would ask for less.
    let restrictions = strength.has_combination_configurations.then(|| json!([{}]));
    let mut written = json!({"id": strength.id, "allowedCombinations": strength.allowed_combinations});
    if let Value::Object(members) = &mut written {
        members.extend(marker.map(|marker| ("policyType".to_owned(), json!(marker))));
        members.extend(restrictions.map(|restrictions| ("combinationConfigurations".to_owned(), restrictions)));
    }
    written
}

fn session(controls: &SessionControls) -> Value {
    json!({
        "applicationEnforcedRestrictions": controls.application_enforced_restrictions.then(|| json!({"isEnabled": true})),
        "cloudAppSecurity": controls.cloud_app_security.map(|kind| json!({"isEnabled": true, "cloudAppSecurityType": kind})),
        "persistentBrowser": controls.persistent_browser.map(|mode| json!({"isEnabled": true, "mode": mode})),
        "signInFrequency": controls.sign_in_frequency.map(sign_in_frequency),
        "secureSignInSession": controls.secure_sign_in_session.then(|| json!({"isEnabled": true})),
        "disableResilienceDefaults": controls.disable_resilience_defaults.then_some(true),
        "continuousAccessEvaluation": controls.continuous_access_evaluation.map(|mode| json!({"mode": mode})),
    })
}

fn sign_in_frequency(frequency: SignInFrequency) -> Value {
    let (interval, value, unit) = match frequency.interval {
        FrequencyInterval::EveryTime => ("everyTime", None, None),
        FrequencyInterval::Period { value, unit } => ("timeBased", Some(value), Some(unit)),
    };
    json!({"isEnabled": true, "value": value, "type": unit, "frequencyInterval": interval, "authenticationType": frequency.authentication})
}

/// Flags as Graph writes them: joined by commas, null when there are none.
fn flags<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    let joined = words.collect::<Vec<_>>().join(",");
    if joined.is_empty() { Value::Null } else { Value::String(joined) }
}
