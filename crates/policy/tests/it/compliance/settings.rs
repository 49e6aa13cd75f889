//! One setting at a time.

use doorward_model::compliance::ComplianceStatus::{self, Compliant, Error, NonCompliant, NotApplicable, Remediated, Unknown};
use doorward_model::compliance::{Fact, FactSource, FactValue, Standing};
use doorward_policy::compliance::PolicyKind::{
    self, Android, AndroidDeviceOwner, AndroidWorkProfile, Ios, Linux, MacOs, Windows10, Windows81,
};
use doorward_policy::compliance::{
    App, CustomRule, DataType, Distribution, Operand, Operator, Script, ThreatPartner, VersionRange, expectation,
};
use serde_json::{Value, json};

use super::{Situation, facts, facts_by, hours, monday, platform_of, policy, statuses, text};

/// The status of one setting under some facts.
fn status(kind: PolicyKind, name: &str, operand: Operand, known: &[(&str, Value)]) -> ComplianceStatus {
    let found = statuses(kind, &[(name, operand)], facts(known));
    assert_eq!(found.len(), 1, "{name}");
    found[0]
}

#[test]
fn each_setting_is_met_as_its_rule_says() {
    let number = Operand::Number;
    let on = || Operand::On;
    let cases: Vec<(PolicyKind, &str, Operand, &str, Value, ComplianceStatus)> = vec![
        (Ios, "osMinimumVersion", text("14.8"), "osVersion", json!("14.7"), NonCompliant),
        (Ios, "osMinimumVersion", text("14.8"), "osVersion", json!("14.8.0"), Compliant),
        (Ios, "osMaximumVersion", text("15.0"), "osVersion", json!("15.0.1"), NonCompliant),
        (Ios, "osMaximumVersion", text("15.0"), "osVersion", json!("15"), Compliant),
        (Ios, "osMinimumVersion", text("14.8"), "osVersion", json!("the newest"), Error),
        (Ios, "osMinimumVersion", text("soon"), "osVersion", json!("14.8"), Error),
        (Ios, "osMinimumBuildVersion", text("22F66"), "osBuild", json!("22F7"), NonCompliant),
        (MacOs, "osMinimumBuildVersion", text("22F66"), "osBuild", json!("22G1"), Compliant),
        (Android, "minAndroidSecurityPatchLevel", text("2021-05-01"), "securityPatchLevel", json!("2021-05-01"), Compliant),
        (Android, "minAndroidSecurityPatchLevel", text("2021-05-01"), "securityPatchLevel", json!("2021-04-30"), NonCompliant),
        (Ios, "passcodeRequired", on(), "passwordSet", json!(false), NonCompliant),
        (Android, "passwordRequired", on(), "passwordSet", json!(false), NonCompliant),
        (Ios, "passcodeBlockSimple", on(), "passwordSimple", json!(true), NonCompliant),
        (Ios, "passcodeMinimumLength", number(6), "passwordLength", json!(6), Compliant),
        (Ios, "passcodeMinimumLength", number(6), "passwordLength", json!(5), NonCompliant),
        (Ios, "passcodeMinimumLength", number(6), "passwordLength", json!("six"), Error),
        (Ios, "passcodeMinimumCharacterSetCount", number(2), "passwordSymbols", json!(1), NonCompliant),
        (Ios, "passcodeExpirationDays", number(90), "passwordAgeDays", json!(91), NonCompliant),
        (Ios, "passcodePreviousPasscodeBlockCount", number(5), "passwordHistory", json!(4), NonCompliant),
        (Ios, "passcodeMinutesOfInactivityBeforeLock", number(5), "lockAfterMinutes", json!(0), Compliant),
        (Ios, "passcodeMinutesOfInactivityBeforeLock", number(0), "lockAfterMinutes", json!(1), NonCompliant),
        (Ios, "passcodeRequiredType", text("numeric"), "passwordType", json!("alphanumeric"), Compliant),
        (Ios, "passcodeRequiredType", text("alphanumeric"), "passwordType", json!("numeric"), NonCompliant),
        (Android, "passwordRequiredType", text("numericComplex"), "passwordType", json!("alphabetic"), Compliant),
        (Android, "passwordRequiredType", text("numericComplex"), "passwordType", json!("numeric"), NonCompliant),
        (Android, "passwordRequiredType", text("any"), "passwordType", json!("lowSecurityBiometric"), NonCompliant),
        (AndroidDeviceOwner, "passwordRequiredType", text("required"), "passwordType", json!("any"), Compliant),
        (AndroidWorkProfile, "requiredPasswordComplexity", text("medium"), "passwordComplexity", json!("low"), NonCompliant),
        (AndroidWorkProfile, "passwordSignInFailureCountBeforeFactoryReset", number(10), "failuresBeforeReset", json!(11), NonCompliant),
        (Ios, "securityBlockJailbrokenDevices", on(), "jailbroken", json!(true), NonCompliant),
        (Android, "securityBlockJailbrokenDevices", on(), "jailbroken", json!(false), Compliant),
        (Ios, "managedEmailProfileRequired", on(), "managedEmailProfile", json!(false), NonCompliant),
        (MacOs, "gatekeeperAllowedAppSource", text("macAppStoreAndIdentifiedDevelopers"), "gatekeeper", json!("macAppStore"), Compliant),
        (MacOs, "gatekeeperAllowedAppSource", text("macAppStoreAndIdentifiedDevelopers"), "gatekeeper", json!("anywhere"), NonCompliant),
        (Windows10, "signatureOutOfDate", on(), "signaturesUpToDate", json!(false), NonCompliant),
        (Windows10, "signatureOutOfDate", on(), "signaturesUpToDate", json!(true), Compliant),
        (Windows10, "defenderVersion", text("4.18.2101.9"), "defenderVersion", json!("4.18.2101.8"), NonCompliant),
        (Windows10, "bitLockerEnabled", on(), "bitLocker", json!(true), Compliant),
        (Linux, "deviceEncryptionRequired", on(), "storageEncrypted", json!(false), NonCompliant),
    ];
    for (kind, name, operand, fact, value, expected) in cases {
        assert_eq!(status(kind, name, operand.clone(), &[(fact, value.clone())]), expected, "{name} {operand:?} with {fact} {value}");
        if fact != "mobileOsVersion" {
            assert_eq!(status(kind, name, operand, &[]), Unknown, "{name} with nothing known");
        }
    }
}

