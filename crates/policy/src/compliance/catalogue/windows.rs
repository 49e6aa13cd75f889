//! Settings of Windows beside those that it shares with macOS.

use super::{OS_VERSION, Rule, Section, Setting, Shape, at_least, flag};
use crate::compliance::PolicyKind::{self, Linux, Windows10, Windows81, WindowsPhone81};

const ALL: &[PolicyKind] = &[Windows10, Windows81, WindowsPhone81];
const TEN: &[PolicyKind] = &[Windows10];
/// Windows 10, as a version.
const WINDOWS_10: &[u32] = &[10];

/// Boot attestation says so, which Windows 8.1 does not have.
const fn attested(name: &'static str, text: (&'static str, &'static str), fact: &'static str) -> Setting {
    flag(name, TEN, Section::Health, text, fact, true).since(WINDOWS_10).vouched()
}

const fn agent(name: &'static str, text: (&'static str, &'static str), fact: &'static str) -> Setting {
    flag(name, TEN, Section::Security, text, fact, true)
}

pub(super) static SETTINGS: &[Setting] = &[
    at_least(
        "passwordMinimumLength",
        ALL,
        ("Shortest code", "Characters that the code has at least."),
        (4, 16),
        "characters",
        "passwordLength",
    )
    .most_for_consumers(8),
    at_least(
        "passwordMinimumCharacterSetCount",
        ALL,
        ("Kinds of characters at least", "Of lower case, upper case, digits and symbols."),
        (1, 4),
        "kinds",
        "passwordCharacterSets",
    )
    .most_for_consumers(2),
    flag(
        "passwordRequiredToUnlockFromIdle",
        TEN,
        Section::Password,
        ("The code is asked for after a pause", "Also when the PC has only been idle."),
        "passwordAfterIdle",
        true,
    ),
    Setting::new(
        "mobileOsMinimumVersion",
        TEN,
        Section::Version,
        ("Lowest version on phones", "For Windows phones; a PC has none."),
        Shape::Version,
        "mobileOsVersion",
        Rule::AtLeast,
    )
    .only_where_reported(),
    Setting::new(
        "mobileOsMaximumVersion",
        TEN,
        Section::Version,
        ("Highest version on phones", "For Windows phones; a PC has none."),
        Shape::Version,
        "mobileOsVersion",
        Rule::AtMost,
    )
    .only_where_reported(),
    Setting::new(
        "validOperatingSystemBuildRanges",
        TEN,
        Section::Version,
        ("Allowed builds", "The version must be in one of these ranges, and between the lowest and the highest."),
        Shape::Ranges,
        OS_VERSION,
        Rule::InRanges,
    ),
    attested("requireHealthyDeviceReport", ("Healthy boot", "The attestation of the boot found nothing."), "bootHealthy"),
    attested("bitLockerEnabled", ("BitLocker", "The disk was encrypted when the PC started."), "bitLocker"),
    attested("secureBootEnabled", ("Secure boot", "Only signed code starts the PC."), "secureBoot"),
    attested("codeIntegrityEnabled", ("Code integrity", "Drivers and system files are checked when they are loaded."), "codeIntegrity"),
    attested(
        "earlyLaunchAntiMalwareDriverEnabled",
        ("Early launch anti-malware", "It starts before other drivers."),
        "earlyLaunchAntiMalware",
    ),
    attested("memoryIntegrityEnabled", ("Memory integrity", "Code integrity is protected by the hypervisor."), "memoryIntegrity"),
    attested("kernelDmaProtectionEnabled", ("Kernel DMA protection", "External devices cannot read memory."), "kernelDmaProtection"),
    attested(
        "virtualizationBasedSecurityEnabled",
        ("Virtualization-based security", "Secrets are kept apart from the system."),
        "virtualizationBasedSecurity",
    ),
    attested("firmwareProtectionEnabled", ("Firmware protection", "The start of the firmware is measured."), "firmwareProtection"),
    flag(
        "storageRequireEncryption",
        TEN,
        Section::Security,
        ("Encrypted storage", "The drives are encrypted. Windows 8.1 cannot say."),
        "storageEncrypted",
        true,
    )
    .since(WINDOWS_10),
    flag(
        "storageRequireEncryption",
        &[WindowsPhone81],
        Section::Security,
        ("Encrypted storage", "The storage is encrypted."),
        "storageEncrypted",
        true,
    ),
    flag(
        "storageRequireEncryption",
        &[Windows81],
        Section::Security,
        ("Encrypted storage", "Windows 8.1 cannot say, so it never applies."),
        "storageEncrypted",
        true,
    )
    .since(WINDOWS_10),
    agent("tpmRequired", ("Security chip", "A TPM is there and ready."), "tpmPresent"),
    agent("activeFirewallRequired", ("Firewall", "A firewall is on."), "firewallActive"),
    agent("antivirusRequired", ("Antivirus", "An antivirus program is on and known to Windows."), "antivirusActive"),
    agent("antiSpywareRequired", ("Anti-spyware", "An anti-spyware program is on and known to Windows."), "antiSpywareActive"),
    agent("defenderEnabled", ("Defender", "Microsoft Defender is on."), "defenderActive"),
    Setting::new(
        "defenderVersion",
        TEN,
        Section::Security,
        ("Lowest version of Defender", "This version or a later one."),
        Shape::Version,
        "defenderVersion",
        Rule::AtLeast,
    ),
    agent(
        "signatureOutOfDate",
        ("Current signatures", "On means that the signatures must be up to date, whatever its name says."),
        "signaturesUpToDate",
    ),
    agent("rtpEnabled", ("Real-time protection", "Files are scanned when they are used."), "realTimeProtection"),
    agent(
        "configurationManagerComplianceRequired",
        ("Compliant in Configuration Manager", "As long as nobody reports it, this stays unknown."),
        "configurationManagerCompliant",
    ),
    Setting::new(
        "deviceCompliancePolicyScript",
        &[Windows10, Linux],
        Section::Custom,
        ("Custom compliance", "What a script on the device finds, and rules for it."),
        Shape::Script,
        "customCompliance",
        Rule::Script,
    ),
];
