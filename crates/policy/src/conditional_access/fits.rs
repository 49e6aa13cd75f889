//! From facts to what the policies of a set make of them.

use super::circumstances::Circumstances;
use super::compile::PolicySet;
use super::factor;
use super::facts::Facts;
use super::mask::Mask;
use super::sign_in::{DeviceStanding, Evidence};
use super::table::Fit;

/// How the policies of a set stand to a sign-in, dimension by dimension. Every decision is made of this and the set alone, so sign-ins with
/// equal fits are decided alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fits {
    pub(super) subject: Fit,
    pub(super) is_workload: bool,
    pub(super) target: Fit,
    pub(super) place: Fit,
    pub(super) device: Fit,
    pub(super) standing: DeviceStanding,
    pub(super) circumstances: Circumstances,
    /// Authentication strengths and terms of use that are met.
    pub(super) factors: Mask,
    pub(super) evidence: Evidence,
}

impl Fits {
    pub(super) fn of(set: &PolicySet, facts: &Facts) -> Self {
        let device = facts.device.as_ref();
        Self {
            subject: set.subjects.fit(&facts.subject),
            is_workload: facts.subject.is_workload(),
            target: set.targets.fit(&facts.resources, facts.user_action, facts.authentication_context.as_deref()),
            place: set.places.fit(facts.ip, facts.country.as_deref()),
            device: set.devices.fit(device),
            standing: DeviceStanding::of(device),
            circumstances: facts.into(),
            factors: factor::met(&set.asked.factors, facts.mfa, &facts.authentication_methods, &facts.terms_of_use_accepted),
            evidence: facts.into(),
        }
    }
}
