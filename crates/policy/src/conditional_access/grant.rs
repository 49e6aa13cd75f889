//! Grant controls: which are satisfied, which can be prompted for, and what error the others give.

use doorward_model::ErrorCode;
use doorward_model::authentication_strength::{AuthenticationStrengthPolicy, built_in};
use doorward_model::conditional_access::{GrantControl, GrantControls, GrantOperator, RequiredStrength};
use doorward_model::sign_in::ClientAppType;

use super::control::Control;
use super::facts::Facts;
use super::ids::{fold, fold_all};

/// What one policy asks for.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    operator: GrantOperator,
    block: bool,
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone)]
enum Requirement {
    BuiltIn(Control, GrantControl),
    /// Combinations of methods, any one of which suffices.
    Strength(Vec<Vec<String>>),
    /// Terms of use, all of which must have been accepted.
    TermsOfUse(Vec<String>),
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

impl Standing {
    fn failing(self) -> Option<Failing> {
        match self {
            Self::Satisfied => None,
            Self::Promptable(failing) | Self::Final(failing) => Some(failing),
        }
    }

    fn promptable(self) -> Option<Failing> {
        if let Self::Promptable(failing) = self { Some(failing) } else { None }
    }

    fn final_(self) -> Option<Failing> {
        if let Self::Final(failing) = self { Some(failing) } else { None }
    }
}

impl Grant {
    pub(super) fn new(controls: &GrantControls, strengths: &[AuthenticationStrengthPolicy]) -> Self {
        let mut requirements: Vec<_> = controls.built_in_controls.iter().filter_map(|control| built_in_requirement(*control)).collect();
        if let Some(strength) = &controls.authentication_strength {
            requirements.push(Requirement::Strength(combinations(strength, strengths)));
        }
        if !controls.terms_of_use.is_empty() {
            requirements.push(Requirement::TermsOfUse(fold_all(&controls.terms_of_use)));
        }
        if !controls.custom_authentication_factors.is_empty() {
            requirements.push(Requirement::Custom);
        }
        Self {
            operator: controls.operator.unwrap_or(GrantOperator::And),
            block: controls.built_in_controls.contains(&GrantControl::Block),
            requirements,
        }
    }

    pub(super) fn judge(&self, facts: &Facts) -> Verdict {
        if self.block {
            return Verdict::Blocked;
        }
        let standings: Vec<_> = self.requirements.iter().map(|requirement| requirement.standing(facts)).collect();
        combine(self.operator, &standings)
    }
}

/// Puts the controls of one policy together. No controls at all are satisfied.
pub(super) fn combine(operator: GrantOperator, standings: &[Standing]) -> Verdict {
    let missing = || standings.iter().filter_map(|standing| standing.failing()).min();
    let promptable = || standings.iter().filter_map(|standing| standing.promptable()).min();
    let final_ = || standings.iter().filter_map(|standing| standing.final_()).min();
    let lack = match operator {
        // One that nobody can do anything about is enough to fail.
        GrantOperator::And => final_().map(Lack::Final).or_else(|| missing().map(Lack::Promptable)),
        GrantOperator::Or if standings.contains(&Standing::Satisfied) => None,
        GrantOperator::Or => promptable().map(Lack::Promptable).or_else(|| missing().map(Lack::Final)),
    };
    lack.map_or(Verdict::Satisfied, Verdict::Unsatisfied)
}

fn built_in_requirement(control: GrantControl) -> Option<Requirement> {
    let order = match control {
        GrantControl::Block => return None,
        GrantControl::Mfa => Control::Mfa,
        GrantControl::CompliantDevice => Control::CompliantDevice,
        GrantControl::DomainJoinedDevice => Control::DomainJoinedDevice,
        GrantControl::ApprovedApplication => Control::ApprovedApplication,
        GrantControl::CompliantApplication => Control::CompliantApplication,
        GrantControl::PasswordChange => Control::PasswordChange,
    };
    Some(Requirement::BuiltIn(order, control))
}

/// The directory knows best, then the copy in the policy, then the built-in table.
fn combinations(required: &RequiredStrength, strengths: &[AuthenticationStrengthPolicy]) -> Vec<Vec<String>> {
    let methods = |combination: &str| combination.split(',').map(|method| fold(method.trim())).collect();
    let listed = strengths
        .iter()
        .filter(|strength| fold(&strength.id) == fold(&required.id))
        .map(|strength| &strength.allowed_combinations)
        .chain([&required.allowed_combinations])
        .find(|combinations| !combinations.is_empty());
    match listed {
        Some(listed) => listed.iter().map(|combination| methods(combination)).collect(),
        None => built_in(&required.id).unwrap_or_default().iter().map(|combination| methods(combination)).collect(),
    }
}

impl Requirement {
    fn control(&self) -> Control {
        match self {
            Self::BuiltIn(control, _) => *control,
            Self::Strength(_) => Control::AuthenticationStrength,
            Self::TermsOfUse(_) => Control::TermsOfUse,
            Self::Custom => Control::Custom,
        }
    }

