//! Settings of Linux. The type is ours; on the wire of its client they are a list of definition ids.

use super::{DISTRIBUTION, Rule, Section, Setting, Shape, at_least, flag};
use crate::compliance::PolicyKind::{self, Linux};

const LINUX: &[PolicyKind] = &[Linux];
/// Beyond what any quality policy can ask for.
const MOST: u32 = 64;

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "allowedDistributions",
        LINUX,
        Section::Version,
        ("Allowed distributions", "The system must be one of these, in a version of its range."),
        Shape::Distributions,
        DISTRIBUTION,
        Rule::Distributions,
    ),
    at_least(
        "passwordMinimumLength",
        LINUX,
        ("Shortest password", "Characters that the quality policy asks for."),
        (1, MOST),
        "characters",
        "passwordLength",
    ),
    at_least(
        "passwordMinimumDigits",
        LINUX,
        ("Digits at least", "As the quality policy asks for."),
        (1, MOST),
        "characters",
        "passwordDigits",
    ),
    at_least(
        "passwordMinimumLowerCase",
        LINUX,
        ("Small letters at least", "As the quality policy asks for."),
        (1, MOST),
        "characters",
        "passwordLowerCase",
    ),
    at_least(
        "passwordMinimumUpperCase",
        LINUX,
        ("Capital letters at least", "As the quality policy asks for."),
        (1, MOST),
        "characters",
        "passwordUpperCase",
    ),
    at_least(
        "passwordMinimumSymbols",
        LINUX,
        ("Symbols at least", "As the quality policy asks for."),
        (1, MOST),
        "characters",
        "passwordSymbols",
    ),
    flag(
        "deviceEncryptionRequired",
        LINUX,
        Section::Security,
        ("Encrypted disks", "Writable fixed disks are encrypted; /boot, read-only and pseudo file systems do not count."),
        "storageEncrypted",
        true,
    ),
];
