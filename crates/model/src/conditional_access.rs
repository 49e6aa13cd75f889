//! Conditional access policies, in the words of Graph's `conditionalAccessPolicy`.
//!
//! These are what a policy file means once it has been read: `doorward-wire` reads files, which come in many shapes, and
//! `doorward-policy` decides. Ids are strings, because policy files name objects of any origin; they compare without regard to case.

use crate::sign_in::ExternalUserType;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// Whether a policy acts.
    enum PolicyState {
        /// It is enforced.
        Enabled = "enabled",
        /// It is not looked at.
        Disabled = "disabled",
        /// It is evaluated and reported, and changes nothing.
        ReportOnly = "enabledForReportingButNotEnforced",
    }

    /// A member of `conditions.clientAppTypes`.
    enum ClientAppCondition {
        /// Every client.
        All = "all",
        /// Web applications.
        Browser = "browser",
        /// Native apps with modern authentication.
        MobileAppsAndDesktopClients = "mobileAppsAndDesktopClients",
        /// Exchange ActiveSync.
        ExchangeActiveSync = "exchangeActiveSync",
        /// Older name of Exchange ActiveSync.
        EasSupported = "easSupported",
        /// Other legacy clients.
        Other = "other",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// A member of `conditions.platforms`.
    enum PlatformCondition {
        /// Every platform, unknown ones included.
        All = "all",
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "iOS",
        /// Windows.
        Windows = "windows",
        /// Windows Phone.
        WindowsPhone = "windowsPhone",
        /// macOS.
        MacOs = "macOS",
        /// Linux.
        Linux = "linux",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// A member of the risk level conditions. Levels are a set, not a threshold.
    enum RiskCondition {
        /// No risk.
        None = "none",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
        /// Not shown to the tenant; matches nothing.
        Hidden = "hidden",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// A flag of `conditions.insiderRiskLevels`.
    enum InsiderRiskCondition {
        /// Minor.
        Minor = "minor",
        /// Moderate.
        Moderate = "moderate",
        /// Elevated.
        Elevated = "elevated",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// A flag of `conditions.authenticationFlows.transferMethods`.
    enum TransferCondition {
        /// Device code flow.
        DeviceCodeFlow = "deviceCodeFlow",
        /// Authentication transfer.
        AuthenticationTransfer = "authenticationTransfer",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// A member of `conditions.applications.includeUserActions`.
    enum UserActionCondition {
        /// Registering security information.
        RegisterSecurityInformation = "urn:user:registersecurityinfo",
        /// Registering or joining devices.
        RegisterOrJoinDevices = "urn:user:registerdevice",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// A device state of the 2020 shapes `devices.includeDevices` and `deviceStates.includeStates`.
    enum DeviceStateCondition {
        /// Every device and none at all.
        All = "All",
        /// A compliant device.
        Compliant = "Compliant",
        /// A domain-joined device.
        DomainJoined = "DomainJoined",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// Whether a device filter takes the devices that meet its rule or the others.
    enum FilterMode {
        /// Devices that meet the rule.
        Include = "include",
        /// Devices that do not.
        Exclude = "exclude",
        /// A value of the future; the condition is never met.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// Which tenants a guest condition is about.
    enum MembershipKind {
        /// Every tenant.
        All = "all",
        /// Those listed.
        Enumerated = "enumerated",
        /// A value of the future; matches nothing.
        UnknownFutureValue = "unknownFutureValue",
    }

    /// How the grant controls of one policy are combined.
    enum GrantOperator {
        /// All are needed.
        And = "AND",
        /// One is enough.
        Or = "OR",
    }

    /// A built-in grant control.
    enum GrantControl {
        /// Never satisfied.
        Block = "block",
        /// A second factor.
        Mfa = "mfa",
        /// A managed and compliant device.
        CompliantDevice = "compliantDevice",
        /// A domain-joined device.
        DomainJoinedDevice = "domainJoinedDevice",
        /// An app on the approved list, through the broker on a registered device.
        ApprovedApplication = "approvedApplication",
        /// The same with an app that has applied its protection policy.
        CompliantApplication = "compliantApplication",
        /// A changed password.
        PasswordChange = "passwordChange",
    }

    /// Unit of a sign-in frequency.
    enum FrequencyUnit {
        /// Hours.
        Hours = "hours",
        /// Days of 24 hours.
        Days = "days",
    }

    /// Which factors a sign-in frequency asks for again.
    enum FrequencyAuthentication {
        /// Both.
        PrimaryAndSecondary = "primaryAndSecondaryAuthentication",
        /// The second only.
        Secondary = "secondaryAuthentication",
    }

    /// Whether a browser session outlives the browser. Ordered from strict to lenient.
    enum PersistentBrowserMode {
        /// It never does.
        Never = "never",
        /// It always does.
        Always = "always",
    }

    /// What a cloud app security proxy does. Ordered from strict to lenient.
    enum CloudAppSecurityType {
        /// Downloads are blocked.
        BlockDownloads = "blockDownloads",
        /// As configured there.
        McasConfigured = "mcasConfigured",
        /// Watch only.
        MonitorOnly = "monitorOnly",
    }

    /// Continuous access evaluation. Ordered from strict to lenient.
    enum ContinuousAccessEvaluationMode {
        /// Enforced, for the location as well.
        StrictLocation = "strictLocation",
        /// Enforced.
        StrictEnforcement = "strictEnforcement",
        /// Off.
        Disabled = "disabled",
    }
}

/// A conditional access policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionalAccessPolicy {
    /// Object id, or whatever the caller names it by.
    pub id: String,
    /// Name shown to people.
    pub display_name: Option<String>,
    /// Whether it acts.
    pub state: PolicyState,
    /// When it applies.
    pub conditions: Conditions,
    /// What it asks for; nothing when empty.
    pub grant_controls: GrantControls,
    /// What holds for the session.
    pub session_controls: SessionControls,
}

/// When a policy applies: all of these together. An empty condition is met by everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// Which people.
    pub users: Users,
    /// Which service principals.
    pub client_applications: ClientApplications,
    /// What for.
    pub applications: Applications,
    /// Which kinds of client.
    pub client_app_types: Vec<ClientAppCondition>,
    /// Which platforms.
    pub platforms: Platforms,
    /// Where from.
    pub locations: Locations,
    /// Which devices.
    pub devices: Devices,
    /// Which risks of the sign-in.
    pub sign_in_risk_levels: Vec<RiskCondition>,
    /// Which risks of the user.
    pub user_risk_levels: Vec<RiskCondition>,
    /// Which risks of the service principal.
    pub service_principal_risk_levels: Vec<RiskCondition>,
    /// Which insider risks.
    pub insider_risk_levels: Vec<InsiderRiskCondition>,
    /// Which ways of transfer.
    pub transfer_methods: Vec<TransferCondition>,
}

/// `conditions.users`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Users {
    /// User ids, `All`, `None`, `GuestsOrExternalUsers`.
    pub include_users: Vec<String>,
    /// User ids, `All`, `GuestsOrExternalUsers`.
    pub exclude_users: Vec<String>,
    /// Group ids; membership is transitive.
    pub include_groups: Vec<String>,
    /// Group ids.
    pub exclude_groups: Vec<String>,
    /// Role template ids.
    pub include_roles: Vec<String>,
    /// Role template ids.
    pub exclude_roles: Vec<String>,
    /// Outsiders.
    pub include_guests: Option<Guests>,
    /// Outsiders.
    pub exclude_guests: Option<Guests>,
}

/// `includeGuestsOrExternalUsers`, `excludeGuestsOrExternalUsers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guests {
    /// Which kinds; values of the future are left out, so the list may be empty and then matches nobody.
    pub types: Vec<ExternalUserType>,
    /// Whose tenants; not looked at for internal guests.
    pub tenants: MembershipKind,
    /// The tenants, when enumerated.
    pub members: Vec<String>,
}

/// `conditions.clientApplications`: workload identities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientApplications {
    /// Service principal object ids, `ServicePrincipalsInMyTenant`, `None`.
    pub include_service_principals: Vec<String>,
    /// Service principal object ids.
    pub exclude_service_principals: Vec<String>,
}

/// `conditions.applications`: resources, actions and contexts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applications {
    /// App ids of resources, `All`, `None`, bundles.
    pub include_applications: Vec<String>,
    /// App ids of resources, `All`, bundles.
    pub exclude_applications: Vec<String>,
    /// User actions.
    pub include_user_actions: Vec<UserActionCondition>,
    /// Authentication contexts, `c1` to `c99`.
    pub include_authentication_contexts: Vec<String>,
}

/// `conditions.platforms`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Platforms {
    /// Included.
    pub include: Vec<PlatformCondition>,
    /// Excluded.
    pub exclude: Vec<PlatformCondition>,
}