#[test]
fn what_a_version_of_the_system_cannot_have_does_not_apply_to_it() {
    let cases = [
        (Android, "minAndroidSecurityPatchLevel", text("2021-05-01"), "5.1", NotApplicable),
        (Android, "minAndroidSecurityPatchLevel", text("2021-05-01"), "6", Unknown),
        (Android, "securityPreventInstallAppsFromUnknownSources", Operand::On, "8.0", NotApplicable),
        (Android, "securityPreventInstallAppsFromUnknownSources", Operand::On, "7.1", Unknown),
        (Android, "securityDisableUsbDebugging", Operand::On, "4.1", NotApplicable),
        (Windows10, "bitLockerEnabled", Operand::On, "6.3", NotApplicable),
        (Windows10, "bitLockerEnabled", Operand::On, "10.0.22631", Unknown),
        (Windows81, "storageRequireEncryption", Operand::On, "6.3", NotApplicable),
        // A PC reports no version of a phone.
        (Windows10, "mobileOsMinimumVersion", text("10.0"), "10.0.22631", NotApplicable),
        (Android, "storageRequireRemovableStorageEncryption", Operand::On, "14", NotApplicable),
    ];
    for (kind, name, operand, version, expected) in cases {
        assert_eq!(status(kind, name, operand, &[("osVersion", json!(version))]), expected, "{name} on {version}");
    }
}

