//! Grant controls: which are satisfied, which can be prompted for, and what error the others give.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::{GrantControl, GrantControls, GrantOperator};
use doorward_model::service_policy::WindowsRequirement;
use doorward_model::sign_in::ClientAppType;

use super::control::Control;
use super::mask::Mask;
use super::sign_in::Shown;

/// What a policy asks for. Policies that ask for the same share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Grant {
    Block,
    /// Requirements in the prompt order, each once.
    Controls(GrantOperator, Vec<Requirement>),
}

/// One control. Ordered by the prompt order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Requirement {
    control: Control,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    BuiltIn(GrantControl),
    /// An authentication strength or terms of use, by its index in the set.
    Factor(usize),
    Custom,
    /// Device access of a service policy.
    DeviceAccess(WindowsRequirement),
}

/// A control that is not satisfied, and the error that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Failing {
    pub(super) control: Control,
    pub(super) code: ErrorCode,
}

/// How a sign-in stands to one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is met.
    Satisfied,
    /// The person can do something about it.
    Promptable,
    /// Nobody can.
    Final,
}

impl Grant {
    /// What the controls ask for, with the indexes of the strength and the terms of use; none when nothing is asked.
    pub(super) fn new(controls: &GrantControls, strength: Option<usize>, terms: Option<usize>) -> Option<Self> {
        if controls.built_in_controls.contains(&GrantControl::Block) {
            return Some(Self::Block);
        }
        let built_in = controls.built_in_controls.iter().filter_map(|control| Requirement::built_in(*control));
        let strength = strength.map(|index| Requirement { control: Control::AuthenticationStrength, kind: Kind::Factor(index) });
        let terms = terms.map(|index| Requirement { control: Control::TermsOfUse, kind: Kind::Factor(index) });
        let custom =
            (!controls.custom_authentication_factors.is_empty()).then_some(Requirement { control: Control::Custom, kind: Kind::Custom });
        let mut requirements: Vec<_> = built_in.chain(strength).chain(terms).chain(custom).collect();
        requirements.sort_unstable();
        requirements.dedup();
        // With one control the operator says nothing.
        let operator = if requirements.len() > 1 { controls.operator } else { None };
        (!requirements.is_empty()).then(|| Self::Controls(operator.unwrap_or(GrantOperator::And), requirements))
    }
}

impl Grant {
    pub(super) fn requirements(&self) -> &[Requirement] {
        match self {
            Self::Block => &[],
            Self::Controls(_, requirements) => requirements,
        }
    }
}

impl Requirement {
    pub(super) fn built_in(control: GrantControl) -> Option<Self> {
        let order = match control {
            GrantControl::Block => return None,
            GrantControl::Mfa => Control::Mfa,
            GrantControl::CompliantDevice => Control::CompliantDevice,
            GrantControl::DomainJoinedDevice => Control::DomainJoinedDevice,
            GrantControl::ApprovedApplication => Control::ApprovedApplication,
            GrantControl::CompliantApplication => Control::CompliantApplication,
            GrantControl::PasswordChange => Control::PasswordChange,
        };
        Some(Self { control: order, kind: Kind::BuiltIn(control) })
    }

    pub(super) fn kind(self) -> Kind {
        self.kind
    }

    pub(super) fn control(self) -> Control {
        self.control
    }

    /// App access of a service policy: what `approvedApplication` asks.
    pub(super) fn app_access() -> Self {
        Self { control: Control::ApprovedApplication, kind: Kind::BuiltIn(GrantControl::ApprovedApplication) }
    }

    /// Device access of a service policy.
    pub(super) fn device_access(wanted: WindowsRequirement) -> Self {
        let control = match wanted {
            WindowsRequirement::DomainJoined => Control::DomainJoinedDevice,
            WindowsRequirement::DomainJoinedOrCompliant | WindowsRequirement::Compliant => Control::CompliantDevice,
        };
        Self { control, kind: Kind::DeviceAccess(wanted) }
    }

