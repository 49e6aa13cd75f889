//! The facts as the sign-in log keeps them.

use std::borrow::Cow;
use std::net::IpAddr;

use doorward_model::RegistrationId;
use doorward_model::device::TrustType;
use doorward_model::protection::EvidenceProblem;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, TransferMethod, UserAction};
use jiff::Timestamp;
use serde::Serialize;

/// The facts in the shape of a sign-in of `doorward policy eval`, so that the decision can be made again from the log.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsSignIn<'a> {
    pub(crate) user_id: Option<Cow<'a, str>>,
    pub(crate) service_principal_id: Option<Cow<'a, str>>,
    pub(crate) resources: Vec<Cow<'a, str>>,
    pub(crate) user_action: Option<UserAction>,
    pub(crate) authentication_context: Option<Cow<'a, str>>,
    pub(crate) client_app_id: Option<Cow<'a, str>>,
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
    pub(crate) authentication_methods: Cow<'a, [String]>,
    pub(crate) amr: Cow<'a, [String]>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsDevice<'a> {
    pub(crate) device_id: Option<Cow<'a, str>>,
    pub(crate) display_name: Option<Cow<'a, str>>,
    pub(crate) is_compliant: Option<bool>,
    pub(crate) is_managed: Option<bool>,
    pub(crate) trust_type: Option<TrustType>,
    pub(crate) operating_system: Option<Cow<'a, str>>,
    pub(crate) operating_system_version: Option<Cow<'a, str>>,
}

/// What the protected app has said of itself lately.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AsRegistration<'a> {
    pub(crate) registration_id: RegistrationId,
    pub(crate) last_sync: Option<Timestamp>,
    pub(crate) tag: Option<Cow<'a, str>>,
    /// A letter for each criterion.
    pub(crate) failed: String,
}

impl AsSignIn<'_> {
    pub(super) fn into_owned(self) -> AsSignIn<'static> {
        AsSignIn {
            user_id: self.user_id.map(own),
            service_principal_id: self.service_principal_id.map(own),
            resources: self.resources.into_iter().map(own).collect(),
            user_action: self.user_action,
            authentication_context: self.authentication_context.map(own),
            client_app_id: self.client_app_id.map(own),
            client_app_type: self.client_app_type,
            device_platform: self.device_platform,
            ip_address: self.ip_address,
            transfer_method: self.transfer_method,
            device: self.device.map(AsDevice::into_owned),
            broker_present: self.broker_present,
            app_protection_applied: self.app_protection_applied,
            attestation_missing: self.attestation_missing,
            attestation_problem: self.attestation_problem,
            app_protection: self.app_protection.map(AsRegistration::into_owned),
            mfa: self.mfa,
            authentication_methods: Cow::Owned(self.authentication_methods.into_owned()),
            amr: Cow::Owned(self.amr.into_owned()),
        }
    }
}

impl AsDevice<'_> {
    fn into_owned(self) -> AsDevice<'static> {
        AsDevice {
            device_id: self.device_id.map(own),
            display_name: self.display_name.map(own),
            is_compliant: self.is_compliant,
            is_managed: self.is_managed,
            trust_type: self.trust_type,
            operating_system: self.operating_system.map(own),
            operating_system_version: self.operating_system_version.map(own),
        }
    }
}

impl AsRegistration<'_> {
    fn into_owned(self) -> AsRegistration<'static> {
        AsRegistration { registration_id: self.registration_id, last_sync: self.last_sync, tag: self.tag.map(own), failed: self.failed }
    }
}

pub(super) fn own(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}
