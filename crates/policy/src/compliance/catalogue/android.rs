//! Settings of the three kinds of Android policies.

use super::{Rule, Section, Setting, Shape, at_least, at_most, flag, minutes};
use crate::compliance::PolicyKind::{self, Android, AndroidDeviceOwner, AndroidWorkProfile};

const ALL: &[PolicyKind] = &[AndroidWorkProfile, AndroidDeviceOwner, Android];
/// Device administrator and work profile.
const PERSONAL: &[PolicyKind] = &[AndroidWorkProfile, Android];
const OWNER: &[PolicyKind] = &[AndroidDeviceOwner];
const PROFILE: &[PolicyKind] = &[AndroidWorkProfile];
const ADMINISTRATOR: &[PolicyKind] = &[Android];
const TYPE: (&str, &str) = ("Kind of lock", "This kind or a stronger one.");
const CUSTOM: (&str, &str) = ("passwordRequiredType", "customPassword");
const HISTORY: (&str, &str) = ("Codes that may not come again", "The device remembers at least so many.");
const EVALUATION: &str = "securityRequiredAndroidSafetyNetEvaluationType";

const fn characters(name: &'static str, text: (&'static str, &'static str), fact: &'static str) -> Setting {
    at_least(name, OWNER, text, (1, 16), "characters", fact).needs(CUSTOM.0, CUSTOM.1)
}

