//! Settings of several platforms: versions and threat levels.

use super::{OS_VERSION, Rule, Section, Setting, Shape};
use crate::compliance::PolicyKind::{
    self, Android, AndroidDeviceOwner, AndroidWorkProfile, Ios, MacOs, Windows10, Windows81, WindowsPhone81,
};

const WITH_VERSION: &[PolicyKind] = &[Ios, AndroidWorkProfile, AndroidDeviceOwner, Android, Windows10, MacOs, Windows81, WindowsPhone81];
const WITH_THREAT: &[PolicyKind] = &[Ios, AndroidWorkProfile, AndroidDeviceOwner, Android, Windows10, MacOs];
const WITH_BUILD: &[PolicyKind] = &[Ios, MacOs];
const LEVELS: Shape = Shape::Word(&[
    ("unavailable", "Not asked for"),
    ("secured", "Secured: no threats"),
    ("low", "Low or better"),
    ("medium", "Medium or better"),
    ("high", "High: any level, but there must be a report"),
    ("notSet", "Not set"),
]);
const THREAT: &str = "deviceThreatProtectionEnabled";

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "osMinimumVersion",
        WITH_VERSION,
        Section::Version,
        ("Lowest version", "The system must have this version or a later one."),
        Shape::Version,
        OS_VERSION,
        Rule::AtLeast,
    ),
    Setting::new(
        "osMaximumVersion",
        WITH_VERSION,
        Section::Version,
        ("Highest version", "Taken literally: 15.0.1 is higher than 15.0."),
        Shape::Version,
        OS_VERSION,
        Rule::AtMost,
    ),
    Setting::new(
        "osMinimumBuildVersion",
        WITH_BUILD,
        Section::Version,
        ("Lowest build", "Tells security updates apart that share a version."),
        Shape::Build,
        "osBuild",
        Rule::AtLeast,
    ),
    Setting::new(
        "osMaximumBuildVersion",
        WITH_BUILD,
        Section::Version,
        ("Highest build", "Builds beyond it are not allowed."),
        Shape::Build,
        "osBuild",
        Rule::AtMost,
    ),
];

pub(super) static LAST: &[Setting] = &[
    Setting::new(
        THREAT,
        WITH_THREAT,
        Section::Threat,
        ("Ask the threat defence", "Without it the level below says nothing."),
        Shape::Flag,
        "",
        Rule::Modifies,
    ),
    Setting::new(
        "deviceThreatProtectionRequiredSecurityLevel",
        WITH_THREAT,
        Section::Threat,
        ("Highest threat level", "What the threat defence reports must be this or better."),
        LEVELS,
        "threatLevel",
        Rule::Threat,
    )
    .vouched()
    .needs(THREAT, ""),
    Setting::new(
        "advancedThreatProtectionRequiredSecurityLevel",
        WITH_THREAT,
        Section::Threat,
        ("Highest level of the second threat defence", "A second source with the same rule."),
        LEVELS,
        "advancedThreatLevel",
        Rule::Threat,
    )
    .vouched(),
];
