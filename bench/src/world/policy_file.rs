//! Policies in Graph's JSON.

use doorward_model::conditional_access::{
    ConditionalAccessPolicy, Conditions, FrequencyInterval, GrantControls, Guests, SessionControls, SignInFrequency, Users,
};
use serde_json::{Map, Value, json};

/// The members that the generator fills.
pub(crate) fn json(policy: &ConditionalAccessPolicy) -> Value {
    json!({
        "id": policy.id,
        "displayName": policy.display_name,
        "state": policy.state,
        "conditions": conditions(&policy.conditions),
        "grantControls": grant_controls(&policy.grant_controls),
        "sessionControls": session_controls(&policy.session_controls),
    })
}

fn conditions(conditions: &Conditions) -> Value {
    let applications = &conditions.applications;
    let (platforms, locations) = (&conditions.platforms, &conditions.locations);
    let filter = conditions.devices.filter.as_ref();
    let is_anywhere = locations.include.is_empty() && locations.exclude.is_empty();
    let is_any_platform = platforms.include.is_empty() && platforms.exclude.is_empty();
    json!({
        "users": users(&conditions.users),
        "applications": {
            "includeApplications": applications.include_applications,
            "excludeApplications": applications.exclude_applications,
            "includeUserActions": applications.include_user_actions,
        },
        "clientAppTypes": conditions.client_app_types,
        "platforms": (!is_any_platform).then(|| json!({ "includePlatforms": platforms.include, "excludePlatforms": platforms.exclude })),
        "locations": (!is_anywhere).then(|| json!({ "includeLocations": locations.include, "excludeLocations": locations.exclude })),
        "devices": filter.map(|filter| json!({ "deviceFilter": { "mode": filter.mode, "rule": filter.rule } })),
        "signInRiskLevels": conditions.sign_in_risk_levels,
        "userRiskLevels": conditions.user_risk_levels,
        "authenticationFlows": (!conditions.transfer_methods.is_empty()).then(|| json!({ "transferMethods": conditions.transfer_methods })),
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
    })
}

fn guests(guests: &Guests) -> Value {
    let types: Vec<_> = guests.types.iter().map(|kind| kind.as_str()).collect();
    json!({ "guestOrExternalUserTypes": types.join(","), "externalTenants": { "membershipKind": guests.tenants } })
}

fn grant_controls(controls: &GrantControls) -> Value {
    if controls.operator.is_none() {
        return Value::Null;
    }
    json!({
        "operator": controls.operator,
        "builtInControls": controls.built_in_controls,
        "termsOfUse": controls.terms_of_use,
        "authenticationStrength": controls.authentication_strength.as_ref().map(|strength| json!({ "id": strength.id })),
    })
}

fn session_controls(controls: &SessionControls) -> Value {
    let mut members = Map::new();
    members.extend(controls.sign_in_frequency.map(|frequency| ("signInFrequency".to_owned(), sign_in_frequency(frequency))));
    let browser = controls.persistent_browser.map(|mode| json!({ "isEnabled": true, "mode": mode }));
    members.extend(browser.map(|browser| ("persistentBrowser".to_owned(), browser)));
    if members.is_empty() { Value::Null } else { members.into() }
}

fn sign_in_frequency(frequency: SignInFrequency) -> Value {
    let (value, unit, interval) = match frequency.interval {
        FrequencyInterval::EveryTime => (None, None, "everyTime"),
        FrequencyInterval::Period { value, unit } => (Some(value), Some(unit), "timeBased"),
    };
    json!({
        "isEnabled": true, "value": value, "type": unit, "frequencyInterval": interval, "authenticationType": frequency.authentication
    })
}