    pub(super) fn standing(self, sign_in: &Shown, factors: &Mask) -> Standing {
        let waiver = match self.kind {
            Kind::BuiltIn(control) => Some(control),
            Kind::DeviceAccess(WindowsRequirement::DomainJoined) => Some(GrantControl::DomainJoinedDevice),
            Kind::DeviceAccess(_) => Some(GrantControl::CompliantDevice),
            Kind::Factor(_) | Kind::Custom => None,
        };
        if waiver.is_some_and(|control| sign_in.evidence.waived.contains(control)) {
            return Standing::Satisfied;
        }
        let can_show = match sign_in.client_app_type {
            Some(ClientAppType::Other) => false,
            // ActiveSync shows its device by the id that management recorded, and nothing else.
            Some(ClientAppType::ExchangeActiveSync) => matches!(self.control, Control::CompliantDevice | Control::DomainJoinedDevice),
            _ => true,
        };
        if can_show && self.is_met(sign_in, factors) {
            Standing::Satisfied
        } else if sign_in.can_prompt() && can_prompt_for(self.control, sign_in) {
            Standing::Promptable
        } else {
            Standing::Final
        }
    }

    fn is_met(self, sign_in: &Shown, factors: &Mask) -> bool {
        match self.kind {
            Kind::BuiltIn(control) => built_in_is_met(control, sign_in),
            Kind::Factor(index) => factors.contains(index),
            Kind::Custom => false,
            Kind::DeviceAccess(wanted) => match wanted {
                WindowsRequirement::DomainJoinedOrCompliant => sign_in.device.is_domain_joined || sign_in.device.is_managed_and_compliant,
                WindowsRequirement::DomainJoined => sign_in.device.is_domain_joined,
                WindowsRequirement::Compliant => sign_in.device.is_managed_and_compliant,
            },
        }
    }

    /// What a sign-in that does not satisfy the requirement is told.
    pub(super) fn failing(self, sign_in: &Shown) -> Failing {
        // A legacy client understands nothing but no.
        let code = if sign_in.is_legacy() { ErrorCode::BLOCKED } else { code(self.control, sign_in) };
        Failing { control: self.control, code }
    }
}

fn code(control: Control, sign_in: &Shown) -> ErrorCode {
    let evidence = &sign_in.evidence;
    match control {
        Control::Mfa | Control::AuthenticationStrength => ErrorCode::MFA_REQUIRED,
        Control::CompliantDevice => ErrorCode::DEVICE_NOT_COMPLIANT,
        Control::DomainJoinedDevice => ErrorCode::DEVICE_NOT_DOMAIN_JOINED,
        Control::ApprovedApplication => app_code(evidence.approved, sign_in).unwrap_or(ErrorCode::APP_NOT_APPROVED),
        Control::CompliantApplication => app_code(evidence.protectable, sign_in).unwrap_or(ErrorCode::PROTECTION_POLICY_REQUIRED),
        Control::PasswordChange => ErrorCode::PASSWORD_CHANGE_REQUIRED,
        Control::TermsOfUse | Control::Custom => ErrorCode::EXTERNAL_CHALLENGE,
    }
}

fn built_in_is_met(control: GrantControl, sign_in: &Shown) -> bool {
    let evidence = &sign_in.evidence;
    match control {
        GrantControl::Block => false,
        GrantControl::Mfa => evidence.mfa,
        GrantControl::CompliantDevice => sign_in.device.is_managed_and_compliant,
        GrantControl::DomainJoinedDevice => sign_in.device.is_domain_joined,
        GrantControl::ApprovedApplication => app_code(evidence.approved, sign_in).is_none(),
        GrantControl::CompliantApplication => app_code(evidence.protectable, sign_in).is_none() && evidence.app_protection_applied,
        GrantControl::PasswordChange => evidence.password_changed,
    }
}

/// What the app lacks, in the order in which a person can make up for it: the right app, the broker, the registration, the attestation,
/// which an app gives to the protection service like its word that it applies its policy.
fn app_code(is_listed: bool, sign_in: &Shown) -> Option<ErrorCode> {
    if !is_listed || !sign_in.is_mobile() {
        Some(ErrorCode::APP_NOT_APPROVED)
    } else if !sign_in.evidence.broker_present {
        Some(ErrorCode::BROKER_NOT_INSTALLED)
    } else if !sign_in.device.is_registered {
        Some(ErrorCode::DEVICE_NOT_REGISTERED)
    } else if sign_in.evidence.attestation_missing {
        Some(ErrorCode::PROTECTION_POLICY_REQUIRED)
    } else {
        None
    }
}

fn can_prompt_for(control: Control, sign_in: &Shown) -> bool {
    match control {
        Control::Mfa | Control::AuthenticationStrength | Control::PasswordChange | Control::TermsOfUse => true,
        Control::ApprovedApplication => sign_in.is_mobile() && sign_in.evidence.approved,
        Control::CompliantApplication => sign_in.is_mobile() && sign_in.evidence.protectable,
        Control::CompliantDevice | Control::DomainJoinedDevice | Control::Custom => false,
    }
}
