//! Every member of a policy document that Graph knows: the settings that are enforced, and those that are kept and shown as they are.

use doorward_model::application::MobilePlatform::{self, Android, Ios};
use serde_json::{Value, json};

use super::Settings;
use super::catalogue::{Choice, Kind};

/// A setting as a document has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub kind: Kind,
    /// What it is when it is omitted.
    pub default: Value,
    /// This version enforces it; the others only pass through.
    pub enforced: bool,
}

/// The settings that a policy of that platform can have.
#[must_use]
pub fn members(platform: MobilePlatform) -> Vec<Member> {
    let enforced = Settings::catalogue().into_iter().filter(|setting| setting.platforms.contains(&platform));
    let enforced = enforced.map(|setting| Member { name: setting.name, kind: setting.kind, default: setting.default, enforced: true });
    let kept = KEPT.iter().filter(|(_, platforms, ..)| platforms.contains(&platform));
    let kept = kept.map(|(name, _, kind, default)| Member { name, kind: *kind, default: default.value(), enforced: false });
    enforced.chain(kept).collect()
}

/// Members that the service sets itself; what a document says of them is not listened to.
#[must_use]
pub fn is_read_only(name: &str) -> bool {
    ["version", "createdDateTime", "lastModifiedDateTime", "isAssigned", "deployedAppCount", "deploymentSummary"].contains(&name)
}

#[derive(Clone, Copy)]
enum Omitted {
    Null,
    False,
    Zero,
    Empty,
    Word(&'static str),
}

impl Omitted {
    fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::False => false.into(),
            Self::Zero => 0.into(),
            Self::Empty => json!([]),
            Self::Word(word) => word.into(),
        }
    }
}

type Kept = (&'static str, &'static [MobilePlatform], Kind, Omitted);

const BOTH: &[MobilePlatform] = &[Ios, Android];
const IOS: &[MobilePlatform] = &[Ios];
const ANDROID: &[MobilePlatform] = &[Android];

const fn word(word: &'static str) -> Choice {
    Choice { word, label: word }
}

/// `managedAppRemediationAction`
const ACTION: Kind = Kind::Choice(&[word("block"), word("wipe"), word("warn"), word("blockWhenSettingIsSupported")]);
const FEATURE: Kind = Kind::Choice(&[word("notBlocked"), word("blocked")]);
const DAYS: Kind = Kind::Number { least: 0, most: 65_535 };
const BLOCK: Omitted = Omitted::Word("block");

