//! The facts as the sign-in log keeps them.

use std::net::IpAddr;

use doorward_model::RegistrationId;
use doorward_model::device::TrustType;
use doorward_model::protection::EvidenceProblem;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, TransferMethod, UserAction};
use jiff::Timestamp;
use serde::Serialize;

/// The facts in the shape of a sign-in of `doorward policy eval`, so that the decision can be made again from the log.
#[derive(Debug, Clone, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsSignIn<'a> {
    pub(crate) user_id: Option<&'a str>,
    pub(crate) service_principal_id: Option<&'a str>,
    pub(crate) resources: Vec<&'a str>,
    pub(crate) user_action: Option<UserAction>,
    pub(crate) authentication_context: Option<&'a str>,
    pub(crate) client_app_id: Option<&'a str>,
    pub(crate) client_app_type: Option<ClientAppType>,
    pub(crate) device_platform: Option<DevicePlatform>,
    pub(crate) ip_address: Option<IpAddr>,
    pub(crate) transfer_method: TransferMethod,
    pub(crate) device: Option<AsDevice<'a>>,
    pub(crate) broker_present: bool,
    pub(crate) app_protection_applied: bool,
    /// Null where no attestation was asked for.
    pub(crate) attestation_missing: Option<bool>,
    pub(crate) attestation_problem: Option<EvidenceProblem>,
    pub(crate) app_protection: Option<AsRegistration<'a>>,
    pub(crate) mfa: bool,
    pub(crate) authentication_methods: &'a [String],
    pub(crate) amr: &'a [String],
}

#[derive(Debug, Clone, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsDevice<'a> {
    pub(crate) device_id: Option<&'a str>,
    pub(crate) display_name: Option<&'a str>,
    pub(crate) is_compliant: Option<bool>,
    pub(crate) is_managed: Option<bool>,
    pub(crate) trust_type: Option<TrustType>,
    pub(crate) operating_system: Option<&'a str>,
    pub(crate) operating_system_version: Option<&'a str>,
}

/// What the protected app has said of itself lately.
#[derive(Debug, Clone, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsRegistration<'a> {
    pub(crate) registration_id: RegistrationId,
    pub(crate) last_sync: Option<Timestamp>,
    pub(crate) tag: Option<&'a str>,
    /// A letter for each criterion.
    pub(crate) failed: String,
}
