//! Messages of device management on Linux.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::SigningAlgorithm;
use doorward_wire::drs::{self, CsrError, KeyBlobError, KeyRequest};
use doorward_wire::key::SigningKey;
use doorward_wire::linux_management::{DeviceState, ReportedState, SettingStatus, Status, read_csr};
use proptest::prelude::*;
use rcgen::PublicKeyData as _;
use serde_json::json;

#[test]
fn a_report_is_read_in_either_spelling_and_sent_back_as_it_came() {
    let report = json!({
        "DeviceId": "d",
        "PolicyStatuses": [{ "PolicyId": "p", "LastStatusDateTime": "t", "Details": [{
            "RuleId": "r", "SettingDefinitionItemId": "s", "ExpectedValue": "e", "ActualValue": "a",
            "NewComplianceState": "NonCompliant", "OldComplianceState": "Unknown", "ErrorType": 0, "ErrorCode": 0,
        }] }],
    });
    let read: Status = serde_json::from_value(report.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), report);
    let small =
        json!({ "deviceId": "d", "policyStatuses": [{ "policyId": "p", "details": [{ "ruleId": "r", "newComplianceState": "x" }] }] });
    assert_eq!(serde_json::from_value::<Status>(small).unwrap().policy_statuses[0].details[0].rule_id, "r");
}

#[test]
fn a_state_that_is_not_known_counts_as_not_met() {
    let state = |word: &str| serde_json::from_value::<SettingStatus>(json!({ "RuleId": "r", "NewComplianceState": word })).unwrap().state();
    for (word, expected) in [
        ("Compliant", ReportedState::Compliant),
        ("compliant", ReportedState::Compliant),
        ("NonCompliant", ReportedState::NonCompliant),
        ("Error", ReportedState::NonCompliant),
        ("Splendid", ReportedState::NonCompliant),
        ("Unknown", ReportedState::Unknown),
        ("", ReportedState::Unknown),
    ] {
        assert_eq!(state(word), expected, "{word:?}");
    }
}

#[test]
fn a_certificate_request_is_read_with_and_without_its_frame_and_a_damaged_one_is_not() {
    let (_, key) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let der = drs::build_csr(&key).unwrap();
    let base64 = STANDARD.encode(&der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let pem = format!("-----BEGIN CERTIFICATE REQUEST-----\r\n{}\r\n-----END CERTIFICATE REQUEST-----\r\n", lines.join("\r\n"));
    assert_eq!(read_csr(&pem).unwrap(), read_csr(&base64).unwrap());
    let mut broken = der;
    *broken.last_mut().unwrap() ^= 1;
    assert_eq!(read_csr(&STANDARD.encode(broken)).unwrap_err(), CsrError::Signature);
    assert_eq!(read_csr(&"A".repeat(20_000)).unwrap_err(), CsrError::Malformed);
}

#[test]
fn a_users_key_is_named_by_the_hash_of_what_the_device_sent() {
    let (_, key) = SigningKey::generate(SigningAlgorithm::RS256).unwrap();
    let spki = rcgen::KeyPair::try_from(key.as_slice()).unwrap().subject_public_key_info();
    let blob = drs::spki_to_blob(&spki).unwrap();
    let read = drs::user_key(&KeyRequest { kngc: STANDARD.encode(&blob) }).unwrap();
    assert_eq!((read.spki, read.id.len()), (spki, 32));
    for (kngc, error) in [("%%%".to_owned(), KeyBlobError::Malformed), (STANDARD.encode(&blob[..100]), KeyBlobError::Malformed)] {
        assert_eq!(drs::user_key(&KeyRequest { kngc }).unwrap_err(), error);
    }
}

#[test]
fn the_state_of_a_device_has_every_member_that_clients_insist_on() {
    let state = DeviceState {
        address: "https://h.example/x",
        id: "i",
        name: "workbench",
        os_version: "12",
        state: "Compliant",
        is_compliant: true,
        is_managed: true,
        enrolled: "t",
        last_contact: "",
        grace_ends: "",
        failing: &[],
    };
    let object = state.to_json();
    for action in "CheckCompliance GetManagementState RegisterForAppPushNotifications RemoveSignedDeviceIdPolicyAssignment SetHeartBeat SetOptIn SetRD UpdateAadId".split(' ') {
        let expected = json!({ "target": "https://h.example/x", "title": action });
        assert_eq!(object[format!("#CommonContainer.{action}")], expected, "{action}");
    }
    let of_kind = |fits: fn(&serde_json::Value) -> bool, names: &str| {
        for name in names.split(' ') {
            assert!(object.get(name).is_some_and(fits), "{name}: {:?}", object.get(name));
        }
    };
    of_kind(
        serde_json::Value::is_string,
        "AadId ChassisType ComplianceState CreatedDate EasId ExchangeActivationItemEasId InGracePeriodUntilDateTimeUtc Key LastContact \
         LastContactNotification ManagementAgent ManagementType Manufacturer OSSubtype OSVersion OfficialName OperatingSystem OperatingSystemId \
         odata.id odata.metadata",
    );
    of_kind(
        serde_json::Value::is_boolean,
        "CategorySetByEndUser IsCompliantInGraph IsExchangeActivated IsManagedInGraph IsPartnerManaged IsReadOnly IsSharedDevice",
    );
    of_kind(serde_json::Value::is_u64, "CoManagementFeatures EnrollmentType OwnerType SupervisedStatus UdaStatus UserApprovedEnrollment");
    of_kind(serde_json::Value::is_array, "DeviceActions ExchangeActivationItems NoncompliantRules");
}

proptest! {
    #[test]
    fn no_certificate_request_makes_the_reader_stumble(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_csr(&text);
        let _ = read_csr(&STANDARD.encode(bytes));
    }
}
