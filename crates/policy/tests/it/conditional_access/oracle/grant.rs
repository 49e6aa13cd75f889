//! Grant controls: rules 11 to 14, 17 and 20, detail 14.

use doorward_model::authentication_strength::built_in;
use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantControl, GrantOperator, RequiredStrength};
use doorward_model::device::TrustType;
use doorward_model::sign_in::ClientAppType;
use doorward_policy::conditional_access::{Control, DeviceFacts, Facts};

use super::requirement::{Asked, Requirement};
use super::{Oracle, interactive, legacy, lists, mobile, same};

impl Oracle<'_> {
    pub(super) fn requirement(&self, policy: &ConditionalAccessPolicy, facts: &Facts) -> Requirement {
        let grant = &policy.grant_controls;
        let mut asked = Vec::new();
        for control in &grant.built_in_controls {
            asked.extend(built_in_control(*control, facts));
        }
        if let Some(strength) = &grant.authentication_strength {
            asked.push(evidence(Control::AuthenticationStrength, facts.mfa && self.strong_enough(strength, facts), 50076, facts));
        }
        if !grant.terms_of_use.is_empty() {
            let accepted = grant.terms_of_use.iter().all(|terms| lists(&facts.terms_of_use_accepted, terms));
            asked.push(evidence(Control::TermsOfUse, accepted, 50158, facts));
        }
        if !grant.custom_authentication_factors.is_empty() {
            asked.push(Asked { control: Control::Custom, satisfied: false, promptable: false, code: refusal(50158, facts) });
        }
        Requirement {
            block: grant.built_in_controls.contains(&GrantControl::Block),
            one_suffices: grant.operator == Some(GrantOperator::Or),
            asked,
        }
    }

    fn strong_enough(&self, strength: &RequiredStrength, facts: &Facts) -> bool {
        let directory = self.strengths.iter().find(|known| same(&known.id, &strength.id)).map(|known| known.allowed_combinations.clone());
        let policy = strength.allowed_combinations.clone();
        let table = built_in(&strength.id).unwrap_or_default().iter().map(|&combination| combination.to_owned()).collect();
        // An empty list is as good as none.
        let sources = [directory.unwrap_or_default(), policy, table];
        let combinations = sources.into_iter().find(|combinations: &Vec<String>| !combinations.is_empty()).unwrap_or_default();
        combinations.iter().any(|combination| combination.split(',').all(|method| lists(&facts.authentication_methods, method)))
    }
}

fn built_in_control(control: GrantControl, facts: &Facts) -> Option<Asked> {
    let client = facts.client.as_ref();
    let asked = match control {
        GrantControl::Block => return None,
        GrantControl::Mfa => evidence(Control::Mfa, facts.mfa, 50076, facts),
        GrantControl::PasswordChange => evidence(Control::PasswordChange, facts.password_changed, 50135, facts),
        GrantControl::CompliantDevice => device(Control::CompliantDevice, managed_and_compliant(facts.device.as_ref()), 53000, facts),
        GrantControl::DomainJoinedDevice => device(Control::DomainJoinedDevice, domain_joined(facts.device.as_ref()), 53001, facts),
        GrantControl::ApprovedApplication => app(Control::ApprovedApplication, client.is_some_and(|client| client.approved), None, facts),
        GrantControl::CompliantApplication => {
            let listed = client.is_some_and(|client| client.protectable);
            app(Control::CompliantApplication, listed, Some(facts.app_protection_applied), facts)
        }
    };
    Some(waivable(control, asked, facts))
}

/// Not in the contract of offline evaluation, where nothing is waived.
pub(super) fn waivable(control: GrantControl, asked: Asked, facts: &Facts) -> Asked {
    Asked { satisfied: asked.satisfied || facts.waived_controls.contains(&control), ..asked }
}

/// What a person can show when asked.
fn evidence(control: Control, shown: bool, code: u32, facts: &Facts) -> Asked {
    Asked { control, satisfied: shown && !legacy(facts), promptable: interactive(facts), code: refusal(code, facts) }
}

fn device(control: Control, shown: bool, code: u32, facts: &Facts) -> Asked {
    let other = facts.client_app_type == Some(ClientAppType::Other);
    Asked { control, satisfied: shown && !other, promptable: false, code: refusal(code, facts) }
}

/// Tests the app before the broker before the registration before attestation and policy.
pub(super) fn app(control: Control, listed: bool, applied: Option<bool>, facts: &Facts) -> Asked {
    let can_be = listed && mobile(facts);
    let (satisfied, code) = if !can_be {
        (false, 53002)
    } else if !facts.broker_present {
        (false, 50127)
    } else if facts.device.is_none() {
        (false, 50129)
    } else if facts.attestation_missing || applied == Some(false) {
        (false, 53005)
    } else {
        (true, 0)
    };
    Asked { control, satisfied: satisfied && !legacy(facts), promptable: can_be && interactive(facts), code: refusal(code, facts) }
}

/// Legacy clients learn nothing more (rule 17).
pub(super) fn refusal(code: u32, facts: &Facts) -> u32 {
    if legacy(facts) { 53003 } else { code }
}

pub(super) fn managed_and_compliant(device: Option<&DeviceFacts>) -> bool {
    device.is_some_and(|device| device.is_managed == Some(true) && device.is_compliant == Some(true))
}

pub(super) fn domain_joined(device: Option<&DeviceFacts>) -> bool {
    device.is_some_and(|device| device.trust_type == Some(TrustType::ServerAd))
}
