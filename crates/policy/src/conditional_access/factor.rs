//! Requirements that differ from policy to policy: authentication strengths and terms of use. Policies that ask for the same share it.

use doorward_model::authentication_strength::{AuthenticationStrengthPolicy, built_in};
use doorward_model::conditional_access::{GrantControls, RequiredStrength};

use super::ids::{fold, fold_all};
use super::mask::Mask;

/// An authentication strength or a list of terms of use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Factor {
    /// Combinations of methods, any one of which suffices.
    Strength(Vec<Vec<String>>),
    /// Terms of use, all of which must have been accepted.
    TermsOfUse(Vec<String>),
}

impl Factor {
    pub(super) fn strength(controls: &GrantControls, strengths: &[AuthenticationStrengthPolicy]) -> Option<Self> {
        controls.authentication_strength.as_ref().map(|required| Self::Strength(combinations(required, strengths)))
    }

    pub(super) fn terms_of_use(controls: &GrantControls) -> Option<Self> {
        let terms = &controls.terms_of_use;
        (!terms.is_empty()).then(|| Self::TermsOfUse(fold_all(terms)))
    }

    fn is_met(&self, shown: &Shown) -> bool {
        match self {
            Self::Strength(combinations) => {
                let used = |method: &String| shown.methods.contains(method);
                shown.mfa && combinations.iter().any(|combination| combination.iter().all(used))
            }
            Self::TermsOfUse(terms) => terms.iter().all(|id| shown.terms.contains(id)),
        }
    }
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

/// What a person has shown of these.
struct Shown {
    mfa: bool,
    methods: Vec<String>,
    terms: Vec<String>,
}

/// The factors that are met.
pub(super) fn met(factors: &[Factor], mfa: bool, methods: &[String], terms: &[String]) -> Mask {
    let mut met = Mask::empty(factors.len());
    if !factors.is_empty() {
        let shown = Shown { mfa, methods: fold_all(methods), terms: fold_all(terms) };
        (0..).zip(factors).filter(|(_, factor)| factor.is_met(&shown)).for_each(|(index, _)| met.insert(index));
    }
    met
}
