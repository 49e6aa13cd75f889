//! A sign-in as a compiled set of policies sees it: in each dimension, the class that its facts fall into.

use doorward_model::conditional_access::GrantControl;
use doorward_model::sign_in::{ClientAppType, DevicePlatform};

use super::circumstances::Circumstances;
use super::facts::{DeviceFacts, Facts};
use super::table::Class;

/// A sign-in in a few words of memory. Made by [`Classes`](super::Classes), and of use with that one only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignIn {
    pub(super) parts: Parts,
    pub(super) proof: ProofClass,
}

/// The parts of a sign-in, each of which may have been looked up for another one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parts {
    /// Who.
    pub subject: SubjectClass,
    /// What for.
    pub target: Class,
    /// Where from.
    pub place: Class,
    /// On which device.
    pub device: DeviceClass,
    /// Platform, kind of client, risks, way of transfer.
    pub circumstances: CircumstancesClass,
    /// Which authentication strengths and terms of use are met.
    pub factors: FactorsClass,
    /// What has been shown besides.
    pub evidence: Evidence,
}

/// Who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubjectClass {
    pub(super) class: Class,
    pub(super) is_workload: bool,
}

/// The device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceClass {
    pub(super) class: Class,
    pub(super) standing: DeviceStanding,
}

/// What grant controls ask of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DeviceStanding {
    pub(super) is_registered: bool,
    pub(super) is_managed_and_compliant: bool,
    pub(super) is_domain_joined: bool,
}

/// The circumstances, and the row of the policies that fit all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CircumstancesClass {
    pub(super) class: Class,
    pub(super) values: Circumstances,
}

/// The authentication strengths and terms of use that are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FactorsClass(pub(super) usize);

/// How a sign-in stands to everything that the policies of the set ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct ProofClass(pub(super) usize);

/// What a sign-in has shown, as far as grant controls ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Evidence {
    /// The client app is on the approved list.
    pub approved: bool,
    /// The client app can enforce an app protection policy.
    pub protectable: bool,
    /// The broker took part.
    pub broker_present: bool,
    /// The client app has applied its protection policy.
    pub app_protection_applied: bool,
    /// The client app must attest who it is, and has not.
    pub attestation_missing: bool,
    /// A second factor was used.
    pub mfa: bool,
    /// The password was changed in this sign-in.
    pub password_changed: bool,
    /// Controls that count as satisfied.
    pub waived: Waived,
}

/// Everything that grant controls look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shown {
    pub(super) is_workload: bool,
    pub(super) device: DeviceStanding,
    pub(super) client_app_type: Option<ClientAppType>,
    pub(super) device_platform: Option<DevicePlatform>,
    pub(super) factors: FactorsClass,
    pub(super) evidence: Evidence,
}

/// A set of built-in controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Waived(u8);

impl Waived {
    /// The set of these controls.
    #[must_use]
    pub fn of(controls: &[GrantControl]) -> Self {
        Self(controls.iter().fold(0, |set, control| set | bit(*control)))
    }

    pub(super) fn contains(self, control: GrantControl) -> bool {
        self.0 & bit(control) != 0
    }
}

fn bit(control: GrantControl) -> u8 {
    1 << control as u8
}

impl From<&Facts> for Evidence {
    fn from(facts: &Facts) -> Self {
        let client = facts.client.as_ref();
        Self {
            approved: client.is_some_and(|client| client.approved),
            protectable: client.is_some_and(|client| client.protectable),
            broker_present: facts.broker_present,
            app_protection_applied: facts.app_protection_applied,
            attestation_missing: facts.attestation_missing,
            mfa: facts.mfa,
            password_changed: facts.password_changed,
            waived: Waived::of(&facts.waived_controls),
        }
    }
}

impl DeviceStanding {
    pub(super) fn of(device: Option<&DeviceFacts>) -> Self {
        Self {
            is_registered: device.is_some(),
            is_managed_and_compliant: device.is_some_and(DeviceFacts::managed_and_compliant),
            is_domain_joined: device.is_some_and(DeviceFacts::domain_joined),
        }
    }
}

impl SignIn {
    /// The parts, for another sign-in that shares most of them.
    #[must_use]
    pub fn parts(&self) -> Parts {
        self.parts
    }
}

impl Parts {
    pub(super) fn shown(&self) -> Shown {
        Shown {
            is_workload: self.subject.is_workload,
            device: self.device.standing,
            client_app_type: self.circumstances.values.client_app_type,
            device_platform: self.circumstances.values.device_platform,
            factors: self.factors,
            evidence: self.evidence,
        }
    }
}

impl Shown {
    pub(super) fn is_legacy(&self) -> bool {
        self.client_app_type.is_some_and(ClientAppType::is_legacy)
    }

    pub(super) fn is_mobile(&self) -> bool {
        self.device_platform.is_some_and(DevicePlatform::is_mobile)
    }

    /// Somebody is there to answer a prompt.
    pub(super) fn can_prompt(&self) -> bool {
        !self.is_workload && !self.is_legacy()
    }
}
