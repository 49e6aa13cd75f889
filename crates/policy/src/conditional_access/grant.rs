//! Grant controls: which are satisfied, which can be prompted for, and what error the others give.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::{GrantControl, GrantControls, GrantOperator};
use doorward_model::sign_in::ClientAppType;

use super::control::Control;
use super::mask::Mask;
use super::sign_in::SignIn;

/// What a policy asks for. Policies that ask for the same share it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Grant {
    /// First, because a block settles the matter.
    Block,
    /// Controls in the prompt order, each once.
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
}

/// What a policy says of a sign-in to which it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Satisfied,
    Blocked,
    Unsatisfied(Lack),
}

/// What an unsatisfied policy lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    /// The person can do something about it; this comes first.
    Promptable(Failing),
    /// Nobody can.
    Final(Failing),
}

/// A control that is not satisfied, and the error that says so. Ordered by the prompt order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Failing {
    pub(super) control: Control,
    pub(super) code: ErrorCode,
}

/// State of one control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Satisfied,
    Promptable(Failing),
    Final(Failing),
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

    pub(super) fn judge(&self, sign_in: &SignIn, factors: &Mask) -> Verdict {
        match self {
            Self::Block => Verdict::Blocked,
            Self::Controls(operator, requirements) => {
                combine(*operator, requirements.iter().map(|requirement| requirement.standing(sign_in, factors)))
            }
        }
    }
}

/// Puts the controls of one policy together. They come in the prompt order.
pub(super) fn combine(operator: GrantOperator, standings: impl Iterator<Item = Standing>) -> Verdict {
    let (mut promptable, mut final_, mut any_satisfied) = (None, None, false);
    for standing in standings {
        match standing {
            Standing::Satisfied => any_satisfied = true,
            Standing::Promptable(failing) => promptable = promptable.or(Some(failing)),
            Standing::Final(failing) => final_ = final_.or(Some(failing)),
        }
    }
    let lack = match operator {
        // One that nobody can do anything about is enough to fail.
        GrantOperator::And => final_.map(Lack::Final).or(promptable.map(Lack::Promptable)),
        GrantOperator::Or if any_satisfied => None,
        GrantOperator::Or => promptable.map(Lack::Promptable).or(final_.map(Lack::Final)),
    };
    lack.map_or(Verdict::Satisfied, Verdict::Unsatisfied)
}

impl Requirement {
    fn built_in(control: GrantControl) -> Option<Self> {
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

    fn standing(self, sign_in: &SignIn, factors: &Mask) -> Standing {
        if let Kind::BuiltIn(control) = self.kind
            && sign_in.evidence.waived.contains(control)
        {
            return Standing::Satisfied;
        }
        if sign_in.is_legacy() {
            let shows_device = sign_in.client_app_type() == Some(ClientAppType::ExchangeActiveSync);
            let met = shows_device && judged_for_active_sync(self.control) && self.is_met(sign_in, factors);
            return if met { Standing::Satisfied } else { Standing::Final(Failing { control: self.control, code: ErrorCode::BLOCKED }) };
        }
        if self.is_met(sign_in, factors) {
            return Standing::Satisfied;
        }
        let failing = Failing { control: self.control, code: self.code(sign_in) };
        if sign_in.can_prompt() && can_prompt_for(self.control, sign_in) { Standing::Promptable(failing) } else { Standing::Final(failing) }
    }

    fn is_met(self, sign_in: &SignIn, factors: &Mask) -> bool {
        match self.kind {
            Kind::BuiltIn(control) => built_in_is_met(control, sign_in),
            Kind::Factor(index) => factors.contains(index),
            Kind::Custom => false,
        }
    }

    fn code(self, sign_in: &SignIn) -> ErrorCode {
        let evidence = &sign_in.evidence;
        match self.control {
            Control::Mfa | Control::AuthenticationStrength => ErrorCode::MFA_REQUIRED,
            Control::CompliantDevice => ErrorCode::DEVICE_NOT_COMPLIANT,
            Control::DomainJoinedDevice => ErrorCode::DEVICE_NOT_DOMAIN_JOINED,
            Control::ApprovedApplication => app_code(evidence.approved, sign_in).unwrap_or(ErrorCode::APP_NOT_APPROVED),
            Control::CompliantApplication => app_code(evidence.protectable, sign_in).unwrap_or(ErrorCode::PROTECTION_POLICY_REQUIRED),
            Control::PasswordChange => ErrorCode::PASSWORD_CHANGE_REQUIRED,
            Control::TermsOfUse | Control::Custom => ErrorCode::EXTERNAL_CHALLENGE,
        }
    }
}

/// ActiveSync shows its device by the id that management recorded, and nothing else.
fn judged_for_active_sync(control: Control) -> bool {
    matches!(control, Control::CompliantDevice | Control::DomainJoinedDevice)
}

fn built_in_is_met(control: GrantControl, sign_in: &SignIn) -> bool {
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

/// What the app lacks, in the order in which a person can make up for it: the right app, the broker, the registration.
fn app_code(is_listed: bool, sign_in: &SignIn) -> Option<ErrorCode> {
    if !is_listed || !sign_in.is_mobile() {
        Some(ErrorCode::APP_NOT_APPROVED)
    } else if !sign_in.evidence.broker_present {
        Some(ErrorCode::BROKER_NOT_INSTALLED)
    } else if !sign_in.device.is_registered {
        Some(ErrorCode::DEVICE_NOT_REGISTERED)
    } else {
        None
    }
}

fn can_prompt_for(control: Control, sign_in: &SignIn) -> bool {
    match control {
        Control::Mfa | Control::AuthenticationStrength | Control::PasswordChange | Control::TermsOfUse => true,
        Control::ApprovedApplication => sign_in.is_mobile() && sign_in.evidence.approved,
        Control::CompliantApplication => sign_in.is_mobile() && sign_in.evidence.protectable,
        Control::CompliantDevice | Control::DomainJoinedDevice | Control::Custom => false,
    }
}

/// How the app stands as seen by `approvedApplication`; service policies ask the same.
pub(super) fn approved_app(sign_in: &SignIn, factors: &Mask) -> Standing {
    let approved = Requirement { control: Control::ApprovedApplication, kind: Kind::BuiltIn(GrantControl::ApprovedApplication) };
    approved.standing(sign_in, factors)
}
