//! Device filters.

use doorward_model::device::TrustType;
use doorward_policy::conditional_access::DeviceFacts;
use doorward_policy::conditional_access::filter::Filter;
use rstest::rstest;

fn phone() -> DeviceFacts {
    let mut device = DeviceFacts {
        display_name: Some("Ann's Phone".to_owned()),
        is_compliant: Some(false),
        is_managed: Some(true),
        trust_type: Some(TrustType::Workplace),
        operating_system_version: Some("17.4".to_owned()),
        physical_ids: vec!["[ZTDID]:abc".to_owned()],
        ..DeviceFacts::default()
    };
    device.extension_attributes[0] = Some("SAW".to_owned());
    device
}

#[rstest]
#[case(r#"device.displayName -eq "ann's phone""#, true)]
#[case(r#"device.DISPLAYNAME startsWith "Ann" "#, true)]
#[case(r#"device.displayName -notEndsWith "Phone""#, false)]
#[case(r#"device.displayName -contains "s ph""#, true)]
#[case(r#"device.operatingSystemVersion -startsWith 17"#, true)]
#[case("device.isCompliant -eq False", true)]
#[case(r#"device.isCompliant -ne "false""#, false)]
#[case(r#"device.trustType -eq "Workplace" -and device.isCompliant -eq True"#, false)]
#[case(r#"device.isCompliant -eq True -and device.model -eq "x" -or device.trustType -eq "workplace""#, true)]
#[case(r#"-not (device.isCompliant -eq True -or device.trustType -eq "Workplace")"#, false)]
#[case(r#"device.physicalIds -contains "[ztdid]:ABC""#, true)]
#[case(r#"device.physicalIds -contains "ZTDID""#, false)]
#[case(r#"device.systemLabels -notContains "M365Managed""#, true)]
#[case(r#"device.model -in ["a", null]"#, true)]
#[case(r#"device.model -notIn ["a"]"#, true)]
#[case("device.model -ne null", false)]
#[case(r#"device.extensionAttribute1 -eq "saw""#, true)]
fn a_registered_device_is_judged_by_value(#[case] rule: &str, #[case] expected: bool) {
    assert_eq!(Filter::parse(rule).unwrap().matches(Some(&phone())), expected);
}

#[rstest]
#[case("device.isCompliant -eq True", false)]
#[case("device.isCompliant -ne True", true)]
#[case("device.model -eq null", true)]
#[case("-not device.isCompliant -eq True", true)]
#[case(r#"device.extensionAttribute15 -notIn ["x"]"#, true)]
fn every_attribute_of_an_unregistered_device_is_null(#[case] rule: &str, #[case] expected: bool) {
    assert_eq!(Filter::parse(rule).unwrap().matches(None), expected);
}

#[rstest]
#[case(r#"device.extensionAttribute1 -eq "SAW""#, false)]
#[case(r#"device.extensionAttribute1 -ne "SAW""#, false)]
#[case(r#"-not device.extensionAttribute1 -ne "SAW""#, true)]
fn extension_attributes_of_a_device_nobody_vouches_for_are_not_believed(#[case] rule: &str, #[case] expected: bool) {
    let device = DeviceFacts { is_managed: Some(false), ..phone() };
    assert_eq!(Filter::parse(rule).unwrap().matches(Some(&device)), expected);
}

#[test]
fn a_backtick_escapes_a_quote_and_itself_only() {
    let device = DeviceFacts { model: Some(r#"a"b`c`d"#.to_owned()), ..DeviceFacts::default() };
    assert!(Filter::parse(r#"device.model -eq "a`"b``c`d""#).unwrap().matches(Some(&device)));
}

#[rstest]
#[case("", 1)]
#[case("device.colour -eq \"red\"", 1)]
#[case("device.isCompliant -contains \"x\"", 20)]
#[case("device.model -eq", 17)]
#[case("device.model -eq \"x", 18)]
#[case("device.model -in []", 19)]
#[case("device.model -in \"x\"", 18)]
#[case("device.model -startsWith null", 26)]
#[case("(device.model -eq \"x\"", 22)]
#[case("device.model -eq \"x\" device", 22)]
#[case("device.model -eq 'x'", 18)]
#[case("device.extensionAttribute16 -eq \"x\"", 1)]
#[case("device.physicalIds -eq null", 20)]
fn what_is_not_understood_is_refused_with_its_place(#[case] rule: &str, #[case] position: usize) {
    assert_eq!(Filter::parse(rule).unwrap_err().position, position, "{rule}");
}

#[test]
fn deep_nesting_is_refused() {
    let rule = format!("{}device.model -eq \"x\"", "(".repeat(100_000));
    assert!(Filter::parse(&rule).is_err());
}