#[test]
fn a_word_counts_from_the_strength_that_the_setting_trusts_and_the_strongest_wins() {
    let own = facts_by(FactSource::Agent, &[("bitLocker", json!(true)), ("jailbroken", json!(false))]);
    assert_eq!(statuses(Windows10, &[("bitLockerEnabled", Operand::On)], own.clone()), [Unknown]);
    assert_eq!(statuses(Ios, &[("securityBlockJailbrokenDevices", Operand::On)], own.clone()), [Compliant]);
    let mut both = own;
    let says = |value: bool, source| Fact { value: FactValue::Known(json!(value)), source, observed: monday(), enforced: false };
    both.put("jailbroken", says(true, FactSource::Attested));
    both.put("jailbroken", says(false, FactSource::Partner));
    assert_eq!(statuses(Ios, &[("securityBlockJailbrokenDevices", Operand::On)], both.clone()), [NonCompliant]);
    both.forget("jailbroken", FactSource::Attested);
    assert_eq!(statuses(Ios, &[("securityBlockJailbrokenDevices", Operand::On)], both), [Compliant]);
}

#[test]
fn what_the_system_enforces_is_remediated_and_what_it_cannot_have_does_not_apply() {
    let mut known = facts(&[]);
    let fact = |value| Fact { value, source: FactSource::Agent, observed: monday(), enforced: true };
    known.put("passwordSet", fact(FactValue::Known(json!(true))));
    known.put("passwordSimple", fact(FactValue::NotApplicable));
    assert_eq!(
        statuses(Ios, &[("passcodeRequired", Operand::On), ("passcodeBlockSimple", Operand::On)], known),
        [Remediated, NotApplicable]
    );
}

#[test]
fn a_setting_that_hangs_on_another_is_asked_for_only_with_it() {
    let low = ("deviceThreatProtectionRequiredSecurityLevel", text("low"));
    let reported = facts(&[("threatLevel", json!("medium")), ("passwordDigits", json!(0)), ("passwordType", json!("numeric"))]);
    assert_eq!(statuses(Ios, std::slice::from_ref(&low), reported.clone()), []);
    assert_eq!(statuses(Ios, &[("deviceThreatProtectionEnabled", Operand::On), low], reported.clone()), [NonCompliant]);
    let digits = ("passwordMinimumNumericCharacters", Operand::Number(2));
    assert_eq!(statuses(AndroidDeviceOwner, &[("passwordRequiredType", text("numeric")), digits.clone()], reported.clone()), [Compliant]);
    assert_eq!(
        statuses(AndroidDeviceOwner, &[("passwordRequiredType", text("customPassword")), digits], reported),
        [Compliant, NonCompliant]
    );
}

#[test]
fn play_integrity_must_be_strong_where_hardware_must_be_behind_it() {
    let basic = ("securityRequireSafetyNetAttestationBasicIntegrity", Operand::On);
    let certified = ("securityRequireSafetyNetAttestationCertifiedDevice", Operand::On);
    let hardware = ("securityRequiredAndroidSafetyNetEvaluationType", text("hardwareBacked"));
    for (verdict, expected) in
        [("none", [NonCompliant, NonCompliant]), ("basic", [Compliant, NonCompliant]), ("device", [Compliant, Compliant])]
    {
        let known = facts(&[("playIntegrity", json!(verdict))]);
        assert_eq!(statuses(Android, &[basic.clone(), certified.clone()], known), expected, "{verdict}");
    }
    for (verdict, expected) in [("device", NonCompliant), ("strong", Compliant)] {
        let known = facts(&[("playIntegrity", json!(verdict))]);
        assert_eq!(statuses(Android, &[certified.clone(), hardware.clone()], known), [expected], "{verdict} with hardware");
    }
}

