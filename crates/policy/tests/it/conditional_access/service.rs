//! Service policies.

use doorward_model::device::TrustType;
use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement, check_certificate_conflict};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{Control, Decision, DeviceFacts, Facts, Outcome, PolicyOutcome, Reason, compile, decide};

use super::build::*;

fn app_access() -> AppAccess {
    AppAccess { enabled: true, allows_all_apps: false, restricted_groups: strings(&[GROUP]), exempted_groups: Vec::new() }
}

fn device_access() -> DeviceAccess {
    DeviceAccess {
        enabled: true,
        platforms: None,
        targets_all_users: true,
        targeted_groups: Vec::new(),
        exempted_groups: Vec::new(),
        windows: WindowsRequirement::DomainJoinedOrCompliant,
    }
}

#[expect(clippy::unwrap_used, reason = "the policies of tests compile")]
fn judged(app: Option<AppAccess>, device: Option<DeviceAccess>, facts: &Facts) -> Decision {
    let policy = ServicePolicy { id: "exo".to_owned(), resource: MAIL.to_owned(), app_access: app, device_access: device };
    decide(&compile(&[], &[policy], &[], &[]).unwrap(), facts)
}

fn rows(decision: &Decision) -> Vec<(&str, PolicyOutcome, Option<Reason>)> {
    decision.policies.iter().map(|row| (row.id.as_str(), row.result, row.reason)).collect()
}

#[test]
fn app_access_tests_the_app_before_the_broker_before_the_registration() {
    let ask = |facts: &Facts| {
        let decision = judged(Some(app_access()), None, facts);
        (decision.outcome, decision.error_code, decision.next_control)
    };
    assert_eq!(ask(&facts()), (Outcome::Block, Some(53002), None));
    let next = Some(Control::ApprovedApplication);
    assert_eq!(ask(&Facts { broker_present: false, device: None, ..approved() }), (Outcome::Interrupt, Some(50127), next));
    assert_eq!(ask(&Facts { device: None, ..approved() }), (Outcome::Interrupt, Some(50129), next));
    assert_eq!(ask(&approved()), (Outcome::Grant, None, None));
}

#[test]
fn whoever_is_targeted_by_both_must_meet_one_of_the_two() {
    let both = |facts: &Facts| judged(Some(app_access()), Some(device_access()), facts);
    let neither = both(&facts());
    assert_eq!((neither.outcome, neither.error_code), (Outcome::Block, Some(53000)));
    let failure = PolicyOutcome::Failure;
    assert_eq!(rows(&neither), [("exo/appAccess", failure, None), ("exo/deviceAccess", failure, None)]);

    let app_only = both(&approved());
    assert_eq!(app_only.outcome, Outcome::Grant);
    let alternative = (PolicyOutcome::NotApplied, Some(Reason::AlternativeMet));
    assert_eq!(rows(&app_only), [("exo/appAccess", PolicyOutcome::Success, None), ("exo/deviceAccess", alternative.0, alternative.1)]);

    let device_only = both(&Facts { device: Some(compliant_device()), ..facts() });
    assert_eq!(device_only.outcome, Outcome::Grant);
    assert_eq!(rows(&device_only)[0], ("exo/appAccess", alternative.0, alternative.1));

    let promptable = both(&Facts { device: None, ..approved() });
    assert_eq!((promptable.outcome, promptable.error_code), (Outcome::Interrupt, Some(50129)));
}

#[test]
fn allowing_all_apps_restricts_nothing_and_satisfies_nothing() {
    let all = AppAccess { allows_all_apps: true, ..app_access() };
    let decision = judged(Some(all), Some(device_access()), &approved());
    assert_eq!((decision.outcome, decision.error_code), (Outcome::Block, Some(53000)));
    assert_eq!(rows(&decision)[0], ("exo/appAccess", PolicyOutcome::NotEnabled, Some(Reason::PolicyNotEnabled)));
}

#[test]
fn windows_has_its_own_test() {
    let joined = DeviceFacts { trust_type: Some(TrustType::ServerAd), ..DeviceFacts::default() };
    let ask = |windows, device: &DeviceFacts, platform| {
        let facts = Facts { device: Some(device.clone()), device_platform: platform, ..facts() };
        judged(None, Some(DeviceAccess { windows, ..device_access() }), &facts).error_code
    };
    use WindowsRequirement::{Compliant, DomainJoined, DomainJoinedOrCompliant};
    let (windows, compliant) = (Some(DevicePlatform::Windows), compliant_device());
    let table = [
        (DomainJoinedOrCompliant, &joined, windows, None),
        (DomainJoinedOrCompliant, &compliant, windows, None),
        (DomainJoined, &compliant, windows, Some(53001)),
        (DomainJoined, &joined, windows, None),
        (Compliant, &joined, windows, Some(53000)),
        (DomainJoined, &joined, None, Some(53000)),
        (DomainJoined, &compliant, None, None),
    ];
    for (requirement, device, platform, expected) in table {
        assert_eq!(ask(requirement, device, platform), expected, "{requirement} {platform:?}");
    }
}

#[test]
fn legacy_clients_get_in_by_a_device_and_over_active_sync_only() {
    let with = |client, device| Facts { client_app_type: Some(client), device, ..approved() };
    let (eas, other) = (ClientAppType::ExchangeActiveSync, ClientAppType::Other);
    let device = Some(compliant_device());
    let code = |app: Option<AppAccess>, access: Option<DeviceAccess>, facts: &Facts| judged(app, access, facts).error_code;
    assert_eq!(code(Some(app_access()), None, &with(eas, device.clone())), Some(53003));
    assert_eq!(code(Some(app_access()), Some(device_access()), &with(eas, device.clone())), None);
    assert_eq!(code(Some(app_access()), Some(device_access()), &with(other, device.clone())), Some(53003));
    assert_eq!(code(None, Some(device_access()), &with(eas, None)), Some(53003));
    assert_eq!(code(None, Some(device_access()), &with(other, device)), Some(53003));
}

#[test]
fn a_part_that_does_not_apply_says_why() {
    let only = |app: AppAccess, facts: &Facts| rows(&judged(Some(app), None, facts))[0].2;
    assert_eq!(only(AppAccess { enabled: false, ..app_access() }, &facts()), Some(Reason::PolicyNotEnabled));
    assert_eq!(only(AppAccess { restricted_groups: Vec::new(), ..app_access() }, &facts()), Some(Reason::EmptyPolicy));
    assert_eq!(only(AppAccess { exempted_groups: strings(&[GROUP]), ..app_access() }, &facts()), Some(Reason::Users));
    assert_eq!(only(app_access(), &workload("sp", true)), Some(Reason::Users));
    assert_eq!(only(app_access(), &Facts { resources: Vec::new(), ..facts() }), Some(Reason::Application));
    let android = DeviceAccess { platforms: Some(vec![DevicePlatform::Android]), ..device_access() };
    assert_eq!(rows(&judged(None, Some(android), &facts()))[0].2, Some(Reason::DevicePlatform));
}

#[test]
fn app_access_beside_certificate_sign_in_is_refused() {
    let policy = |enabled| ServicePolicy {
        id: "exo".to_owned(),
        resource: MAIL.to_owned(),
        app_access: Some(AppAccess { enabled, ..app_access() }),
        device_access: None,
    };
    assert!(check_certificate_conflict(&[policy(true)], true).is_err());
    assert!(check_certificate_conflict(&[policy(true)], false).is_ok());
    assert!(check_certificate_conflict(&[policy(false)], true).is_ok());
}
