//! The facts as the sign-in log keeps them.

use std::net::IpAddr;

use doorward_model::RegistrationId;
use doorward_model::device::TrustType;
use doorward_model::protection::EvidenceProblem;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, TransferMethod, UserAction};
use doorward_policy::conditional_access::Subject;
use jiff::Timestamp;
use serde::Serialize;

use super::facts::Gathered;

/// The facts in the shape of a sign-in of `doorward policy eval`, so that the decision can be made again from the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AsSignIn<'a> {
    user_id: Option<&'a str>,
    service_principal_id: Option<&'a str>,
    resources: Vec<&'a str>,
    user_action: Option<UserAction>,
    authentication_context: Option<&'a str>,
    client_app_id: Option<&'a str>,
    client_app_type: Option<ClientAppType>,
    device_platform: Option<DevicePlatform>,
    ip_address: Option<IpAddr>,
    transfer_method: TransferMethod,
    device: Option<AsDevice<'a>>,
    broker_present: bool,
    app_protection_applied: bool,
    /// Null where no attestation was asked for.
    attestation_missing: Option<bool>,
    attestation_problem: Option<EvidenceProblem>,
    app_protection: Option<AsRegistration<'a>>,
    mfa: bool,
    authentication_methods: &'a [String],
    amr: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AsDevice<'a> {
    device_id: Option<&'a str>,
    display_name: Option<&'a str>,
    is_compliant: Option<bool>,
    is_managed: Option<bool>,
    trust_type: Option<TrustType>,
    operating_system: Option<&'a str>,
    operating_system_version: Option<&'a str>,
}

/// What the protected app has said of itself lately.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AsRegistration<'a> {
    registration_id: RegistrationId,
    last_sync: Option<Timestamp>,
    tag: Option<&'a str>,
    /// A letter for each criterion.
    failed: String,
}

impl Gathered<'_> {
    pub(super) fn as_sign_in(&self) -> AsSignIn<'_> {
        let facts = &self.facts;
        let (user_id, service_principal_id) = match &facts.subject {
            Subject::User(user) => (Some(user.id.as_str()), None),
            Subject::Workload { service_principal_id, .. } => (None, Some(service_principal_id.as_str())),
        };
        AsSignIn {
            user_id,
            service_principal_id,
            resources: facts.resources.iter().map(|resource| resource.app_id.as_str()).collect(),
            user_action: facts.user_action,
            authentication_context: facts.authentication_context.as_deref(),
            client_app_id: facts.client.as_ref().map(|client| client.app_id.as_str()),
            client_app_type: facts.client_app_type,
            device_platform: facts.device_platform,
            ip_address: facts.ip,
            transfer_method: facts.transfer_method,
            device: facts.device.as_ref().map(|device| AsDevice {
                device_id: device.device_id.as_deref(),
                display_name: device.display_name.as_deref(),
                is_compliant: device.is_compliant,
                is_managed: device.is_managed,
                trust_type: device.trust_type,
                operating_system: device.operating_system.as_deref(),
                operating_system_version: device.operating_system_version.as_deref(),
            }),
            broker_present: facts.broker_present,
            app_protection_applied: facts.app_protection_applied,
            attestation_missing: self.must_attest.then_some(facts.attestation_missing),
            attestation_problem: self.attestation_missing,
            app_protection: self.protection.registration.map(|registration_id| AsRegistration {
                registration_id,
                last_sync: self.protection.last_sync,
                tag: self.protection.tag.as_deref(),
                failed: self.protection.failed.iter().map(|criterion| criterion.letter()).collect(),
            }),
            mfa: facts.mfa,
            authentication_methods: &facts.authentication_methods,
            amr: self.amr,
        }
    }
}