#[test]
fn threat_levels_follow_the_report_and_the_connector() {
    let settings = [("deviceThreatProtectionEnabled", Operand::On), ("deviceThreatProtectionRequiredSecurityLevel", Operand::On)];
    let partner = |blocked, days, silent_hours: i64| ThreatPartner {
        blocked_on_missing_data: blocked,
        unsupported_os_blocked: true,
        unresponsiveness_threshold_days: days,
        last_heartbeat: hours(-silent_hours),
    };
    let cases = [
        ("low", Some("medium"), None, NonCompliant),
        ("low", Some("secured"), None, Compliant),
        ("high", Some("high"), None, Compliant),
        ("high", None, Some(partner(true, 0, 1)), NonCompliant),
        ("high", None, Some(partner(false, 0, 1)), Unknown),
        ("high", None, None, Unknown),
        ("low", Some("high"), Some(partner(true, 7, 8 * 24)), NotApplicable),
        ("low", Some("high"), Some(partner(true, 7, 7 * 24)), NonCompliant),
        ("low", Some("none"), None, Error),
    ];
    for (highest, reported, threat, expected) in cases {
        let known: Vec<(&str, Value)> = reported.iter().map(|level| ("threatLevel", json!(level))).collect();
        let mut settings = settings.clone();
        settings[1].1 = text(highest);
        let mut situation = Situation::new(Ios, vec![policy("one", Ios, &settings)], facts(&known));
        situation.threat = threat;
        let judgement = situation.judged(monday());
        assert_eq!(judgement.policies[0].settings[0].status, expected, "{highest} {reported:?} {threat:?}");
    }
    let mut unsupported = facts(&[]);
    unsupported
        .put("threatLevel", Fact { value: FactValue::NotApplicable, source: FactSource::Partner, observed: monday(), enforced: false });
    let mut settings = settings.clone();
    settings[1].1 = text("low");
    let mut situation = Situation::new(Ios, vec![policy("one", Ios, &settings)], unsupported);
    for (threat, expected) in [(None, NotApplicable), (Some(partner(false, 0, 1)), NonCompliant)] {
        situation.threat = threat;
        assert_eq!(situation.judged(monday()).policies[0].settings[0].status, expected);
    }
}

#[test]
fn lists_of_apps_and_builds() {
    let app = |id: &str| App { name: id.to_owned(), app_id: id.to_owned(), ..App::default() };
    let forbidden = Operand::Apps(vec![app("com.example.games"), app("com.example.tunnel")]);
    for (installed, expected) in
        [(json!(["com.example.mail"]), Compliant), (json!(["COM.example.tunnel"]), NonCompliant), (json!("x"), Error)]
    {
        assert_eq!(status(Ios, "restrictedApps", forbidden.clone(), &[("installedApps", installed)]), expected);
    }
    let range = |lowest: &str, highest: &str| VersionRange { lowest: lowest.into(), highest: highest.into(), description: String::new() };
    let ranges = Operand::Ranges(vec![range("10.0.19045.0", "10.0.19045.9999"), range("10.0.22631.0", "10.0.22631.9999")]);
    for (version, expected) in [("10.0.19045.3", Compliant), ("10.0.20000", NonCompliant), ("10.0.22631.10", Compliant)] {
        assert_eq!(status(Windows10, "validOperatingSystemBuildRanges", ranges.clone(), &[("osVersion", json!(version))]), expected);
    }
}

#[test]
fn a_consumer_as_the_login_of_a_pc_cannot_be_judged_beyond_what_windows_can_say() {
    let consumer = ("signInAccount", json!("consumer"));
    for (length, account, expected) in
        [(9, &consumer, Error), (8, &consumer, Compliant), (9, &("signInAccount", json!("organisation")), Compliant)]
    {
        let known = [account.clone(), ("passwordLength", json!(12))];
        assert_eq!(status(Windows10, "passwordMinimumLength", Operand::Number(length), &known), expected, "{length} {account:?}");
    }
}

#[test]
fn custom_rules_compare_values_of_their_type() {
    let rule = |operator, data_type, operand: Value| CustomRule {
        setting_name: "Value".into(),
        operator,
        data_type,
        operand,
        remediation: String::new(),
    };
    let cases = [
        (rule(Operator::IsEquals, DataType::Boolean, json!(true)), json!({ "Value": true }), Compliant),
        (rule(Operator::GreaterThan, DataType::Int64, json!(3)), json!({ "Value": 3 }), NonCompliant),
        (rule(Operator::GreaterEquals, DataType::Int64, json!(3)), json!({ "Value": "three" }), Error),
        (rule(Operator::LessThan, DataType::Double, json!(1.5)), json!({ "Value": 1.25 }), Compliant),
        (rule(Operator::NotEquals, DataType::String, json!("a")), json!({ "Value": "b" }), Compliant),
        (rule(Operator::GreaterThan, DataType::String, json!("a")), json!({ "Value": "b" }), Error),
        (
            rule(Operator::LessEquals, DataType::DateTime, json!("2026-01-01T00:00:00Z")),
            json!({ "Value": "2025-01-01T00:00:00Z" }),
            Compliant,
        ),
        (rule(Operator::GreaterEquals, DataType::Version, json!("1.10")), json!({ "Value": "1.9" }), NonCompliant),
        (rule(Operator::IsEquals, DataType::Boolean, json!(true)), json!({ "Other": true }), NonCompliant),
    ];
    for (rule, found, expected) in cases {
        let script = Operand::Script(Script { rules: vec![rule.clone()], ..Script::default() });
        assert_eq!(
            status(Windows10, "deviceCompliancePolicyScript", script, &[("customCompliance", found.clone())]),
            expected,
            "{rule:?} {found}"
        );
    }
}