/// `conditions.locations`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locations {
    /// Named location ids, `All`, `AllTrusted`.
    pub include: Vec<String>,
    /// Named location ids, `All`, `AllTrusted`.
    pub exclude: Vec<String>,
}

/// `conditions.devices` and its predecessor `conditions.deviceStates`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Devices {
    /// Device filter.
    pub filter: Option<DeviceFilter>,
    /// `devices.includeDevices` and `excludeDevices`.
    pub devices: DeviceStates,
    /// `deviceStates.includeStates` and `excludeStates`.
    pub states: DeviceStates,
}

/// Device states of the 2020 shapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DeviceStates {
    /// Included.
    pub include: Vec<DeviceStateCondition>,
    /// Excluded.
    pub exclude: Vec<DeviceStateCondition>,
}

impl DeviceStates {
    /// Nothing is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

/// `conditions.devices.deviceFilter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFilter {
    /// Which side of the rule.
    pub mode: FilterMode,
    /// The rule, for example `device.isCompliant -eq True`.
    pub rule: String,
}

/// `grantControls`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantControls {
    /// How they are combined; AND when absent.
    pub operator: Option<GrantOperator>,
    /// Built-in controls.
    pub built_in_controls: Vec<GrantControl>,
    /// Ids of external controls.
    pub custom_authentication_factors: Vec<String>,
    /// Ids of terms of use.
    pub terms_of_use: Vec<String>,
    /// Authentication strength.
    pub authentication_strength: Option<RequiredStrength>,
}

