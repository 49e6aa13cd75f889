//! `conditions`.

use doorward_model::conditional_access::{
    Applications, ClientAppCondition, ClientApplications, Conditions, DeviceFilter, DeviceStateCondition, DeviceStates, Devices,
    FilterMode, Guests, InsiderRiskCondition, Locations, MembershipKind, PlatformCondition, Platforms, RiskCondition, TransferCondition,
    UserActionCondition, Users,
};
use doorward_model::sign_in::ExternalUserType;

use super::Findings;
use super::json::Object;

const CONDITIONS: &[&str] = &[
    "users",
    "clientApplications",
    "applications",
    "clientAppTypes",
    "platforms",
    "locations",
    "devices",
    "deviceStates",
    "signInRiskLevels",
    "userRiskLevels",
    "servicePrincipalRiskLevels",
    "insiderRiskLevels",
    "authenticationFlows",
];

pub(super) fn read(findings: &mut Findings, policy: &Object<'_>) -> Conditions {
    let Some(conditions) = findings.object(policy, "conditions") else { return Conditions::default() };
    findings.unknown_members(&conditions, CONDITIONS);
    Conditions {
        users: users(findings, &conditions),
        client_applications: client_applications(findings, &conditions),
        applications: applications(findings, &conditions),
        client_app_types: findings.words(&conditions, "clientAppTypes", ClientAppCondition::from_wire),
        platforms: platforms(findings, &conditions),
        locations: locations(findings, &conditions),
        devices: devices(findings, &conditions),
        sign_in_risk_levels: findings.words(&conditions, "signInRiskLevels", RiskCondition::from_wire),
        user_risk_levels: findings.words(&conditions, "userRiskLevels", RiskCondition::from_wire),
        service_principal_risk_levels: findings.words(&conditions, "servicePrincipalRiskLevels", RiskCondition::from_wire),
        insider_risk_levels: findings.flags(&conditions, "insiderRiskLevels", InsiderRiskCondition::from_wire),
        transfer_methods: transfer_methods(findings, &conditions),
    }
}

/// An object that is a condition of its own, with unknown members reported.
fn section<'a>(findings: &mut Findings, parent: &Object<'a>, name: &str, known: &[&str]) -> Option<Object<'a>> {
    let object = findings.object(parent, name)?;
    findings.unknown_members(&object, known);
    Some(object)
}

fn users(findings: &mut Findings, conditions: &Object<'_>) -> Users {
    const KNOWN: &[&str] = &[
        "includeUsers",
        "excludeUsers",
        "includeGroups",
        "excludeGroups",
        "includeRoles",
        "excludeRoles",
        "includeGuestsOrExternalUsers",
        "excludeGuestsOrExternalUsers",
    ];
    let Some(users) = section(findings, conditions, "users", KNOWN) else { return Users::default() };
    Users {
        include_users: findings.strings(&users, "includeUsers"),
        exclude_users: findings.strings(&users, "excludeUsers"),
        include_groups: findings.strings(&users, "includeGroups"),
        exclude_groups: findings.strings(&users, "excludeGroups"),
        include_roles: findings.strings(&users, "includeRoles"),
        exclude_roles: findings.strings(&users, "excludeRoles"),
        include_guests: guests(findings, &users, "includeGuestsOrExternalUsers"),
        exclude_guests: guests(findings, &users, "excludeGuestsOrExternalUsers"),
    }
}

fn guests(findings: &mut Findings, users: &Object<'_>, name: &str) -> Option<Guests> {
    let guests = section(findings, users, name, &["guestOrExternalUserTypes", "externalTenants"])?;
    let types = findings.flags(&guests, "guestOrExternalUserTypes", guest_type);
    let tenants = section(findings, &guests, "externalTenants", &["membershipKind", "members"]);
    let (kind, members) = match &tenants {
        Some(tenants) => (findings.word(tenants, "membershipKind", MembershipKind::from_wire), findings.strings(tenants, "members")),
        None => (None, Vec::new()),
    };
    let implied = if members.is_empty() { MembershipKind::All } else { MembershipKind::Enumerated };
    let configured = !types.is_empty();
    configured.then(|| Guests { types: types.into_iter().flatten().collect(), tenants: kind.unwrap_or(implied), members })
}