#[test]
fn a_linux_system_must_be_one_of_the_distributions_in_a_version_of_its_range() {
    let group = |id: &str, least: &str| Distribution { id: id.into(), minimum_version: least.into(), maximum_version: String::new() };
    let allowed = Operand::Distributions(vec![group("ubuntu", "22.04"), group("rhel", "9")]);
    let cases = [
        ("Ubuntu", "24.04", [Compliant; 4]),
        ("ubuntu", "20.04", [Compliant, NonCompliant, Compliant, Compliant]),
        ("debian", "12", [NonCompliant, Compliant, NonCompliant, Compliant]),
        ("ubuntu", "noble", [Compliant, Error, Compliant, Compliant]),
    ];
    for (id, version, expected) in cases {
        let known = facts(&[("distribution", json!(id)), ("osVersion", json!(version))]);
        assert_eq!(statuses(Linux, &[("allowedDistributions", allowed.clone())], known), expected, "{id} {version}");
    }
    assert_eq!(statuses(Linux, &[("allowedDistributions", allowed)], facts(&[])), [Unknown; 4]);
}

#[test]
fn the_strictest_of_several_policies_is_what_is_shown() {
    let range = |lowest: &str, highest: &str| VersionRange { lowest: lowest.into(), highest: highest.into(), description: String::new() };
    let one = policy(
        "one",
        Windows10,
        &[
            ("passwordMinimumLength", Operand::Number(4)),
            ("passwordExpirationDays", Operand::Number(90)),
            ("osMinimumVersion", text("10.0.9")),
            ("passwordRequiredType", text("alphanumeric")),
            ("validOperatingSystemBuildRanges", Operand::Ranges(vec![range("10.0.1", "10.0.5")])),
        ],
    );
    let two = policy(
        "two",
        Windows10,
        &[
            ("passwordMinimumLength", Operand::Number(6)),
            ("passwordExpirationDays", Operand::Number(365)),
            ("osMinimumVersion", text("10.0.10")),
            ("passwordRequiredType", text("numeric")),
            ("validOperatingSystemBuildRanges", Operand::Ranges(vec![range("10.0.3", "10.0.9")])),
        ],
    );
    let other = policy("other", Ios, &[("passcodeMinimumLength", Operand::Number(14))]);
    for policies in [vec![one.clone(), two.clone(), other.clone()], vec![two, other, one]] {
        let shown = expectation(&policies, &platform_of(Windows10));
        let shown: Vec<(&str, &str)> = shown.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("osMinimumVersion", "at least 10.0.10"),
                ("passwordExpirationDays", "at most 90 days"),
                ("passwordMinimumLength", "at least 6 characters"),
                ("passwordRequiredType", "Letters and digits"),
                ("validOperatingSystemBuildRanges", "10.0.3 to 10.0.5"),
            ]
        );
    }
    // Each policy is judged by itself all the same.
    let lengths = |least: u32| policy(&least.to_string(), Ios, &[("passcodeMinimumLength", Operand::Number(least))]);
    let judged = Situation::new(Ios, vec![lengths(4), lengths(6)], facts(&[("passwordLength", json!(5))])).judged(monday());
    assert_eq!(judged.policies.iter().map(|policy| policy.status).collect::<Vec<_>>(), [Compliant, NonCompliant]);
    assert_eq!(judged.standing, Standing::NonCompliant);
}
