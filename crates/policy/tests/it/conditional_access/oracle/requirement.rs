//! What one policy asks for, and what all of them come to: rules 15 and 16.

use doorward_policy::conditional_access::{Control, Outcome};

/// Rule 16.
const PROMPT_ORDER: [Control; 9] = [
    Control::Mfa,
    Control::AuthenticationStrength,
    Control::CompliantDevice,
    Control::DomainJoinedDevice,
    Control::ApprovedApplication,
    Control::CompliantApplication,
    Control::PasswordChange,
    Control::TermsOfUse,
    Control::Custom,
];

pub(super) struct Requirement {
    pub(super) block: bool,
    /// OR instead of AND.
    pub(super) one_suffices: bool,
    pub(super) asked: Vec<Asked>,
}

#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) control: Control,
    pub(super) satisfied: bool,
    pub(super) promptable: bool,
    /// The code when it is not satisfied.
    pub(super) code: u32,
}

pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) code: Option<u32>,
    pub(super) next: Option<Control>,
}

impl Requirement {
    pub(super) fn satisfied(&self) -> bool {
        if self.block {
            false
        } else if self.asked.is_empty() {
            true
        } else if self.one_suffices {
            self.asked.iter().any(|asked| asked.satisfied)
        } else {
            self.asked.iter().all(|asked| asked.satisfied)
        }
    }

    pub(super) fn promptable(&self) -> bool {
        let mut missing = self.asked.iter().filter(|asked| !asked.satisfied);
        if self.block {
            false
        } else if self.one_suffices {
            missing.any(|asked| asked.promptable)
        } else {
            missing.all(|asked| asked.promptable)
        }
    }

    /// Controls of which the first is why an unsatisfied policy that cannot be prompted refuses.
    fn failing(&self) -> Vec<Asked> {
        self.asked.iter().copied().filter(|asked| self.one_suffices || !asked.satisfied && !asked.promptable).collect()
    }

    /// Controls of which the first is what an unsatisfied policy that can be prompted asks for.
    fn askable(&self) -> Vec<Asked> {
        self.asked.iter().copied().filter(|asked| !asked.satisfied && (asked.promptable || !self.one_suffices)).collect()
    }
}

pub(super) fn verdict(enforced: &[Requirement]) -> Verdict {
    let unsatisfied: Vec<&Requirement> = enforced.iter().filter(|requirement| !requirement.satisfied()).collect();
    let refusing: Vec<&Requirement> = unsatisfied.iter().copied().filter(|requirement| !requirement.promptable()).collect();
    if unsatisfied.iter().any(|requirement| requirement.block) {
        Verdict { outcome: Outcome::Block, code: Some(53003), next: None }
    } else if !refusing.is_empty() {
        let first = first(refusing.iter().flat_map(|requirement| requirement.failing()).collect());
        Verdict { outcome: Outcome::Block, code: first.map(|asked| asked.code), next: None }
    } else if !unsatisfied.is_empty() {
        let first = first(unsatisfied.iter().flat_map(|requirement| requirement.askable()).collect());
        Verdict { outcome: Outcome::Interrupt, code: first.map(|asked| asked.code), next: first.map(|asked| asked.control) }
    } else {
        Verdict { outcome: Outcome::Grant, code: None, next: None }
    }
}

fn first(asked: Vec<Asked>) -> Option<Asked> {
    PROMPT_ORDER.iter().find_map(|control| asked.iter().copied().find(|asked| asked.control == *control))
}