pub(super) static SETTINGS: &[Setting] = &[
    flag("passwordRequired", ALL, Section::Password, ("A lock is set", "A PIN, a pattern or a password."), "passwordSet", true),
    Setting::new(
        "passwordRequiredType",
        PERSONAL,
        Section::Password,
        TYPE,
        Shape::Word(&[
            ("deviceDefault", "Left to the device"),
            ("lowSecurityBiometric", "Face or weak biometric"),
            ("any", "Anything"),
            ("numeric", "Digits"),
            ("numericComplex", "Digits without runs"),
            ("alphabetic", "Letters"),
            ("alphanumeric", "Letters and digits"),
            ("alphanumericWithSymbols", "Letters, digits and symbols"),
        ]),
        "passwordType",
        Rule::PasswordType,
    ),
    Setting::new(
        "passwordRequiredType",
        OWNER,
        Section::Password,
        TYPE,
        Shape::Word(&[
            ("deviceDefault", "Left to the device"),
            ("lowSecurityBiometric", "Face or weak biometric"),
            ("required", "Anything"),
            ("numeric", "Digits"),
            ("numericComplex", "Digits without runs"),
            ("alphabetic", "Letters"),
            ("alphanumeric", "Letters and digits"),
            ("alphanumericWithSymbols", "Letters, digits and symbols"),
            ("customPassword", "As the least numbers of characters below say"),
        ]),
        "passwordType",
        Rule::PasswordType,
    ),
    Setting::new(
        "requiredPasswordComplexity",
        ALL,
        Section::Password,
        ("Complexity of the lock", "As Android rates it."),
        Shape::Word(&[("none", "Not asked for"), ("low", "Low"), ("medium", "Medium"), ("high", "High")]),
        "passwordComplexity",
        Rule::Order(&["none", "low", "medium", "high"]),
    ),
    at_least(
        "passwordMinimumLength",
        ALL,
        ("Shortest code", "Characters that the code has at least."),
        (4, 16),
        "characters",
        "passwordLength",
    ),
    characters("passwordMinimumLetterCharacters", ("Letters at least", "With the kind of lock that counts characters."), "passwordLetters"),
    characters("passwordMinimumLowerCaseCharacters", ("Small letters at least", "With that kind of lock."), "passwordLowerCase"),
    characters("passwordMinimumUpperCaseCharacters", ("Capital letters at least", "With that kind of lock."), "passwordUpperCase"),
    characters("passwordMinimumNonLetterCharacters", ("Other than letters at least", "With that kind of lock."), "passwordNonLetters"),
    characters("passwordMinimumNumericCharacters", ("Digits at least", "With that kind of lock."), "passwordDigits"),
    characters("passwordMinimumSymbolCharacters", ("Symbols at least", "With that kind of lock."), "passwordSymbols"),
    at_most(
        "passwordExpirationDays",
        ALL,
        ("Oldest code", "The code must be changed after so many days."),
        (1, 365),
        "days",
        "passwordAgeDays",
    ),
    at_least("passwordPreviousPasswordBlockCount", PERSONAL, HISTORY, (1, 24), "codes", "passwordHistory"),
    at_least("passwordPreviousPasswordCountToBlock", OWNER, HISTORY, (1, 24), "codes", "passwordHistory"),
    minutes(
        "Longest time before the lock",
        "Minutes without use until the code is asked for; 0 is at once.",
        "passwordMinutesOfInactivityBeforeLock",
        ALL,
        "lockAfterMinutes",
    ),
    at_most(
        "passwordSignInFailureCountBeforeFactoryReset",
        PROFILE,
        ("Wrong codes before the work profile goes", "The device removes it after so many or fewer."),
        (1, 16),
        "attempts",
        "failuresBeforeReset",
    ),
    Setting::new(
        "minAndroidSecurityPatchLevel",
        ALL,
        Section::Version,
        ("Oldest security patch", "Before Android 6 there is none."),
        Shape::Date,
        "securityPatchLevel",
        Rule::AtLeast,
    )
    .since(&[6]),
    flag(
        "securityBlockJailbrokenDevices",
        PERSONAL,
        Section::Health,
        ("Not rooted", "A rooted device cannot hold apps apart from each other."),
        "jailbroken",
        false,
    ),
    Setting::new(
        "securityRequireSafetyNetAttestationBasicIntegrity",
        ALL,
        Section::Health,
        ("Play Integrity: basic", "The service, not the device, must have it from Google."),
        Shape::Flag,
        "playIntegrity",
        Rule::Integrity("basic"),
    )
    .vouched(),
    Setting::new(
        "securityRequireSafetyNetAttestationCertifiedDevice",
        ALL,
        Section::Health,
        ("Play Integrity: certified device", "A device that Google has certified."),
        Shape::Flag,
        "playIntegrity",
        Rule::Integrity("device"),
    )
    .vouched(),
    Setting::new(
        EVALUATION,
        ALL,
        Section::Health,
        ("How Play Integrity is evaluated", "With hardware behind it, only the strong verdict counts."),
        Shape::Word(&[("basic", "As the system says"), ("hardwareBacked", "With hardware behind it")]),
        "",
        Rule::Modifies,
    ),
    flag(
        "securityRequireGooglePlayServices",
        PERSONAL,
        Section::Health,
        ("Google Play services", "They are installed and on."),
        "googlePlayServices",
        true,
    ),
    flag(
        "securityRequireUpToDateSecurityProviders",
        PERSONAL,
        Section::Health,
        ("Current security provider", "Protects connections against known faults."),
        "securityProviderUpToDate",
        true,
    ),
    flag(
        "securityRequireCompanyPortalAppIntegrity",
        PERSONAL,
        Section::Health,
        ("The management app is whole", "It is the maker's, from a known store."),
        "agentIntegrity",
        true,
    )
    .vouched(),
    flag(
        "securityRequireIntuneAppIntegrity",
        OWNER,
        Section::Health,
        ("The management app is whole", "It is the maker's, from a known store."),
        "agentIntegrity",
        true,
    )
    .vouched(),
    flag(
        "storageRequireEncryption",
        ALL,
        Section::Security,
        ("Encrypted storage", "What is on the device can be read only with its lock."),
        "storageEncrypted",
        true,
    ),
    flag(
        "securityPreventInstallAppsFromUnknownSources",
        PERSONAL,
        Section::Apps,
        ("No apps from unknown sources", "From Android 8 on this is up to each app, and does not apply."),
        "unknownSourcesAllowed",
        false,
    )
    .until(&[8]),
    flag(
        "securityDisableUsbDebugging",
        PERSONAL,
        Section::Security,
        ("No USB debugging", "From Android 4.2 on."),
        "usbDebuggingEnabled",
        false,
    )
    .since(&[4, 2]),
    flag(
        "securityRequireVerifyApps",
        PERSONAL,
        Section::Apps,
        ("Apps are scanned for threats", "Google Play Protect, from Android 4.2 on."),
        "verifyAppsEnabled",
        true,
    )
    .since(&[4, 2]),
    flag(
        "requireAppVerify",
        ADMINISTRATOR,
        Section::Apps,
        ("Apps are scanned for threats (old name)", "As in policies of 2016."),
        "verifyAppsEnabled",
        true,
    )
    .since(&[4, 2]),
    Setting::new(
        "storageRequireRemovableStorageEncryption",
        ADMINISTRATOR,
        Section::Security,
        ("Encrypted memory card (old)", "As in policies of 2016. It never applies."),
        Shape::Flag,
        "",
        Rule::Obsolete,
    ),
];
