//! Settings of iOS and macOS.

use super::{Rule, Section, Setting, Shape, at_least, at_most, flag, minutes};
use crate::compliance::PolicyKind::{self, Ios, MacOs, Windows10, Windows81, WindowsPhone81};

const IOS: &[PolicyKind] = &[Ios];
const MAC: &[PolicyKind] = &[MacOs];
/// What Windows and macOS call by the same names.
const DESKTOPS: &[PolicyKind] = &[MacOs, Windows10, Windows81, WindowsPhone81];
const TYPES: Shape =
    Shape::Word(&[("deviceDefault", "Left to the device"), ("alphanumeric", "Letters and digits"), ("numeric", "At least digits")]);
const SIMPLE: (&str, &str) = ("No simple code", "Neither 1111 nor 1234. The device says whether its code is one.");
const REQUIRED: (&str, &str) = ("A code is set", "The device has a lock.");
const AGE: (&str, &str) = ("Oldest code", "The code must be changed after so many days.");
const HISTORY: (&str, &str) = ("Codes that may not come again", "The device remembers at least so many.");
const LENGTH: (&str, &str) = ("Shortest code", "Characters that the code has at least.");
const TYPE: (&str, &str) = ("Kind of code", "Letters and digits are stronger than digits alone.");
const LOCK: (&str, &str) = ("Longest time before the lock", "Minutes without use until the code is asked for; 0 is at once.");

pub(super) static SETTINGS: &[Setting] = &[
    flag("passcodeRequired", IOS, Section::Password, REQUIRED, "passwordSet", true),
    flag("passcodeBlockSimple", IOS, Section::Password, SIMPLE, "passwordSimple", false),
    at_least("passcodeMinimumLength", IOS, LENGTH, (4, 14), "characters", "passwordLength"),
    Setting::new("passcodeRequiredType", IOS, Section::Password, TYPE, TYPES, "passwordType", Rule::PasswordType),
    at_least(
        "passcodeMinimumCharacterSetCount",
        IOS,
        ("Symbols at least", "Characters that are neither letters nor digits."),
        (0, 14),
        "symbols",
        "passwordSymbols",
    ),
    at_most("passcodeExpirationDays", IOS, AGE, (1, 65_535), "days", "passwordAgeDays"),
    at_least("passcodePreviousPasscodeBlockCount", IOS, HISTORY, (1, 24), "codes", "passwordHistory"),
    minutes(LOCK.0, LOCK.1, "passcodeMinutesOfInactivityBeforeLock", IOS, "lockAfterMinutes"),
    minutes(
        "Longest time before the screen goes dark",
        "Minutes without use; 0 is at once.",
        "passcodeMinutesOfInactivityBeforeScreenTimeout",
        IOS,
        "screenTimeoutMinutes",
    ),
    flag(
        "securityBlockJailbrokenDevices",
        IOS,
        Section::Health,
        ("Not jailbroken", "A jailbroken device cannot hold apps apart from each other."),
        "jailbroken",
        false,
    ),
    flag(
        "managedEmailProfileRequired",
        IOS,
        Section::Apps,
        ("Mail account from our profile", "An account for the same address that the person made does not count."),
        "managedEmailProfile",
        true,
    ),
    Setting::new(
        "restrictedApps",
        IOS,
        Section::Apps,
        ("Apps that may not be installed", "Only for devices whose management reports their apps."),
        Shape::Apps,
        "installedApps",
        Rule::NotInstalled,
    ),
    flag("passwordRequired", DESKTOPS, Section::Password, REQUIRED, "passwordSet", true),
    flag("passwordBlockSimple", DESKTOPS, Section::Password, SIMPLE, "passwordSimple", false),
    at_least("passwordMinimumLength", MAC, LENGTH, (4, 14), "characters", "passwordLength"),
    Setting::new("passwordRequiredType", DESKTOPS, Section::Password, TYPE, TYPES, "passwordType", Rule::PasswordType),
    at_least(
        "passwordMinimumCharacterSetCount",
        MAC,
        ("Kinds of characters at least", "Of lower case, upper case, digits and symbols."),
        (1, 4),
        "kinds",
        "passwordCharacterSets",
    ),
    at_most("passwordExpirationDays", DESKTOPS, AGE, (1, 65_535), "days", "passwordAgeDays"),
    at_least("passwordPreviousPasswordBlockCount", DESKTOPS, HISTORY, (1, 24), "codes", "passwordHistory"),
    minutes(LOCK.0, LOCK.1, "passwordMinutesOfInactivityBeforeLock", DESKTOPS, "lockAfterMinutes"),
    flag(
        "systemIntegrityProtectionEnabled",
        MAC,
        Section::Health,
        ("System integrity protection", "Keeps the system's own files unchanged."),
        "systemIntegrityProtection",
        true,
    ),
    Setting::new(
        "gatekeeperAllowedAppSource",
        MAC,
        Section::Health,
        ("Where apps may come from", "Gatekeeper allows this or less."),
        Shape::Word(&[
            ("notConfigured", "Not asked for"),
            ("macAppStore", "The Mac App Store"),
            ("macAppStoreAndIdentifiedDevelopers", "The store and identified developers"),
            ("anywhere", "Anywhere"),
        ]),
        "gatekeeper",
        Rule::Order(&["anywhere", "macAppStoreAndIdentifiedDevelopers", "macAppStore"]),
    ),
    flag("storageRequireEncryption", MAC, Section::Security, ("FileVault", "The disk is encrypted."), "storageEncrypted", true),
    flag("firewallEnabled", MAC, Section::Security, ("Firewall", "The firewall is on."), "firewallActive", true),
    flag(
        "firewallBlockAllIncoming",
        MAC,
        Section::Security,
        ("Firewall blocks all that comes in", "Except what the system itself needs."),
        "firewallBlocksAllIncoming",
        true,
    ),
    flag(
        "firewallEnableStealthMode",
        MAC,
        Section::Security,
        ("Firewall in stealth mode", "The device does not answer probes."),
        "firewallStealthMode",
        true,
    ),
];
