//! What the lists of the form offer: the word of the policy, and what it is called.

/// Word of the policy, and words for people.
pub(super) type Offer<'a> = (&'a str, &'a str);

pub(super) const STATES: [(&str, &str, &str); 3] = [
    ("enabledForReportingButNotEnforced", "Report-only", "Judged and logged at every sign-in, and changes nothing."),
    ("enabled", "On", "Enforced from the next sign-in and the next renewal of a token on."),
    ("disabled", "Off", "Not looked at."),
];
pub(super) const USERS: [Offer<'static>; 3] = [
    ("All", "Everyone"),
    ("GuestsOrExternalUsers", "All guests and external people"),
    ("None", "No person (for policies about applications)"),
];
pub(super) const EXCLUDED_USERS: [Offer<'static>; 1] = [("GuestsOrExternalUsers", "All guests and external people")];
pub(super) const GUESTS: [Offer<'static>; 6] = [
    ("internalGuest", "Guests with an account of yours"),
    ("b2bCollaborationGuest", "Invited guests"),
    ("b2bCollaborationMember", "Invited members"),
    ("b2bDirectConnectUser", "Direct connect"),
    ("otherExternalUser", "Other external people"),
    ("serviceProvider", "Service providers"),
];
pub(super) const TENANTS: [Offer<'static>; 2] = [("all", "Of every organisation"), ("enumerated", "Of these organisations only")];
pub(super) const WORKLOADS: [Offer<'static>; 1] = [("ServicePrincipalsInMyTenant", "Every application of this organisation")];
pub(super) const APPS: [Offer<'static>; 4] = [
    ("All", "All services"),
    ("Office365", "Office 365"),
    ("MicrosoftAdminPortals", "Administrators’ portals (this console)"),
    ("None", "None"),
];
pub(super) const EXCLUDED_APPS: [Offer<'static>; 2] =
    [("Office365", "Office 365"), ("MicrosoftAdminPortals", "Administrators’ portals (this console)")];
pub(super) const ACTIONS: [Offer<'static>; 2] =
    [("urn:user:registersecurityinfo", "Register a way to sign in"), ("urn:user:registerdevice", "Register or join a device")];
pub(super) const CLIENTS: [Offer<'static>; 5] = [
    ("all", "All"),
    ("browser", "Browser"),
    ("mobileAppsAndDesktopClients", "Apps with modern sign-in"),
    ("exchangeActiveSync", "Built-in mail (ActiveSync)"),
    ("other", "Other legacy clients"),
];
pub(super) const PLATFORMS: [Offer<'static>; 7] = [
    ("all", "All, unknown ones too"),
    ("iOS", "iOS and iPadOS"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("windowsPhone", "Windows Phone"),
    ("macOS", "macOS"),
    ("linux", "Linux"),
];
pub(super) const LOCATIONS: [Offer<'static>; 2] = [("All", "Everywhere"), ("AllTrusted", "All trusted places")];
pub(super) const EXCLUDED_LOCATIONS: [Offer<'static>; 1] = [("AllTrusted", "All trusted places")];
pub(super) const FILTER_MODES: [Offer<'static>; 2] =
    [("include", "Devices that meet the rule"), ("exclude", "Devices that do not meet it")];
pub(super) const DEVICE_STATES: [Offer<'static>; 3] = [("All", "All"), ("Compliant", "Compliant"), ("DomainJoined", "Joined to a domain")];
pub(super) const RISKS: [Offer<'static>; 4] = [("high", "High"), ("medium", "Medium"), ("low", "Low"), ("none", "None")];
pub(super) const INSIDER_RISKS: [Offer<'static>; 3] = [("elevated", "Elevated"), ("moderate", "Moderate"), ("minor", "Minor")];
pub(super) const TRANSFERS: [Offer<'static>; 2] =
    [("deviceCodeFlow", "Code on another device"), ("authenticationTransfer", "Handed over from another device")];
pub(super) const CONTROLS: [(&str, &str, &str); 6] = [
    ("mfa", "Second factor", ""),
    ("compliantDevice", "Compliant device", "Managed, and meets its compliance policy."),
    ("domainJoinedDevice", "Domain-joined device", ""),
    ("approvedApplication", "Approved app", "From your approved list, with the broker, on a registered phone."),
    ("compliantApplication", "App protection", "An app that has applied its protection policy, with the broker, on a registered phone."),
    ("passwordChange", "Password change", ""),
];
pub(super) const OPERATORS: [Offer<'static>; 2] = [("OR", "One of them is enough"), ("AND", "All of them")];
pub(super) const STRENGTHS: [Offer<'static>; 3] = [
    ("00000000-0000-0000-0000-000000000002", "Multifactor authentication"),
    ("00000000-0000-0000-0000-000000000003", "Passwordless"),
    ("00000000-0000-0000-0000-000000000004", "Phishing-resistant"),
];
pub(super) const FREQUENCIES: [Offer<'static>; 3] =
    [("", "As usual"), ("timeBased", "After so many hours or days"), ("everyTime", "Every time")];
pub(super) const UNITS: [Offer<'static>; 2] = [("hours", "Hours"), ("days", "Days")];
pub(super) const FACTORS: [Offer<'static>; 2] =
    [("primaryAndSecondaryAuthentication", "Both factors"), ("secondaryAuthentication", "The second factor only")];
pub(super) const PERSISTENT: [Offer<'static>; 3] =
    [("", "As people choose"), ("never", "Never stay signed in"), ("always", "Always stay signed in")];
pub(super) const CLOUD_APPS: [Offer<'static>; 4] =
    [("", "Not used"), ("monitorOnly", "Watch only"), ("blockDownloads", "Block downloads"), ("mcasConfigured", "As configured there")];
pub(super) const EVALUATION: [Offer<'static>; 4] =
    [("", "As usual"), ("strictLocation", "Strict, for the place as well"), ("strictEnforcement", "Strict"), ("disabled", "Off")];
