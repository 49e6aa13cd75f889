//! Device filters: any text is either refused with a place inside it, or a rule that holds for a device or does not.
#![no_main]

use std::sync::LazyLock;

use doorward_model::device::TrustType;
use doorward_policy::conditional_access::DeviceFacts;
use doorward_policy::conditional_access::filter::Filter;
use libfuzzer_sys::fuzz_target;

static DEVICES: LazyLock<[DeviceFacts; 3]> = LazyLock::new(|| {
    let text = |text: &str| Some(text.to_owned());
    let personal = DeviceFacts {
        device_id: text("b2d7a5a2-5d0e-4c1b-9f6b-0a4f5e3c2d11"),
        display_name: text("Anna's \u{130}phone"),
        trust_type: Some(TrustType::Workplace),
        operating_system: text("iOS"),
        operating_system_version: text("18.1"),
        extension_attributes: std::array::from_fn(|index| (index % 2 == 0).then(|| format!("value {index}"))),
        ..DeviceFacts::default()
    };
    let managed = DeviceFacts {
        is_compliant: Some(true),
        is_managed: Some(true),
        trust_type: Some(TrustType::ServerAd),
        physical_ids: vec!["[OrderId]:12".to_owned(), String::new()],
        system_labels: vec!["M365Managed".to_owned()],
        ..personal.clone()
    };
    [DeviceFacts::default(), personal, managed]
});

fuzz_target!(|rule: &str| {
    match Filter::parse(rule) {
        Ok(filter) => {
            let devices = DEVICES.iter().map(Some).chain([None]);
            let answers: Vec<bool> = devices.clone().map(|device| filter.matches(device)).collect();
            // Plain negation, for every device: a rule is a question with two answers.
            let negation = Filter::parse(&format!("-not ({rule})"));
            if let Ok(negation) = negation {
                let negated: Vec<bool> = devices.map(|device| !negation.matches(device)).collect();
                assert_eq!(answers, negated, "{rule:?}");
            }
        }
        Err(error) => {
            let end = rule.chars().count() + 1;
            assert!((1..=end).contains(&error.position), "{error} lies outside of {rule:?}");
        }
    }
});
