//! What a policy asks for, control by control, and how a sign-in stands to each.

use doorward_model::conditional_access::GrantControl;
use doorward_model::service_policy::WindowsRequirement;
use doorward_model::sign_in::DevicePlatform;

use super::asked::Demand;
use super::classes::Classes;
use super::control::Control;
use super::explain::Explained;
use super::grant::{Kind, Requirement, Standing};
use super::layout::Rule;
use super::mask::Mask;
use super::sign_in::SignIn;

/// What a policy asks of a sign-in. Controls stand in the prompt order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// That it does not happen.
    Block,
    /// Every one of these.
    All(Vec<(Control, Standing)>),
    /// One of these.
    Any(Vec<(Control, Standing)>),
}

impl Classes<'_> {
    /// What `policy` asks of a sign-in, whether it applies or not.
    #[must_use]
    pub fn wanted(&self, sign_in: &SignIn, policy: &Explained<'_>) -> Wanted {
        let set = self.set;
        let position = policy.position();
        let unit = set.unit_of.get(position).and_then(|number| set.units.get(*number));
        // A policy without a unit would be a fault; what is not known is not called harmless.
        let Some(unit) = unit else { return Wanted::Block };
        let requirements = |numbers: &[usize]| numbers.iter().filter_map(|number| set.asked.requirements.get(*number)).copied().collect();
        let (all, requirements): (bool, Vec<Requirement>) = match unit.rule {
            Rule::Free => return Wanted::Nothing,
            Rule::Grant(grant) => match set.asked.demands.get(grant) {
                None | Some(Demand::Block) => return Wanted::Block,
                Some(Demand::All(numbers)) => (true, requirements(numbers)),
                Some(Demand::Any(numbers)) => (false, requirements(numbers)),
            },
            Rule::Service(service) => {
                let Some(rule) = set.asked.services.get(service) else { return Wanted::Block };
                let on_windows = sign_in.parts.shown().device_platform == Some(DevicePlatform::Windows);
                let device = if on_windows { rule.on_windows } else { rule.elsewhere };
                (false, requirements(&[if position == unit.start { rule.app } else { device }]))
            }
        };
        let nothing = Mask::empty(0);
        let factors = self.factors.get(sign_in.parts.factors.0).unwrap_or(&nothing);
        let shown = sign_in.parts.shown();
        let standing = |requirement: Requirement| (requirement.control(), requirement.standing(&shown, factors));
        let standings = requirements.into_iter().flat_map(in_controls).map(standing).collect();
        if all { Wanted::All(standings) } else { Wanted::Any(standings) }
    }
}

/// A requirement that either of two controls meets is these two.
fn in_controls(requirement: Requirement) -> Vec<Requirement> {
    match requirement.kind() {
        Kind::DeviceAccess(WindowsRequirement::DomainJoinedOrCompliant) => {
            [GrantControl::CompliantDevice, GrantControl::DomainJoinedDevice].into_iter().filter_map(Requirement::built_in).collect()
        }
        _ => vec![requirement],
    }
}