/// `grantControls.authenticationStrength`: a reference, often with a copy of what it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequiredStrength {
    /// Id of the strength; empty when the file has none.
    pub id: String,
    /// Allowed combinations as the policy states them.
    pub allowed_combinations: Vec<String>,
    /// The copy restricts combinations further (`combinationConfigurations`).
    pub has_combination_configurations: bool,
}

/// `sessionControls`: only what is switched on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionControls {
    /// The resource learns the device state and restricts what may be done.
    pub application_enforced_restrictions: bool,
    /// Routed through a proxy.
    pub cloud_app_security: Option<CloudAppSecurityType>,
    /// Whether the session outlives the browser.
    pub persistent_browser: Option<PersistentBrowserMode>,
    /// How old a sign-in may be.
    pub sign_in_frequency: Option<SignInFrequency>,
    /// Tokens are bound to the device.
    pub secure_sign_in_session: bool,
    /// Sessions are not prolonged during an outage.
    pub disable_resilience_defaults: bool,
    /// Continuous access evaluation.
    pub continuous_access_evaluation: Option<ContinuousAccessEvaluationMode>,
}

/// `sessionControls.signInFrequency`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInFrequency {
    /// How often.
    pub interval: FrequencyInterval,
    /// Which factors.
    pub authentication: FrequencyAuthentication,
}

/// How old a sign-in may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrequencyInterval {
    /// A new sign-in every time.
    EveryTime,
    /// So many hours or days.
    Period {
        /// How many.
        value: u32,
        /// Of what.
        unit: FrequencyUnit,
    },
}

impl FrequencyInterval {
    /// The greatest age in hours; 0 for every time.
    #[must_use]
    pub fn hours(self) -> u64 {
        match self {
            Self::EveryTime => 0,
            Self::Period { value, unit: FrequencyUnit::Hours } => value.into(),
            Self::Period { value, unit: FrequencyUnit::Days } => u64::from(value) * 24,
        }
    }
}