/// Kept and echoed, and not enforced by this version.
const KEPT: &[Kept] = &[
    ("exemptedUniversalLinks", IOS, Kind::Texts, Omitted::Empty),
    ("managedUniversalLinks", IOS, Kind::Texts, Omitted::Empty),
    (
        "appDataEncryptionType",
        IOS,
        Kind::Choice(&[
            word("useDeviceSettings"),
            word("afterDeviceRestart"),
            word("whenDeviceLockedExceptOpenFiles"),
            word("whenDeviceLocked"),
        ]),
        Omitted::Word("useDeviceSettings"),
    ),
    ("encryptAppData", ANDROID, Kind::Switch, Omitted::False),
    ("disableAppEncryptionIfDeviceEncryptionIsEnabled", ANDROID, Kind::Switch, Omitted::False),
    ("connectToVpnOnLaunch", ANDROID, Kind::Switch, Omitted::False),
    // Folded into the two members it governs when a document is read.
    ("fingerprintAndBiometricEnabled", ANDROID, Kind::Switch, Omitted::Null),
    ("requireClass3Biometrics", ANDROID, Kind::Switch, Omitted::False),
    ("requirePinAfterBiometricChange", ANDROID, Kind::Switch, Omitted::False),
    ("minimumWipeOsVersion", BOTH, Kind::Text, Omitted::Null),
    ("minimumRequiredOsVersion", BOTH, Kind::Text, Omitted::Null),
    ("minimumWarningOsVersion", BOTH, Kind::Text, Omitted::Null),
    ("maximumWipeOsVersion", BOTH, Kind::Text, Omitted::Null),
    ("maximumRequiredOsVersion", BOTH, Kind::Text, Omitted::Null),
    ("maximumWarningOsVersion", BOTH, Kind::Text, Omitted::Null),
    ("minimumWipeAppVersion", BOTH, Kind::Text, Omitted::Null),
    ("minimumRequiredAppVersion", BOTH, Kind::Text, Omitted::Null),
    ("minimumWarningAppVersion", BOTH, Kind::Text, Omitted::Null),
    ("minimumWipeSdkVersion", IOS, Kind::Text, Omitted::Null),
    ("minimumRequiredSdkVersion", IOS, Kind::Text, Omitted::Null),
    ("minimumWarningSdkVersion", IOS, Kind::Text, Omitted::Null),
    ("minimumWipePatchVersion", ANDROID, Kind::Text, Omitted::Null),
    ("minimumRequiredPatchVersion", ANDROID, Kind::Text, Omitted::Null),
    ("minimumWarningPatchVersion", ANDROID, Kind::Text, Omitted::Null),
    ("minimumWipeCompanyPortalVersion", ANDROID, Kind::Text, Omitted::Null),
    ("minimumRequiredCompanyPortalVersion", ANDROID, Kind::Text, Omitted::Null),
    ("minimumWarningCompanyPortalVersion", ANDROID, Kind::Text, Omitted::Null),
    ("wipeAfterCompanyPortalUpdateDeferralInDays", ANDROID, DAYS, Omitted::Zero),
    ("blockAfterCompanyPortalUpdateDeferralInDays", ANDROID, DAYS, Omitted::Zero),
    ("warnAfterCompanyPortalUpdateDeferralInDays", ANDROID, DAYS, Omitted::Zero),
    (
        "maximumAllowedDeviceThreatLevel",
        BOTH,
        Kind::Choice(&[word("notConfigured"), word("secured"), word("low"), word("medium"), word("high")]),
        Omitted::Word("notConfigured"),
    ),
    ("mobileThreatDefenseRemediationAction", BOTH, ACTION, BLOCK),
    (
        "mobileThreatDefensePartnerPriority",
        BOTH,
        Kind::Choice(&[word("defenderOverThirdPartyPartner"), word("thirdPartyPartnerOverDefender"), word("unknownFutureValue")]),
        Omitted::Null,
    ),
    (
        "requiredAndroidSafetyNetDeviceAttestationType",
        ANDROID,
        Kind::Choice(&[word("none"), word("basicIntegrity"), word("basicIntegrityAndDeviceCertification")]),
        Omitted::Word("none"),
    ),
    ("requiredAndroidSafetyNetEvaluationType", ANDROID, Kind::Choice(&[word("basic"), word("hardwareBacked")]), Omitted::Word("basic")),
    ("appActionIfAndroidSafetyNetDeviceAttestationFailed", ANDROID, ACTION, BLOCK),
    ("requiredAndroidSafetyNetAppsVerificationType", ANDROID, Kind::Choice(&[word("none"), word("enabled")]), Omitted::Word("none")),
    ("appActionIfAndroidSafetyNetAppsVerificationFailed", ANDROID, ACTION, BLOCK),
    ("allowedIosDeviceModels", IOS, Kind::Text, Omitted::Null),
    ("appActionIfIosDeviceModelNotAllowed", IOS, ACTION, BLOCK),
    ("allowedAndroidDeviceManufacturers", ANDROID, Kind::Text, Omitted::Null),
    ("appActionIfAndroidDeviceManufacturerNotAllowed", ANDROID, ACTION, BLOCK),
    ("allowedAndroidDeviceModels", ANDROID, Kind::Texts, Omitted::Empty),
    ("appActionIfAndroidDeviceModelNotAllowed", ANDROID, ACTION, BLOCK),
    ("deviceLockRequired", ANDROID, Kind::Switch, Omitted::False),
    ("appActionIfDeviceLockNotSet", ANDROID, ACTION, BLOCK),
    ("appActionIfDevicePasscodeComplexityLessThanLow", ANDROID, ACTION, Omitted::Null),
    ("appActionIfDevicePasscodeComplexityLessThanMedium", ANDROID, ACTION, Omitted::Null),
    ("appActionIfDevicePasscodeComplexityLessThanHigh", ANDROID, ACTION, Omitted::Null),
    ("appActionIfSamsungKnoxAttestationRequired", ANDROID, ACTION, Omitted::Null),
    ("appActionIfAccountIsClockedOut", BOTH, ACTION, Omitted::Null),
    ("gracePeriodToBlockAppsDuringOffClockHours", BOTH, Kind::Interval, Omitted::Null),
    ("printBlocked", BOTH, Kind::Switch, Omitted::False),
    ("contactSyncBlocked", BOTH, Kind::Switch, Omitted::False),
    ("allowWidgetContentSync", IOS, Kind::Switch, Omitted::False),
    ("managedBrowserToOpenLinksRequired", BOTH, Kind::Switch, Omitted::False),
    ("managedBrowser", BOTH, Kind::Choice(&[word("notConfigured"), word("microsoftEdge")]), Omitted::Word("notConfigured")),
    ("customBrowserProtocol", IOS, Kind::Text, Omitted::Null),
    ("customBrowserPackageId", ANDROID, Kind::Text, Omitted::Null),
    ("customBrowserDisplayName", ANDROID, Kind::Text, Omitted::Null),
    (
        "notificationRestriction",
        BOTH,
        Kind::Choice(&[word("allow"), word("blockOrganizationalData"), word("block")]),
        Omitted::Word("allow"),
    ),
    ("screenCaptureBlocked", ANDROID, Kind::Switch, Omitted::False),
    ("screenCaptureConfigurationState", IOS, FEATURE, Omitted::Word("notBlocked")),
    ("genmojiConfigurationState", IOS, FEATURE, Omitted::Word("notBlocked")),
    ("writingToolsConfigurationState", IOS, FEATURE, Omitted::Word("notBlocked")),
    ("thirdPartyKeyboardsBlocked", IOS, Kind::Switch, Omitted::False),
    ("keyboardsRestricted", ANDROID, Kind::Switch, Omitted::False),
    ("approvedKeyboards", ANDROID, Kind::Pairs, Omitted::Empty),
    (
        "dialerRestrictionLevel",
        BOTH,
        Kind::Choice(&[word("allApps"), word("managedApps"), word("customApp"), word("blocked")]),
        Omitted::Word("allApps"),
    ),
    ("customDialerAppProtocol", IOS, Kind::Text, Omitted::Null),
    ("customDialerAppPackageId", ANDROID, Kind::Text, Omitted::Null),
    ("customDialerAppDisplayName", ANDROID, Kind::Text, Omitted::Null),
    (
        "protectedMessagingRedirectAppType",
        BOTH,
        Kind::Choice(&[word("anyApp"), word("anyManagedApp"), word("specificApps"), word("blocked")]),
        Omitted::Word("anyApp"),
    ),
    ("messagingRedirectAppUrlScheme", IOS, Kind::Text, Omitted::Null),
    ("messagingRedirectAppPackageId", ANDROID, Kind::Text, Omitted::Null),
    ("messagingRedirectAppDisplayName", ANDROID, Kind::Text, Omitted::Null),
];
