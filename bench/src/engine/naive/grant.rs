//! What a policy asks for, and what is missing.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantControl, GrantOperator};
use doorward_policy::conditional_access::Control;

use super::{Ids, Numbers, SignIn, bit};
use crate::engine::{Case, combinations};

/// A control that is missing, and the error that says so; the first in the prompt order is the least.
pub(super) type Missing = (Control, ErrorCode);

pub(super) struct Grant {
    pub(super) is_block: bool,
    all_needed: bool,
    requirements: Vec<Requirement>,
}

enum Requirement {
    BuiltIn(Control, GrantControl),
    Strength(Vec<Ids>),
    Terms(Ids),
}

impl Grant {
    pub(super) fn new(policy: &ConditionalAccessPolicy, case: &Case<'_>, numbers: &mut Numbers) -> Self {
        let controls = &policy.grant_controls;
        let built_in = |control: &GrantControl| {
            let order = match control {
                GrantControl::Block => return None,
                GrantControl::Mfa => Control::Mfa,
                GrantControl::CompliantDevice => Control::CompliantDevice,
                GrantControl::DomainJoinedDevice => Control::DomainJoinedDevice,
                GrantControl::ApprovedApplication => Control::ApprovedApplication,
                GrantControl::CompliantApplication => Control::CompliantApplication,
                GrantControl::PasswordChange => Control::PasswordChange,
            };
            Some(Requirement::BuiltIn(order, *control))
        };
        let mut requirements: Vec<_> = controls.built_in_controls.iter().filter_map(built_in).collect();
        if let Some(strength) = &controls.authentication_strength {
            let sets = combinations(strength, case.strengths).into_iter().map(|methods| numbers.ids(methods));
            requirements.push(Requirement::Strength(sets.collect()));
        }
        if !controls.terms_of_use.is_empty() {
            requirements.push(Requirement::Terms(numbers.ids(&controls.terms_of_use)));
        }
        Self {
            is_block: controls.built_in_controls.contains(&GrantControl::Block),
            all_needed: controls.operator != Some(GrantOperator::Or),
            requirements,
        }
    }

    /// The control that is missing and whether it can be prompted for; none when the policy is satisfied.
    pub(super) fn lack(&self, sign_in: &SignIn) -> Option<(Missing, bool)> {
        let (mut hopeless, mut promptable): (Option<Missing>, Option<Missing>) = (None, None);
        for requirement in &self.requirements {
            if requirement.is_met(sign_in) {
                if self.all_needed { continue } else { return None }
            }
            let control = requirement.control();
            let missing = (control, code(control, sign_in));
            keep_least(if can_prompt(control, sign_in) { &mut promptable } else { &mut hopeless }, missing);
        }
        match (hopeless, promptable) {
            (Some(missing), _) if self.all_needed => Some((missing, false)),
            (_, Some(missing)) => Some((missing, true)),
            (hopeless, None) => hopeless.map(|missing| (missing, false)),
        }
    }
}

impl Requirement {
    fn control(&self) -> Control {
        match self {
            Self::BuiltIn(control, _) => *control,
            Self::Strength(_) => Control::AuthenticationStrength,
            Self::Terms(_) => Control::TermsOfUse,
        }
    }

    fn is_met(&self, sign_in: &SignIn) -> bool {
        let among = |have: &Ids, wanted: &Ids| wanted.iter().all(|id| have.binary_search(id).is_ok());
        match self {
            Self::BuiltIn(_, control) => sign_in.met & bit(*control as u32) != 0,
            Self::Strength(sets) => sets.iter().any(|methods| among(&sign_in.methods, methods)),
            Self::Terms(terms) => among(&sign_in.terms, terms),
        }
    }
}

fn can_prompt(control: Control, sign_in: &SignIn) -> bool {
    !sign_in.is_legacy
        && match control {
            Control::Mfa | Control::AuthenticationStrength | Control::PasswordChange | Control::TermsOfUse => true,
            Control::ApprovedApplication => sign_in.is_mobile && sign_in.is_approved,
            Control::CompliantApplication => sign_in.is_mobile && sign_in.is_protectable,
            Control::CompliantDevice | Control::DomainJoinedDevice | Control::Custom => false,
        }
}

fn code(control: Control, sign_in: &SignIn) -> ErrorCode {
    if sign_in.is_legacy {
        return ErrorCode::BLOCKED;
    }
    let app = |listed: bool, complete: ErrorCode| match (listed && sign_in.is_mobile, sign_in.has_broker, sign_in.is_registered) {
        (false, ..) => ErrorCode::APP_NOT_APPROVED,
        (true, false, _) => ErrorCode::BROKER_NOT_INSTALLED,
        (true, true, false) => ErrorCode::DEVICE_NOT_REGISTERED,
        (true, true, true) => complete,
    };
    match control {
        Control::Mfa | Control::AuthenticationStrength => ErrorCode::MFA_REQUIRED,
        Control::CompliantDevice => ErrorCode::DEVICE_NOT_COMPLIANT,
        Control::DomainJoinedDevice => ErrorCode::DEVICE_NOT_DOMAIN_JOINED,
        Control::ApprovedApplication => app(sign_in.is_approved, ErrorCode::APP_NOT_APPROVED),
        Control::CompliantApplication => app(sign_in.is_protectable, ErrorCode::PROTECTION_POLICY_REQUIRED),
        Control::PasswordChange => ErrorCode::PASSWORD_CHANGE_REQUIRED,
        Control::TermsOfUse | Control::Custom => ErrorCode::EXTERNAL_CHALLENGE,
    }
}

pub(super) fn keep_least(least: &mut Option<Missing>, missing: Missing) {
    *least = Some(least.map_or(missing, |least| least.min(missing)));
}
