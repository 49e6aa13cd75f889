//! Facts as a sign-in that `doorward policy eval` reads.

use doorward_model::sign_in::{InsiderRiskLevel, RiskLevel, TransferMethod};
use doorward_policy::conditional_access::{DeviceFacts, Facts, Subject};
use serde_json::{Map, Value, json};

/// The sign-in, without the members that say nothing.
pub(super) fn sign_in(id: &str, facts: &Facts) -> Value {
    let (user, workload) = match &facts.subject {
        Subject::User(user) => (Some(&user.id), None),
        Subject::Workload { service_principal_id, .. } => (None, Some(service_principal_id)),
    };
    present([
        ("id", json!(id)),
        ("userId", json!(user)),
        ("servicePrincipalId", json!(workload)),
        ("resources", json!(facts.resources.iter().map(|resource| &resource.app_id).collect::<Vec<_>>())),
        ("userAction", json!(facts.user_action)),
        ("authenticationContext", json!(facts.authentication_context)),
        ("clientAppId", json!(facts.client.as_ref().map(|client| &client.app_id))),
        ("clientAppType", json!(facts.client_app_type)),
        ("devicePlatform", json!(facts.device_platform)),
        ("ipAddress", json!(facts.ip)),
        ("country", json!(facts.country)),
        ("signInRiskLevel", json!(Some(facts.sign_in_risk).filter(|risk| *risk != RiskLevel::None))),
        ("userRiskLevel", json!(Some(facts.user_risk).filter(|risk| *risk != RiskLevel::None))),
        ("servicePrincipalRiskLevel", json!(Some(facts.service_principal_risk).filter(|risk| *risk != RiskLevel::None))),
        ("insiderRiskLevel", json!(Some(facts.insider_risk).filter(|risk| *risk != InsiderRiskLevel::None))),
        ("transferMethod", json!(Some(facts.transfer_method).filter(|method| *method != TransferMethod::None))),
        ("device", facts.device.as_ref().map_or(Value::Null, device)),
        ("brokerPresent", json!(facts.broker_present.then_some(true))),
        ("appProtectionApplied", json!(facts.app_protection_applied.then_some(true))),
        ("attestationMissing", json!(facts.attestation_missing.then_some(true))),
        ("mfa", json!(facts.mfa.then_some(true))),
        ("authenticationMethods", json!(facts.authentication_methods)),
        ("passwordChanged", json!(facts.password_changed.then_some(true))),
        ("termsOfUseAccepted", json!(facts.terms_of_use_accepted)),
    ])
}

fn device(device: &DeviceFacts) -> Value {
    let mut value = present([
        ("deviceId", json!(device.device_id)),
        ("displayName", json!(device.display_name)),
        ("isCompliant", json!(device.is_compliant)),
        ("isManaged", json!(device.is_managed)),
        ("trustType", json!(device.trust_type)),
        ("deviceOwnership", json!(device.device_ownership)),
        ("profileType", json!(device.profile_type)),
        ("manufacturer", json!(device.manufacturer)),
        ("model", json!(device.model)),
        ("operatingSystem", json!(device.operating_system)),
        ("operatingSystemVersion", json!(device.operating_system_version)),
        ("mdmAppId", json!(device.mdm_app_id)),
        ("enrollmentProfileName", json!(device.enrollment_profile_name)),
        ("physicalIds", json!(device.physical_ids)),
        ("systemLabels", json!(device.system_labels)),
    ]);
    if let Value::Object(members) = &mut value {
        for (number, attribute) in (1..).zip(&device.extension_attributes) {
            members.extend(attribute.as_ref().map(|text| (format!("extensionAttribute{number}"), text.clone().into())));
        }
    }
    value
}

/// An object of the members that there is something to say of.
fn present<const N: usize>(members: [(&str, Value); N]) -> Value {
    let is_said = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    let said = members.into_iter().filter(|(_, value)| is_said(value));
    Value::Object(said.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
