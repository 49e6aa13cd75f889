//! The ids of a small world, in several letter cases. `staff` is a user, a group and a role: lists must not be mixed up.

pub(super) const USERS: &[&str] = &["ann", "ANN", "bob", "Bob", "staff", "Staff"];
pub(super) const GROUPS: &[&str] = &["staff", "STAFF", "sales", "Sales", "vip", "ann", "Équipe"];
pub(super) const ROLES: &[&str] = &["admin", "ADMIN", "helpdesk", "staff", "Ann"];
pub(super) const WORKLOADS: &[&str] = &["robot", "ROBOT", "backup", "ann"];
pub(super) const TENANTS: &[&str] = &["north", "North", "south", "SOUTH"];
pub(super) const APPS: &[&str] = &["mail", "MAIL", "files", "Files", "chat"];
pub(super) const BUNDLES: &[&str] = &["Office365", "office365", "MicrosoftAdminPortals", "MICROSOFTADMINPORTALS"];
pub(super) const CONTEXTS: &[&str] = &["c1", "C1", "c2"];
pub(super) const COUNTRIES: &[&str] = &["NL", "nl", "DE", "de", "FR"];
pub(super) const METHODS: &[&str] = &["password", "PASSWORD", "sms", "Sms", "fido2", "FIDO2", "windowsHelloForBusiness", "deviceBasedPush"];
pub(super) const COMBINATIONS: &[&str] = &["password,sms", "Password,FIDO2", "fido2", "sms", "deviceBasedPush", "password,sms,fido2", ""];
pub(super) const STRENGTHS: &[&str] = &[
    "00000000-0000-0000-0000-000000000002",
    "00000000-0000-0000-0000-000000000003",
    "00000000-0000-0000-0000-000000000004",
    "own-strength",
    "Own-Strength",
    "nobodys-strength",
    "",
];
pub(super) const TERMS: &[&str] = &["terms-1", "TERMS-1", "terms-2"];

/// What a policy may name where a user, a group, a role, an app or a place is meant: the ids above, and special words everywhere.
pub(super) const NAMED_USERS: &[&str] =
    &["ann", "Ann", "bob", "BOB", "staff", "sales", "GuestsOrExternalUsers", "guestsorexternalusers", "All", "all", "None", "nobody"];
pub(super) const NAMED_GROUPS: &[&str] =
    &["staff", "Staff", "SALES", "sales", "vip", "équipe", "bob", "All", "None", "GuestsOrExternalUsers"];
pub(super) const NAMED_ROLES: &[&str] = &["admin", "Admin", "HELPDESK", "staff", "bob", "All", "None"];
pub(super) const NAMED_WORKLOADS: &[&str] =
    &["robot", "Robot", "backup", "BACKUP", "ServicePrincipalsInMyTenant", "serviceprincipalsinmytenant", "None", "none", "All"];
pub(super) const NAMED_APPS: &[&str] = &[
    "mail",
    "Mail",
    "FILES",
    "files",
    "chat",
    "Office365",
    "OFFICE365",
    "MicrosoftAdminPortals",
    "microsoftadminportals",
    "All",
    "ALL",
    "None",
    "AllTrusted",
];
pub(super) const NAMED_PLACES: &[&str] =
    &["office", "OFFICE", "branch", "vpn", "Home", "holland", "abroad", "elsewhere", "All", "all", "AllTrusted", "alltrusted", "nowhere"];