/// A kind of outsider; `Some(None)` is one of the future.
fn guest_type(word: &str) -> Option<Option<ExternalUserType>> {
    if word.eq_ignore_ascii_case("unknownFutureValue") { Some(None) } else { ExternalUserType::from_wire(word).map(Some) }
}

fn client_applications(findings: &mut Findings, conditions: &Object<'_>) -> ClientApplications {
    const KNOWN: &[&str] = &["includeServicePrincipals", "excludeServicePrincipals"];
    let Some(apps) = section(findings, conditions, "clientApplications", KNOWN) else { return ClientApplications::default() };
    ClientApplications {
        include_service_principals: findings.strings(&apps, "includeServicePrincipals"),
        exclude_service_principals: findings.strings(&apps, "excludeServicePrincipals"),
    }
}

fn applications(findings: &mut Findings, conditions: &Object<'_>) -> Applications {
    const KNOWN: &[&str] =
        &["includeApplications", "excludeApplications", "includeUserActions", "includeAuthenticationContextClassReferences"];
    let Some(apps) = section(findings, conditions, "applications", KNOWN) else { return Applications::default() };
    Applications {
        include_applications: findings.strings(&apps, "includeApplications"),
        exclude_applications: findings.strings(&apps, "excludeApplications"),
        include_user_actions: findings.words(&apps, "includeUserActions", UserActionCondition::from_wire),
        include_authentication_contexts: findings.strings(&apps, "includeAuthenticationContextClassReferences"),
    }
}

fn platforms(findings: &mut Findings, conditions: &Object<'_>) -> Platforms {
    const KNOWN: &[&str] = &["includePlatforms", "excludePlatforms"];
    let Some(platforms) = section(findings, conditions, "platforms", KNOWN) else { return Platforms::default() };
    Platforms {
        include: findings.words(&platforms, "includePlatforms", PlatformCondition::from_wire),
        exclude: findings.words(&platforms, "excludePlatforms", PlatformCondition::from_wire),
    }
}

fn locations(findings: &mut Findings, conditions: &Object<'_>) -> Locations {
    const KNOWN: &[&str] = &["includeLocations", "excludeLocations"];
    let Some(locations) = section(findings, conditions, "locations", KNOWN) else { return Locations::default() };
    Locations { include: findings.strings(&locations, "includeLocations"), exclude: findings.strings(&locations, "excludeLocations") }
}

fn devices(findings: &mut Findings, conditions: &Object<'_>) -> Devices {
    let devices = section(findings, conditions, "devices", &["deviceFilter", "includeDevices", "excludeDevices"]);
    let states = section(findings, conditions, "deviceStates", &["includeStates", "excludeStates"]);
    let filter = devices.as_ref().and_then(|devices| filter(findings, devices));
    let devices = devices.map(|devices| device_states(findings, &devices, "includeDevices", "excludeDevices")).unwrap_or_default();
    let states = states.map(|states| device_states(findings, &states, "includeStates", "excludeStates")).unwrap_or_default();
    Devices { filter, devices, states }
}

fn device_states(findings: &mut Findings, object: &Object<'_>, include: &str, exclude: &str) -> DeviceStates {
    DeviceStates {
        include: findings.words(object, include, DeviceStateCondition::from_wire),
        exclude: findings.words(object, exclude, DeviceStateCondition::from_wire),
    }
}

fn filter(findings: &mut Findings, devices: &Object<'_>) -> Option<DeviceFilter> {
    let filter = section(findings, devices, "deviceFilter", &["mode", "rule"])?;
    let mode = findings.word(&filter, "mode", FilterMode::from_wire);
    let rule = findings.take(filter.text("rule")).filter(|rule| !rule.trim().is_empty())?;
    if filter.get("mode").is_none_or(|mode| mode.is_empty()) {
        findings.take(filter.require("mode").map(|_| ()));
    }
    Some(DeviceFilter { mode: mode?, rule })
}

fn transfer_methods(findings: &mut Findings, conditions: &Object<'_>) -> Vec<TransferCondition> {
    match section(findings, conditions, "authenticationFlows", &["transferMethods"]) {
        Some(flows) => findings.flags(&flows, "transferMethods", TransferCondition::from_wire),
        None => Vec::new(),
    }
}
