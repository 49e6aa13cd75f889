//! Device management: enrolment, policies, reports, and what conditional access makes of them.

use himmelblau::EnrollAttrs;
use himmelblau::graph::Graph;
use himmelblau::intune::{ComplianceState, IntuneForLinux, IntuneStatus};
use reqwest::Method;
use serde_json::json;

use crate::TIMEOUT;
use crate::computer::{Computer, MAIL};
use crate::demo::{Demo, Person};
use crate::report::Report;

const ENROLMENT: &str = "d4ebce55-015a-49b5-a083-c84d1797ae8c";
const CHECK_IN: &str = "0000000a-0000-0000-c000-000000000000";
const COMPLIANCE: &str = "b8066b99-6e67-41be-abfa-75db1a2c8809";
/// The service that the policy protects.
const MAIL_APP: &str = "c0a50000-0000-4000-8000-000000000001";

pub async fn run(report: &mut Report, demo: &Demo, person: &Person, computer: &mut Computer) {
    prepare(demo, person).await;
    report.refused("compliance: mail is closed to a device that nobody manages", 53000, computer.token(vec![MAIL], None).await);

    let token =
        report.done("management: a token for the directory", computer.token(vec!["https://graph.microsoft.com/.default"], None).await);
    let graph = Graph::new(demo.host(), &demo.domain, Some(&demo.base), Some(&demo.tenant), Some(&demo.base), TIMEOUT).await;
    let graph = report.done("management: the directory", graph);
    let endpoints = graph.intune_service_endpoints(&token.access_token.clone().unwrap_or_default()).await;
    let management = IntuneForLinux::new(report.done("management: where its services are", endpoints), TIMEOUT).expect("a client");
    let attributes = EnrollAttrs::new(demo.domain.clone(), Some("workbench".into()), None, None, None).expect("attributes");

    let token = report.done("management: a token for enrolment", computer.token(vec![], Some(ENROLMENT)).await);
    let device_id = computer.device_id.clone();
    let answer = management.enroll(&token, &attributes, &device_id, &mut computer.tpm, &computer.key).await;
    let (_, id) = report.done("management: enrolment", answer);
    report.refused("compliance: enrolled is not compliant yet", 53000, computer.token(vec![MAIL], None).await);

    let check_in = report.done("management: a token for check-in", computer.token(vec![], Some(CHECK_IN)).await);
    report.done("management: details", management.details(&check_in, &attributes, &id).await);
    let compliance = report.done("management: a token for the state", computer.token(vec![], Some(COMPLIANCE)).await);
    // As the library makes a report of the policies, everything is not compliant until the client says otherwise.
    for (name, states, expected) in [
        ("nothing is as it should be", ComplianceState::NonCompliant, "NonCompliant"),
        ("everything is as it should be", ComplianceState::Compliant, "Compliant"),
        ("nothing is as it should be any more", ComplianceState::NonCompliant, "NonCompliant"),
    ] {
        let policies = report.done("management: policies", management.policies(&check_in, &id).await);
        let mut status = IntuneStatus::from(policies);
        status.set_device_id(id.clone());
        for detail in status.policy_statuses.iter_mut().flat_map(|policy| &mut policy.details) {
            let actual = matches!(states, ComplianceState::Compliant).then(|| detail.expected_value.clone());
            detail.set_status(None, actual, &states);
        }
        let settings: usize = status.policy_statuses.iter().map(|policy| policy.details.len()).sum();
        report.equal("management: what the policy asks for", &settings, &3);
        report.done(&format!("management: report that {name}"), management.status(&check_in, status).await);
        let state = report.done("management: how the device stands", management.get_compliance_info(&compliance, &id).await);
        report.equal(&format!("management: it is {expected}"), &format!("{:?}", state.compliance_state), &expected.to_owned());
        let answer = computer.token(vec![MAIL], None).await;
        match states {
            ComplianceState::Compliant => drop(report.done("compliance: mail is open in the next request", answer)),
            _ => report.refused("compliance: mail is closed in the next request", 53000, answer),
        }
    }
}

/// A compliance policy for Linux and one that asks for compliance, both for this person alone.
async fn prepare(demo: &Demo, person: &Person) {
    let group = json!({ "displayName": format!("Linux of {}", person.name), "mailEnabled": false, "mailNickname": "linux", "securityEnabled": true });
    let group = demo.graph(Method::POST, "groups", group).await["id"].as_str().expect("a group has an id").to_owned();
    let member = json!({ "@odata.id": format!("{}/v1.0/directoryObjects/{}", demo.base, person.id) });
    demo.graph(Method::POST, &format!("groups/{group}/members/$ref"), member).await;
    let policy = json!({
        "@odata.type": "#doorward.linuxCompliancePolicy",
        "displayName": "Linux computers",
        "passwordMinimumLength": 12,
        "passwordMinimumDigits": 1,
        "deviceEncryptionRequired": true,
        "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group } }],
    });
    demo.graph(Method::POST, "deviceManagement/deviceCompliancePolicies", policy).await;
    let policy = json!({
        "displayName": "Mail on compliant devices",
        "state": "enabled",
        "conditions": {
            "users": { "includeUsers": [person.id] },
            "applications": { "includeApplications": [MAIL_APP] },
            "clientAppTypes": ["all"],
        },
        "grantControls": { "operator": "OR", "builtInControls": ["compliantDevice"] },
    });
    demo.graph(Method::POST, "identity/conditionalAccess/policies", policy).await;
}