    fn standing(&self, facts: &Facts) -> Standing {
        if let Self::BuiltIn(_, control) = self
            && facts.waives(*control)
        {
            return Standing::Satisfied;
        }
        let control = self.control();
        if let Some(client @ (ClientAppType::ExchangeActiveSync | ClientAppType::Other)) = facts.client_app_type {
            let met = client == ClientAppType::ExchangeActiveSync && judged_for_active_sync(control) && self.is_met(facts);
            return if met { Standing::Satisfied } else { Standing::Final(Failing { control, code: ErrorCode::BLOCKED }) };
        }
        if self.is_met(facts) {
            return Standing::Satisfied;
        }
        let failing = Failing { control, code: self.code(facts) };
        if facts.can_prompt() && can_prompt_for(control, facts) { Standing::Promptable(failing) } else { Standing::Final(failing) }
    }

    fn is_met(&self, facts: &Facts) -> bool {
        match self {
            Self::BuiltIn(_, control) => built_in_is_met(*control, facts),
            Self::Strength(combinations) => {
                let used = |method: &String| facts.authentication_methods.contains(method);
                facts.mfa && combinations.iter().any(|combination| combination.iter().all(used))
            }
            Self::TermsOfUse(terms) => terms.iter().all(|id| facts.terms_of_use_accepted.contains(id)),
            Self::Custom => false,
        }
    }

    fn code(&self, facts: &Facts) -> ErrorCode {
        match self.control() {
            Control::Mfa | Control::AuthenticationStrength => ErrorCode::MFA_REQUIRED,
            Control::CompliantDevice => ErrorCode::DEVICE_NOT_COMPLIANT,
            Control::DomainJoinedDevice => ErrorCode::DEVICE_NOT_DOMAIN_JOINED,
            Control::ApprovedApplication => app_code(is_approved(facts), facts).unwrap_or(ErrorCode::APP_NOT_APPROVED),
            Control::CompliantApplication => app_code(is_protectable(facts), facts).unwrap_or(ErrorCode::PROTECTION_POLICY_REQUIRED),
            Control::PasswordChange => ErrorCode::PASSWORD_CHANGE_REQUIRED,
            Control::TermsOfUse | Control::Custom => ErrorCode::EXTERNAL_CHALLENGE,
        }
    }
}

/// ActiveSync shows its device by the id that management recorded, and nothing else.
fn judged_for_active_sync(control: Control) -> bool {
    matches!(control, Control::CompliantDevice | Control::DomainJoinedDevice)
}

fn built_in_is_met(control: GrantControl, facts: &Facts) -> bool {
    let device = facts.device.as_ref();
    match control {
        GrantControl::Block => false,
        GrantControl::Mfa => facts.mfa,
        GrantControl::CompliantDevice => device.is_some_and(|device| device.managed_and_compliant()),
        GrantControl::DomainJoinedDevice => device.is_some_and(|device| device.domain_joined()),
        GrantControl::ApprovedApplication => app_code(is_approved(facts), facts).is_none(),
        GrantControl::CompliantApplication => app_code(is_protectable(facts), facts).is_none() && facts.app_protection_applied,
        GrantControl::PasswordChange => facts.password_changed,
    }
}

/// What the app lacks, in the order in which a person can make up for it: the right app, the broker, the registration.
fn app_code(listed: bool, facts: &Facts) -> Option<ErrorCode> {
    if !listed || !facts.is_mobile() {
        Some(ErrorCode::APP_NOT_APPROVED)
    } else if !facts.broker_present {
        Some(ErrorCode::BROKER_NOT_INSTALLED)
    } else if facts.device.is_none() {
        Some(ErrorCode::DEVICE_NOT_REGISTERED)
    } else {
        None
    }
}

fn is_approved(facts: &Facts) -> bool {
    facts.client.as_ref().is_some_and(|client| client.approved)
}

fn is_protectable(facts: &Facts) -> bool {
    facts.client.as_ref().is_some_and(|client| client.protectable)
}

fn can_prompt_for(control: Control, facts: &Facts) -> bool {
    match control {
        Control::Mfa | Control::AuthenticationStrength | Control::PasswordChange | Control::TermsOfUse => true,
        Control::ApprovedApplication => facts.is_mobile() && is_approved(facts),
        Control::CompliantApplication => facts.is_mobile() && is_protectable(facts),
        Control::CompliantDevice | Control::DomainJoinedDevice | Control::Custom => false,
    }
}

/// How the app stands as seen by `approvedApplication`; service policies ask the same.
pub(super) fn approved_app(facts: &Facts) -> Standing {
    Requirement::BuiltIn(Control::ApprovedApplication, GrantControl::ApprovedApplication).standing(facts)
}
