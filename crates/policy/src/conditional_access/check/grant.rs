//! Whether one policy's controls ask for at least what another's do.

use doorward_model::authentication_strength::{AuthenticationStrengthPolicy, built_in};
use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantControl, GrantControls, GrantOperator, RequiredStrength};

use crate::conditional_access::ids::fold;
use crate::conditional_access::session;

/// One control.
enum Ask<'a> {
    BuiltIn(GrantControl),
    Strength(&'a RequiredStrength),
    Terms(&'a [String]),
    Custom,
}

fn asks(controls: &GrantControls) -> Vec<Ask<'_>> {
    let terms = Some(controls.terms_of_use.as_slice()).filter(|terms| !terms.is_empty());
    let custom = (!controls.custom_authentication_factors.is_empty()).then_some(Ask::Custom);
    let built_in = controls.built_in_controls.iter().copied().map(Ask::BuiltIn);
    built_in.chain(controls.authentication_strength.as_ref().map(Ask::Strength)).chain(terms.map(Ask::Terms)).chain(custom).collect()
}

pub(super) fn blocks(controls: &GrantControls) -> bool {
    controls.built_in_controls.contains(&GrantControl::Block)
}

/// Neither a control nor anything for the session.
pub(super) fn asks_for_nothing(policy: &ConditionalAccessPolicy) -> bool {
    asks(&policy.grant_controls).is_empty() && policy.session_controls == Default::default()
}

/// Whoever satisfies `strict` satisfies `lenient`, and its session is at least as restricted.
pub(super) fn is_as_strict(
    strict: &ConditionalAccessPolicy,
    lenient: &ConditionalAccessPolicy,
    strengths: &[AuthenticationStrengthPolicy],
) -> bool {
    // A block stands whatever the operator and the other controls.
    if blocks(&strict.grant_controls) || blocks(&lenient.grant_controls) {
        return blocks(&strict.grant_controls);
    }
    let session = |policies: &[&ConditionalAccessPolicy]| session::merge(policies.iter().map(|policy| &policy.session_controls));
    session(&[strict, lenient]) == session(&[strict]) && implies(&strict.grant_controls, &lenient.grant_controls, strengths)
}

fn implies(strict: &GrantControls, lenient: &GrantControls, strengths: &[AuthenticationStrengthPolicy]) -> bool {
    let (given, wanted) = (asks(strict), asks(lenient));
    if wanted.is_empty() {
        return true;
    }
    let entails = |one: &Ask<'_>, other: &Ask<'_>| one.entails(other, strengths);
    let is_or = |controls: &GrantControls| controls.operator == Some(GrantOperator::Or);
    match (is_or(strict), is_or(lenient)) {
        (false, false) => wanted.iter().all(|wanted| given.iter().any(|given| entails(given, wanted))),
        (false, true) => wanted.iter().any(|wanted| given.iter().any(|given| entails(given, wanted))),
        (true, false) => !given.is_empty() && given.iter().all(|given| wanted.iter().all(|wanted| entails(given, wanted))),
        (true, true) => !given.is_empty() && given.iter().all(|given| wanted.iter().any(|wanted| entails(given, wanted))),
    }
}

impl Ask<'_> {
    fn entails(&self, other: &Self, strengths: &[AuthenticationStrengthPolicy]) -> bool {
        match (self, other) {
            (Self::BuiltIn(one), Self::BuiltIn(other)) => one == other,
            // A strength is met by several factors only.
            (Self::Strength(_), Self::BuiltIn(GrantControl::Mfa)) | (Self::Custom, Self::Custom) => true,
            (Self::Strength(one), Self::Strength(other)) => {
                let same_copy = one.allowed_combinations == other.allowed_combinations;
                fold(&one.id) == fold(&other.id) && (same_copy || is_listed(one, strengths))
            }
            (Self::Terms(one), Self::Terms(other)) => other.iter().all(|terms| one.iter().any(|id| fold(id) == fold(terms))),
            _ => false,
        }
    }

    /// Not everybody has what it takes.
    fn may_be_out_of_reach(&self) -> bool {
        match self {
            Self::BuiltIn(GrantControl::Mfa | GrantControl::PasswordChange) | Self::Strength(_) | Self::Terms(_) => false,
            Self::BuiltIn(_) | Self::Custom => true,
        }
    }
}

fn is_listed(strength: &RequiredStrength, strengths: &[AuthenticationStrengthPolicy]) -> bool {
    strengths.iter().any(|listed| fold(&listed.id) == fold(&strength.id) && !listed.allowed_combinations.is_empty())
}

/// Nobody knows which combinations the strength allows, so none does.
pub(super) fn allows_nothing(strength: &RequiredStrength, strengths: &[AuthenticationStrengthPolicy]) -> bool {
    strength.allowed_combinations.is_empty() && !is_listed(strength, strengths) && built_in(&strength.id).is_none()
}

/// The controls can leave out people who have a second factor and a password, but not the right device or app.
pub(super) fn may_be_out_of_reach(controls: &GrantControls) -> bool {
    let asks = asks(controls);
    let out_of_reach = |ask: &Ask<'_>| ask.may_be_out_of_reach();
    match controls.operator {
        _ if blocks(controls) => true,
        Some(GrantOperator::Or) => !asks.is_empty() && asks.iter().all(out_of_reach),
        _ => asks.iter().any(out_of_reach),
    }
}
